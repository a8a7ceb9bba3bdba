import numpy as np
import pytest

from invented_cohort import ORIGIN, invented_axes, invented_rates, invented_start
from sendlib.cohort.simulate import simulate
from sendlib.cohort.simulation import AGE, NEED, PLACE

LEVELS = [0.1, 0.5, 0.9]


@pytest.fixture(scope="module")
def futures():
    rates = invented_rates(invented_axes(2, 5), worth=500, shock=0.1)
    return simulate(rates, invented_start(rates), draws=300, seed=1, workers=1)


def test_the_first_year_is_the_count_itself(futures):
    assert futures.census_years == [ORIGIN, ORIGIN + 1, ORIGIN + 2, ORIGIN + 3]
    assert (futures.stock[:, 0] == futures.stock[0, 0]).all()
    first = futures.quantiles(PLACE, LEVELS).query("census_year == @ORIGIN")
    assert first["low"].equals(first["high"])
    assert first["low"].sum() == futures.total()[0, 0]


@pytest.mark.parametrize("axis", [AGE, NEED, PLACE])
def test_sums_are_taken_in_each_draw_and_quantiles_last(futures, axis):
    assert np.array_equal(futures.by(axis).sum(axis=2), futures.total())
    parts = futures.quantiles(axis, LEVELS).groupby("census_year")[["low", "high"]].sum()
    low, _, high = np.quantile(futures.total(), LEVELS, axis=0)
    parent = (parts["high"] - parts["low"]) - (high - low)
    assert (parent[parts.index > ORIGIN] > 1).all()


def test_ranges_name_their_year_and_place(futures):
    made = futures.quantiles(PLACE, LEVELS)
    assert made.columns.tolist() == ["census_year", "place_type", "low", "middle", "high"]
    assert made["place_type"].tolist()[:5] == list(futures.axes.places)
    assert len(made) == 4 * 5
    assert (made["low"] <= made["middle"]).all()
