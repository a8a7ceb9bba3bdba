"""What a measure frame is: the area, the period, the measure, and what it says of itself.

The columns ``area_code``, ``area_name`` and ``area_type`` come first, then the
period, then what the measure is made from, and the measure last but for what a
comparison adds. ``attrs`` says ``what`` is measured, in words, which column is
the ``measure``, and the ``source_ids`` of what it was made from.
"""

from collections.abc import Iterable, Sequence

import pandas as pd

from sendlib.errors import DataError, NotAvailableError, Problem
from sendlib.validation import check_columns

AREA = ("area_code", "area_name", "area_type")
NO_ROWS = "The tables have none up to the January looked from."
PERIODS = ("census_year", "calendar_year", "financial_year", "academic_year", "year")


def measure_frame(
    frame: pd.DataFrame,
    columns: Sequence[str],
    *,
    measure: str,
    what: str,
    source_ids: Iterable[str],
) -> pd.DataFrame:
    """The columns of a measure in order, with what they measure and their sources."""
    made = frame[[*AREA, *columns]].reset_index(drop=True)
    made.attrs = {"what": what, "measure": measure, "source_ids": sorted(set(source_ids))}
    if made.empty:
        made.attrs["why"] = NO_ROWS
    return made


def with_figures(frame: pd.DataFrame, measure: str, *, by: Sequence[str] = ()) -> pd.DataFrame:
    """Rows of the periods, and parts, for which some area has a figure."""
    known = frame[measure].notna().groupby([frame[name] for name in (period_of(frame), *by)])
    return frame[known.transform("any").astype(bool)]


def measure_of(frame: pd.DataFrame, measure: str | None, *, where: str) -> str:
    """The column that is measured: the one named, or else the frame's own."""
    check_columns(
        getattr(frame, "columns", ()),
        [*AREA, *([measure] if measure else [])],
        where=where,
        remedy="give a frame of indicators, such as indicators.plans(caseload)",
    )
    own = measure or frame.attrs.get("measure")
    if own not in frame:
        numbers = ", ".join(frame.select_dtypes("number").columns)
        problem = Problem(
            "the frame does not say which column is measured",
            where,
            f"name it: measure=..., one of {numbers}",
        )
        raise DataError("There are several columns to choose from.", [problem])
    return str(own)


def period_of(frame: pd.DataFrame) -> str:
    """The column of the period."""
    found = [name for name in PERIODS if name in frame]
    if not found:
        problem = Problem("no column of years", remedy=f"it is called one of {', '.join(PERIODS)}")
        raise DataError("The frame has no period.", [problem])
    return found[0]


def check_period(frame: pd.DataFrame, period: int | str) -> None:
    """Raise when a frame has no rows of a period."""
    name = period_of(frame)
    if not frame[name].eq(period).any():
        held = ", ".join(map(str, sorted(frame[name].unique())))
        problem = Problem(f"no rows of {period!r}", name, f"those that are available: {held}")
        raise NotAvailableError(f"That {_words(name)} is not available.", [problem])


def latest(
    frame: pd.DataFrame, year: int | str | None = None, *, measure: str | None = None
) -> pd.DataFrame:
    """The rows of one year: the one named, or the newest with a figure.

    Parameters
    ----------
    frame : pd.DataFrame
        A measure, as the functions of ``indicators`` give it.
    year : int or str, optional
        A year as the frame writes it: 2024, "2023-24".
    measure : str, optional
        The column that must have a figure; the frame's own otherwise.

    Returns
    -------
    pd.DataFrame
        Its columns; no rows of a frame without a figure.

    Raises
    ------
    NotAvailableError
        If it has figures, and no rows of that year.
    """
    name = measure_of(frame, measure, where="latest")
    period = period_of(frame)
    known = frame.loc[frame[name].notna(), period]
    if known.empty:
        return frame.iloc[:0]
    chosen = year if year is not None else known.max()
    check_period(frame, chosen)
    return frame[frame[period] == chosen]


def check_one_row_each(frame: pd.DataFrame, where: str) -> None:
    """Raise when an area has several rows in a period."""
    period = period_of(frame)
    if frame.duplicated(["area_code", period]).any():
        parts = [name for name in parts_of(frame) if frame[name].nunique() > 1]
        remedy = f"choose one first; they differ in {', '.join(parts) or 'nothing'}"
        problem = Problem(f"an area has several rows in one {_words(period)}", where, remedy)
        raise DataError("Those cannot be compared.", [problem])


def parts_of(frame: pd.DataFrame) -> list[str]:
    """The columns of text that are neither the area nor the period."""
    text = frame.select_dtypes(["str", "object", "category"]).columns
    return [name for name in text if name not in (*AREA, *PERIODS, "period")]


def _words(period: str) -> str:
    """A column of periods as words: census year."""
    return period.replace("_", " ")
