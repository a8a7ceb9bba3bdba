"""The forecast of Wiltshire with the baseline scenario, to the nearest ten plans.

After a change that is meant to move it, write the figures anew with

    SENDLIB_RENEW_GOLDEN=1 python -m pytest tests/golden

and say so in the change log under "Figures that change".
"""

import os
from pathlib import Path

from sendlib import indicators
from sendlib.forecast import backtest, choose, coverage, forecast, score
from sendlib.scenarios import load_scenario

GOLDEN = Path(__file__).with_name("forecast_wiltshire.txt")
RENEW = "SENDLIB_RENEW_GOLDEN"


def forecast_text(project, caseload):
    plans = indicators.total_plans(caseload)
    baseline = load_scenario(project, "baseline")
    errors = backtest(plans, horizon=5)
    choice = choose(errors, method=baseline.value("forecast.method"))
    ahead = forecast(
        plans,
        errors,
        area_code="865",
        method=choice.method,
        horizon=5,
        draws=baseline.value("forecast.draws"),
        seed=baseline.value("forecast.seed"),
    )
    scores = score(errors).pivot(index="method", columns="horizon", values="mape_pct")
    lines = [f"method {choice.method}, margin {choice.margin_points:.1f} points"]
    lines += [
        f"error {name}: " + " ".join(f"{error:.1f}" for error in row)
        for name, row in zip(scores.index, scores.to_numpy(), strict=True)
    ]
    lines += [
        f"covered {row.horizon} ahead: {row.covered_share:.2f} of {row.forecasts}"
        for row in coverage(errors, choice.method).itertuples()
    ]
    lines += [
        f"{row.Index}: {row.p10:.0f} {row.p50:.0f} {row.p90:.0f}"
        for row in ahead.quantiles().set_index("census_year").round(-1).itertuples()
    ]
    return "\n".join([*lines, ""])


def test_the_forecast_of_wiltshire_is_as_it_was(project, tables):
    text = forecast_text(project, tables["ehcp_caseload"])
    if os.environ.get(RENEW):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
