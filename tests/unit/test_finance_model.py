from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from error_codes import refuses
from invented_levers import with_levers, with_mitigations
from invented_money import few_draws
from sendlib.errors import NotAvailableError, ScenarioError
from sendlib.finance import Model
from sendlib.finance.model import TABLES, Recent
from sendlib.vocabulary import PlaceType

INDEPENDENT = PlaceType.INDEPENDENT_SPECIAL
BASES = PlaceType.RESOURCED_PROVISION
REDIRECT = "cohort.redirections"
RATES = "cohort.rate_changes"
PRICES = "finance.price_changes"


@pytest.fixture(scope="module")
def baseline(project):
    return few_draws(project, 150)


@pytest.fixture(scope="module")
def plain(model, baseline):
    return model.run(baseline)


@pytest.fixture(scope="module")
def mean_cost(model):
    return lambda scenario: model.run(scenario).total_cost.mean(axis=0)


@pytest.fixture(scope="module")
def saving(plain, baseline, mean_cost):
    """What mitigations save in each year, on average. [£]"""

    def saving(**effects):
        return plain.total_cost.mean(axis=0) - mean_cost(with_mitigations(baseline, **effects))

    return saving


def redirection(share, *, flow="join", start=2026, to=BASES):
    stream = {"flow": flow, "from_place": INDEPENDENT, "to_place": to}
    return REDIRECT, {**stream, "share_pct": share, "from_year": start}


