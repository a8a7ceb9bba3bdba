"""Figures that were compiled apart from this project, reproduced from its tables."""

import pandas as pd
import pytest

from sendlib import indicators
from sendlib.data.crosswalks import crosswalk
from sendlib.vocabulary import SUBTOTAL, TOTAL, FundingElement

pytestmark = pytest.mark.published


@pytest.fixture(scope="module")
def facts(root):
    folder = root.parent / "shared" / "facts"
    if not folder.is_dir():
        pytest.skip("the compiled figures are not beside the project (shared/facts)")

    def read(name):
        frame = pd.read_csv(folder / f"{name}.csv", dtype={"la_code": str})
        if "area_level" in frame:
            authority = frame["area_level"].str.casefold().str.contains("authority")
            frame["area_code"] = frame["la_code"].where(authority, frame["gss_code"])
        return frame

    return read


def test_all_1729_flows_are_the_same(facts, tables):
    """Assessments outstanding of 2019 to 2021 stand in the older release only, and are kept."""
    expected = facts("ehcp_flow")
    key = ["area_code", "calendar_year", "measure"]
    joined = expected.merge(tables["ehcp_flow"], on=key, how="left", suffixes=("", "_here"))
    value = pd.to_numeric(joined["value"], errors="coerce")
    known = value.notna()
    assert len(joined) == 1729
    assert known.sum() == 1339
    other = joined[known & (value != joined["value_here"])]
    corrected = ("815", 2022, "new_plans")  # see data/corrections
    assert list(other[key].itertuples(index=False, name=None)) == [corrected]
    assert (joined.loc[known, "source_id"] == joined.loc[known, "source_id_here"]).all()
    kept = joined[~known & joined["value_here"].notna()]
    assert set(kept["measure"]) == {"assessments_outstanding"}
    assert set(kept["calendar_year"]) == {2019, 2020, 2021}
    assert set(kept["source_id_here"]) == {"dfe_ehcp_2022"}
    assert len(kept) == 3 * 13


def test_totals_of_every_january_are_the_same(facts, tables):
    expected = facts("ehcp_caseload_total")
    plans = indicators.total_plans(tables["ehcp_caseload"])
    wide = expected.pivot(index="area_code", columns="census_year", values="plans")
    assert wide.shape == (13, 16)
    assert (wide == plans.loc[wide.index, wide.columns]).all(axis=None)


def test_settings_of_every_january_since_2019_are_the_same(facts, tables):
    expected = facts("ehcp_caseload_placement")
    places = crosswalk("dfe_ehcp_2025", "setting_column")
    known = expected.assign(place_type=expected["placement_as_published"].map(places))
    known = known.dropna(subset=["place_type"])
    known = known[known["place_type"] != SUBTOTAL]
    wide = known.assign(plans=pd.to_numeric(known["plans"], errors="coerce")).pivot_table(
        index=["area_code", "census_year"], columns="place_type", values="plans", aggfunc="sum"
    )
    caseload = tables["ehcp_caseload"]
    rows = caseload[(caseload["age_band"] == TOTAL) & (caseload["primary_need"] == TOTAL)]
    here = rows.pivot(index=["area_code", "census_year"], columns="place_type", values="plans")
    here = here.loc[wide.index, wide.columns].fillna(0)  # nobody was asked: nothing to add
    assert len(wide) == 13 * 7
    assert (wide == here).all(axis=None)


def test_needs_of_january_2025_are_the_same(facts, tables):
    expected = facts("ehcp_caseload_need")
    needs = crosswalk("dfe_ehcp_2025", "need_column")
    places = crosswalk("dfe_ehcp_2025", "setting_label")
    known = expected.assign(
        primary_need=expected["primary_need_as_published"].map(needs),
        place_type=expected["placement_as_published"].map(places),
    ).dropna(subset=["primary_need", "place_type"])
    known = known[(known["place_type"] != SUBTOTAL) & (known["primary_need"] != TOTAL)]
    added = known.groupby(["area_code", "place_type", "primary_need"])["plans"].sum()
    caseload = tables["ehcp_caseload"]
    here = caseload[caseload["age_band"] == TOTAL].set_index(
        ["area_code", "census_year", "place_type", "primary_need"]
    )["plans"]
    assert len(added) > 400
    assert (added == here.xs(2025, level="census_year").loc[added.index]).all()


@pytest.mark.parametrize(
    ("name", "table", "year"),
    [
        ("ehcp_caseload_age_placement", "ehcp_caseload_by_age", "census_year"),
        ("ehcp_new_plans_age_placement", "ehcp_new_plans_by_age", "calendar_year"),
    ],
)
def test_plans_by_age_and_place_are_the_same(facts, tables, name, table, year):
    expected = facts(name)
    ages = crosswalk("dfe_ehcp_2025", "age_label")
    places = {**crosswalk("dfe_ehcp_2025", "setting_column"), "all_settings": TOTAL}
    known = expected.assign(
        age=expected["age_as_published"].map(ages),
        place_type=expected["placement_as_published"].map(places),
    ).dropna(subset=["age", "place_type"])
    compiled_in_part = ["neet", "eotas", "other"]  # without online providers and notices to cease
    known = known[~known["place_type"].isin([SUBTOTAL, *compiled_in_part])]
    key = ["area_code", year, "age", "place_type"]
    added = known.groupby(key)["plans"].agg(lambda plans: plans.sum(skipna=False)).dropna()
    here = tables[table].set_index(key)["plans"]
    assert len(added) > 1000
    assert (added == here.loc[added.index]).all()


def test_plans_that_ended_are_the_same(facts, tables):
    expected = facts("ehcp_ceased")
    reasons = crosswalk("dfe_ehcp_2025", "reason_column")
    rows = expected[expected["breakdown_topic"] == "All ceased EHC plans"]
    rows = rows.assign(reason=rows["reason_as_published"].map(reasons)).dropna(subset=["reason"])
    ceased = tables["ehcp_ceased"]
    here = ceased[(ceased["age"] == TOTAL) & (ceased["place_type"] == TOTAL)]
    joined = rows.merge(here, on=["area_code", "calendar_year", "reason"], how="left")
    assert len(joined) >= 3 * 3 * 10
    assert (joined["plans_x"] == joined["plans_y"]).all()


def test_allocations_and_outturn_are_the_same(facts, tables):
    allocation = facts("high_needs_allocation")
    funding = tables["high_needs_funding"].pivot(
        index=["area_code", "financial_year"], columns="element", values="allocation_gbp"
    )
    indexed = allocation.set_index(["area_code", "financial_year"])
    for element in FundingElement:
        apart = indexed[f"{element}_gbp"] - funding.loc[indexed.index, element]
        assert (apart.abs() < 10).all()  # regions are sums of figures in £0.000001m
    spend = tables["high_needs_spend"].set_index(["area_code", "financial_year"])["net_gbp"]
    outturn = facts("high_needs_outturn").set_index(["area_code", "financial_year"])
    here = spend.reindex(outturn.index)
    assert (outturn["net_outturn_gbp"] == here)[here.notna()].all()
    assert here.index[here.isna()].tolist() == [("E92000001", "2023-24")]  # one return is missing
