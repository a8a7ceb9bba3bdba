"""The invented authority: it meets what was published, and its children are followed soundly."""

from dataclasses import replace

import pandas as pd
import pytest

from sendlib.cohort.axes import AGES, WHOLE_NEED, Axes
from sendlib.cohort.estimation import estimate
from sendlib.cohort.published.account import published_evidence
from sendlib.cohort.synthetic import JANUARIES, synthesise
from sendlib.cohort.synthetic.details import MARK
from sendlib.errors import NotAvailableError, ParameterError
from sendlib.intake import read_caseload
from sendlib.intake.people import age_at, census_day
from sendlib.intake.write import invented_urns, write_extract, write_sen2, write_transitions
from sendlib.vocabulary import TOTAL

WILTSHIRE, SMALL = "865", "802"
CELL = ["census_year", "age", "need", "place_type"]


@pytest.fixture(scope="module")
def evidence(tables):
    population = tables["population"]
    residents = population[population["area_code"] == WILTSHIRE]
    by_age = residents.pivot(index="year", columns="age", values="persons")[list(AGES)]
    return published_evidence(tables, by_age, area_code=WILTSHIRE, origin=2025).evidence


@pytest.fixture(scope="module")
def rates(evidence):
    return estimate(evidence)


@pytest.fixture(scope="module")
def made(tables, rates):
    return synthesise(tables, rates, area_code=WILTSHIRE, seed=1)


@pytest.fixture(scope="module")
def people(made):
    """The rows with ages, in the order of each child's Januaries."""
    rows = made.rows.assign(age=age_at(made.rows["born"], made.rows["january"]))
    return rows.sort_values(["reference", "january"], ignore_index=True)


def counted(rows, *columns):
    return rows.groupby(list(columns)).size()


def test_every_published_margin_is_met_exactly(made):
    assert not made.margins["difference"].any()
    found = set(zip(made.margins["census_year"], made.margins["margin"], strict=True))
    for january in JANUARIES:
        assert {(january, "total"), (january, "place_type")} <= found
    assert {year for year, name in found if name == "age_band"} == {2021, 2022, 2024, 2025}
    assert {year for year, name in found if name == "age and place_type"} == {2024, 2025}
    assert (2025, "need and place_type") in found


def test_rows_add_up_to_the_published_tables(tables, people):
    caseload = tables["ehcp_caseload"]
    caseload = caseload[(caseload["area_code"] == WILTSHIRE) & caseload["plans"].gt(0)]
    needs = caseload[
        (caseload["primary_need"] != TOTAL)
        & (caseload["place_type"] != TOTAL)
        & (caseload["census_year"] == 2025)
    ].set_index(["primary_need", "place_type"])["plans"]
    drawn = counted(people[people["january"] == 2025], "need", "place_type")
    assert drawn.to_dict() == needs.to_dict()
    whole = (caseload[["age_band", "place_type", "primary_need"]] == TOTAL).all(axis=1)
    totals = caseload[whole].set_index("census_year")["plans"]
    assert counted(people, "january").to_dict() == totals.loc[list(JANUARIES)].to_dict()


def test_single_ages_add_up_to_the_published_table(tables, people):
    by_age = tables["ehcp_caseload_by_age"]
    by_age = by_age[(by_age["area_code"] == WILTSHIRE) & ~by_age["age"].isin([TOTAL, "0-2"])].query(
        "plans > 0 and place_type != @TOTAL and census_year == 2024"
    )
    published = by_age.set_index([by_age["age"].astype(float), "place_type"])["plans"]
    drawn = counted(people[people["january"] == 2024], "age", "place_type")
    assert drawn.to_dict() == published.to_dict()


def test_the_same_seed_makes_the_same_rows_and_another_makes_others(tables, rates, made):
    again = synthesise(tables, rates, area_code=WILTSHIRE, seed=1)
    pd.testing.assert_frame_equal(again.rows, made.rows)
    other = synthesise(tables, rates, area_code=WILTSHIRE, seed=2)
    assert not other.rows.equals(made.rows)


