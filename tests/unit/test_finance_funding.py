import pandas as pd
import pytest

from sendlib.errors import DataError
from sendlib.finance import (
    balance_title,
    balances,
    funding_and_spend,
    funding_figures,
    funding_gap,
    funding_headline,
    funding_to_compare,
    growth_by_year,
    growth_since,
    policy_rules,
    say_transport,
    series_by_year,
    spend_per_plan,
    transport_cost,
)
from sendlib.finance.funding import say_value

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
    assert list(row.index) == [
        *("before_deductions_gbp", "after_deductions_gbp", "deductions_gbp"),
        *("outturn_gbp", "plans"),
    ]


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


YEARS = ["2021-22", "2022-23", "2023-24"]


def test_growth_begins_in_the_first_year_that_has_everything():
    frame = pd.DataFrame(
        {"outturn_gbp": [1.0, 2, 4], "after_deductions_gbp": [None, 5.0, 6], "plans": [1, 10, 10]},
        pd.Index(YEARS, name="financial_year"),
    )
    grown = growth_since(frame)
    assert grown.groupby("series")["index"].agg(list).to_dict() == {
        "Spend": [100, 200],
        "Funding": [100, 120],
        "Plans": [100, 100],
    }
    assert grown["financial_year"].unique().tolist() == YEARS[1:]
    assert grown.attrs["what"].endswith("plans, 2022-23 = 100")


def test_growth_has_no_rows_where_no_year_has_everything_and_says_why():
    grown = growth_since(money())
    assert grown["index"].notna().any()
    nothing = growth_since(money().assign(outturn_gbp=float("nan")))
    assert nothing.empty
    assert nothing.attrs["why"] == "No financial year has all three."


def test_a_part_of_a_former_authority_has_the_growth_of_the_whole_under_its_name():
    areas = pd.DataFrame(
        {
            "area_code": ["865", "802", "803"],
            "area_name": ["Old County", "New North", "New South"],
            "successors": ["802;803", "", ""],
        }
    )
    plans = pd.concat([PLANS, PLANS.set_axis(["802"])])
    tables = FUNDING, SPEND, plans, areas
    grown = growth_since(funding_to_compare(*tables, area_code="802"))
    assert set(grown["series"]) == {
        f"{name} of Old County" for name in ("Spend", "Funding", "Plans")
    }
    assert "Old County" in grown.attrs["notes"][0]
    own = growth_since(funding_to_compare(*tables, area_code="865"))
    assert set(own["series"]) == {"Spend", "Funding", "Plans"}
    assert "notes" not in own.attrs


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


NAMES = {"area_name": "Wiltshire", "area_type": "authority", "source_id": "s"}
TOTAL = {"age_band": "total", "place_type": "total", "primary_need": "total"}
CASELOAD = pd.DataFrame({"area_code": "865", "census_year": [2023, 2025], "plans": [10.0, 20.0]})


def test_spend_for_each_plan_divides_by_the_plans_of_the_january_within():
    per_plan = spend_per_plan(SPEND.assign(**NAMES), CASELOAD.assign(**NAMES, **TOTAL))
    assert per_plan["financial_year"].tolist() == ["2022-23", "2024-25"]
    assert per_plan["gbp_per_plan"].tolist() == [9, 6]
    assert per_plan.attrs["measure"] == "gbp_per_plan"


def test_spend_without_plans_keeps_its_row_and_is_missing():
    other = SPEND.assign(**{**NAMES, "area_name": "North Somerset"}, area_code="802")
    spend = pd.concat([SPEND.assign(**NAMES), other])
    per_plan = spend_per_plan(spend, CASELOAD.assign(**NAMES, **TOTAL))
    per_plan = per_plan[per_plan["area_name"] == "North Somerset"]
    assert per_plan["net_gbp"].tolist() == [90, 120]
    assert per_plan["gbp_per_plan"].isna().all()


def test_spend_for_each_plan_refuses_unlike_bases_and_another_table():
    spend, caseload = SPEND.assign(**NAMES), CASELOAD.assign(**NAMES, **TOTAL)
    with pytest.raises(DataError, match="basis mixes"):
        spend_per_plan(pd.concat([spend, spend.assign(basis="budget")]), caseload)
    with pytest.raises(DataError, match="table high_needs_spend"):
        spend_per_plan(caseload, caseload)
    with pytest.raises(DataError, match="table ehcp_caseload"):
        spend_per_plan(spend, spend)


