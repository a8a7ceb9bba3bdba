"""Synthetic people: they meet the published totals, and each of them is followed soundly."""

import pandas as pd
import pytest

from error_codes import refuses
from sendlib.cohort import Inputs
from sendlib.cohort.synthetic import MARK, synthesise
from sendlib.errors import NotAvailableError
from sendlib.intake import read_caseload
from sendlib.intake.people import age_at, census_day
from sendlib.intake.write import invented_urns, write_extract, write_sen2, write_transitions
from sendlib.vocabulary import TOTAL

WILTSHIRE, SMALL = "865", "802"
JANUARIES = (2021, 2022, 2023, 2024, 2025)
CELL = ["census_year", "age", "need", "place_type"]


def synthesised(tables, area_code=WILTSHIRE, *, seed=1, caseload=None):
    inputs = Inputs.from_tables(
        tables, area_code=area_code, origin=JANUARIES[-1], horizon=1, with_needs=True
    )
    caseload = tables["ehcp_caseload"] if caseload is None else caseload
    return synthesise(inputs, caseload, seed=seed)


@pytest.fixture(scope="module")
def made(tables):
    return synthesised(tables)


@pytest.fixture(scope="module")
def people(made):
    """The rows with ages, in the order of each child's Januaries."""
    rows = made.assign(age=age_at(made["born"], made["january"]))
    return rows.sort_values(["reference", "january"], ignore_index=True)


@pytest.fixture(scope="module")
def totals(tables):
    caseload = tables["ehcp_caseload"]
    everyone = caseload[["area_code", "age_band", "place_type", "primary_need"]].eq(
        [WILTSHIRE, TOTAL, TOTAL, TOTAL]
    )
    return caseload[everyone.all(axis=1)].set_index("census_year")["plans"]


def counted(rows, *columns):
    return rows.groupby(list(columns)).size()


def test_every_january_meets_the_published_total(people, totals):
    assert counted(people, "january").to_dict() == totals.loc[list(JANUARIES)].to_dict()


def test_a_total_that_is_not_published_is_not_available(tables):
    caseload = tables["ehcp_caseload"]
    gone = caseload[caseload["census_year"] != 2022]
    gone = gone[gone["census_year"] != 2024]
    with refuses(NotAvailableError, "no_total_of_january", match="January 2022, 2024"):
        synthesised(tables, caseload=gone)


def test_people_change_place_and_need_and_leave_at_about_the_authoritys_rates(people, tables):
    evidence = Inputs.from_tables(tables, area_code=WILTSHIRE, origin=2025, horizon=1).evidence
    follows = people["reference"].eq(people["reference"].shift())
    here = people["january"] == 2025
    moved = follows & here & people["place_type"].ne(people["place_type"].shift())
    assert moved.sum() == pytest.approx(float(evidence.moved.sum()), rel=0.3)
    joined = (~follows & here).sum()
    assert joined == pytest.approx(float(evidence.joined.sum()), rel=0.3)
    changed = people["need"].ne(people["need"].shift())[follows].mean()
    assert 0.005 < changed < 0.02


def test_the_same_seed_makes_the_same_rows_and_another_makes_others(tables, made):
    pd.testing.assert_frame_equal(synthesised(tables), made)
    assert not synthesised(tables, seed=2).equals(made)


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
    joined_later = first > JANUARIES[0]
    assert (people["born"] < people["start"]).all()
    assert (people["start"].dt.year < first).all()
    assert people.loc[joined_later, "start"].dt.year.eq(first[joined_later] - 1).all()
    assert people.loc[~joined_later, "start"].min() >= pd.Timestamp("2014-09-01")


def test_plans_end_between_the_last_count_and_the_next(people):
    is_last = ~people.duplicated("reference", keep="last")
    leaves = is_last & (people["january"] < JANUARIES[-1])
    assert people["end"].notna().equals(leaves)
    ended = people[leaves]
    day = {january: pd.Timestamp(census_day(january)) for january in JANUARIES}
    assert (ended["end"] > ended["january"].map(day)).all()
    assert (ended["end"] < (ended["january"] + 1).map(day)).all()


def test_every_reference_is_marked_and_nothing_else_identifies_anyone(made):
    assert made["reference"].str.fullmatch(rf"{MARK}\d{{6}}").all()
    assert made.columns.tolist() == [
        "reference", "born", "need", "place_type", "start", "end", "january",
    ]  # fmt: skip


def test_all_three_forms_are_read_back_as_the_same_caseload(tables, tmp_path):
    rows = synthesised(tables, SMALL)
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
