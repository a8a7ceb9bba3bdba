import pytest

from sendlib.finance import Model, balances
from sendlib.finance.reconciliation import estimate_last_year, reconcile, reconcile_title
from sendlib.scenarios import load_scenario, with_value


@pytest.fixture(scope="module")
def model(tables):
    return Model.from_tables(tables.__getitem__, area_code="865", origin=2026)


@pytest.fixture(scope="module")
def baseline(project):
    return with_value(load_scenario(project, "baseline"), "cohort.draws", 400)


def test_the_council_s_forecast_leads_to_ours_in_steps_that_add_up(model, baseline, tables):
    stated = balances(tables["dsg_balance"], "865")
    steps = reconcile(model, baseline, tables["council_figure"], stated)
    value, is_step = steps["value"] / 1e6, steps["kind"] == "step"
    assert value[~is_step].tolist()[:2] == pytest.approx([96.0, 61.2 + 36.513 + 12.892])
    assert value.iloc[0] + value[is_step].sum() == pytest.approx(value.iloc[-1])
    assert value.iloc[2:4].tolist() == pytest.approx([19.069, 12.892 - 19.069])
    assert "£110.6m" in reconcile_title(steps)


def test_a_term_that_is_not_available_leaves_no_steps_and_says_why(model, baseline, tables):
    figures = tables["council_figure"]
    fewer = figures[figures["item"] != "high needs block over budget"]
    steps = reconcile(model, baseline, fewer, balances(tables["dsg_balance"], "865"))
    assert steps.empty
    assert steps.attrs["why"]
    assert reconcile_title(steps)


def test_wiltshires_account_comes_near_what_the_council_said_of_high_needs(model, baseline):
    """£55.6m in 2025-26: the plan of £36.5m and £19.1m above it."""
    year = estimate_last_year(model.known, baseline, origin=2026)
    high_needs = -(year.before.in_year - year.income.other_blocks).mean() / 1e6
    assert high_needs == pytest.approx(36.513 + 19.069, abs=3)
