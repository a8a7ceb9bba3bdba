import numpy as np
import pandas as pd
import pytest

from sendlib.finance import Model, balances
from sendlib.finance.comparison import (
    compare_with_published,
    estimate_last_year,
    reconcile,
    reconcile_title,
)
from sendlib.finance.known import TABLES, KnownMoney
from sendlib.finance.projection import project_money
from sendlib.scenarios import load_scenario, with_value


@pytest.fixture(scope="module")
def money(project, tables):
    """Wiltshire's money for six years in which its caseload stays as it was."""
    held = {name: tables[name] for name in TABLES}
    known = KnownMoney.from_tables(held, area_code="865", origin=2025)
    counted = np.broadcast_to(known.plan_years.iloc[-1], (200, 6, len(known.plan_years.columns)))
    scenario = load_scenario(project, "baseline")
    return project_money(known, counted, scenario, plans=np.ones(200), first=2025)


@pytest.fixture(scope="module")
def beside(money, tables):
    def beside(figures=tables["council_figure"], area_code="865"):
        return compare_with_published(figures, money, area_code=area_code)

    return beside


def test_statements_that_disagree_are_all_shown_with_their_sources(beside):
    year = beside().set_index("financial_year").loc["2025-26"]
    balances = year[year["item"].str.contains("deficit$")]
    assert sorted(balances["published"]) == [-96.05e6, -96e6, -96e6]
    assert balances["source_id"].is_unique
    assert balances[["basis", "confidence", "source_id"]].notna().all(axis=None)


def test_balances_stand_next_to_closing_balances_and_shortfalls_next_to_in_year_ones(beside, money):
    frame = beside().drop_duplicates(["financial_year", "item"])
    rows = frame.set_index("financial_year").groupby("item")
    closing = rows.get_group("cumulative DSG deficit").loc["2025-26"]
    assert closing["middle"] == pytest.approx(np.median(money.before.closing[:, 0]))
    in_year = rows.get_group("high needs demand above funding").loc["2026-27"]
    assert in_year["published"] == -64e6
    assert in_year["low"] == pytest.approx(np.quantile(money.before.in_year[:, 1], 0.1))


def test_what_was_planned_and_what_came_on_top_make_one_deficit(beside):
    frame = beside()
    made = frame[frame["item"].str.contains(" and ")]
    year = made[made["financial_year"] == "2024-25"]
    assert sorted(year["published"] / 1e6) == pytest.approx([-45.74, -43.192, -38.406, -38.143])
    assert year["item"].str.contains("quarter 1|quarter 2|August|December$").all()
    assert set(year["confidence"]) == {"press"}  # the weaker of the two
    assert year["source_id"].str.contains("; ").sum() == 3
    (now,) = made.loc[made["financial_year"] == "2025-26", "published"]
    assert now == pytest.approx(-(36.513e6 + 19.069e6))


def test_inside_says_whether_a_statement_lies_in_our_range_and_nothing_where_we_have_none(beside):
    frame = beside()
    past = frame["financial_year"] < "2025-26"
    assert frame.loc[past, ["low", "inside"]].isna().all(axis=None)
    ahead = frame[~past]
    between = (ahead["low"] <= ahead["published"]) & (ahead["published"] <= ahead["high"])
    assert (ahead["inside"] == between).all()


def test_years_are_in_order_and_the_furthest_is_the_plan_for_2031(beside):
    frame = beside()
    assert frame["financial_year"].is_monotonic_increasing
    last = frame.iloc[-1]
    assert (last["financial_year"], last["item"], last["published"]) == (
        "2030-31",
        "revised plan residual deficit",
        -123.4e6,
    )


def test_an_authority_that_stated_nothing_has_no_rows(beside):
    assert beside(area_code="916").empty


def test_a_deficit_in_another_unit_is_not_taken_for_pounds(beside, tables):
    figures = tables["council_figure"]
    assert beside(figures.assign(unit="% of DSG income")).empty


def test_sources_and_grounds_of_two_statements_are_named_in_their_order(beside):
    rows = [
        ("planned in-year high needs deficit", "2025-26", 30.0, "plan", "secondary", "s1"),
        (
            "in-year high needs variance against plan",
            "2025-26 quarter 1",
            4.0,
            "forecast",
            "press",
            "s2",
        ),
        (
            "in-year high needs variance against plan",
            "2025-26 quarter 2",
            6.0,
            "plan",
            "primary",
            "s1",
        ),
    ]
    columns = ["item", "period", "value", "basis", "confidence", "source_id"]
    figures = pd.DataFrame(rows, columns=columns).assign(area_code="865", unit="GBP million")
    told = beside(figures)[["published", "basis", "confidence", "source_id"]]
    assert beside(figures)["item"].str.partition(", ")[2].tolist() == ["quarter 1", "quarter 2"]
    assert told.to_numpy().tolist() == [
        [-34e6, "plan; forecast", "press", "s1; s2"],
        [-36e6, "plan", "secondary", "s1"],
    ]


@pytest.fixture(scope="module")
def model(tables):
    return Model.from_tables(tables.__getitem__, area_code="865", origin=2026)


@pytest.fixture(scope="module")
def baseline(project):
    return with_value(load_scenario(project, "baseline"), "cohort.draws", 400)


def test_the_council_s_forecast_leads_to_ours_in_steps_that_add_up(model, baseline, tables):
    stated = balances(tables["dsg_balance"], "865")
    steps = reconcile(model, baseline, tables["council_figure"], stated)
    value, is_step = steps["value"] / 1e6, steps["kind"] == "step"
    assert value[~is_step].tolist()[:2] == pytest.approx([96.0, 61.2 + 36.513 + 12.892])
    assert value.iloc[0] + value[is_step].sum() == pytest.approx(value.iloc[-1])
    assert value.iloc[2:4].tolist() == pytest.approx([19.069, 12.892 - 19.069])
    assert "£110.6m" in reconcile_title(steps)


def test_a_term_that_is_not_available_leaves_no_steps_and_says_why(model, baseline, tables):
    figures = tables["council_figure"]
    fewer = figures[figures["item"] != "high needs block over budget"]
    steps = reconcile(model, baseline, fewer, balances(tables["dsg_balance"], "865"))
    assert steps.empty
    assert steps.attrs["why"]
    assert reconcile_title(steps)


def test_wiltshires_account_comes_near_what_the_council_said_of_high_needs(model, baseline):
    """£55.6m in 2025-26: the plan of £36.5m and £19.1m above it."""
    year = estimate_last_year(model.known, baseline, origin=2026)
    high_needs = -(year.before.in_year - year.income.other_blocks).mean() / 1e6
    assert high_needs == pytest.approx(36.513 + 19.069, abs=3)
