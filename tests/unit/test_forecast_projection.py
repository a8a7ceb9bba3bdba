from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from error_codes import refuses
from invented_panel import invented_panel
from sendlib.errors import NotAvailableError, NotBuiltError, ParameterError
from sendlib.forecast import (
    add_parts,
    describe_backtest,
    describe_drivers,
    describe_methods,
    describe_plan,
    method_notes,
    project_area,
    warn_of_ranges,
)
from sendlib.forecast.backtest import METHOD_LABELS, METHODS
from sendlib.forecast.fits import fit_history
from sendlib.forecast.flows import STEPS, Levers
from sendlib.forecast.places import KINDS
from sendlib.scenarios import load_scenario
from sendlib.vocabulary import FlowMeasure


@pytest.fixture(scope="module")
def panel():
    return invented_panel(last=2021)


@pytest.fixture(scope="module")
def fits(panel):
    return fit_history(panel, ceiling=0.5)


@pytest.fixture(scope="module")
def scenario(project):
    """The baseline with few draws and room to grow, and any levers changed."""
    baseline = load_scenario(project, "baseline")

    def scenario(**levers):
        given = {"draws": 300, "ceiling_pct": 50} | levers
        changed = {
            f"forecast.{name}": baseline.assumptions[f"forecast.{name}"].model_copy(
                update={"value": value}
            )
            for name, value in given.items()
        }
        return replace(baseline, assumptions={**baseline.assumptions, **changed})

    return scenario


@pytest.fixture(scope="module")
def ahead(panel, fits, scenario):
    def ahead(code="801", *, panel=panel, horizon=5, **levers):
        return project_area(panel, code, scenario=scenario(**levers), horizon=horizon, fits=fits)

    return ahead


def with_counts(panel, code, counts):
    plans = panel.plans.copy()
    for year, value in counts.items():
        plans.loc[code, year] = value
    return replace(panel, plans=plans)


def test_a_projection_has_draws_steps_and_drivers(ahead, panel):
    result = ahead(horizon=3)
    assert (result.area_code, result.origin, result.range_pct) == ("801", 2021, 80)
    assert result.plans.shape == (300, 3)
    assert list(result.steps) == list(STEPS)
    assert np.allclose(result.plans, result.draws.of("801"), rtol=1e-9)
    assert result.notes == ()
    grown = np.median(result.plans[:, 0]) - panel.plans.loc["801", 2021]
    assert result.contributions["plans"].sum() == pytest.approx(grown, rel=0.2)


def test_a_range_holds_as_many_outcomes_as_it_says(ahead):
    result = ahead(range_pct=90)
    assert result.levels == pytest.approx((0.05, 0.5, 0.95))
    first = result.ranges.iloc[0]
    assert first["census_year"] == 2022
    assert first[["low", "middle", "high"]].tolist() == pytest.approx(
        np.quantile(result.plans[:, 0], [0.05, 0.5, 0.95]).tolist()
    )
    inside = (result.plans[:, 0] >= first["low"]) & (result.plans[:, 0] <= first["high"])
    assert inside.mean() == pytest.approx(0.9, abs=0.01)


def test_odds_are_the_share_of_draws(ahead):
    result = ahead()
    middle = float(result.ranges["middle"].iloc[1])
    assert result.probability_above(middle, 2023) == 0.5
    assert result.probability_above(0, 2026) == 1
    for not_ahead in (2021, 2027):
        with pytest.raises(ValueError, match=str(not_ahead)):
            result.probability_above(middle, not_ahead)


def test_levers_change_the_plans_and_leave_the_draws(ahead):
    usual, more = ahead(), ahead(requests_pct=30, agreed_points=5)
    assert (more.plans > usual.plans).all()
    assert np.array_equal(more.draws.plans, usual.draws.plans)
    assert (ahead(ended_pct=50).plans < usual.plans).all()


@pytest.mark.parametrize("horizon", [0, 11])
def test_a_horizon_out_of_reach_is_refused(ahead, horizon):
    with pytest.raises(ParameterError, match=f"horizon: {horizon}. Give 1 to 10 years"):
        ahead(horizon=horizon)


