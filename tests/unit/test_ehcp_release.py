"""Tiny invented releases in both layouts, from their text to one long table."""

import pytest

from error_codes import codes, places
from sendlib.data.crosswalks import crosswalk
from sendlib.data.ehcp import LAYOUTS, read_release
from sendlib.errors import DataError
from sendlib.vocabulary import SUBTOTAL

AREA = "geographic_level,country_code,region_code,old_la_code"
PERIOD = "time_period,time_identifier"
AUTHORITY = "Local authority,E92000001,E12000009,999"


def member(release, name):
    return next(entry for entry in LAYOUTS[release] if entry.name == name)


def value_columns(entry, release):
    known = crosswalk(release, entry.columns)
    written = {usual: name for name, usual in entry.renamed.items()}
    names = [*entry.values, *(name for name, term in known.items() if term != SUBTOTAL)]
    return [written.get(name, name) for name in names]


def lines(release, name, period, number="1"):
    """A file of the release with one row for each topic, every figure the same."""
    columns = [
        column
        for entry in LAYOUTS[release]
        if entry.name == name
        for column in value_columns(entry, release)
    ]
    columns = list(dict.fromkeys(columns))
    entry = member(release, name)
    if entry.topics:
        labels = {"": "All", "age_label": "age 5", "setting_label": "Mainstream - academy"}
        rows = [f"{topic},{labels[field]}" for topic, field in entry.topics.items()]
        head = "breakdown_topic,breakdown"
    elif "establishment_type" in entry.rows:
        head, rows = "establishment_type,establishment_group", ["Total,Total", "Hospital School,S"]
        rows.append("Total,Special school")
    elif entry.rows:
        head, rows = "characteristic_age", ["Total", "Under 5"]
    else:
        head, rows = "", [""]
    header = ",".join(filter(None, [PERIOD, AREA, head, *columns]))
    figures = ",".join([number] * len(columns))
    body = [",".join(filter(None, [period, AUTHORITY, row, figures])) for row in rows]
    return "\n".join([header, *body, ""])


PERIODS = {
    "dfe_ehcp_2022": {member.name: "2022,Calendar year" for member in LAYOUTS["dfe_ehcp_2022"]},
    **{
        release: {
            name: f"{academic},Academic year"
            if name in ("caseload.csv", "sen_needs_all_plans.csv", "sen_needs_caseload.csv")
            else f"20{academic[2:4]},Calendar year"
            for name in dict.fromkeys(member.name for member in LAYOUTS[release])
        }
        for release, academic in (("dfe_ehcp_2025", "202425"), ("dfe_ehcp_2026", "202526"))
    },
}


def contents(release, **changed):
    return {
        name: (changed.get(name.removesuffix(".csv")) or lines(release, name, period)).encode()
        for name, period in PERIODS[release].items()
    }


def read(release, **changed):
    return read_release(contents(release, **changed), release=release, where="x")


def problems_of(release, **changed):
    with pytest.raises(DataError) as caught:
        read(release, **changed)
    return list(caught.value.problems)


@pytest.mark.parametrize("release", LAYOUTS)
def test_both_layouts_become_one_long_table(release):
    long = read(release)
    assert set(long.columns) == {
        *["area_code", "year", "age", "place_type", "value", "value_status"],
        *["term", "published", "table", "source_id"],
    }
    assert set(long["source_id"]) == {release}
    assert set(long["area_code"]) == {"999"}
    assert not long.isna().any(axis=None)


def test_the_older_layout_has_settings_and_ages_in_rows():
    long = read("dfe_ehcp_2022")
    assert set(long["table"]) == {"age", "caseload", "flow"}
    stock = long[long["table"] == "caseload"]
    assert sorted(stock["place_type"]) == ["state_special", "total"]
    assert sorted(long.loc[long["table"] == "age", "age"]) == ["total", "under_5"]
    assert set(long["year"]) == {2022}


def test_the_newer_layout_has_settings_in_columns_and_leaves_subtotals_out():
    long = read("dfe_ehcp_2025")
    stock = long[long["table"] == "caseload"]
    assert set(stock["year"]) == {2025}
    assert set(stock["age"]) == {"total", "5"}
    assert "special_total" not in set(stock["published"])
    assert stock.loc[stock["published"] == "ehcplans", "term"].unique().tolist() == ["total"]
    assert set(long.loc[long["table"] == "flow", "year"]) == {2024}


