import pytest

from invented_money import LAST, small_baseline, small_study
from sendlib.finance.figure import Figure, FigureKind
from sendlib.finance.moves import Move
from sendlib.finance.tornado import Plausible, plausible_moves, tornado
from sendlib.present import plot_ranges
from sendlib.scenarios import with_value

BEFORE = Figure(FigureKind.BEFORE_SUPPORT, LAST)


@pytest.fixture(scope="module")
def study(tables):
    return small_study(tables)


@pytest.fixture(scope="module")
def base(project):
    return small_baseline(project)


@pytest.fixture(scope="module")
def whole(study, base):
    return tornado(study, base, BEFORE)


def test_every_declared_move_names_a_lever_that_exists_and_stays_inside_its_limits(base):
    for each in plausible_moves(2025):
        assert each.move.within(base, each.low) == each.low
        assert each.move.within(base, each.high) == each.high
        each.move.applied(base, each.high)


def test_the_widest_comes_first_and_the_scenario_lies_between_the_ends(study, base, whole):
    assert whole["width"].is_monotonic_decreasing
    assert (whole["low"] <= whole["middle"]).all()
    assert (whole["middle"] <= whole["high"]).all()
    assert whole["middle"].unique() == [BEFORE.draws(study.run(base)).mean()]
    plot_ranges(whole[whole["width"] > 0], unit="gbp_m")


def test_ends_lie_on_the_sides_that_anyone_would_expect(whole):
    ends = whole.set_index("category")
    dearer = ["Growth of unit costs", "Requests for an assessment", "Cost of a state special place"]
    assert (ends.loc[dearer, "at_high"] < ends.loc[dearer, "middle"]).all()
    better = ["Growth of the allocation", "Transfer from the schools block", "Plans that end"]
    assert (ends.loc[better, "at_high"] > ends.loc[better, "middle"]).all()


def test_support_from_government_moves_nothing_before_support(whole):
    policy = whole["lever"].isin(["finance.grant_approval_pct", "finance.central_share_pct"])
    assert (whole.loc[policy, "width"] == 0).all()


def test_a_move_starts_from_the_scenario_and_not_from_the_baseline(study, base):
    slower = with_value(base, "finance.price_points", -3.0)
    move = Move("Prices", "finance.price_points", "add", "points", 2025)
    (row,) = tornado(study, slower, BEFORE, moves=[Plausible(move, -1, 1, "")]).to_dict("records")
    alone = study.run(with_value(base, "finance.price_points", -4.0))
    assert row["at_low"] == BEFORE.draws(alone).mean()


def test_a_move_goes_no_further_than_the_lever(base):
    near = with_value(base, "finance.price_points", -9.5)
    move = Move("Prices", "finance.price_points", "add", "points", 2025)
    assert move.within(near, -1) == -0.5
    growth = Move("Growth", "finance.allocation_growth_pct", "add", "points", 2026)
    assert growth.within(base, 50) == 27  # 30 at most, and 3 from 2027


def test_a_move_of_values_by_year_leaves_earlier_years_alone(base):
    growth = Move("Growth", "finance.allocation_growth_pct", "add", "points", 2026)
    before = base.value("finance.allocation_growth_pct")
    after = growth.applied(base, 1).value("finance.allocation_growth_pct")
    assert {year: after[year] - before[year] for year in after} == {
        year: int(year >= 2026) for year in before
    }


def test_a_share_below_nothing_goes_the_other_way(base):
    record = {"flow": "join", "from_place": "mainstream", "to_place": "state_special"}
    move = Move("Places", "cohort.redirections", "record", "%", 2026, (record,))
    (turned,) = move.applied(base, -10).value("cohort.redirections")
    assert turned == {
        "flow": "join",
        "from_place": "state_special",
        "to_place": "mainstream",
        "share_pct": 10,
        "from_year": 2026,
    }
    assert move.applied(base, 0) is base
