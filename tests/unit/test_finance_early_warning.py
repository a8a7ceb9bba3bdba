"""The year so far: an update that is right on average, and the date of a breach."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from invented_money import cheaper, few_draws, own_rows
from sendlib.finance import early_warning, mitigation_effects, mitigation_progress
from sendlib.finance.months import Position, update
from sendlib.finance.own import MONTHS, PROGRESS, OwnFigures
from sendlib.scenarios import with_value

SPEND = ("2025-26", "2025-10", "", "spend")


@pytest.fixture(scope="module")
def baseline(project):
    return few_draws(project, 300)


@pytest.fixture(scope="module")
def with_own(model):
    """The small model with figures of its own, all invented."""

    def with_own(sheet, *rows):
        own = OwnFigures(own_rows(sheet, *rows))
        return replace(model, known=replace(model.known, own=own))

    return with_own


@pytest.fixture(scope="module")
def money(model, baseline):
    return model.run(baseline)


def test_an_update_holds_the_truth_as_often_as_it_says_and_is_narrower():
    rng = np.random.default_rng(1)
    year = rng.normal(100, 10, size=(4000, 1))
    inside, widths = [], []
    for truth in range(200):
        seen = 0.5 * year[truth, 0] + rng.normal(0, 2)
        position = Position("spend", "2026-09", seen, 0.5 * year[:, 0], doubt=2.0)
        low, high = np.quantile(update(year, (position,), rng), (0.1, 0.9))
        inside.append(low <= year[truth, 0] <= high)
        widths.append(high - low)
    assert 0.74 <= np.mean(inside) <= 0.86
    exact = 2 * 1.2816 * np.sqrt(1 / (1 / 10**2 + 0.5**2 / 2**2))  # the conjugate normal answer
    assert np.mean(widths) == pytest.approx(exact, rel=0.05)


@pytest.mark.parametrize("times", [0.9, 1.1])
def test_spend_above_what_was_foreseen_raises_the_deficit_of_every_march(with_own, money, times):
    spent = 7 / 12 * (money.cost[:, 0].sum(axis=1) + money.other_lines[:, 0]).mean()
    known = with_own(MONTHS, (*SPEND, times * spent, ""))
    moved = known.run(money.scenario)
    before, after = (-each.before.closing.mean(axis=0) for each in (money, moved))
    assert ((after > before) == (times > 1)).all()
    assert moved.before.closing[:, 0].std() < money.before.closing[:, 0].std()
    early = early_warning(known, moved, threshold_gbp=100e6)
    shown = early.updated
    for name, run in (("low", moved), ("low, before the months", money)):
        low = np.quantile(-run.before.closing, 0.1, axis=0)
        assert shown[name].to_numpy() == pytest.approx(low)
    assert early.to_date["of"].tolist() == ["2025-10"]
    assert "October 2025" in early.say()


def test_months_move_every_scenario_alike_and_cancel_nothing_that_it_changes(with_own, money):
    spent = 0.65 * (money.cost[:, 0].sum(axis=1) + money.other_lines[:, 0]).mean()
    known = with_own(MONTHS, (*SPEND, spent, ""))
    dearer = with_value(money.scenario, "finance.price_points", 3.0)
    times = [
        known.run(each).other_lines / known.run(each, with_months=False).other_lines
        for each in (money.scenario, dearer)
    ]
    assert times[0].mean(axis=0)[0] > 1.05
    assert np.allclose(*times)


def test_a_budget_stands_beside_what_is_foreseen_and_moves_nothing(with_own, money):
    known = with_own("Budget", ("2025-26", "", "", "in_year", -40e6, ""))
    early = early_warning(known, known.run(money.scenario), threshold_gbp=100e6)
    assert early.to_date["stated"].tolist() == ["−£40.0m"]
    assert np.array_equal(early.money.before.closing, money.before.closing)
    assert any("−£40.0m" in note for note in early.updated.attrs["notes"])


def test_without_months_the_range_stays_and_the_breach_is_still_dated(model, money):
    early = early_warning(model, money, threshold_gbp=100e6)
    assert early.updated.empty
    assert early.updated.attrs["why"]
    assert early.before is money
    by_month = early.breach()
    assert (np.diff(by_month) >= 0).all()
    likely = by_month.index[by_month > 0.5][0]
    assert f"{likely:%B %Y}" in early.say()
    closing = -np.median(money.before.closing, axis=0)
    march = pd.Period(f"{2026 + int(np.argmax(closing > 100e6))}-03", freq="M")
    assert march - 12 < likely <= march


def test_a_threshold_passed_already_or_never_is_said_so(model, money):
    passed = early_warning(model, money, threshold_gbp=50e6).say()
    never = early_warning(model, money, threshold_gbp=5e9).say()
    assert "April 2025" in passed or "March 2025" in passed
    assert "not likely" in never


def test_each_mitigation_has_its_effect_by_year_and_what_has_happened_beside_it(with_own, baseline):
    plan = replace(baseline, mitigations=(cheaper(),))
    known = with_own(
        PROGRESS,
        ("2026-27", "", "Better contracts", "Spend", -900e3, "Contract review"),
        ("2026-27", "", "Better contracts", "Plans", -3.0, ""),
    )
    effects = mitigation_effects(known, plan)
    spent = effects.set_index("financial year")["Spend"]
    saved = known.run(plan).total_cost - known.run(baseline).total_cost
    assert np.allclose(spent, saved.mean(axis=0))
    assert list(effects.columns) == ["mitigation", "financial year", "Plans", "Spend"]
    since = mitigation_progress(known, effects).set_index("term")
    assert since.loc["Spend", "so far"] == "−£0.9m"
    assert since.loc["Spend", "how counted"] == "Contract review"
    assert since.loc["Plans", "so far"] == "fewer than 5"


def test_without_mitigations_or_progress_the_tables_say_why(model, baseline):
    effects = mitigation_effects(model, baseline)
    assert effects.empty
    assert effects.attrs["why"]
    assert mitigation_progress(model, effects).attrs["why"]
