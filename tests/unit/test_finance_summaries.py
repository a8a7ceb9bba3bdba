from dataclasses import replace

import numpy as np
import pytest

from invented_money import YEARS
from sendlib.errors import ParameterError
from sendlib.finance.roll import Balances
from sendlib.finance.summaries import (
    compare_runs,
    opening_deficit,
    ranges_by_year,
    summary_lines,
    threshold,
    transfers_over_the_limit,
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
    lines = summary_lines(money)
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
    assert set(cost) <= {*PLACE_GROUPS, "Lines that are not per plan"}


def test_lines_without_an_amount_are_left_out_and_others_are_means_of_draws(money):
    lines = summary_lines(money)
    assert "Paid under an agreement" not in lines.index
    assert lines.loc["Added by the council"].tolist() == [0, 0, 2e6, 0]
    assert np.allclose(
        lines.loc["Moved from the schools block"], money.income.transfer.mean(axis=0)
    )
    assert np.allclose(lines.loc["Lines that are not per plan"], money.other_lines.mean(axis=0))
    name, members = next(iter(PLACE_GROUPS.items()))
    at = [money.unit_costs.places.index(place) for place in members]
    assert np.allclose(lines.loc[name], money.cost[:, :, at].sum(axis=2).mean(axis=0))


def test_runs_stand_side_by_side_as_deficits(money):
    years = ("2025-26", "2026-27")
    in_year = np.array([[-1.0, 0.0], [-2.0, -5.0], [-3.0, -7.0]])
    closing = np.array([[-10.0, -30.0], [-20.0, -40.0], [-30.0, -90.0]])
    left = np.array([[0.0, -4.0], [0.0, -6.0], [0.0, 9.0]])
    run = replace(
        money,
        financial_years=years,
        before=Balances(years, in_year, closing),
        left=Balances(years, in_year, left),
        plans=np.array([100.0, 110.0, 150.0]),
    )
    frame = compare_runs({"one": run}, year="2025-26", threshold_gbp=20.0, levels=(0.0, 0.5, 1.0))
    assert frame.to_dict("records") == [
        {
            "name": "Baseline",
            "low": 10,
            "middle": 20,
            "high": 30,
            "above": pytest.approx(1 / 3),
            "plans": 110,
            "in_year": 5,
            "in_balance": pytest.approx(1 / 3),
            "left": 4,
        }
    ]


def test_a_transfer_over_the_limit_is_told_by_its_year(money, model, base):
    assert transfers_over_the_limit(money) == ["2026-27"]
    assert transfers_over_the_limit(model.run(base)) == []


def test_a_threshold_is_given_in_millions():
    assert [threshold(gbp_m) for gbp_m in (0, 0.5, 250)] == [0, 500_000, 250_000_000]


@pytest.mark.parametrize("gbp_m", [250_000_000, 10_001, -250_000_000, float("nan"), float("inf")])
def test_a_threshold_that_no_deficit_comes_near_is_refused(gbp_m):
    with pytest.raises(ParameterError, match=r"threshold_gbp_m: .*250 for £250 million"):
        threshold(gbp_m)
