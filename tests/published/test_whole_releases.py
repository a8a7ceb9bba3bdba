"""The departments' full releases: built both ways, beside the extract and their totals."""

import csv
import io
import shutil
import time
import zipfile

import pandas as pd
import pytest

from conftest import copy_project
from sendlib import areas, data, indicators, quality
from sendlib.data.ehcp import member_names
from sendlib.vocabulary import ENGLAND, TOTAL

pytestmark = [pytest.mark.published, pytest.mark.xdist_group("published")]
RELEASES = ("2022", "2025")
LATER = {
    ("204", 2024): (3525, 15),  # Hackney returned a total only
    ("874", 2024): (2187, 15),  # Peterborough too, but for one setting
    ("812", 2025): (None, 16),  # North East Lincolnshire left places unrecorded
    ("873", 2025): (None, 16),  # Cambridgeshire too
    ("928", 2021): (297, 2),  # Northamptonshire, two settings
    ("E12000006", 2024): (459, 0),
    ("E12000007", 2024): (3186, 0),
    (ENGLAND, 2024): (3645, 0),
}


def archive(published, year):
    return published / "ehcp" / f"education-health-and-care-plans_{year}.zip"


@pytest.fixture(scope="module")
def whole(published, tmp_path_factory):
    """A project with both archives somewhere below data/raw, and how long its build took."""
    project = copy_project(tmp_path_factory.mktemp("archives"))
    for year, place in zip(RELEASES, ("", "anywhere/deep"), strict=True):
        (project.raw / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(archive(published, year), project.raw / place / f"release of {year}.ZIP")
    begin = time.perf_counter()
    data.build(project)
    return project, time.perf_counter() - begin


@pytest.fixture(scope="module")
def whole_tables(whole):
    return {name: data.load(whole[0], name) for name in data.TABLES}


@pytest.fixture(scope="module")
def unpacked(published, tmp_path_factory):
    """A project with both releases unpacked, as Explore education statistics packs them."""
    project = copy_project(tmp_path_factory.mktemp("unpacked"))
    for year in RELEASES:
        with zipfile.ZipFile(archive(published, year)) as content:
            content.extractall(project.raw / "downloads" / year)
    data.build(project)
    return project


def test_a_build_of_every_authority_takes_seconds(whole):
    assert whole[1] < 30, f"the build of both full releases took {whole[1]:.1f} s"


def test_archives_and_unpacked_releases_make_the_same_tables(unpacked, whole_tables):
    for name, frame in whole_tables.items():
        pd.testing.assert_frame_equal(frame, data.load(unpacked, name), obj=name)


def test_the_build_says_which_files_it_was_made_from(whole):
    paths = {entry["path"] for entry in data.inputs(whole[0])}
    assert {"release of 2022.ZIP", "anywhere/deep/release of 2025.ZIP"} <= paths


def test_a_second_build_finds_nothing_to_do(whole):
    assert not data.build(whole[0]).done


@pytest.mark.parametrize("name", [name for name in data.TABLES if name.startswith("ehcp_")])
def test_the_rows_of_thirteen_areas_are_those_of_the_extract(tables, whole_tables, name):
    extract, everything = tables[name], whole_tables[name]
    same = everything[everything["area_code"].isin(set(extract["area_code"]))]
    assert extract["area_code"].nunique() == 13 or name in ("ehcp_ceased", "ehcp_caseload_by_age")
    pd.testing.assert_frame_equal(extract, same.reset_index(drop=True))


@pytest.mark.parametrize("year", RELEASES)
def test_every_row_of_the_extract_is_a_row_of_the_release(published, root, year):
    release = f"dfe_ehcp_{year}"
    with zipfile.ZipFile(archive(published, year)) as content:
        for name in member_names(release):
            here = (root / "data" / "raw" / "dfe_ehcp" / year / name).read_text("utf-8-sig")
            there = content.read(f"data/{name}").decode("utf-8-sig")
            header, *rows = csv.reader(io.StringIO(here))
            whole_header, *whole_rows = csv.reader(io.StringIO(there))
        assert header == whole_header
        assert set(map(tuple, rows)) <= set(map(tuple, whole_rows)), name


def test_every_authority_since_2010_is_there(whole_tables):
    plans = indicators.total_plans(whole_tables["ehcp_caseload"]).loc[:, :2025]
    authorities = plans[plans.index.str.isdigit()]
    counts = authorities.notna().sum()
    assert counts[2025] == 153
    assert counts.min() >= 151
    assert (authorities.sum() == plans.loc[ENGLAND]).all()


def test_settings_add_up_to_the_total_but_for_the_known_exceptions(whole_tables):
    caseload = whole_tables["ehcp_caseload"]
    found = pd.concat(
        [
            quality.parts_against_total(caseload, code).assign(area_code=code)
            for code in caseload["area_code"].unique()
        ]
    )
    bad = found[(found["left"] != 0) | (found["not_known"] > 0)]
    later = bad[~bad["census_year"].isin([2016, 2018])]
    assert {
        (row.area_code, row.census_year): (None if pd.isna(row.left) else row.left, row.not_known)
        for row in later.itertuples()
    } == LATER
    assert bad.groupby("census_year").size()[[2016, 2018]].tolist() == [55, 132]
    assert not bad.loc[bad["census_year"].isin([2016, 2018]), "not_known"].any()


def test_england_has_two_totals_in_2016_and_2018(whole_tables):
    totals = areas.with_names(whole_tables["ehcp_total_by_table"], whole_tables["area"])
    two = quality.disagreeing_totals(totals, ENGLAND)
    assert two[["census_year", "by_age", "by_setting"]].to_numpy().tolist() == [
        [2016, 256315, 256530],
        [2018, 319819, 312626],
    ]


def test_authorities_add_up_to_regions_where_both_are_known(whole_tables):
    plans = indicators.total_plans(whole_tables["ehcp_caseload"]).loc[:, :2025]
    regions = plans[plans.index.str.startswith("E12")]
    assert len(regions) == 9
    assert (regions.sum() == plans.loc[ENGLAND]).all()


def test_needs_by_place_and_by_age_are_unknown_for_surrey_only(whole_tables):
    caseload = whole_tables["ehcp_caseload"]
    both = caseload[(caseload["primary_need"] != TOTAL)]
    for column in ("place_type", "age_band"):
        rows = both[both[column] != TOTAL]
        added = rows.groupby("area_code")["plans"].agg(lambda plans: plans.sum(skipna=False))
        total = indicators.total_plans(caseload)[2025].loc[added.index]
        assert list(added.index[added.isna()]) == ["936"]
        assert (added.dropna() == total.drop("936")).all()
