"""An invented authority: children who add up to published margins, followed for years.

Nobody in it exists. It shows what an authority's own records would look like,
and lets everything that needs such records be tried and tested without any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.cohort.axes import NEEDS, PLACES, Axes
from sendlib.cohort.rates import Rates
from sendlib.cohort.synthetic.details import add_details
from sendlib.cohort.synthetic.follow import People, follow
from sendlib.cohort.synthetic.margins import compare_margins
from sendlib.cohort.synthetic.targets import Targets, make_targets
from sendlib.errors import ParameterError, Problem, raise_any

JANUARIES = (2021, 2022, 2023, 2024, 2025)
_INVENTED = (
    "Every child is invented: references, dates of birth, needs, moves and dates of plans.",
    "Costs are invented too: they are drawn around made-up means and say nothing of any authority.",
    "Moves are only those that lead from one January to the next: real ones are more.",
)


@dataclass(frozen=True, eq=False)
class Synthetic:
    """An invented authority, child by child.

    Parameters
    ----------
    axes : Axes
        Needs and places.
    januaries : tuple[int, ...]
        Census years, in order.
    rows : pd.DataFrame
        One row for each child and January: ``reference``, ``born``, ``need``,
        ``place_type``, ``start``, ``end`` (in the last row of those whose plan
        ends before the next January), ``january``, ``cost_gbp`` (invented).
    margins : pd.DataFrame
        ``census_year``, ``margin`` (such as ``place_type``), ``age_band``,
        ``age``, ``need``, ``place_type``, ``published``, ``drawn``,
        ``difference``. [plans]
    notes : tuple[str, ...]
        What was not published, did not agree, or is invented.
    """

    axes: Axes
    januaries: tuple[int, ...]
    rows: pd.DataFrame
    margins: pd.DataFrame
    notes: tuple[str, ...]


def synthesise(
    tables: Mapping[str, pd.DataFrame],
    rates: Rates,
    *,
    area_code: str,
    seed: int,
    januaries: Sequence[int] = JANUARIES,
) -> Synthetic:
    """Invent an authority whose caseload adds up to what one authority published.

    Every January meets the published total, places and age bands; the last two
    also single ages by place, and the last one needs by place. From one January
    to the next everyone grows a year older, leavers are drawn at the authority's
    rates; what then differs from the next January is made up by moves, joiners
    and further leavers (``follow.follow``). Nobody returns.
    """
    _check(rates, januaries)
    rng = np.random.Generator(np.random.SFC64(seed))
    targets = make_targets(tables, rng, area_code=area_code, januaries=januaries)
    counted = follow(targets, rates, rng)
    rows = add_details(_laid(counted, targets), rng)
    return Synthetic(
        Axes(NEEDS, PLACES),
        tuple(januaries),
        rows,
        compare_margins(targets, [people.table() for people in counted]),
        (*targets.notes, *_INVENTED),
    )


def _laid(counted: Sequence[People], targets: Targets) -> pd.DataFrame:
    """One row for each child and January: ``child``, ``january``, ``age``, need, place."""
    needs, places = np.array(NEEDS, dtype=object), np.array(PLACES, dtype=object)
    parts = [
        pd.DataFrame(
            {
                "child": people.child,
                "january": target.census_year,
                "age": people.age,
                "need": needs[people.need],
                "place_type": places[people.place],
            }
        )
        for people, target in zip(counted, targets.each, strict=True)
    ]
    return pd.concat(parts, ignore_index=True)


def _check(rates: Rates, januaries: Sequence[int]) -> None:
    problems = []
    first, last = januaries[0], januaries[-1]
    if list(januaries) != list(range(first, last + 1)) or last == first:
        found = f"Januaries {', '.join(map(str, januaries))}"
        problems.append(Problem(found, "januaries", "give two or more in a row"))
    if rates.axes.places != PLACES:
        problems.append(Problem("rates of other places", "rates", "estimate them for all places"))
    raise_any(ParameterError, "No authority can be invented.", problems)
