"""Raw data broken one way at a time, and several: every problem is told, and nothing is written."""

import hashlib
import re

import pytest

from error_codes import refuses
from sendlib import data
from sendlib.data import figures
from sendlib.data.crosswalks import crosswalk
from sendlib.data.ehcp import LAYOUTS
from sendlib.data.manifest import read_manifest, read_publications, verify
from sendlib.errors import ManifestError

CASELOAD = "dfe_ehcp/2025/caseload.csv.gz"
AGES = "dfe_ehcp/2022/sen2_age_caseload.csv.gz"
OUTTURN = "dfe_s251/2025/high_needs_outturn.csv.gz"
POPULATION = "ons/2025/population_projection_wiltshire.csv"
AREAS = "reference/areas.csv"
SOURCES = "reference/sources.csv"
NEIGHBOURS = "dfe_lait/2025/statistical_neighbours.csv.gz"
INDICATOR = "dfe_lait/2025/indicator.csv.gz"
ATTENDANCE = "dfe_attendance/2026/attendance_by_sen.csv.gz"
KS2 = "dfe_outcomes/2023/ks2_attainment.csv.gz"
ABSENCE = "dfe_attendance/2026/absence_by_need.csv.gz"
POLICY = "policy/2026/policy.csv"
KPIS = "wiltshire/2020/kpi_register.csv"


def told_once_each(problems, expected):
    """Each is one problem: its code, the beginning of its place, a pattern it has; no other is."""
    told = {
        each: [
            problem
            for problem in problems
            if problem.code == each[0] and problem.where.startswith(each[1])
            if re.search(each[2], str(problem))
        ]
        for each in expected
    }
    assert [len(found) for found in told.values()] == [1] * len(expected), problems
    assert len(problems) == len(expected), problems


def test_files_and_entries_that_do_not_match_are_reported_with_the_nearest_path(raw):
    raw.write("dfe_ehcp/2025/caseloads.csv.gz", b"a,b\n1,2\n", renew=False)
    written = hashlib.sha256(raw.path("dfe_ehcp/2025/caseloads.csv.gz").read_bytes()).hexdigest()
    raw.unlist(POLICY)
    content = raw.path(CASELOAD).read_bytes()
    raw.path(CASELOAD).write_bytes(content[: len(content) // 2])
    told_once_each(
        raw.problems(),
        [
            (
                "file_not_listed",
                "data/raw/dfe_ehcp/2025/caseloads.csv.gz",
                f"{written}.*{CASELOAD}",
            ),
            ("layout_not_listed", "data/raw/manifest.yml", "policy"),
            ("file_changed", f"data/raw/{CASELOAD}", ""),
            ("damaged_gzip", f"data/raw/{CASELOAD}", ""),
        ],
    )


BAD_VALUES = [
    (CASELOAD, "638745", "-638745", "negative_count", "-638745"),
    (CASELOAD, "202223,Academic", "202224,Academic", "not_a_period", "'202224'"),
    (CASELOAD, "persons age,age 10,", "persons age,aged 10,", "unknown_label", "'aged 10'"),
    (AGES, ",National,", ",national,", "unknown_level", "mean National"),
    (OUTTURN, "33398565", "4.4bn", "unknown_symbol", "column net_outturn_gbp: .*'4.4bn'"),
    (OUTTURN, "2017-18", "2017-19", "invalid_period", "'2017-19'"),
    (POPULATION, "4427.101", "-4427", "negative_count", "row 2, column 2023: .*-4427"),
    (POPULATION, ",2024,", ",mid-2024,", "column_not_a_year", "mid-2024"),
    (AREAS, ",2010,,", ",once,,", "value_unlike_pattern", "column first_census: .*'once'"),
    (NEIGHBOURS, "865,1,", "865,x,", "value_unlike_pattern", "rank: .*'x'"),
    (INDICATOR, ",2016,", ",spring 16,", "value_unlike_pattern", "period: .*'spring 16'"),
    (ATTENDANCE, ",EHC plan,", ",EHCP,", "unknown_label", "send_group: .*'EHCP'"),
    (ABSENCE, ",Autistic spectrum disorder,", ",ASD,", "unknown_label", "primary_need: .*'ASD'"),
]


def test_every_bad_value_of_every_file_is_reported_with_its_place(raw):
    for name, old, new, *_ in BAD_VALUES:
        raw.edit(name, old, new)
    told_once_each(
        raw.problems(), [(code, f"data/raw/{name}", value) for name, *_, code, value in BAD_VALUES]
    )


def numbers_of(entry):
    """The columns of a file that are read as numbers."""
    if entry.reader == "figures":
        return figures.LAYOUTS[entry.layout].numbers
    members = [each for each in LAYOUTS[entry.layout] if entry.path.count(f"/{each.name}")]
    return {*members[0].values, *crosswalk(entry.layout, members[0].columns)}


def with_last_row_twice(entry, rows):
    return [*rows, rows[-1]]


def without_a_column_of_the_key(entry, rows):
    is_figures = entry.reader == "figures"
    lost = rows[0].index(figures.LAYOUTS[entry.layout].key[0] if is_figures else "old_la_code")
    return [row[:lost] + row[lost + 1 :] for row in rows]


def with_words_for_numbers(entry, rows):
    """In every number of England's newest rows, or of the last row where rows have no level."""
    found = [place for place, name in enumerate(rows[0]) if name in numbers_of(entry)]
    england = [row for row in rows if "National" in row] or rows[-1:]
    for row in (row for row in england if row[0] == england[-1][0]):
        for place in found:
            row[place] = "many"
    return rows if found else None


YEARS = {"time_period", "financial_year", "academic_year", "Year", "first_year"}
DATED = YEARS | {"period", "date", "first_census", "last_census"}


def with_a_year_that_is_none(entry, rows):
    years = [place for place, name in enumerate(rows[0]) if name in YEARS]
    for place in years:
        rows[-1][place] = "20x5"
    return rows if years else None


def with_a_year_that_cannot_be(entry, rows):
    before = list(rows[-1])
    for place, name in enumerate(rows[0]):
        if name in DATED:
            rows[-1][place] = re.sub(r"\d{4}", "3024", before[place], count=1)
    return rows if rows[-1] != before else None


def with_nothing_in_it(entry, rows):
    return []


def with_a_header_only(entry, rows):
    return rows[:1]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (with_last_row_twice, {"duplicate_key"}),
        (without_a_column_of_the_key, {"missing_column"}),
        (with_words_for_numbers, {"unknown_symbol", "value_unlike_pattern"}),
        (with_a_year_that_is_none, {"not_a_period", "invalid_period", "value_unlike_pattern"}),
        (with_a_year_that_cannot_be, {"year_out_of_range"}),
        (with_nothing_in_it, {"neither_header_nor_rows"}),
        (with_a_header_only, {"header_without_rows"}),
    ],
)
def test_a_fault_in_every_file_that_can_have_it_is_reported_for_each(raw, fault, expected):
    broken = set()
    for entry in read_manifest(raw.project).files:
        if (rows := fault(entry, raw.rows(entry.path))) is not None:
            raw.write_rows(entry.path, rows)
            broken.add(f"data/raw/{entry.path}")
    problems = [each for each in raw.problems() if each.code in expected]
    assert broken == {each.where.partition(", ")[0] for each in problems}


