from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendlib.authority import Authority
from sendlib.errors import NotAvailableError
from sendlib.finance.known import TABLES, KnownMoney, stated_balances
from sendlib.finance.plan_years import (
    PLACES,
    SpendAndPlans,
    as_known_in,
    past_plan_years,
    past_plan_years_by_place,
    plan_years,
    plans_by_place,
    spend_and_plans,
)
from sendlib.vocabulary import ENGLAND


@pytest.fixture(scope="module")
def known(tables):
    held = {name: tables[name] for name in TABLES}

    def known(area_code="865", origin=2025, **changed):
        return KnownMoney.from_tables(held | changed, area_code=area_code, origin=origin)

    return known


def caseload(counts):
    rows = [
        ("801", year, "total", place, "total", plans) for (year, place), plans in counts.items()
    ]
    columns = ["area_code", "census_year", "age_band", "place_type", "primary_need", "plans"]
    return pd.DataFrame(rows, columns=columns)


def test_plans_that_no_place_names_are_not_recorded():
    wide = plans_by_place(
        caseload(
            {
                (2018, "total"): 10.0,
                (2018, "mainstream"): 7.0,
                (2019, "total"): 5.0,
                (2019, "mainstream"): 4.0,
                (2019, "not_recorded"): 1.0,
            }
        ),
        "801",
    )
    assert wide["not_recorded"].tolist() == [3, 1]
    assert wide["mainstream"].tolist() == [7, 4]
    assert wide.sum(axis=1).tolist() == [10, 5]


def test_a_january_without_a_total_has_the_plans_of_its_places_only():
    counts = {(2018, "mainstream"): 7.0, (2019, "total"): 5.0, (2019, "mainstream"): 4.0}
    wide = plans_by_place(caseload(counts), "801")
    assert wide.loc[2018, ["mainstream", "not_recorded"]].tolist() == [7, 0]


def test_plan_years_need_both_januaries():
    counts = {(2018, "total"): 9.0, (2020, "total"): 8.0, (2021, "total"): 8.0}
    made = past_plan_years_by_place(caseload(counts))["801"]
    assert made.index.tolist() == ["2020-21"]
    assert made.loc["2020-21", "not_recorded"] == 8


def test_settings_of_every_january_come_to_all_plans(tables):
    """A kind of setting that a release does not tell apart is never lost."""
    held = tables["ehcp_caseload"]
    rows = held[(held[["age_band", "place_type", "primary_need"]] == "total").all(axis=1)]
    for code, mine in rows.groupby("area_code"):
        whole = mine.set_index("census_year")["plans"].loc[2017:]
        parts = plans_by_place(held, code).sum(axis=1, min_count=1).loc[2017:]
        assert np.allclose(parts, whole, equal_nan=True), code


def test_units_and_bases_are_reported_apart_in_every_january(tables):
    wide = plans_by_place(tables["ehcp_caseload"], "E92000001").loc[2019:]
    for place in ("sen_unit", "resourced_provision", "state_special", "independent_special"):
        assert wide[place].pct_change().dropna().abs().max() < 0.25, place


def test_nothing_that_came_after_the_january_is_known(tables, known):
    then = known(origin=2023)
    assert then.outturn.index[-1] == "2022-23"
    assert then.allocation.index[-1] == "2022-23"
    assert then.stated_costs == {}
    assert then.reserve is None
    assert then.opening is None
    figures = tables["council_figure"]
    assert set(known().stated_costs) == {
        "state_special",
        "independent_special",
        "non_maintained_special",
    }
    later = figures.assign(period="2026-27")
    assert known(council_figure=later).reserve is None


def test_the_last_balance_that_happened_opens_the_years(known):
    assert known(origin=2025).opening == (2025, -61.2e6, False, None)
    assert known(origin=2024).opening == (2024, -56.247e6, False, None)
    assert known("916").opening.year == 2024


def test_line_1_9_3_is_the_balance_where_no_paper_of_a_council_is_held(project, known):
    telford = Authority.open("894", project=project)
    stated = stated_balances(telford).set_index("balance_date")
    account = telford.load("dsg_account").query("area_code == '894'").dropna(subset=["balance_gbp"])
    assert stated["closing_balance_gbp"].tolist() == account["balance_gbp"].tolist()
    assert stated.loc["2024-03-31", "confidence"] == "secondary"
    assert not stated["foreseen"].any()
    money = known("894", 2024)
    assert money.stated["balance_date"].tolist() == stated.index.tolist()
    assert money.opening == (2024, stated.loc["2024-03-31", "closing_balance_gbp"], False, None)
    assert stated_balances(Authority.open("894", as_of=2019, project=project)).empty
    wiltshire = stated_balances(Authority.open("865", project=project))
    assert not wiltshire["item"].str.contains("1.9.3").any()