def test_ten_years_are_within_reach(ahead):
    result = ahead(horizon=10).ranges
    assert result["census_year"].tolist() == list(range(2022, 2032))
    assert (np.diff(result["high"] - result["low"]) > 0).all()


@pytest.mark.parametrize("code", ["801", "999", "E92000001"])
def test_an_authority_without_a_count_at_the_origin_is_refused(ahead, panel, code):
    gone = with_counts(panel, "801", {2021: np.nan})
    with pytest.raises(
        NotAvailableError, match=f"authority {code}: no count of plans in January 2021"
    ):
        ahead(code, panel=gone)


def test_an_authority_without_plans_is_refused(ahead, panel):
    with refuses(
        NotAvailableError, "no_count_in_january", match="no plans.*2021", where="authority 801"
    ):
        ahead(panel=with_counts(panel, "801", {2021: 0}))


def test_an_authority_that_had_no_plans_a_year_before_has_a_projection(ahead, panel):
    result = ahead(panel=with_counts(panel, "801", {2019: 0, 2020: 0, 2021: 20}))
    assert np.isfinite(result.plans).all()
    assert "Not available, and taken to be as in England: own growth" in result.notes[0]


def test_an_authority_created_last_year_says_what_it_lacks(ahead, panel):
    new = with_counts(panel, "801", dict.fromkeys(range(2010, 2021), np.nan))
    flow = {name: wide.drop("801", errors="ignore") for name, wide in panel.flow.items()}
    result = ahead(panel=replace(new, flow=flow))
    assert len(result.notes) == 3
    assert result.notes[0].startswith("Only 1 of the last Januaries' counts are available")
    assert result.notes[1].startswith("Not available, and taken to be as in England: own growth, ")
    assert result.notes[1].endswith("requests not yet plans, assessments waiting, late plans.")
    assert result.notes[2].startswith("Steps on the way to a plan that are not available")
    assert np.isfinite(result.plans).all()
    assert (
        result.contributions.set_index("feature").loc["growth_1":"growth_3", "plans"] == 0
    ).all()


def test_one_missing_flow_is_named(ahead, panel):
    flow = {name: wide.copy() for name, wide in panel.flow.items()}
    flow[FlowMeasure.PLANS_ISSUED].loc["801", 2020] = np.nan
    result = ahead(panel=replace(panel, flow=flow))
    late = "Not available, and taken to be as in England: late plans."
    assert result.notes == (late,)
    flow[FlowMeasure.ASSESSMENTS_PLAN_NOT_ISSUED].loc["801", 2020] = np.nan
    assert ahead(panel=replace(panel, flow=flow)).notes[-1] == (
        "Steps on the way to a plan that are not available follow England's rates."
    )


@pytest.mark.parametrize(("counts", "noted"), [(3, True), (4, False)])
def test_fewer_than_four_counts_are_noted(ahead, panel, counts, noted):
    young = with_counts(panel, "801", dict.fromkeys(range(2010, 2022 - counts), np.nan))
    notes = ahead(panel=young).notes
    assert any(f"Only {counts} of the last Januaries' counts" in note for note in notes) == noted
    assert bool(notes) == noted


def test_a_feature_that_england_lacks_too_is_no_weakness_of_the_authority(scenario):
    later = invented_panel(last=2024)
    fits = {2024: fit_history(later.up_to(2019), ceiling=0.5)[2019]}
    result = project_area(later, "801", scenario=scenario(), horizon=2, fits=fits)
    assert result.contributions.set_index("feature")["difference"].isna()["backlog"]
    assert not any("Not available" in note for note in result.notes)


def test_a_january_without_a_fit_is_refused(scenario, panel):
    with refuses(NotBuiltError, "january_without_fits", where="January 2017"):
        project_area(panel.up_to(2017), "801", scenario=scenario(), horizon=1)


