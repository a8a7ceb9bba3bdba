"""What moves the deficit most: each assumption to a low and a high value of its own.

References
----------
- Eschenbach, T. G. (1992). Spiderplots versus tornado diagrams for sensitivity analysis.
  Interfaces 22(6), 40-46.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.perturbations import Perturbation, read_perturbations
from sendlib.finance.projection import Figure, Money, Projection
from sendlib.pages.formats import gbp_m
from sendlib.pages.narrative import inside
from sendlib.periods import closing_date
from sendlib.scenarios import Scenario, with_value

_COLUMNS = (
    *("category", "low", "middle", "high", "lever", "unit", "low_value", "high_value"),
    *("at_low", "at_high", "width", "standard_error_gbp", "why"),
)


@dataclass(frozen=True)
class PlausibleRange:
    """A change of a lever with the ends that are thought plausible, and why."""

    change: Perturbation
    low: float
    high: float
    why: str


def plausible_ranges(origin: int) -> tuple[PlausibleRange, ...]:
    """The changes that the package declares, for a January to look from."""
    return tuple(
        PlausibleRange(change, float(row["low"]), float(row["high"]), row["why"])
        for change, row in read_perturbations("tornado.csv", origin=origin)
    )


def tornadoes(
    model: Model,
    scenario: Scenario,
    figures: Sequence[Figure],
    *,
    among: Sequence[PlausibleRange] | None = None,
    draws: int | None = None,
) -> list[pd.DataFrame]:
    """The mean of each of some figures with one assumption moved at a time, the widest first.

    ``draws`` are those of each move, where fewer than the scenario's: the middle is that of all
    its draws, and a move is what it changes in the few.

    Each assumption moves from the scenario's own value, no further than its
    limits; all others stay. Widths therefore do not add up. ``among`` says what
    is moved, otherwise the package's own table.

    Returns
    -------
    list[pd.DataFrame]
        One for each figure, from the same runs, without assumptions that leave it as it is:
        ``category``, ``low``, ``middle`` and ``high`` [£]: the ends in order of size
        and the scenario itself between;
        ``lever``, ``unit``, ``low_value`` and ``high_value`` (by what the lever
        was moved, or to what it was set), ``at_low`` and ``at_high`` [£],
        ``width`` [£], ``standard_error_gbp`` (standard error that the draws leave in
        either end less the middle) and ``why``.
    """
    whole = model.run(scenario)
    means = [float(figure.draws(whole).mean()) for figure in figures]
    if draws:
        scenario = with_value(scenario, "cohort.draws", draws, why="many runs")
    run = model.run(scenario)
    middles = [figure.draws(run) for figure in figures]
    middles = [draw + (mean - draw.mean()) for draw, mean in zip(middles, means, strict=True)]
    shifts = [middle - figure.draws(run) for middle, figure in zip(middles, figures, strict=True)]
    rows: list[list[tuple[object, ...]]] = [[] for _ in figures]
    for each in plausible_ranges(model.caseload.origin) if among is None else among:
        change = each.change
        sizes = [change.within(scenario, size) for size in (each.low, each.high)]
        ends = [model.run(change.applied(scenario, size)) for size in sizes]
        for figure, middle, shift, own in zip(figures, middles, shifts, rows, strict=True):
            swing = _swing(middle, [figure.draws(end) + shift for end in ends])
            names = (change.name, *swing[:3], change.lever, change.unit)
            own.append((*names, *sizes, *swing[3:], each.why))
    return [_widest_first(own) for own in rows]


def _swing(middle: Money, ends: Sequence[Money]) -> tuple[float, ...]:
    """Low, middle and high, the mean at either end, the width, and what draws leave in doubt."""
    here, at_ends = float(middle.mean()), [float(end.mean()) for end in ends]
    low, high = min(*at_ends, here), max(*at_ends, here)
    spread = max(float((end - middle).std()) for end in ends) / float(np.sqrt(len(middle)))
    return low, here, high, *at_ends, high - low, spread


def _widest_first(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    moves = frame[frame["width"] > 0] if len(frame) else frame
    return moves.sort_values("width", ascending=False, kind="stable", ignore_index=True)


def deficit_effects(swings: pd.DataFrame, figure: Figure) -> pd.DataFrame:
    """What each assumption of :func:`tornadoes` does to the mean deficit, at either end.

    Returns
    -------
    pd.DataFrame
        ``assumption``, ``low`` and ``high`` (what it takes off or adds) [£], its ``unit``,
        "lower end" and "upper end", the mean deficit with it at either, and ``why``.
    """
    frame = pd.DataFrame(
        {
            "assumption": swings["category"],
            "low": swings["middle"] - swings["high"],
            "high": swings["middle"] - swings["low"],
            "unit": swings["unit"],
            "lower end": swings["low_value"],
            "upper end": swings["high_value"],
            "deficit at the lower end": -swings["at_low"],
            "deficit at the upper end": -swings["at_high"],
            "why these ends": swings["why"],
        }
    )
    plain = dict.fromkeys(("lower end", "upper end"), "number1")
    date = closing_date(figure.financial_year)
    after = "before further support" if figure.kind == "before_support" else "left to the council"
    return in_millions(
        frame,
        f"change in the mean deficit {after} at {date}, one assumption at a time",
        formats=plain,
    )


def widest_swing(swings: pd.DataFrame, figure: Figure) -> str:
    """One sentence: which assumption moves the deficit most, and by how much."""
    most = swings.iloc[0]
    return (
        f"The deficit at {closing_date(figure.financial_year)} depends most on "
        f"{inside(str(most['category']))}: it moves by {gbp_m(most['width'])} between plausible "
        "ends."
    )


def effects_title(effects: pd.DataFrame) -> str:
    """The title of the chart of effects: the widest, with its two ends."""
    most = effects.iloc[0]
    less, more = gbp_m(-float(most["low"])), gbp_m(float(most["high"]))
    none = gbp_m(0.0)
    ends = [f"{less} less"] * (less != none) + [f"{more} more"] * (more != none)
    return f"The deficit depends most on {inside(str(most['assumption']))}: {' or '.join(ends)}"


def effects_caveats(draws: int) -> list[str]:
    """What limits the conclusions drawn from many runs of few draws."""
    return [
        "Effects are before further support, and means over all draws: means add up, "
        "middles of ranges do not.",
        f"Each assumption is moved in {draws} draws, and its effect is put on the mean of all "
        "draws; what it takes to balance is sought in as many.",
        "One assumption moves at a time, to ends that are thought plausible; most of the ends are "
        "judgements.",
    ]


def say_middle(swings: pd.DataFrame) -> str:
    """One sentence: the mean deficit that the effects are changes of."""
    return f"With nothing moved the mean deficit is {gbp_m(-swings['middle'].iloc[0])}."


def say_gap(money: Projection, swings: pd.DataFrame) -> str:
    """One sentence: the mean gap of the last year, and the widest swing of all years together.

    The swings are those of the balance at the end of that year.
    """
    final, gap = money.financial_years[-1], -float(money.before.in_year[:, -1].mean())
    return (
        f"The mean gap to close in {final} is {gbp_m(gap)}; the widest swing between plausible "
        f"ends, {gbp_m(swings['width'].max())} by {closing_date(final)}, is of all years together."
    )
