"""What a measure frame is: the area, the period, the measure, and what it says of itself.

The columns ``area_code``, ``area_name`` and ``area_type`` come first, then the
period, then what the measure is made from, and the measure last but for what a
comparison adds. ``attrs`` says ``what`` is measured, in words, which column is
the ``measure``, and the ``source_ids`` of what it was made from.
"""

from collections.abc import Iterable, Sequence

import pandas as pd

from sendlib.areas import choose_areas
from sendlib.errors import DataError, NotAvailableError, Problem
from sendlib.tidy import PERIODS, period_of
from sendlib.validation import check_columns

AREA = ("area_code", "area_name", "area_type")
NO_ROWS = "The tables have none up to the January looked from."
_OLDEST = 25  # a plan can last until the 26th birthday
_REMEDY = (
    'give authority.load("children"), residents aged 0 to 17 each year, or '
    'authority.load("residents") or ("population"), by age'
)


def measure_frame(
    frame: pd.DataFrame,
    columns: Sequence[str],
    *,
    measure: str,
    what: str,
    source_ids: Iterable[str] | None = None,
) -> pd.DataFrame:
    """The columns of a measure in order, with what they measure and their sources."""
    result = frame[[*AREA, *columns]].reset_index(drop=True)
    ids = pd.unique(frame["source_id"]) if source_ids is None else source_ids
    result.attrs = {"what": what, "measure": measure, "source_ids": sorted(set(ids))}
    if result.empty:
        result.attrs["why"] = NO_ROWS
    return result


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
        found = "the frame does not say which column is measured"
        remedy = f"name it: measure=..., one of {numbers}"
        problem = Problem("measure_not_named", found, where, remedy)
        raise DataError("There are several columns to choose from.", [problem])
    return str(own)


def latest(
    frame: pd.DataFrame, year: int | str | None = None, *, measure: str | None = None
) -> pd.DataFrame:
    """The rows of one year: the one named, or the newest with a figure.

    Parameters
    ----------
    frame : pd.DataFrame
        A measure; of one without a figure no rows come back.
    year : int or str, optional
        A year as the frame writes it: 2024, "2023-24".
    measure : str, optional
        The column that must have a figure; the frame's own otherwise.
    """
    name, period = measure_of(frame, measure, where="latest"), period_of(frame)
    known = frame.loc[frame[name].notna(), period]
    if known.empty:
        return frame.iloc[:0]
    rows = frame[frame[period] == (known.max() if year is None else year)]
    if rows.empty:
        available = ", ".join(map(str, sorted(frame[period].unique())))
        remedy = f"those that are available: {available}"
        problem = Problem("no_rows_of_period", f"no rows of {year!r}", period, remedy)
        raise NotAvailableError(f"That {period.replace('_', ' ')} is not available.", [problem])
    return rows


def check_one_row_each(frame: pd.DataFrame, where: str) -> None:
    """Raise when an area has several rows in a period."""
    period = period_of(frame)
    if frame.duplicated(["area_code", period]).any():
        parts = [name for name in parts_of(frame) if frame[name].nunique() > 1]
        remedy = f"choose one first; they differ in {', '.join(parts) or 'nothing'}"
        found = f"an area has several rows in one {period.replace('_', ' ')}"
        problem = Problem("area_repeated", found, where, remedy)
        raise DataError("Those cannot be compared.", [problem])


def parts_of(frame: pd.DataFrame) -> list[str]:
    """The columns of text that are neither the area nor the period."""
    text = frame.select_dtypes(["str", "object", "category"]).columns
    return [name for name in text if name not in (*AREA, *PERIODS, "period")]


def per_10k(
    counts: pd.DataFrame,
    residents: pd.DataFrame,
    *,
    mid_year: pd.Series,
    areas: str | Sequence[str] | None,
) -> pd.DataFrame:
    """A count of each area and period, its residents at a mid-year, and the rate."""
    needed = [*AREA, "year", "persons", "source_id"]
    check_columns(getattr(residents, "columns", ()), needed, where="residents", remedy=_REMEDY)
    persons, ages = _add_up(residents.rename(columns={"year": "mid_year"}))
    count, period = counts.attrs["measure"], period_of(counts)
    column, rate = f"residents_{ages.replace(' ', '_')}", f"{count}_per_10k"
    key = ["area_code", "mid_year"]
    result = counts.assign(mid_year=mid_year).merge(persons, on=key, how="left")
    result = result.rename(columns={"persons": column})
    result[rate] = 10_000 * result[count] / result[column].where(result[column] > 0)
    what = f"{counts.attrs['what']}, for every 10,000 residents aged {ages}"
    rows = choose_areas(with_figures(result, rate), areas)
    return measure_frame(
        rows,
        [period, count, column, rate],
        measure=rate,
        what=what,
        source_ids=[*counts.attrs["source_ids"], *residents["source_id"].unique()],
    )


def _add_up(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Residents of each area and mid-year, and the ages that they are of."""
    key = ["area_code", "mid_year"]
    if "age" not in rows:
        return rows[[*key, "persons"]], "0 to 17"
    young = rows[rows["age"].between(0, _OLDEST)].groupby(key)["persons"]
    return young.sum(min_count=_OLDEST + 1).reset_index(), f"0 to {_OLDEST}"
