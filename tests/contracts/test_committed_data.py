"""What must be true of the tables made from the committed data."""

import pandas as pd
import pytest

from sendlib import areas, data, indicators, quality
from sendlib.data import TABLES, check_contract
from sendlib.data.contracts import check_keys
from sendlib.data.crosswalks import crosswalk
from sendlib.data.ehcp import LAYOUTS
from sendlib.vocabulary import (
    ENGLAND,
    SUBTOTAL,
    TOTAL,
    AgeBand,
    CeasedReason,
    FlowMeasure,
    PlaceType,
    PrimaryNeed,
    ValueStatus,
)

LATER = {
    ("204", 2024): (3525, 15),  # Hackney returned a total only
    ("874", 2024): (2187, 15),  # Peterborough too, but for one setting
    ("812", 2025): (None, 16),  # North East Lincolnshire left places unrecorded
    ("873", 2025): (None, 16),  # Cambridgeshire too
    ("316", 2025): (None, 17),  # Newham's count is not used
    ("928", 2021): (297, 2),  # Northamptonshire, two settings
    ("E12000006", 2024): (459, 0),
    ("E12000007", 2024): (3186, 0),
    (ENGLAND, 2024): (3645, 0),
}


@pytest.mark.parametrize("name", TABLES)
def test_every_table_keeps_its_contract(tables, name):
    assert list(check_contract(tables[name], name).columns) == list(TABLES[name].columns)


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_rows_and_no_key_twice(tables, name):
    assert len(tables[name])
    assert not tables[name].duplicated(list(TABLES[name].key)).any()


def test_every_area_and_every_source_of_every_table_is_known(tables):
    check_keys(tables)
    known = set(tables["source"]["source_id"])
    assert all(
        set(frame["source_id"]) <= known for frame in tables.values() if "source_id" in frame
    )


def test_every_source_of_the_manifest_is_known(project, tables):
    listed = {entry.source_id for entry in data.take_inventory(project).manifest.files}
    assert listed <= set(tables["source"]["source_id"])


@pytest.mark.parametrize("name", [name for name in TABLES if name.startswith("ehcp_")])
def test_a_value_is_there_exactly_where_it_was_reported(tables, name):
    frame = tables[name]
    value = "value" if "value" in frame else "plans"
    assert (frame[value].notna() == (frame["value_status"] == ValueStatus.REPORTED)).all()


def test_every_authority_since_2010_is_there(tables):
    plans = indicators.total_plans(tables["ehcp_caseload"]).loc[:, :2025]
    authorities = plans[plans.index.str.isdigit()]
    counts = authorities.notna().sum()
    assert counts[2025] == 152  # Newham's count is not used
    assert counts.min() >= 151
    left = plans.loc[ENGLAND] - authorities.sum()
    assert left[left != 0].to_dict() == {2025: 1199}


def test_settings_add_up_to_the_total_but_for_the_known_exceptions(tables):
    caseload = tables["ehcp_caseload"]
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


def test_england_has_two_totals_in_2016_and_2018(tables):
    totals = areas.with_names(tables["ehcp_total_by_table"], tables["area"])
    two = quality.disagreeing_totals(totals, ENGLAND)
    assert two[["census_year", "by_age", "by_setting"]].to_numpy().tolist() == [
        [2016, 256315, 256530],
        [2018, 319819, 312626],
    ]


def test_authorities_add_up_to_regions_where_both_are_known(tables):
    plans = indicators.total_plans(tables["ehcp_caseload"]).loc[:, :2025]
    regions = plans[plans.index.str.startswith("E12")]
    assert len(regions) == 9
    assert (regions.sum() == plans.loc[ENGLAND]).all()


def test_needs_by_place_and_by_age_are_unknown_for_surrey_only(tables):
    caseload = tables["ehcp_caseload"]
    both = caseload[(caseload["primary_need"] != TOTAL)]
    for column in ("place_type", "age_band"):
        rows = both[both[column] != TOTAL]
        added = rows.groupby("area_code")["plans"].agg(lambda plans: plans.sum(skipna=False))
        total = indicators.total_plans(caseload)[2025].loc[added.index]
        assert list(added.index[added.isna()]) == ["316", "936"]
        assert (added.dropna() == total.drop(["316", "936"])).all()


def test_age_bands_add_up_to_the_total_but_where_two_left_them_blank(tables):
    caseload = tables["ehcp_caseload"]
    margin = caseload[(caseload["place_type"] == TOTAL) & (caseload["primary_need"] == TOTAL)]
    wide = margin.pivot(index=["area_code", "census_year"], columns="age_band", values="plans")
    bands = wide[[band.value for band in AgeBand]].dropna()
    left = wide[TOTAL].loc[bands.index] - bands.sum(axis=1)
    areas_of_year = bands.groupby("census_year").size()
    assert set(areas_of_year.index) == {*range(2015, 2023), 2024, 2025, 2026}
    assert areas_of_year.drop(2026).min() == 159  # City, Scilly, Hackney and Peterborough in 2024
    assert areas_of_year[2026] == 13
    assert left[left != 0].to_dict() == {
        ("E12000006", 2024): 459,
        ("E12000007", 2024): 3186,
        (ENGLAND, 2024): 3645,
    }


