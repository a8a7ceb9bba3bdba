import pandas as pd
import pytest

from sendlib.errors import DataError
from sendlib.finance import balances, funding_and_spend, growth_since, spend_per_plan

FUNDING = pd.DataFrame(
    [
        ("865", "2022-23", "high_needs_before_deductions", 100.0),
        ("865", "2022-23", "high_needs_after_deductions", 80.0),
        ("865", "2023-24", "high_needs_before_deductions", 110.0),
        ("802", "2022-23", "high_needs_after_deductions", 5.0),
    ],
    columns=["area_code", "financial_year", "element", "allocation_gbp"],
)
SPEND = pd.DataFrame(
    {
        "area_code": "865",
        "financial_year": ["2022-23", "2024-25"],
        "basis": "outturn",
        "spend_line": "1.2.x",
        "includes_place_funding": False,
        "net_gbp": [90.0, 120.0],
    }
)
PLANS = pd.DataFrame({2023: [10.0], 2025: [20.0]}, index=["865"])


def money(spend=SPEND, area_code="865"):
    return funding_and_spend(FUNDING, spend, PLANS, area_code=area_code)


def test_funding_spend_and_the_plans_of_the_january_within_stand_side_by_side():
    row = money().loc["2022-23"]
    assert row["deductions_gbp"] == 20
    assert (row["outturn_gbp"], row["plans"]) == (90, 10)
    assert (row["outturn_gbp_per_plan"], row["after_deductions_gbp_per_plan"]) == (9, 8)


def test_a_year_without_a_figure_is_missing_and_not_zero():
    frame = money()
    assert frame.index.tolist() == ["2022-23", "2023-24", "2024-25"]
    assert frame.index.name == "financial_year"
    assert frame.loc["2023-24", ["outturn_gbp", "after_deductions_gbp", "plans"]].isna().all()
    assert frame.loc["2024-25", ["before_deductions_gbp", "deductions_gbp"]].isna().all()


@pytest.mark.parametrize(
    ("column", "other"),
    [("basis", "budget"), ("spend_line", "1.0.2"), ("includes_place_funding", True)],
)
def test_spend_on_unlike_bases_is_refused(column, other):
    mixed = pd.concat([SPEND, SPEND.assign(**{column: other})])
    with pytest.raises(DataError, match=f"{column} mixes"):
        money(mixed)


def test_growth_begins_in_the_first_year_that_has_everything():
    frame = pd.DataFrame({"a": [1.0, 2, 4], "b": [None, 5.0, 6]}, ["2021-22", "2022-23", "2023-24"])
    grown = growth_since(frame, ["a", "b"])
    assert grown.to_dict("list") == {"a": [100, 200], "b": [100, 120]}


def test_growth_is_missing_where_no_year_has_everything():
    frame = pd.DataFrame({"a": [1.0, None], "b": [None, 5.0]}, ["2021-22", "2022-23"])
    assert growth_since(frame, ["a", "b"]).isna().all(axis=None)


def test_balances_tell_what_happened_from_what_was_foreseen():
    stated = pd.DataFrame(
        {
            "area_code": ["865", "865", "802"],
            "balance_date": pd.to_datetime(["2026-03-31", "2025-03-31", "2025-03-31"]),
            "item": "x",
            "basis": ["forecast", "outturn", "outturn"],
            "confidence": "primary",
            "closing_balance_gbp": [-96.0, -61.2, -1.0],
            "source_id": "s",
        }
    )
    mine = balances(stated, "865")
    assert mine["foreseen"].tolist() == [False, True]
    assert mine["closing_balance_gbp"].tolist() == [-61.2, -96]
    assert mine.index.tolist() == [0, 1]
    assert set(mine) == {*stated.columns, "foreseen"} - {"area_code"}
    assert balances(stated, "999").empty


def test_spend_for_each_plan_is_given_for_areas_and_years_that_have_both():
    other = SPEND.assign(area_code="802")
    per_plan = spend_per_plan(pd.concat([SPEND, other]), PLANS)
    assert per_plan.to_dict("index") == {"865": {"2022-23": 9, "2024-25": 6}}


def test_spend_for_each_plan_refuses_unlike_bases():
    with pytest.raises(DataError, match="basis mixes"):
        spend_per_plan(pd.concat([SPEND, SPEND.assign(basis="budget")]), PLANS)
