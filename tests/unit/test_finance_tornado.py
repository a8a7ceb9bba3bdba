from dataclasses import replace

import numpy as np
import pytest

from invented_money import LAST, redirecting
from sendlib import charts
from sendlib.finance.perturbations import Perturbation
from sendlib.finance.projection import Figure
from sendlib.finance.tornado import (
    PlausibleRange,
    deficit_effects,
    effects_title,
    plausible_ranges,
    say_gap,
    say_middle,
    tornadoes,
    widest_swing,
)
from sendlib.scenarios import with_value

BEFORE = Figure("before_support", LAST)


@pytest.fixture(scope="module")
def whole(model, base):
    return tornadoes(model, base, [BEFORE])[0]


def test_every_declared_move_names_a_lever_that_exists_and_stays_inside_its_limits(base):
    for each in plausible_ranges(2025):
        assert each.change.within(base, each.low) == each.low
        assert each.change.within(base, each.high) == each.high
        each.change.applied(base, each.high)


def test_the_widest_comes_first_and_the_scenario_lies_between_the_ends(model, base, whole):
    assert whole["width"].is_monotonic_decreasing
    assert 0 < len(whole) < len(plausible_ranges(2025))
    assert (whole["low"] <= whole["middle"]).all()
    assert (whole["middle"] <= whole["high"]).all()
    assert np.allclose(whole["middle"], BEFORE.draws(model.run(base)).mean())
    charts.effects(deficit_effects(whole, BEFORE), y="assumption", title="x", source="x")


def test_ends_lie_on_the_sides_that_anyone_would_expect(whole):
    ends = whole.set_index("category")
    dearer = ["Growth of unit costs", "Requests for an assessment", "Cost of a state special place"]
    assert (ends.loc[dearer, "at_high"] < ends.loc[dearer, "middle"]).all()
    better = ["Growth of the allocation", "Transfer from the schools block", "Plans that end"]
    assert (ends.loc[better, "at_high"] > ends.loc[better, "middle"]).all()


def test_support_from_government_moves_nothing_before_support(whole):
    policy = whole["lever"].isin(["finance.grant_approval_pct", "finance.central_share_pct"])
    assert not policy.any()


def test_moves_in_few_draws_start_from_the_mean_of_all(model, base):
    more = with_value(base, "cohort.draws", 150)
    children = tornadoes(model, more, [BEFORE], among=plausible_ranges(2025)[7:9])[0]
    assert np.allclose(children["middle"], BEFORE.draws(model.run(more)).mean())
    assert (children["low"] < children["middle"]).all()
    assert (children["middle"] < children["high"]).all()


def test_a_move_of_children_is_what_two_runs_differ_by_and_less_in_doubt(model, base):
    (change,) = (each for each in plausible_ranges(2025) if each.change.name == "Plans that end")
    (row,) = tornadoes(model, base, [BEFORE], among=[change])[0].to_dict("records")
    ends = [BEFORE.draws(model.run(change.change.applied(base, size))) for size in (-10, 10)]
    apart = ends[1] - ends[0]
    doubt = apart.std() / np.sqrt(len(apart))
    assert abs(row["width"] - apart.mean()) < 3 * doubt
    assert row["standard_error_gbp"] < doubt / 2


def test_a_move_that_changes_no_child_moves_nothing(model, base):
    record = {"flow": "leave", "ages": "19"}
    still = Perturbation("Leaving at 19", "cohort.rate_changes", "record", "%", 2026, (record,))
    tried = PlausibleRange(still, -1e-9, 1e-9, "")
    assert tornadoes(model, base, [BEFORE], among=[tried])[0].empty


def test_the_grant_moves_what_is_left_and_both_figures_are_of_the_same_runs(model, base, whole):
    left = Figure("after_support", "2027-28")
    few = [each for each in plausible_ranges(2025) if "grant" in each.change.lever]
    both = tornadoes(model, base, [BEFORE, left], among=few)
    assert both[0].empty
    assert both[1]["lever"].tolist() == ["finance.grant_approval_pct"]
    assert (both[1]["at_high"] > both[1]["at_low"]).all()


def test_a_move_starts_from_the_scenario_and_not_from_the_baseline(model, base):
    slower = with_value(base, "finance.price_points", -3.0)
    change = Perturbation("Prices", "finance.price_points", "add", "points", 2025)
    tried = PlausibleRange(change, -1, 1, "")
    (row,) = tornadoes(model, slower, [BEFORE], among=[tried])[0].to_dict("records")
    alone = model.run(with_value(base, "finance.price_points", -4.0))
    assert row["at_low"] == pytest.approx(BEFORE.draws(alone).mean())


def test_a_move_goes_no_further_than_the_lever(base):
    near = with_value(base, "finance.price_points", -9.5)
    change = Perturbation("Prices", "finance.price_points", "add", "points", 2025)
    assert change.within(near, -1) == -0.5
    growth = Perturbation("Growth", "finance.allocation_growth_pct", "add", "points", 2026)
    assert growth.within(base, 50) == 27  # 30 at most, and 3 from 2027