def test_the_council_s_position_within_the_year_opens_the_years_and_else_its_forecast(
    known, tables
):
    year, balance, foreseen, forecast = known(origin=2026).opening
    assert (year, foreseen, forecast) == (2026, True, -96e6)
    assert balance == pytest.approx(-61.2e6 - 36.513e6 - 12.892e6)
    figures = tables["council_figure"]
    fewer = figures[figures["item"] != "whole schools budget over budget"]
    assert known(origin=2026, council_figure=fewer).opening == (2026, -96e6, True, None)


@pytest.mark.parametrize(
    ("area_code", "origin", "told"),
    [
        ("999", 2025, "no outturn"),
        ("865", 2019, "no allocation"),
    ],
)
def test_what_is_not_available_is_reported(known, area_code, origin, told):
    with pytest.raises(NotAvailableError, match=told):
        known(area_code, origin)


def test_growth_is_judged_from_england_and_every_authority(known):
    made = known()
    assert {"865", "801", ENGLAND} <= set(made.others)
    assert len(made.others) > 150
    growth = made.price_growth(dict.fromkeys(made.plan_years.columns, 10_000.0))
    assert 0 < growth.now_pct < 15
    assert min(growth.yearly_sd, growth.wander_sd) > 0


def test_outturn_ends_with_the_financial_year_of_the_january(tables):
    years = spend_and_plans(tables, 2021)
    assert max(spend.index[-1] for spend, _ in years.values()) == "2020-21"


@pytest.mark.parametrize(("reported", "england"), [([30.0, None], 30.0), ([None, None], None)])
def test_england_without_an_outturn_is_the_authorities_that_reported(reported, england):
    counts = pd.DataFrame(
        [
            (code, year, "total", "mainstream", "total", plans)
            for code, plans in {"801": 25.0, "802": 75.0, ENGLAND: 100.0}.items()
            for year in (2023, 2024)
        ],
        columns=["area_code", "census_year", "age_band", "place_type", "primary_need", "plans"],
    )
    totals = counts.assign(place_type="total")
    spend = pd.DataFrame(
        {
            "area_code": ["801", "802", ENGLAND] * 2,
            "financial_year": ["2022-23"] * 3 + ["2023-24"] * 3,
            "net_gbp": [20.0, 60.0, 80.0, *reported, None],
        }
    )
    caseload = pd.concat([counts, totals], ignore_index=True)
    found = spend_and_plans({"high_needs_spend": spend, "ehcp_caseload": caseload}, 2024)
    outturn, plans = found[ENGLAND]
    assert outturn.get("2023-24", np.nan) == pytest.approx(england or np.nan, nan_ok=True)
    left_out = sum(part for part, own in zip((0.25, 0.75), reported, strict=True) if own is None)
    assert plans.loc["2023-24", "mainstream"] == pytest.approx(100 * (1 - left_out))


def test_growth_applies_to_the_costs_that_it_was_judged_at(known):
    money = known()
    level = dict.fromkeys(money.plan_years.columns, 10_000.0)
    dear = level | {"independent_special": 90_000.0}
    first, second = money.price_growth(level), money.price_growth(dear)
    assert money.price_growth(level) is first
    assert first != second
    assert replace(money).price_growth(dear) == second


def test_growth_does_not_apply_to_other_areas(known):
    money = known()
    level = dict.fromkeys(money.plan_years.columns, 10_000.0)
    before = money.price_growth(level)
    few = SpendAndPlans({code: money.others[code] for code in (ENGLAND, "865", "802", "916")})
    assert replace(money, others=few).price_growth(level).level_sd != before.level_sd


@pytest.mark.parametrize("origin", [2019, 2022, 2025])
def test_an_earlier_january_knows_what_it_would_have_gathered_itself(tables, origin):
    later = as_known_in(spend_and_plans(tables, 2025), origin)
    then = spend_and_plans(tables, origin)
    assert list(later) == list(then)
    for code, (spend, plans) in then.items():
        pd.testing.assert_series_equal(later[code][0], spend)
        pd.testing.assert_frame_equal(later[code][1], plans)


def test_an_area_without_outturn_by_then_is_not_known_of():
    spend = pd.Series([1.0], ["2021-22"])
    assert as_known_in(SpendAndPlans({"801": (spend, pd.DataFrame())}), 2021) == {}


