"""Counts of an authority's own that are too small for a page."""

import pandas as pd

from sendlib.kpi.register import Register
from sendlib.vocabulary import FEWEST_SHOWN


def withhold_small(
    values: pd.DataFrame, register: Register, *, fewest: int = FEWEST_SHOWN
) -> pd.DataFrame:
    """Make counts that could point at a person missing; 0 stays, as it speaks of no one.

    Percentages stay, since neither what was counted nor what it is a share of
    is ever shown with them: both columns are made missing in every row.

    Parameters
    ----------
    values : pd.DataFrame
        As in ``Feed.values``.
    register : Register
        Says which indicators are counts.
    fewest : int
        The smallest count above 0 that may be shown.

    Returns
    -------
    pd.DataFrame
        The same rows and columns; a row that has no value any more stands for
        a figure that was supplied and is withheld.
    """
    counted = values["kpi"].map({entry.slug: entry.kind == "count" for entry in register})
    small = counted & values["value"].between(0, fewest, inclusive="neither")
    shown = values["value"].mask(small)
    nothing = float("nan")
    return values.assign(value=shown, numerator=nothing, denominator=nothing)