def test_each_child_has_one_row_for_a_january_and_one_birth_and_start(people):
    assert not people.duplicated(["reference", "january"]).any()
    assert people.groupby("reference")[["born", "start"]].nunique().eq(1).all(axis=None)


def test_nobody_is_under_0_or_over_25_and_everyone_grows_a_year_older(people):
    assert people["age"].between(0, 25).all()
    same = people["reference"].eq(people["reference"].shift())
    assert people["age"].diff()[same].eq(1).all()


def test_nobody_comes_back_under_the_same_reference(people):
    same = people["reference"].eq(people["reference"].shift())
    assert people["january"].diff()[same].eq(1).all()


def test_dates_of_a_plan_are_in_order(people):
    first = people.groupby("reference")["january"].transform("min")
    joined_later = first > min(JANUARIES)
    assert (people["born"] < people["start"]).all()
    assert (people["start"].dt.year < first).all()
    assert people.loc[joined_later, "start"].dt.year.eq(first[joined_later] - 1).all()
    assert people.loc[~joined_later, "start"].min() >= pd.Timestamp("2014-09-01")


def test_plans_end_between_the_last_count_and_the_next(people):
    is_last = ~people.duplicated("reference", keep="last")
    leaves = is_last & (people["january"] < max(JANUARIES))
    assert people["end"].notna().equals(leaves)
    ended = people[leaves]
    day = {january: pd.Timestamp(census_day(january)) for january in JANUARIES}
    assert (ended["end"] > ended["january"].map(day)).all()
    assert (ended["end"] < (ended["january"] + 1).map(day)).all()


def test_every_reference_is_marked_and_nothing_else_identifies_anyone(made):
    assert made.rows["reference"].str.fullmatch(rf"{MARK}\d{{6}}").all()
    assert made.rows.columns.tolist() == [
        "reference", "born", "need", "place_type", "start", "end", "january", "cost_gbp",
    ]  # fmt: skip
    assert any("invented" in note for note in made.notes)


def test_a_place_that_nobody_pays_for_has_no_cost_rather_than_none(made):
    unpaid = made.rows["place_type"].isin(["neet", "not_recorded", "awaiting"])
    assert made.rows.loc[unpaid, "cost_gbp"].isna().all()
    assert made.rows["cost_gbp"].dropna().gt(0).all()


def test_flows_are_near_the_authoritys_own(people, evidence):
    stays = people["reference"].eq(people["reference"].shift(-1))
    before = people[people["january"] == 2024]
    left = (~stays[before.index]).sum()
    assert left == pytest.approx(float(evidence.left.sum()), rel=0.15)
    follows = people["reference"].eq(people["reference"].shift())
    changed = people["need"].ne(people["need"].shift())[follows].mean()
    assert 0.005 < changed < 0.02
    moved = follows & people["place_type"].ne(people["place_type"].shift())
    here = people["january"] == 2025
    assert moved[here].sum() < float(evidence.moved.sum())


def with_plans(tables, change, *, area_code=WILTSHIRE, **where):
    """The tables with a change of the count in one cell of ``ehcp_caseload``."""
    caseload = tables["ehcp_caseload"].copy()
    full = {"area_code": area_code, "primary_need": TOTAL, "place_type": TOTAL, "age_band": TOTAL}
    here = pd.Series(True, index=caseload.index)
    for column, value in (full | where).items():
        here &= caseload[column] == value
    assert here.sum() == 1
    caseload.loc[here, "plans"] = change(caseload.loc[here, "plans"])
    return dict(tables) | {"ehcp_caseload": caseload}


def test_places_win_over_age_bands_and_the_difference_is_reported(tables, rates):
    more = with_plans(tables, lambda plans: plans + 9, census_year=2022, age_band="5_to_10")
    margins = synthesise(more, rates, area_code=WILTSHIRE, seed=1).margins
    off = margins[margins["difference"] != 0]
    assert set(zip(off["census_year"], off["margin"], strict=True)) == {(2022, "age_band")}
    assert off["difference"].sum() == -9
    assert margins.query("margin == 'place_type'")["difference"].eq(0).all()