def test_breaches_of_several_tables_are_reported_together(raw):
    raw.edit(INDICATOR, ",lower,", ",downwards,")
    raw.edit(KPIS, ",monthly,", ",weekly,")
    raw.edit("wiltshire/2026/finance_wiltshire.csv", "31 March 2021", "March 21")
    told_once_each(
        raw.problems(),
        [
            ("contract_broken", "table indicator, column better", "'downwards'"),
            ("contract_broken", "table kpi, column frequency", "'weekly'"),
            ("contract_broken", "table dsg_balance, column balance_date", "missing"),
        ],
    )


def test_areas_and_sources_that_are_not_known_are_reported_together(raw):
    raw.edit(POLICY, ",secondary,school", ",secondary,skool")
    raw.edit(NEIGHBOURS, "_2025,850", "_2025,085")
    told_once_each(
        raw.problems(),
        [
            ("key_not_in_table", "table policy_lever, column source_id", "table source"),
            ("key_not_in_table", "table neighbour, column neighbour_area_code", "'085'"),
        ],
    )


def test_a_file_of_a_publication_that_is_not_listed_is_reported_with_the_nearest(raw):
    listed = raw.project.manifest.read_text(encoding="utf-8")
    changed = listed.replace("source_id: ofsted_area_send_2026", "source_id: ofsted_area_2026")
    raw.project.manifest.write_text(changed, encoding="utf-8")
    told_once_each(
        raw.problems(),
        [("file_of_unknown_source", "data/raw/manifest.yml", "mean ofsted_area_send_2026")],
    )


def test_publications_are_read_only_as_listed(raw):
    assert read_publications(raw.project)["dfe_lait_2025"]["licence"] == "OGL v3.0"
    raw.edit(SOURCES, "OGL v3.0", "OGL", renew=False)
    with refuses(ManifestError, "file_changed", where=f"data/raw/{SOURCES}"):
        read_publications(raw.project)


def test_everything_wrong_in_several_files_is_reported_at_once(raw):
    listed = hashlib.sha256(raw.path(CASELOAD).read_bytes()).hexdigest()
    raw.edit(CASELOAD, "638745", "?", renew=False)
    raw.edit(AGES, ",Under 5,", ",Below 5,")
    raw.edit(OUTTURN, "33398565", "much")
    raw.edit(POPULATION, "4427.101", "-1")
    raw.edit(KS2, ",Wiltshire,", ",Wiltshrie,")
    raw.write("stray.csv", b"a\n1\n", renew=False)
    raw.path("dfe_ehcp/2022/sen2_mi.csv.gz").unlink()
    told_once_each(
        raw.problems(),
        [
            ("file_changed", f"data/raw/{CASELOAD}", listed[:12]),
            ("unknown_symbol", f"data/raw/{CASELOAD}, row ", "column ehcplans: .*'[?]'"),
            ("unknown_label", f"data/raw/{AGES}", "'Below 5'"),
            ("unknown_symbol", f"data/raw/{OUTTURN}", "'much'"),
            ("negative_count", f"data/raw/{POPULATION}", "-1"),
            ("unknown_area_code", f"data/raw/{KS2}, row ", "column la_name: .*'Wiltshrie'"),
            ("file_not_listed", "data/raw/stray.csv", ""),
            ("file_missing", "data/raw/dfe_ehcp/2022/sen2_mi.csv.gz", ""),
        ],
    )


def test_a_check_of_the_raw_data_tells_every_difference(raw):
    raw.path(AGES).unlink()
    raw.edit(CASELOAD, "638745", "638746", renew=False)
    with pytest.raises(ManifestError) as caught:
        verify(raw.project)
    assert [problem.where for problem in caught.value.problems] == [
        f"data/raw/{AGES}",
        f"data/raw/{CASELOAD}",
    ]


def test_a_failed_build_leaves_tables_that_can_be_mended_beside_hidden_files_of_a_computer(raw):
    raw.write(".DS_Store", b"x", renew=False)
    raw.path(AGES).rename(raw.path("kept"))
    raw.failure()
    raw.path("kept").rename(raw.path(AGES))
    assert data.build(raw.project).done
    assert not data.build(raw.project).done