def test_a_backtest_has_the_forecasts_of_past_januaries(ahead, panel):
    result = ahead("803").backtest()
    assert result.groupby("origin").size().to_dict() == {2018: 3, 2019: 2, 2020: 1}
    cut = ahead("803", panel=panel.up_to(2019), horizon=2).ranges
    then = result[result["origin"] == 2019]
    assert then["forecast"].tolist() == pytest.approx(cut["middle"].tolist())
    assert then["high"].tolist() == pytest.approx(cut["high"].tolist())
    assert then["census_year"].tolist() == [2020, 2021]
    counted = panel.plans.loc["803", result["census_year"]].tolist()
    assert result["actual"].tolist() == counted
    assert (
        result["inside"].tolist()
        == result["actual"].between(result["low"], result["high"]).tolist()
    )
    assert describe_backtest(result).startswith(f"{result['inside'].sum()} of 6 past counts")


@pytest.mark.parametrize(
    ("inside", "of", "warned"),
    [
        (13, 25, True),  # of Liverpool
        (12, 25, True),  # of the City of London
        (14, 25, True),
        (15, 25, False),
        (20, 25, False),
        (25, 25, False),
        (0, 1, False),
        (0, 2, False),
        (0, 3, True),
        (0, 0, False),
    ],
)
def test_ranges_that_held_too_few_counts_are_said_to_have_been_too_narrow(inside, of, warned):
    past = pd.DataFrame({"inside": [True] * inside + [False] * (of - inside)}, dtype=bool)
    said = warn_of_ranges(past)
    assert said.startswith("Past ranges here were too narrow") == warned
    assert f"{inside or 'none'} of {of} held the count" in said or not warned


@pytest.mark.parametrize("of", [6, 15, 25, 30])
def test_ranges_that_hold_what_they_should_are_warned_of_once_in_a_hundred_times_at_most(of):
    drawn = np.random.default_rng(of).random((20_000, of))
    few = np.unique((drawn < 0.8).sum(axis=1), return_counts=True)
    warned = {n: bool(warn_of_ranges(pd.DataFrame({"inside": np.arange(of) < n}))) for n in few[0]}
    share = sum(times for n, times in zip(*few, strict=True) if warned[n]) / len(drawn)
    assert 0 < share < 0.012


def test_before_the_second_fit_there_is_nothing_to_test_and_the_frames_say_so(ahead, panel):
    first = ahead("803", panel=panel.up_to(2018))
    for frame in (first.backtest(), first.compare_methods()):
        assert frame.empty
        assert "earlier January" in frame.attrs["why"]
    assert describe_methods(first.compare_methods()) == ""


def test_every_method_is_scored_on_the_same_origins(ahead, panel):
    result = ahead().compare_methods()
    assert result["method"].unique().tolist() == list(METHOD_LABELS.values())
    sizes = result.pivot(index="method", columns="years_ahead", values="forecasts")
    assert (sizes == [36, 24, 12]).all(axis=None)
    origins = result.pivot(index="method", columns="years_ahead", values="januaries")
    assert (origins == [3, 2, 1]).all(axis=None)
    pooled = result["method"] == METHOD_LABELS["pooled"]
    assert result.loc[pooled, "inside 8 in 10, share"].notna().all()
    some = ahead().compare_methods(["801", "802"])
    assert (some["forecasts"] == 2 * some["januaries"]).all()
    errors = result.groupby("method")["error_pct"].mean()
    assert f"pooled model is wrong by {errors['Pooled model']:.1f}%" in describe_methods(result)
    assert len(method_notes()) == len(METHODS) + 1


def test_drivers_leave_out_england_and_what_is_not_known_and_begin_with_the_largest(ahead):
    result = ahead()
    raw = result.contributions.set_index("feature")
    known = raw.drop("england")
    known = known[known["difference"].notna() | (known.index == "constant")]
    assert result.drivers["plans"].tolist() == sorted(known["plans"], key=abs, reverse=True)
    most, growth = result.drivers.iloc[0], np.exp(raw.loc["england", "difference"]) - 1
    text = describe_drivers(result)
    assert f"{most['driver'].lower()}, " in text
    assert f"of {growth:.1%} would add {raw.loc['england', 'plans']:,.0f} plans" in text


