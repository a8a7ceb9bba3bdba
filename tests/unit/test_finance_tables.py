from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from error_codes import refuses
from invented_money import YEARS
from sendlib.errors import ParameterError
from sendlib.finance.narrative import transfers_over_the_limit
from sendlib.finance.tables import (
    deficit_ranges,
    income_and_cost,
    opening_deficit,
    past_deficits,
    published_forecasts,
    ranges_by_year,
    threshold,
    threshold_line,
    unit_cost_table,
    worlds,
)
from sendlib.scenarios import with_value
from sendlib.vocabulary import PLACE_GROUPS

LEVELS = (0.1, 0.5, 0.9)
EXTRA = {"finance.transfer_pct": {2026: 0.502, 2027: 0.5}, "finance.council_gbp": {2027: 2e6}}


@pytest.fixture(scope="module")
def money(model, base):
    """Wiltshire, with something moved from the schools block and added by the council."""
    scenario = base
    for lever, value in EXTRA.items():
        scenario = with_value(scenario, lever, value)
    return model.run(scenario)


def test_ranges_are_taken_over_draws_year_by_year():
    draws = np.array([[float(number), -10.0 * number] for number in range(11)])
    frame = ranges_by_year(draws, ["2025-26", "2026-27"], LEVELS)
    assert frame.to_dict("index") == {
        "2025-26": {"low": 1, "middle": 5, "high": 9},
        "2026-27": {"low": -90, "middle": -50, "high": -10},
    }
    assert frame.index.name == "financial_year"


def test_a_deficit_that_is_not_known_opens_no_chart(money):
    (opening,) = opening_deficit(money).to_numpy().tolist()
    assert opening == ["2024-25", -money.opening_gbp]
    assert opening_deficit(replace(money, opening_known=False)).empty


def test_lines_of_income_and_of_cost_add_up_to_their_sums(money):
    lines = income_and_cost(money)
    assert list(lines) == list(YEARS)
    income = lines.index[: lines.index.get_loc("All income")]
    cost = lines.index[lines.index.get_loc("All income") + 1 : lines.index.get_loc("All cost")]
    assert np.allclose(lines.loc[income].sum(), lines.loc["All income"])
    assert np.allclose(lines.loc[cost].sum(), lines.loc["All cost"])
    assert np.allclose(
        lines.loc["All income"] - lines.loc["All cost"], lines.loc["In-year balance"]
    )
    carried = money.opening_gbp + lines.loc["In-year balance"].cumsum()
    assert np.allclose(carried, lines.loc["Balance carried forward"])
    assert set(cost) <= {*PLACE_GROUPS, "Places commissioned", "Lines that are not per plan"}


def test_lines_without_an_amount_are_left_out_and_others_are_means_of_draws(money):
    lines = income_and_cost(money)
    assert "Paid under an agreement" not in lines.index
    assert lines.loc["Added by the council"].tolist() == [0, 0, 2e6, 0]
    assert np.allclose(
        lines.loc["Moved from the schools block"], money.income.transfer.mean(axis=0)
    )
    assert np.allclose(lines.loc["Lines that are not per plan"], money.other_lines.mean(axis=0))
    name, members = next(iter(PLACE_GROUPS.items()))
    at = [money.unit_costs.places.index(place) for place in members]
    assert np.allclose(lines.loc[name], money.cost[:, :, at].sum(axis=2).mean(axis=0))


def test_deficits_have_a_range_within_a_range_and_the_chance_of_passing_a_threshold(money):
    frame = deficit_ranges(money, threshold_gbp=100e6).set_index("financial_year")
    ends = frame[["low", "inner_low", "middle", "inner_high", "high"]].to_numpy()
    assert (np.diff(ends) > 0).all()
    assert np.allclose(frame["middle"], -np.median(money.before.closing, axis=0))
    assert np.allclose(frame["in the year, middle"], -np.median(money.before.in_year, axis=0))
    passed = frame["chance of more than £100.0m"]
    assert passed.tolist() == money.before.chance_below(-100e6).tolist()
    assert threshold_line(100e6).to_numpy().tolist() == [[100e6, "threshold £100.0m"]]


def test_what_was_reported_is_reported_from_what_others_foresaw_for_the_years_ahead(money):
    published = pd.DataFrame(
        {
            "balance_date": pd.to_datetime(["2021-03-31", "2025-03-31", "2026-03-31"]),
            "basis": ["forecast", "outturn", "forecast June 2025"],
            "closing_balance_gbp": [-20e6, -61.2e6, -96e6],
            "foreseen": [True, False, True],
        }
    )
    assert past_deficits(published, money).to_numpy().tolist() == [["2024-25", 61.2e6]]
    assert past_deficits(published.iloc[:0], money).equals(opening_deficit(money))
    assert past_deficits(published, replace(money, opening_known=False)).empty
    assert published_forecasts(published, money).to_numpy().tolist() == [
        ["2025-26", 96e6, "forecast June 2025: £96.0m"]
    ]


def test_costs_are_of_places_with_a_plan(money):
    costs = unit_cost_table(money)
    assert (costs["plans paid for in 2025-26"] >= 1).all()
    assert (costs["standard error"] > 0).all()
    assert "State special school" in costs["kind of place"].tolist()


def test_each_world_of_support_has_a_range_of_its_own_and_none_is_a_blend(money):
    left = worlds(money).set_index("world")
    assert len(left) == 4
    approved, refused = (left[left.index.str.startswith(f"Grant {what}")] for what in ("a", "r"))
    assert (approved["middle"].to_numpy() < refused["middle"].to_numpy()).all()
    plain = np.quantile(-money.before.closing[:, 2], money.levels)
    assert refused.iloc[-1][["low", "middle", "high"]].tolist() == pytest.approx(plain.tolist())
    final = [name for name in left if name.startswith("middle at")]
    bears, met = (left.loc[left.index.str.contains(what), final] for what in ("council", "meets"))
    assert (bears.to_numpy() > met.to_numpy()).all()


def test_a_transfer_over_the_limit_is_reported_by_its_year(money, model, base):
    assert transfers_over_the_limit(money) == ["2026-27"]
    assert transfers_over_the_limit(model.run(base)) == []


def test_a_threshold_is_in_millions():
    assert [threshold(gbp_m) for gbp_m in (0, 0.5, 250)] == [0, 500_000, 250_000_000]


@pytest.mark.parametrize("gbp_m", [250_000_000, 10_001, -250_000_000, float("nan"), float("inf")])
def test_a_threshold_that_no_deficit_comes_near_is_refused(gbp_m):
    with refuses(ParameterError, "threshold_out_of_range", where="threshold_gbp_m"):
        threshold(gbp_m)