@pytest.fixture
def yearly():
    years = pd.Index(["2022-23", "2023-24", "2024-25"], name="financial_year")
    nan = float("nan")
    return pd.DataFrame(
        {
            "outturn_gbp": [50e6, 60e6, 90e6],
            "before_deductions_gbp": [nan, 55e6, nan],
            "after_deductions_gbp": [nan, 52e6, nan],
            "plans": [100, 110, 121],
        },
        index=years,
    )


def test_each_series_is_reported_to_its_own_last_year_and_the_gap_where_both_are_known(yearly):
    told = funding_headline(yearly.fillna({"after_deductions_gbp": 40e6}), "Wiltshire")
    assert told.startswith("High needs spend in Wiltshire rose by 80% from £50.0m in 2022-23")
    assert "to £90.0m in 2024-25. Its allocation" in told
    assert funding_gap(yearly) == (
        "In 2023-24 spend on lines 1.2.x was £8.0m above the allocation after deductions; in "
        "2023-24 it was £8.0m above it."
    )
    unknown = yearly.assign(after_deductions_gbp=float("nan"))
    assert funding_gap(unknown) == ""
    assert "No year has both" in funding_headline(unknown, "Wiltshire")
    assert growth_by_year(unknown).empty


def test_growth_is_on_the_year_before_and_lines_keep_their_gaps(yearly):
    growth = growth_by_year(yearly)
    assert growth.loc["2024-25", "Plans"] == pytest.approx(10)
    assert growth.loc["2024-25", "Spend (lines 1.2.x)"] == pytest.approx(50)
    lines = series_by_year(yearly)
    assert lines.groupby("name")["amount_gbp"].count().to_dict() == {
        "Spend (lines 1.2.x)": 3,
        "Before deductions": 1,
        "After deductions": 1,
    }


def test_the_last_figures_are_of_what_was_reported(yearly):
    stated = pd.DataFrame(
        {
            "balance_date": pd.to_datetime(["2025-03-31", "2026-03-31"]),
            "basis": ["outturn", "forecast"],
            "closing_balance_gbp": [-61.2e6, -96e6],
            "foreseen": [False, True],
        }
    )
    figures = funding_figures(yearly, stated)
    assert [figure.value for figure in figures] == ["£90.0m", "£52.0m", "£61.2m"]
    assert figures[2].detail == "31 March 2025, outturn"
    assert balance_title(stated) == "The last reported deficit is £61.2m, in March 2025"
    assert balance_title(stated.iloc[1:]) == "No balance has been reported"
    assert len(funding_figures(yearly, stated.iloc[:0])) == 2
    surplus = funding_figures(yearly, stated.assign(closing_balance_gbp=5.1e6))[2]
    assert (figures[2].key, surplus.key, surplus.value) == ("deficit_now", "surplus_now", "£5.1m")


def test_transport_is_of_one_authority_in_pounds():
    figures = pd.DataFrame(
        {
            "area_code": ["865", "865", "802"],
            "item": "home to school SEN transport",
            "period": ["2024-25", "2023-24", "2024-25"],
            "value": [21.4, 17.77, 1.0],
            "source_id": "s",
        }
    )
    cost = transport_cost(figures, "865")
    assert cost["cost_gbp"].tolist() == [17.77e6, 21.4e6]
    assert say_transport(cost).endswith("spent £21.4m in 2024-25.")
    assert say_transport(transport_cost(figures, "999")) == ""


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        ("5.25;4.50", "% April 2024;6 February 2025", "April 2024: 5.25%; 6 February 2025: 4.5%"),
        (
            "2026-02-23;2026-05-18",
            "date opened;closed",
            "opened: 23 February 2026; closed: 18 May 2026",
        ),
        (
            "5;0.5",
            "GBP billion paid;left to councils",
            "paid: £5 billion; left to councils: £0.5 billion",
        ),
        ("270000", "plans", "270,000 plans"),
        ("4712.66", "GBP", "£4,712.66"),
        ("58000", "GBP per pupil", "£58,000 per pupil"),
        ("0.005", "share", "0.5%"),
        ("one; two", "text", "one; two"),
    ],
)
def test_a_rule_is_read_with_its_unit(value, unit, told):
    assert say_value(value, unit) == told


def test_every_rule_of_the_table_has_a_value_in_words(tables):
    said = policy_rules(tables["policy_lever"])["value"]
    assert not said.str.contains(r"GBP|\d;\d").any()
