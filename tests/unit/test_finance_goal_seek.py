from dataclasses import replace

import numpy as np
import pytest

from invented_money import LAST, redirecting
from sendlib.errors import ParameterError
from sendlib.finance.goal_seek import (
    TOGETHER,
    Goal,
    LeverRange,
    frontier,
    goal_seek,
    goal_seek_each,
    lever_ranges,
    say_answers,
)
from sendlib.finance.perturbations import Perturbation
from sendlib.scenarios import with_value

GOAL = Goal(LAST, 0.8)
PRICES = LeverRange(
    Perturbation("All prices", "finance.price_changes", "record", "%", 2026, ({},)), -99, 0.5
)
POINTS = LeverRange(
    Perturbation("Price growth", "finance.price_points", "add", "points", 2025), -10, 0.1
)
JOINERS = LeverRange(
    Perturbation("Fewer join", "cohort.rate_changes", "record", "%", 2026, ({"flow": "join"},)),
    -90,
    10,
)


def chance(model, scenario):
    return model.run(scenario).before.chance_in_balance()[LAST]


@pytest.mark.parametrize("wanted", [0.3, 0.8, 0.95])
def test_an_answer_reaches_the_goal_and_one_step_less_does_not(model, base, wanted):
    found = goal_seek(model, base, PRICES, goal=Goal(LAST, wanted))
    assert found.chance == chance(model, PRICES.change.applied(base, found.size)) >= wanted
    assert chance(model, PRICES.change.applied(base, found.size + PRICES.step)) < wanted


def test_a_lever_on_children_is_sought_alike(model, base):
    many = with_value(base, "finance.council_gbp", {2028: 90e6})
    found = goal_seek(model, many, JOINERS, goal=GOAL)
    assert found.size not in (None, 0)
    assert found.chance == chance(model, JOINERS.change.applied(many, found.size)) >= 0.8
    assert chance(model, JOINERS.change.applied(many, found.size + JOINERS.step)) < 0.8


def test_a_lever_that_cannot_balance_says_so_with_the_best_that_it_can(model, base):
    found = goal_seek(model, base, POINTS, goal=GOAL)
    assert found.size is None
    assert found.tried == -10
    assert found.chance == chance(model, POINTS.change.applied(base, -10)) < 0.8
    answers = goal_seek_each(model, base, {"points": POINTS}, goal=GOAL)
    assert answers["smallest change"].isna().all()
    assert say_answers(answers, GOAL) == "None of these alone balances 2028-29 with a chance of 80%"


def test_a_year_in_balance_needs_no_change(model, base):
    rich = with_value(base, "finance.council_gbp", {2028: 400e6})
    found = goal_seek(model, rich, PRICES, goal=GOAL)
    assert (found.size, found.chance) == (0, 1)
    answers = goal_seek_each(model, rich, {"prices": PRICES}, goal=GOAL)
    assert "balances without a change" in say_answers(answers, GOAL)


def test_a_mix_needs_less_of_the_second_the_more_there_is_of_the_first(model, base):
    mixes = frontier(model, base, (JOINERS, PRICES), goal=GOAL, points=3)
    assert mixes.iloc[:, 0].tolist() == [0, -40, -90]
    assert mixes.iloc[:, 1].is_monotonic_increasing  # towards no change
    for first, second, reached, *_ in mixes.itertuples(index=False):
        joined = JOINERS.change.applied(base, first)
        assert chance(model, PRICES.change.applied(joined, second)) == reached >= 0.8
        assert chance(model, PRICES.change.applied(joined, second + PRICES.step)) < 0.8


def test_the_first_change_of_a_mix_is_tried_at_even_sizes(model, base):
    rich = with_value(base, "finance.council_gbp", {2028: 400e6})
    mixes = frontier(model, rich, (POINTS, PRICES), goal=GOAL, points=6)
    assert mixes["Price growth, points"].tolist() == [0, -2, -4, -6, -8, -10]
    assert (mixes["All prices, %"] == 0).all()


def test_a_mix_that_cannot_reach_is_missing_and_not_zero(model, base):
    mixes = frontier(model, base, (JOINERS, POINTS), goal=GOAL, points=2)
    assert mixes["Price growth, points"].isna().all()
    assert (mixes["chance of a balance then"] < 0.8).all()


def test_a_search_stops_where_the_lever_does(base):
    busy = replace(base, mitigations=(redirecting(share_pct=60),))
    record = {"flow": "join", "from_place": "independent_special", "to_place": "mainstream"}
    lever = LeverRange(
        Perturbation("Places", "cohort.redirections", "record", "%", 2026, (record,)), 100, 5
    )
    assert lever.size(lever.last_valid_step(busy)) == 40
    assert POINTS.size(POINTS.last_valid_step(with_value(base, "finance.price_points", -4.0))) == -6


def test_every_declared_lever_can_be_turned_all_the_way_from_the_baseline(base):
    for lever in lever_ranges(2025).values():
        assert lever.size(lever.last_valid_step(base)) == lever.maximum


def test_a_goal_of_a_page_is_a_percentage():
    assert Goal.of_pct(LAST, 80.0) == GOAL
    assert Goal.of_pct(LAST, 100).chance == 1


@pytest.mark.parametrize(
    ("pct", "told"),
    [
        (0.8, r"goal_pct: 0\.8 is less than one per cent\. Give 80 for 80%"),
        (0.0, r"goal_pct: the chance is 0%\. Give 80 for 80%"),
        (-0.5, r"the chance is -0\.5%"),
        (120, r"the chance is 120%"),
        (float("nan"), r"the chance is nan%"),
    ],
)
def test_a_goal_of_a_page_that_is_no_percentage_is_refused(pct, told):
    with pytest.raises(ParameterError, match=told):
        Goal.of_pct(LAST, pct)


def test_answers_stand_side_by_side_with_their_units(model, base):
    answers = goal_seek_each(model, base, {"prices": PRICES, "points": POINTS}, goal=GOAL)
    assert answers["lever"].tolist() == ["All prices", "Price growth", TOGETHER]
    assert answers["unit"].tolist() == ["%", "points", "of each lever's scale"]
    found = goal_seek(model, base, PRICES, goal=GOAL)
    least = [found.size, found.tried, found.tried / PRICES.maximum, found.chance, found.in_year_gbp]
    assert answers.iloc[0, 2:].tolist() == least
    assert np.isnan(answers["smallest change"].iloc[1])
    assert answers.iloc[1, 3:5].tolist() == [-10, 1]
    assert say_answers(answers, GOAL).startswith("1 of 2 levers balance 2028-29 with a")