def test_places_win_over_single_ages_too(tables, rates):
    more = with_plans(tables, lambda plans: plans + 5, census_year=2024, place_type="eotas")
    margins = synthesise(more, rates, area_code=WILTSHIRE, seed=1).margins
    assert margins.query("margin == 'place_type'")["difference"].eq(0).all()
    off = margins.query("margin == 'age and place_type' and difference != 0")
    assert set(off["place_type"]) == {"eotas"}
    assert off["difference"].sum() == 5


def test_disagreeing_margins_are_named_in_the_notes(tables, rates):
    fewer = with_plans(tables, lambda plans: plans - 3, census_year=2021, place_type="eotas")
    notes = " ".join(synthesise(fewer, rates, area_code=WILTSHIRE, seed=1).notes)
    assert "In January 2021 age bands add up to 4,067 and places to 4,064" in notes
    assert "January 2023 was not published by age band" in notes


def test_one_withheld_place_is_what_the_total_leaves(tables, rates, made):
    withheld = with_plans(tables, lambda plans: float("nan"), census_year=2022, place_type="neet")
    again = synthesise(withheld, rates, area_code=WILTSHIRE, seed=1)
    pd.testing.assert_frame_equal(again.rows, made.rows)


def test_januaries_out_of_row_and_rates_of_other_places_are_refused(tables, rates, evidence):
    few = replace(rates, axes=Axes(WHOLE_NEED, ("mainstream",)))
    with pytest.raises(ParameterError) as caught:
        synthesise(tables, few, area_code=WILTSHIRE, seed=1, januaries=(2021, 2023))
    assert "2021, 2023" in str(caught.value)
    assert "rates of other places" in str(caught.value)


def test_januaries_without_single_ages_are_not_held(tables, rates):
    with pytest.raises(NotAvailableError, match="Januaries in a row"):
        synthesise(tables, rates, area_code=WILTSHIRE, seed=1, januaries=(2022, 2023))


def test_a_place_withheld_twice_is_not_held(tables, rates):
    gone = with_plans(tables, lambda plans: float("nan"), census_year=2021, place_type="neet")
    gone = with_plans(gone, lambda plans: float("nan"), census_year=2021, place_type="eotas")
    with pytest.raises(NotAvailableError, match="January 2021 is not available by place"):
        synthesise(gone, rates, area_code=WILTSHIRE, seed=1)


def test_all_three_forms_are_read_back_as_the_same_caseload(tables, rates, tmp_path):
    rows = synthesise(tables, rates, area_code=SMALL, seed=1).rows
    rows = rows[rows["reference"].str[-1].isin(["1", "2", "3"])]  # enough of the children
    age = age_at(rows["born"], rows["january"]).astype(int)
    drawn = counted(rows.assign(age=age, census_year=rows["january"]), *CELL)

    def read(*names):
        paths = [tmp_path / name for name in names]
        return read_caseload(paths, salt=b"invented " * 4, urns=invented_urns())

    write_extract(rows, tmp_path / "extract.xlsx", synthetic=True)
    returns = [f"{january}.xml" for january in JANUARIES]
    for january, name in zip(JANUARIES, returns, strict=True):
        write_sen2(rows, tmp_path / name, january, synthetic=True)
    from_extract = read("extract.xlsx")
    write_transitions(from_extract.movements, tmp_path / "transitions.csv", synthetic=True)
    for own in (from_extract, read(*returns), read("transitions.csv")):
        assert own.kind == "synthetic"
        assert own.januaries == JANUARIES
        assert set(own.findings["severity"]) <= {"advice"}
        assert own.stock.set_index(CELL)["plans"].to_dict() == drawn.to_dict()
        pd.testing.assert_frame_equal(own.movements, from_extract.movements)