def test_needs_add_up_to_the_plans_of_january_2025(tables):
    caseload = tables["ehcp_caseload"]
    needs = caseload[
        (caseload["age_band"] == TOTAL)
        & (caseload["place_type"] == TOTAL)
        & (caseload["primary_need"] != TOTAL)
    ]
    added = needs.groupby("area_code")["plans"].agg(lambda plans: plans.sum(skipna=False))
    total = indicators.total_plans(caseload)[2025]
    assert set(needs["census_year"]) == {2025}
    assert added.dropna().to_dict() == total.dropna().to_dict()


@pytest.mark.parametrize("by", ["age", "place_type"])
def test_reasons_add_up_to_the_plans_that_ended_but_for_seven_in_essex(tables, by):
    """Essex counted seven plans without a reason; England, which adds them up, has them too."""
    ceased = tables["ehcp_ceased"]
    other = {"age": "place_type", "place_type": "age"}[by]
    rows = ceased[ceased[other] == TOTAL]
    wide = rows.pivot(index=["area_code", "calendar_year", by], columns="reason", values="plans")
    reasons = wide[[reason.value for reason in CeasedReason]]
    since_2026 = reasons.index.get_level_values("calendar_year") >= 2025  # it is inside "other"
    reasons = reasons.mask(since_2026[:, None] & (reasons.columns == "not_recorded"), 0)
    left = wide[TOTAL] - reasons.sum(axis=1, skipna=False)
    totals = left.xs(TOTAL, level=by)
    assert left.notna().all()
    assert totals[totals != 0].to_dict() == {
        ("881", 2023): 6,
        ("881", 2024): 1,
        ("E12000006", 2023): 6,
        ("E12000006", 2024): 1,
        (ENGLAND, 2023): 6,
        (ENGLAND, 2024): 1,
    }
    parts = left.drop(index=TOTAL, level=by)
    gaps = parts.groupby(["area_code", "calendar_year"]).sum()
    assert gaps.to_dict() == totals[gaps.index].to_dict()


def test_flows_and_ceased_plans_agree_on_how_many_ended(tables):
    ceased = tables["ehcp_ceased"]
    total = ceased[(ceased[["age", "place_type", "reason"]] == TOTAL).all(axis=1)]
    table = total.pivot(index="area_code", columns="calendar_year", values="plans")
    flow = indicators.flow_by_year(tables["ehcp_flow"], FlowMeasure.CEASED_PLANS)
    assert table.equals(flow.loc[table.index, table.columns].rename_axis(columns="calendar_year"))


def test_places_that_were_not_collected_are_not_zero(tables):
    caseload = tables["ehcp_caseload"]
    units = caseload[
        (caseload["place_type"] == PlaceType.AWAITING)
        & (caseload["age_band"] == TOTAL)
        & (caseload["census_year"] >= 2023)
    ]
    assert set(units["value_status"]) == {"not_collected", "not_used"}
    assert units["plans"].isna().all()


@pytest.mark.parametrize(
    ("field", "vocabulary"),
    [
        ("setting_column", PlaceType),
        ("setting_label", PlaceType),
        ("need_column", PrimaryNeed),
        ("reason_column", CeasedReason),
        ("flow_column", FlowMeasure),
        ("request_column", FlowMeasure),
        ("assessment_column", FlowMeasure),
        ("timeliness_column", FlowMeasure),
    ],
)
def test_every_target_of_a_crosswalk_is_in_the_vocabulary(field, vocabulary):
    valid = {member.value for member in vocabulary} | {TOTAL, SUBTOTAL}
    targets = {term for release in LAYOUTS for term in crosswalk(release, field).values()}
    assert targets
    assert targets <= valid


def test_ages_lead_to_bands_or_to_single_years():
    from sendlib.data.tidy_plans import BAND_OF_AGE

    assert set(crosswalk("dfe_ehcp_2022", "age_label").values()) == {TOTAL, *AgeBand}
    assert set(crosswalk("dfe_ehcp_2025", "age_label").values()) == {*BAND_OF_AGE, "unknown"}


@pytest.mark.parametrize(
    ("table", "column", "vocabulary"),
    [
        ("ehcp_caseload", "place_type", PlaceType),
        ("ehcp_caseload", "primary_need", PrimaryNeed),
        ("ehcp_caseload", "age_band", AgeBand),
        ("ehcp_flow", "measure", FlowMeasure),
        ("ehcp_ceased", "reason", CeasedReason),
    ],
)
def test_every_term_of_the_vocabulary_is_reached(tables, table, column, vocabulary):
    since_2026 = {PrimaryNeed.DS}  # needs of that January are not among the committed files
    assert {member.value for member in vocabulary} - since_2026 <= set(tables[table][column])


def test_a_deficit_is_negative(tables):
    assert (tables["dsg_balance"]["closing_balance_gbp"] < 0).all()


def test_the_same_raw_data_make_the_same_tables_whatever_their_order(small_built):
    inventory = data.take_inventory(small_built)
    turned = inventory.manifest.model_copy(update={"files": inventory.manifest.files[::-1]})
    again = data.build_tables(type(inventory)(turned, inventory.hashes), small_built)
    for name, frame in again.items():
        assert frame.reset_index(drop=True).equals(data.load(small_built, name)), name