def assert_same(one, other):
    for name in ("cost", "other_lines", "plan_years", "interest"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert np.array_equal(one.before.closing, other.before.closing)
    assert np.array_equal(one.left.closing, other.left.closing)


def test_a_run_of_a_model_used_before_is_the_run_of_a_fresh_one(
    tables_of_2025, model, baseline, plain
):
    assert_same(model.run(baseline), plain)
    model.run(with_levers(baseline, {"cohort.half_life_years": 5.0}))
    assert_same(model.run(baseline), plain)
    fresh = Model.from_tables(tables_of_2025.__getitem__, area_code="865", origin=2025, years=4)
    changed = with_levers(baseline, {"finance.price_points": 1.0})
    assert_same(fresh.run(changed), model.run(changed))
    assert_same(fresh.run(baseline), plain)


def test_another_seed_gives_other_numbers(model, baseline, plain):
    other = model.run(with_levers(baseline, {"forecast.seed": 1}))
    assert not np.array_equal(other.cost, plain.cost)
    assert other.total_cost.mean() == pytest.approx(plain.total_cost.mean(), rel=0.05)


@pytest.mark.parametrize(
    ("lever", "value"),
    [
        (PRICES, ({"places": [INDEPENDENT], "pct": 0, "from_year": 2026},)),
        ("forecast.requests_pct", 0.0),
        ("finance.price_points", 0.0),
        ("finance.council_gbp", {2026: 0.0}),
    ],
)
def test_a_lever_that_changes_nothing_leaves_everything_as_it_was(
    model, baseline, plain, lever, value
):
    assert_same(model.run(with_levers(baseline, {lever: value})), plain)


@pytest.mark.parametrize(
    ("lever", "record"),
    [
        (RATES, {"flow": "join", "pct": 0, "from_year": 2026}),
        (REDIRECT, redirection(0)[1]),
        ("cohort.capacities", {"place": INDEPENDENT, "room": {2026: 1_000_000}}),
    ],
)
def test_a_cohort_lever_that_changes_nothing_leaves_the_mean_cost(
    baseline, plain, mean_cost, lever, record
):
    """Joiners are drawn anew once there is a lever, so that single draws differ."""
    cost = mean_cost(with_levers(baseline, {lever: (record,)}))
    assert cost == pytest.approx(plain.total_cost.mean(axis=0), rel=0.005)


def test_the_parts_add_up_in_every_draw(plain):
    cost = plain.cost.sum(axis=2) + plain.places + plain.other_lines
    assert np.allclose(plain.before.in_year, plain.income.total() - cost)
    opened = plain.opening_gbp + np.cumsum(plain.before.in_year, axis=1)
    assert np.allclose(plain.before.closing, opened)
    taken = plain.support.grant + plain.support.central
    assert np.allclose(plain.left.in_year, plain.before.in_year + taken)
    assert plain.financial_years == ("2025-26", "2026-27", "2027-28", "2028-29")
    assert (plain.opening_gbp, plain.opening_known) == (-61.2e6, True)


def test_the_last_year_is_counted_by_its_joiners_and_leavers_as_the_years_ahead_are(model, plain):
    flows = model.caseload.evidence
    before, after = flows.before[-1].sum(), flows.stock.sum()
    joined = flows.joined[-1].sum()
    gone = before + joined - after
    by_december = before + 7.5 / 12 * joined - 4 / 9 * gone
    counted = 9 / 12 * by_december + 3 / 12 * (after + 1.5 / 12 * joined)
    last = model.known.plan_years.loc["2024-25"]
    assert last.sum() == pytest.approx(counted)
    assert before < last.sum() < after
    costs, places = plain.unit_costs.mean, list(plain.unit_costs.places)
    spend = costs[:-1] @ last[places].to_numpy() + costs[-1]
    assert spend == pytest.approx(model.known.outturn["2024-25"], rel=0.01)


def test_two_mitigations_of_one_stream_save_no_more_than_each_alone(model, baseline, plain):
    one, other = redirection(60), redirection(40)
    plans = {
        "first": {"one": one},
        "second": {"other": other},
        "both": {"one": one, "other": other},
    }
    saved = {
        name: plain.total_cost - model.run(with_mitigations(baseline, **effects)).total_cost
        for name, effects in plans.items()
    }
    beyond = saved["both"] - saved["first"] - saved["second"]
    chance = beyond.std(axis=0) / np.sqrt(len(beyond))  # children are drawn anew in each run
    assert (beyond.mean(axis=0) <= 3 * chance).all()
    first, second, both = (each.mean(axis=0) for each in saved.values())
    assert (both[1:] > np.maximum(first, second)[1:]).all()
    at = plain.unit_costs.places.index(INDEPENDENT)
    assert (both <= plain.cost[:, :, at].mean(axis=0)).all()


def test_a_place_that_is_not_taken_cannot_be_made_cheaper_as_well(saving):
    fewer = redirection(80)
    cheaper = PRICES, {"places": [INDEPENDENT], "pct": -30}
    first, second = saving(fewer=fewer), saving(cheaper=cheaper)
    both = saving(fewer=fewer, cheaper=cheaper)
    assert (both[1:] < (first + second)[1:]).all()
    assert (both[1:] > np.maximum(first, second)[1:]).all()


def test_a_redirection_of_more_than_all_is_refused(model, baseline):
    with refuses(ScenarioError, "too_much_redirected", match="120%"):
        model.run(with_mitigations(baseline, one=redirection(60), other=redirection(60)))


def test_more_joiners_never_lower_the_mean_cost(baseline, plain, mean_cost):
    costs = [plain.total_cost.mean(axis=0)]
    for pct in (10, 20, 40):
        record = {"flow": "join", "pct": pct, "from_year": 2026}
        costs.append(mean_cost(with_levers(baseline, {RATES: (record,)})))
    assert (np.diff(costs, axis=0) >= 0).all()
    assert costs[-1][-1] > 1.02 * costs[0][-1]


def test_more_requests_never_lower_the_mean_cost(baseline, plain, mean_cost):
    more = mean_cost(with_levers(baseline, {"forecast.requests_pct": 20.0}))
    assert (more >= plain.total_cost.mean(axis=0)).all()
    assert more[-1] > plain.total_cost.mean(axis=0)[-1]


def test_transport_and_staff_are_outside_the_grant(tables_of_2025, baseline, plain):
    figures = tables_of_2025["council_figure"]
    outside = figures["item"].str.contains("transport|staff|general fund over|net general fund")
    assert outside.sum() > 5
    dearer = figures.assign(value=figures["value"].mask(outside, 1e6))
    changed = {**{name: tables_of_2025[name] for name in TABLES}, "council_figure": dearer}
    other = Model.from_tables(changed.__getitem__, area_code="865", origin=2025, years=4)
    assert_same(other.run(baseline), plain)
    assert not {"transport", "staff"} & set(plain.unit_costs.table()["place_type"])


def test_interest_is_no_part_of_the_deficit(model, baseline, plain):
    dearer = model.run(with_levers(baseline, {"finance.interest_pct": {2025: 20.0}}))
    assert np.array_equal(dearer.left.closing, plain.left.closing)
    assert (dearer.interest >= plain.interest).all()


def test_the_last_support_cannot_be_missed_by_a_shorter_projection(tables_of_2025, baseline):
    """With the cut-off at the opening of the years, the grant is paid on the opening balance."""
    certain = {"finance.grant_cut_off": 2025, "finance.grant_approval_pct": 100.0}
    short = Model.from_tables(tables_of_2025.__getitem__, area_code="865", origin=2025, years=1)
    made = short.run(with_levers(baseline, certain))
    assert np.allclose(made.support.grant, 0.9 * 61.2e6)


def test_a_model_knows_no_count_after_its_january(tables_of_2025):
    held = tables_of_2025["ehcp_caseload"]
    last = held[held["census_year"] == 2025]
    later = pd.concat([held, last.assign(census_year=2026)], ignore_index=True)
    changed = {**{name: tables_of_2025[name] for name in TABLES}, "ehcp_caseload": later}
    model = Model.from_tables(changed.__getitem__, area_code="865", origin=2025, years=2)
    assert model.panel.origin == model.caseload.origin == 2025


def test_an_area_without_money_is_reported(tables_of_2025):
    with pytest.raises(NotAvailableError, match="no outturn"):
        Model.from_tables(tables_of_2025.__getitem__, area_code="999", origin=2025)


def test_confidence_counts_as_much_of_an_effect_as_it_says(model, baseline, plain):
    cheaper = with_mitigations(baseline, cheaper=(PRICES, {"places": [INDEPENDENT], "pct": -20}))
    (register,) = cheaper.mitigations
    unsure = replace(cheaper, mitigations=(register.model_copy(update={"confidence_pct": 50}),))
    whole, half = (plain.total_cost - model.run(each).total_cost for each in (cheaper, unsure))
    assert np.allclose(half, whole / 2)
    assert (whole[:, 1:] > 0).all()


@pytest.mark.parametrize("share", [0, 20])
@pytest.mark.parametrize("draws", [50, 70])
def test_few_draws_are_those_of_a_model_that_ran_no_more(model, baseline, draws, share):
    lever, record = redirection(share)
    whole = with_levers(baseline, {lever: [record]} if share else {})
    few = with_levers(whole, {"cohort.draws": draws})
    fresh = Model(model.caseload, model.panel, model.known, model.sources)
    model.run(whole)
    assert_same(model.run(few), fresh.run(few))
    stocks = [each.places(few).simulation.stock for each in (model, fresh)]
    assert len(stocks[0]) == draws
    assert np.array_equal(*stocks)


def test_the_result_not_asked_for_longest_makes_room():
    results = Recent(2)
    for key in "ab":
        results.add(key, key.upper())
    assert results.find("a") == "A"
    results.add("c", "C")
    assert (results.find("b"), list(results)) == (None, ["a", "c"])


def test_plans_of_a_run_are_those_of_the_january_after_its_last_year(model, baseline, plain):
    ahead = model.places(baseline).simulation.total()  # from the January looked from
    assert plain.plans.tolist() == ahead[:, len(plain.financial_years) + 1].tolist()


@pytest.mark.parametrize(("ends", "year"), [(2027, "2026-27"), (2040, "2028-29")])
def test_deficits_are_protected_to_the_end_of_a_year_ahead(model, baseline, ends, year):
    longer = with_levers(baseline, {"finance.override_ends": ends})
    assert model.run(longer).protected_year == year
