"""How well the cohort model finds rates that are known, and counts that were held out.

Two questions. Where histories are drawn from rates that are known: are they
found again, and do ranges hold as often as they say? And where an authority
has counted several Januaries: how well would earlier ones have foretold later
ones? A forecast stands at a January, knows nothing later but the number of
residents, and is set against what was counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import Counts
from sendlib.cohort.estimation import estimate
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.rates import Rates
from sendlib.cohort.simulate import Start, simulate
from sendlib.cohort.simulation import Simulation
from sendlib.errors import NotAvailableError, ParameterError, Problem, raise_any
from sendlib.ranges import INTERVALS, LEVELS, QUANTILES, score_each

GRAINS: dict[str, tuple[int, ...]] = {  # axes of a stock over which plans are added up
    "whole": (-3, -2, -1),
    "age": (-2, -1),
    "need": (-3, -1),
    "place": (-3, -2),
    "cell": (),
}
FEWEST_SEEN = 2  # years behind the first forecast
LEAST = 20.0  # plans foreseen from which a count has a percentage and a range worth a test
_FLOWS = ("leave", "move", "join")

Estimator = Callable[[Evidence], Rates]


@dataclass(frozen=True, eq=False)
class Recovery:
    """What became of rates that were known.

    Parameters
    ----------
    rates : pd.DataFrame
        A row for each history and flow (``leave``, ``move``, ``join``):
        ``true_pct``, ``bias_points`` and ``rmse_points`` over cells, each cell
        counted by those it was seen on. [% and percentage points]
    forecasts : pd.DataFrame
        As made by ``set_against``, with a column ``history``.
    """

    rates: pd.DataFrame
    forecasts: pd.DataFrame


def evidence_of(
    futures: Simulation, draw: int, residents: Counts, *, years: int | None = None
) -> Evidence:
    """One draw as evidence: exactly what happened in it, as if every plan had been followed."""
    _check_followed(futures)
    seen = slice(0, len(residents) if years is None else years)
    stock = futures.stock[draw].astype(float)
    before = np.zeros_like(stock[:-1])
    before[:, 1:] = stock[:-1, :-1]
    parts = {
        name: np.asarray(getattr(futures, name)[draw, seen], dtype=float)
        for name in ("left", "joined", "moved_cells", "need_changed_cells")
    }
    without_plan = np.maximum(residents - before.sum(axis=(2, 3)), 0.0)
    return Evidence(
        futures.axes,
        tuple(futures.census_years[1:][seen]),
        stock=stock[1:][seen][-1],
        before=before[seen],
        left=parts["left"][:, :-1],
        moved=parts["moved_cells"],
        need_changed=parts["need_changed_cells"],
        joined=parts["joined"],
        without_plan=without_plan[seen],
        kind="synthetic",
    )


def recovery(
    rates_true: Rates,
    start: Start,
    *,
    seen: int,
    histories: int,
    draws: int,
    seed: int,
    estimator: Estimator = estimate,
) -> Recovery:
    """Draw histories from known rates, estimate from their first years, forecast the rest."""
    true = simulate(rates_true, start, draws=histories, seed=seed, by_cell=True)
    found, ahead = [], []
    for history in range(histories):
        evidence = evidence_of(true, history, start.residents, years=seen)
        estimated = estimator(evidence)
        found.append(_recovered(rates_true, estimated, evidence).assign(history=history))
        begin = Start(evidence.years[-1], evidence.stock, start.residents[seen:])
        futures = simulate(estimated, begin, draws=draws, seed=seed + 1 + history)
        came = true.stock[history, 1 + seen :].astype(float)
        ahead.append(set_against(futures, came).assign(history=history))
    return Recovery(pd.concat(found, ignore_index=True), pd.concat(ahead, ignore_index=True))


def expanding_folds(
    evidence: Evidence,
    *,
    draws: int,
    seed: int,
    horizon: int = 5,
    estimator: Estimator = estimate,
) -> pd.DataFrame:
    """Forecast each January of an authority's evidence from the ones before it."""
    if len(evidence.years) <= FEWEST_SEEN:
        found = f"{len(evidence.years)} years of evidence"
        problem = Problem(found, remedy=f"{FEWEST_SEEN + 1} years or more are needed")
        raise NotAvailableError("The model cannot be tested on its own past.", [problem])
    counted = np.rint(evidence.after())
    living = evidence.without_plan + evidence.before.sum(axis=(2, 3))
    parts = []
    for seen in range(FEWEST_SEEN, len(evidence.years)):
        known = evidence.first(seen)
        begin = Start(known.years[-1], counted[seen - 1], living[seen : seen + horizon])
        futures = simulate(estimator(known), begin, draws=draws, seed=seed)
        parts.append(set_against(futures, counted[seen : seen + horizon]))
    return pd.concat(parts, ignore_index=True)