@given(st.floats(-5, 15), st.integers(50, 500), st.integers(50, 500))
def test_neither_more_plans_nor_another_mix_counts_as_price(growth, plain, special):
    years, costs = ["2018-19", "2019-20"], {"mainstream": 9.0, "state_special": 20.0}
    plans = pd.DataFrame({"mainstream": [100, plain], "state_special": [100, special]}, years)
    spend = (plans * pd.Series(costs)).sum(axis=1) * [1, 1 + growth / 100]
    plans = plans.reindex(columns=list(PLACES), fill_value=0)
    levels = SpendAndPlans({"801": (spend, plans)}).price_levels(costs).loc["801"]
    assert levels.tolist() == pytest.approx([1, 1 + growth / 100])


def test_a_year_without_plans_has_no_price():
    plans = pd.DataFrame(100.0, ["2018-19"], list(PLACES))
    spend = pd.Series([1.0, 2.0], ["2018-19", "2019-20"])
    levels = SpendAndPlans({"801": (spend, plans)}).price_levels({"mainstream": 1.0})
    assert levels.loc["801"].isna().tolist() == [False, True]


counts = st.integers(0, 10_000)


def in_month(month, held, new, turned):
    """Plans in the middle of a month of one calendar year, January being 0."""
    return held + new * (month + 0.5) / 12 + (turned if month >= 8 else 0)


def by_month(held, new, turned, *, new_next):
    """The twelve months of a financial year, added up one by one."""
    this_year = [in_month(month, held, new, turned) for month in range(3, 12)]
    next_year = [in_month(month, held + new + turned, new_next, 0) for month in range(3)]
    return sum(this_year + next_year) / 12


def made(held, new, turned, new_next=0):
    stock = np.array([[held, held + new + turned, held + new + turned + new_next]])
    return plan_years(stock, np.array([[new, new_next]])).item()


def test_a_plan_that_starts_in_june_is_paid_for_from_june():
    assert made(0, 12, 0) == pytest.approx(12 * (9 / 12 * 7.5 / 12 + 3 / 12))
    assert made(0, 12, 0) == pytest.approx(by_month(0, 12, 0, new_next=0))


def test_who_leaves_in_september_is_paid_for_until_then():
    assert made(12, 0, -12) == pytest.approx(12 * 5 / 12)
    assert by_month(12, 0, -12, new_next=0) == pytest.approx(12 * 5 / 12)


def test_who_starts_after_the_later_january_is_paid_for_in_that_quarter():
    assert made(0, 0, 0, new_next=12) == pytest.approx(12 * 3 / 12 * 1.5 / 12)


@given(counts, counts, counts, st.integers(-5000, 5000))
def test_a_year_is_what_its_months_add_up_to(held, new, new_next, turned):
    expected = by_month(held, new, turned, new_next=new_next)
    assert made(held, new, turned, new_next) == pytest.approx(expected, abs=1e-6)


@given(st.lists(counts, min_size=1, max_size=6))
def test_a_caseload_that_never_changes_is_paid_for_all_year(places):
    stock = np.tile(places, (3, 4, 1))
    assert np.allclose(plan_years(stock, np.zeros((3, 3, len(places)))), [places])


def test_years_are_one_fewer_than_januaries_ahead_and_places_stay_separate():
    stock = np.arange(2 * 5 * 3).reshape(2, 5, 3)
    joined = np.ones((2, 4, 3))
    whole = plan_years(stock, joined)
    assert whole.shape == (2, 3, 3)
    alone = plan_years(stock[1:, :, 2:], joined[1:, :, 2:])
    assert np.array_equal(whole[1:, :, 2:], alone)


def test_what_moves_from_one_place_to_another_is_paid_for_once():
    stock = np.array([[[10.0, 0.0], [0.0, 10.0], [0.0, 10.0]]])
    moved = plan_years(stock, np.zeros((1, 2, 2)))
    assert moved.sum() == pytest.approx(10)
    assert moved[0, 0].tolist() == pytest.approx([10 * 5 / 12, 10 * 7 / 12])


def test_a_past_year_with_joiners_alone_is_counted_as_a_year_ahead_is():
    past = past_plan_years(np.array([100.0]), np.array([112.0])).item()
    assert past == pytest.approx(made(100, 12, 0))


@given(counts, counts)
def test_a_past_year_lies_between_its_januaries(earlier, later):
    past = past_plan_years(np.array([float(earlier)]), np.array([float(later)])).item()
    assert min(earlier, later) - 1e-6 <= past <= max(earlier, later) + 1e-6