def test_a_move_of_values_by_year_leaves_earlier_years_alone(base):
    growth = Perturbation("Growth", "finance.allocation_growth_pct", "add", "points", 2026)
    before = base.value("finance.allocation_growth_pct")
    after = growth.applied(base, 1).value("finance.allocation_growth_pct")
    assert {year: after[year] - before[year] for year in after} == {
        year: int(year >= 2026) for year in before
    }


def test_a_share_below_nothing_goes_the_other_way(base):
    record = {"flow": "join", "from_place": "mainstream", "to_place": "state_special"}
    change = Perturbation("Places", "cohort.redirections", "record", "%", 2026, (record,))
    (turned,) = change.applied(base, -10).value("cohort.redirections")
    assert turned == {
        "flow": "join",
        "from_place": "state_special",
        "to_place": "mainstream",
        "share_pct": 10,
        "from_year": 2026,
    }
    assert change.applied(base, 0) is base


def test_without_moves_there_are_columns_and_no_rows(model, base, whole):
    empty = tornadoes(model, base, [BEFORE], among=[])[0]
    assert empty.empty
    assert list(empty) == list(whole)


def test_ends_are_reported_as_means_with_what_the_draws_leave_in_doubt(model, base):
    change = Perturbation("Prices", "finance.price_points", "add", "points", 2025)
    tried = PlausibleRange(change, -1, 2, "because")
    (row,) = tornadoes(model, base, [BEFORE], among=[tried])[0].to_dict("records")
    runs = [model.run(with_value(base, "finance.price_points", each)) for each in (-1.0, 2.0)]
    middle, low, high = (BEFORE.draws(each) for each in (model.run(base), *runs))
    assert (row["at_low"], row["at_high"]) == pytest.approx((low.mean(), high.mean()))
    order = (high.mean(), middle.mean(), low.mean())
    assert (row["low"], row["middle"], row["high"]) == pytest.approx(order)
    assert row["width"] == pytest.approx(low.mean() - high.mean())
    spread = max((low - middle).std(), (high - middle).std())
    assert row["standard_error_gbp"] == pytest.approx(spread / 10)  # of a hundred draws
    assert (row["low_value"], row["high_value"], row["why"]) == (-1, 2, "because")


def test_a_move_that_sets_a_lever_leaves_earlier_years_and_drops_later_ones(base):
    growth = Perturbation("Growth", "finance.allocation_growth_pct", "set", "%", 2026)
    before = base.value("finance.allocation_growth_pct")
    after = growth.applied(base, 1).value("finance.allocation_growth_pct")
    assert after == {**{year: own for year, own in before.items() if year < 2026}, 2026: 1}
    points = Perturbation("Prices", "finance.price_points", "set", "points", 2025)
    near = with_value(base, "finance.price_points", 3.0)
    assert points.applied(near, 1).value("finance.price_points") == 1
    assert points.within(near, 99) == 15


def test_a_move_of_records_goes_as_far_as_the_records_of_others_leave_room(base):
    busy = replace(base, mitigations=(redirecting(share_pct=60),))
    record = {"flow": "join", "from_place": "independent_special", "to_place": "mainstream"}
    change = Perturbation("Places", "cohort.redirections", "record", "%", 2026, (record,))
    assert change.within(busy, 30) == 30
    assert change.within(busy, 100) == 40
    assert not change.is_valid(busy, 41)
    assert change.is_valid(busy, 40)


def test_a_move_of_values_by_year_is_bounded_by_the_lowest_and_the_highest(base):
    growth = Perturbation("Growth", "finance.allocation_growth_pct", "add", "points", 2026)
    wide = with_value(base, "finance.allocation_growth_pct", {2025: -9.0, 2026: 2.0, 2028: 10.0})
    entry = wide.assumptions["finance.allocation_growth_pct"]
    assert growth.within(wide, 99) == entry.most - 10
    assert growth.within(wide, -99) == entry.least - 2


def test_a_lever_without_limits_moves_as_far_as_is_asked(base):
    opening = Perturbation("Opening", "finance.opening_balance_gbp", "set", "£", 2025)
    assert [opening.within(base, size) for size in (-5e9, 5e9)] == [-5e9, 5e9]


def test_effects_on_the_deficit_are_changes_from_the_middle_of_both_signs(model, base):
    swings = tornadoes(model, base, [BEFORE], among=plausible_ranges(2025)[:2])[0]
    effects = deficit_effects(swings, BEFORE)
    assert (effects["low"] <= 0).all()
    assert (effects["high"] >= 0).all()
    assert (effects["high"] - effects["low"]).tolist() == pytest.approx(swings["width"].tolist())
    reached = effects[["deficit at the lower end", "deficit at the upper end"]].max(axis=1)
    assert (-swings["middle"] + effects["high"]).tolist() == pytest.approx(reached.tolist())
    assert swings["category"].iloc[0].lower() in widest_swing(swings, BEFORE).lower()
    assert effects_title(effects).startswith("The deficit depends most on ")
    assert effects_title(effects.assign(high=0.0)).endswith(" less")
    assert say_middle(swings).startswith("With nothing moved the mean deficit is £")
    assert f"The mean gap to close in {LAST} is £" in say_gap(model.run(base), swings)