def set_against(futures: Simulation, counted: Counts) -> pd.DataFrame:
    """Ranges of draws beside what was counted."""
    parts = []
    for grain, axes in GRAINS.items():
        drawn = futures.stock[:, 1:].sum(axis=axes, dtype=np.int64)
        flat = drawn.reshape(*drawn.shape[:2], -1)
        actual = counted.sum(axis=axes).reshape(len(counted), -1)
        ranges = dict(zip(QUANTILES, np.quantile(flat, LEVELS, axis=0), strict=True))
        years, things = np.indices(actual.shape)
        columns = {"actual": actual, "forecast": ranges["q500"], **ranges}
        rows = {"thing": things.ravel(), "horizon": years.ravel() + 1}
        rows |= {name: values.ravel() for name, values in columns.items()}
        parts.append(pd.DataFrame(rows).assign(grain=grain, origin=futures.origin))
    return pd.concat(parts, ignore_index=True)


def scorecard(forecasts: pd.DataFrame, *, by: Sequence[str] = ("grain", "horizon")) -> pd.DataFrame:
    """Average scores of forecasts."""
    return (
        _scored(forecasts)
        .groupby(list(by), sort=False)
        .agg(
            mae_plans=("absolute", "mean"),
            bias_plans=("error", "mean"),
            wis_plans=("wis", "mean"),
            forecasts=("error", "size"),
            mape_pct=("error_pct", "mean"),
            covered_50=("inside_50", "mean"),
            covered_80=("inside_80", "mean"),
            covered_95=("inside_95", "mean"),
            large=("inside_80", "count"),
        )
        .reset_index()
    )


def _scored(forecasts: pd.DataFrame) -> pd.DataFrame:
    scored = score_each(forecasts)
    size, large = scored["error"].abs(), scored["forecast"] >= LEAST
    relative = 100 * size / scored["actual"].clip(lower=1)
    inside = {name: scored[name].where(large) for name in (f"inside_{each}" for each in INTERVALS)}
    return scored.assign(absolute=size, error_pct=relative.where(large), **inside)


def _recovered(true: Rates, found: Rates, evidence: Evidence) -> pd.DataFrame:
    before = evidence.before.sum(axis=0)
    exposure = {
        "leave": before,
        "move": before - evidence.left.sum(axis=0),
        "join": evidence.without_plan.sum(axis=0),
    }
    rows = []
    for flow in _FLOWS:
        truth, guess = getattr(true, flow).mean, getattr(found, flow).mean
        weight = exposure[flow] / exposure[flow].sum()
        miss = guess - truth
        rows.append(
            {
                "flow": flow,
                "true_pct": 100 * float((weight * truth).sum()),
                "bias_points": 100 * float((weight * miss).sum()),
                "rmse_points": 100 * float(np.sqrt((weight * miss**2).sum())),
            }
        )
    return pd.DataFrame(rows)


def _check_followed(futures: Simulation) -> None:
    problems = []
    if futures.moved_cells is None or futures.need_changed_cells is None:
        problems.append(Problem("moves by cell were not kept", remedy="draw with by_cell=True"))
    if futures.turned_away.any():
        problems.append(Problem("some found no room", remedy="draw without limits on room"))
    raise_any(ParameterError, "These draws cannot serve as evidence.", problems)