def test_what_was_counted_and_what_leads_there_are_frames(ahead, panel):
    result = ahead()
    assert result.counted["plans"].tolist() == panel.plans.loc["801"].dropna().tolist()
    assert (result.now, result.last) == (panel.plans.loc["801", 2021], "January 2026")
    assert result.middle == result.ranges["middle"].iloc[-1]
    flows = result.flows
    assert set(flows["step"]) == {STEPS[n] for n in STEPS if n != "in_force"}
    issued = flows[flows["step"] == STEPS["issued"]]
    assert issued["middle"].tolist() == np.median(result.steps["issued"], axis=0).tolist()
    assert result.middle_flow("issued", result.origin) == np.median(result.steps["issued"][:, 0])


def test_a_council_s_plan_is_compared_with_what_it_counted_where_both_are_published():
    plan, actual = (
        pd.DataFrame({"value": [value], "period": ["December 2024"]}) for value in (5694, 6354)
    )
    text = "The council's own plan expected 5,694 plans in December 2024; there were 6,354."
    assert describe_plan(plan, actual) == text
    assert describe_plan(plan, actual.iloc[:0]) == ""


def test_an_authority_of_a_reorganisation_says_whose_growth_stands_in(ahead, panel):
    new = with_counts(panel, "801", dict.fromkeys(range(2010, 2020), np.nan))
    result = ahead(panel=replace(new, parent=3 * panel.plans.loc[["801"]]))
    assert len(result.notes) == 1
    assert "its own counts begin in January 2020" in result.notes[0]
    assert result.contributions.set_index("feature").loc["growth_3", "difference"] == pytest.approx(
        np.log(panel.plans.loc["801", 2019] / panel.plans.loc["801", 2018])
        - np.log(panel.plans.loc["E92000001", 2019] / panel.plans.loc["E92000001", 2018])
    )


def test_each_lever_of_a_scenario_changes_its_own_step(scenario):
    values = {
        "requests_pct": 1.0,
        "agreed_points": 2.0,
        "speed_pct": 3.0,
        "plan_points": 4.0,
        "ended_pct": 5.0,
    }
    assert Levers.of(scenario(**values)) == Levers(**values)


def test_an_area_of_parts_has_its_share_of_every_draw_and_flow_of_theirs(ahead, panel):
    parts = [(ahead("801"), 0.5), (ahead("802"), 1.0)]
    (one, _), (two, _) = parts
    both = add_parts(panel, "803", parts)
    for name in STEPS:
        np.testing.assert_allclose(both.steps[name], 0.5 * one.steps[name] + two.steps[name])
    np.testing.assert_allclose(
        both.draws.of("803"), 0.5 * one.draws.of("801") + two.draws.of("802")
    )
    assert (both.area_code, both.now, both.range_pct) == ("803", panel.plans.loc["803", 2021], 80)
    own = ahead("803").contributions  # of its own counts, whatever its draws are made of
    pd.testing.assert_frame_equal(both.contributions, own)


def test_the_notes_of_several_parts_stand_once(ahead, panel):
    young = with_counts(panel, "801", dict.fromkeys(range(2010, 2019), np.nan))
    part = ahead(panel=young)
    assert part.notes
    both = add_parts(panel, "803", [(part, 0.5), (part, 0.5), (ahead("802"), 1.0)])
    assert both.notes == part.notes


def test_places_are_drawn_with_the_plans(ahead):
    whole = ahead()
    shares = whole.shares
    assert shares.shape == (*whole.plans.shape, len(KINDS))
    np.testing.assert_allclose(shares.sum(axis=2), 1)
    parts = [(whole, 0.25), (ahead("802"), 0.5)]
    both = add_parts(whole.panel, "803", parts)
    placed = sum(share * part.plans[..., None] * part.shares for part, share in parts)
    np.testing.assert_allclose(both.shares * both.plans[..., None], placed)
