"""What moves the deficit most: each assumption to a low and a high value of its own.

Two runs differ by which children they draw, too. So what a move does to children is worked out
with as many as are expected at the rates of a draw, in few draws; what it does to money alone, in
all of them. Either is regressed on the figure itself, whose mean over all draws is known.

References
----------
- Glasserman, P. (2004). Monte Carlo Methods in Financial Engineering. Springer, section 4.1:
  control variates.
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
from sendlib.finance.projection import Figure, Projection
from sendlib.finance.unit_costs import Money
from sendlib.pages.formats import gbp_m
from sendlib.pages.narrative import inside
from sendlib.periods import closing_date
from sendlib.scenarios import Scenario, with_value

_COLUMNS = (
    *("category", "low", "middle", "high", "lever", "unit", "low_value", "high_value"),
    *("at_low", "at_high", "width", "standard_error_gbp", "why"),
)
_DRAWS = 100  # of a move that changes children
_LEAST_GBP = 1.0  # a narrower swing is none


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
) -> list[pd.DataFrame]:
    """The mean of each of some figures with one assumption moved at a time, the widest first.

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
    among = plausible_ranges(model.caseload.origin) if among is None else among
    sizes = [
        [each.change.within(scenario, size) for size in (each.low, each.high)] for each in among
    ]
    changed = [
        each.change.applied(scenario, size)
        for each, ends in zip(among, sizes, strict=True)
        for size in ends
    ]
    money = model.run(scenario)
    effects = _mean_effects(model, money, changed, figures)
    frames = []
    for at, figure in enumerate(figures):
        middle, rows = float(figure.draws(money).mean()), []
        pairs = zip(effects[::2], effects[1::2], strict=True)
        for each, tried, (lower, upper) in zip(among, sizes, pairs, strict=True):
            swing = _swing(middle, lower[at], upper[at])
            names = (each.change.name, *swing[:3], each.change.lever, each.change.unit)
            rows.append((*names, *tried, *swing[3:], each.why))
        frames.append(_widest_first(rows))
    return frames


def _mean_effects(
    model: Model, whole: Projection, changed: Sequence[Scenario], figures: Sequence[Figure]
) -> list[list[tuple[float, float]]]:
    """What each changed scenario does to the mean of each figure, and its standard error. [£]"""
    scenario = whole.scenario
    few: Projection | None = None
    draws = min(_DRAWS, int(scenario.value("cohort.draws")))
    effects = []
    for each in changed:
        if model.same_children(scenario, each):
            before, after = whole, model.run(each)
        else:
            run = model.on_average.run
            before = few = few or run(with_value(scenario, "cohort.draws", draws))
            after = run(with_value(each, "cohort.draws", draws))
        effects.append([_effect(*map(one.draws, (before, after, whole))) for one in figures])
    return effects


def _effect(before: Money, after: Money, whole: Money) -> tuple[float, float]:
    """The mean of a difference, with the figure itself as its control variate, and its error."""
    change, variance = after - before, float(before.var())
    slope = float(np.cov(change, before, bias=True)[0, 1]) / variance if variance else 0.0
    mean = change.mean() + slope * (whole.mean() - before.mean())
    left = (change - slope * before).var() / len(change) + slope**2 * whole.var() / len(whole)
    return float(mean), float(np.sqrt(left))


def _swing(middle: float, *ends: tuple[float, float]) -> tuple[float, ...]:
    """Low, middle and high, the mean at either end, the width, and what draws leave in doubt."""
    at_ends = [middle + mean for mean, _ in ends]
    low, high = min(*at_ends, middle), max(*at_ends, middle)
    return low, middle, high, *at_ends, high - low, max(error for _, error in ends)


def _widest_first(rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    moves = frame[frame["width"] >= _LEAST_GBP] if len(frame) else frame
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
        f"An assumption about children is moved in {_DRAWS} draws of their rates, with as many "
        "children as those rates lead to expect; its effect is put on the mean of all draws.",
        f"What it takes to balance is sought in {draws} draws.",
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