def test_larger_areas_go_by_their_nine_characters():
    changed = lines("dfe_ehcp_2022", "sen2_mi.csv", "2022,Calendar year")
    changed = changed.replace("Local authority", "Regional")
    long = read("dfe_ehcp_2022", sen2_mi=changed)
    assert set(long.loc[long["table"] == "flow", "area_code"]) == {"E12000009"}
    changed = changed.replace("Regional", "National")
    long = read("dfe_ehcp_2022", sen2_mi=changed)
    assert set(long.loc[long["table"] == "flow", "area_code"]) == {"E92000001"}


def test_a_symbol_in_a_release_is_missing_with_its_reason():
    changed = lines("dfe_ehcp_2022", "sen2_mi.csv", "2022,Calendar year", number="c")
    flow = read("dfe_ehcp_2022", sen2_mi=changed).query("table == 'flow'")
    assert flow["value"].isna().all()
    assert set(flow["value_status"]) == {"suppressed"}


@pytest.mark.parametrize("release", LAYOUTS)
def test_every_value_column_must_be_there(release):
    broken, lost = {}, set()
    for name in dict.fromkeys(member.name for member in LAYOUTS[release]):
        head, _, rest = lines(release, name, PERIODS[release][name]).partition("\n")
        gone = {value_columns(each, release)[-1] for each in LAYOUTS[release] if each.name == name}
        cells = [f"no_{cell}" if cell in gone else cell for cell in head.split(",")]
        broken[name.removesuffix(".csv")] = "\n".join([",".join(cells), rest])
        lost |= {(f"x/{name}", column) for column in gone}
    told = [each for each in problems_of(release, **broken) if each.code == "missing_column"]
    assert all(any(each.where == at and column in each.found for each in told)
               for at, column in lost)  # fmt: skip


def test_a_renamed_topic_is_reported_because_its_rows_would_be_lost():
    text = lines("dfe_ehcp_2025", "caseload.csv", "202425,Academic year")
    changed = text.replace("Child or young persons age", "Age at start of academic year")
    problems = problems_of("dfe_ehcp_2025", caseload=changed)
    assert places(problems) == [("no_row_of_topic", "x/caseload.csv, column breakdown_topic")]
    assert "'Child or young persons age'" in problems[0].found
    assert "Age at start of academic year" in problems[0].remedy


def test_columns_of_percentages_and_names_are_passed_over():
    text = lines("dfe_ehcp_2025", "caseload.csv", "202425,Academic year")
    head, *rows = text.strip().split("\n")
    wider = "\n".join([f"{head},la_name,special_total_pc", *(f"{row},Nowhere,4" for row in rows)])
    assert len(read("dfe_ehcp_2025", caseload=wider)) == len(read("dfe_ehcp_2025"))


def test_a_file_that_is_missing_is_left_out():
    some = contents("dfe_ehcp_2022")
    del some["sen2_mi.csv"]
    rest = read_release(some, release="dfe_ehcp_2022", where="x")
    assert set(rest["table"]) == {"age", "caseload"}


def test_nothing_is_read_where_everything_is_missing():
    assert read_release({}, release="dfe_ehcp_2022", where="x").empty


def test_problems_of_several_files_are_reported_together():
    bad = {
        "sen2_mi": lines("dfe_ehcp_2022", "sen2_mi.csv", "2022,Calendar year", number="-1"),
        "sen2_age_caseload": lines(
            "dfe_ehcp_2022", "sen2_age_caseload.csv", "2022,Calendar year"
        ).replace("Under 5", "Tiny"),
    }
    told = problems_of("dfe_ehcp_2022", **bad)
    assert codes(told).count("negative_count") == 10
    (label,) = (each for each in told if each.code == "unknown_label")
    assert "'Tiny'" in label.found


def test_an_edition_that_is_not_known_is_called_newer_before_its_labels_are():
    newer = lines("dfe_ehcp_2026", "caseload.csv", "202627,Academic year")
    gone = newer.replace("special_free_school", "special_studio_school")
    found = codes(problems_of("dfe_ehcp_2026", caseload=gone))
    assert found == ["newer_edition", "missing_column", "unknown_column"]
    label = newer.replace("age 5", "aged 5")
    assert codes(problems_of("dfe_ehcp_2026", caseload=label)) == ["newer_edition", "unknown_label"]


def test_an_edition_that_is_known_is_not_called_newer():
    known = lines("dfe_ehcp_2026", "caseload.csv", "202526,Academic year").replace("age 5", "five")
    assert codes(problems_of("dfe_ehcp_2026", caseload=known)) == ["unknown_label"]
