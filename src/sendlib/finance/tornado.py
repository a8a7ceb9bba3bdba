"""What moves the deficit most: each assumption to a low and a high value of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.finance.figure import Figure, Money
from sendlib.finance.moves import Move, read_moves
from sendlib.finance.study import Study
from sendlib.scenarios import Scenario

FILE = "tornado.csv"


@dataclass(frozen=True)
class Plausible:
    """A move with the ends that are thought plausible, and why."""

    move: Move
    low: float
    high: float
    why: str


def plausible_moves(origin: int) -> tuple[Plausible, ...]:
    """The moves that the package declares, for a January to look from."""
    return tuple(
        Plausible(move, float(row["low"]), float(row["high"]), row["why"])
        for move, row in read_moves(FILE, origin=origin)
    )


def tornado(
    study: Study,
    scenario: Scenario,
    figure: Figure,
    *,
    moves: Sequence[Plausible] | None = None,
) -> pd.DataFrame:
    """The mean of a figure with one assumption moved at a time, the widest first.

    Each assumption moves from the scenario's own value, no further than its
    limits; all others stay. Widths therefore do not add up.

    Parameters
    ----------
    study : Study
        Of the authority.
    scenario : Scenario
        To start from.
    figure : Figure
        What is looked at.
    moves : Sequence[Plausible], optional
        What is moved; the package's own table otherwise.

    Returns
    -------
    pd.DataFrame
        ``category``, ``low``, ``middle`` and ``high`` [£], as ``plot_ranges``
        draws them: the ends in order of size and the scenario itself between;
        ``lever``, ``unit``, ``low_value`` and ``high_value`` (by what the lever
        was moved, or to what it was set), ``at_low`` and ``at_high`` [£],
        ``width`` [£], ``chance_gbp`` (standard error that the draws leave in
        either end less the middle) and ``why``.
    """
    middle = figure.draws(study.run(scenario))
    chosen = plausible_moves(study.basis.origin) if moves is None else moves
    rows = [_row(study, scenario, figure, each, middle) for each in chosen]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    return frame.sort_values("width", ascending=False, kind="stable", ignore_index=True)


_COLUMNS = (
    *("category", "low", "middle", "high", "lever", "unit", "low_value", "high_value"),
    *("at_low", "at_high", "width", "chance_gbp", "why"),
)


def _row(
    study: Study, scenario: Scenario, figure: Figure, tried: Plausible, middle: Money
) -> dict[str, object]:
    sizes = [tried.move.within(scenario, size) for size in (tried.low, tried.high)]
    ends = [figure.draws(study.aside().run(tried.move.applied(scenario, size))) for size in sizes]
    low, high = (float(end.mean()) for end in ends)
    here = float(middle.mean())
    spread = max(float((end - middle).std()) for end in ends)
    return {
        "category": tried.move.name,
        "low": min(low, high, here),
        "middle": here,
        "high": max(low, high, here),
        "lever": tried.move.lever,
        "unit": tried.move.unit,
        "low_value": sizes[0],
        "high_value": sizes[1],
        "at_low": low,
        "at_high": high,
        "width": max(low, high, here) - min(low, high, here),
        "chance_gbp": spread / float(np.sqrt(len(middle))),
        "why": tried.why,
    }
