"""How a measure has changed: growth between two years, and an index of a base year."""

from collections.abc import Iterable, Sequence

import pandas as pd

from sendlib import validation
from sendlib.errors import DataError, NotAvailableError, Problem
from sendlib.indicators.frames import AREA, latest, measure_frame, measure_of, parts_of
from sendlib.tidy import period_of

_Year = int | str
_UNITS = {"share": "share1", "pct": "pct1", "10k": "number1", "index": "number1"}


def growth(
    frame: pd.DataFrame,
    first: _Year | None = None,
    last: _Year | None = None,
    *,
    measure: str | None = None,
) -> pd.DataFrame:
    """Growth of a measure between two years, for each area and part.

    Parameters
    ----------
    frame : pd.DataFrame
        A measure, such as ``indicators.plans(caseload)``.
    first, last : int or str, optional
        Years as the frame writes them: 2019, "2018-19". The first and the last
        that it has otherwise.
    measure : str, optional
        The column; the frame's own otherwise.

    Returns
    -------
    pd.DataFrame
        Any parts, ``since``, the period (the last), the measure then (``plans_then``) and
        last, ``growth_pct`` (0 to 100; missing where there was nothing to grow from). Areas
        of the last year; none of a frame without figures.

    Examples
    --------
    >>> from sendlib import Authority, indicators
    >>> plans = indicators.plans(Authority.open("Wiltshire").load("ehcp_caseload"))
    >>> growth(plans, 2019, 2025).query("area_name == 'Wiltshire'")["plans_then"].tolist()
    [3349.0]
    """
    name, period = measure_of(frame, measure, where="growth"), period_of(frame)
    known = frame.dropna(subset=name)
    years = sorted(known[period].unique())
    start = min(years, default=None) if first is None else first
    end = max(years, default=None) if last is None else last
    if years and start == end:
        found = f"there are figures for {', '.join(map(str, years))} only"
        where = f"growth of {frame.attrs.get('what', 'this measure')}"
        problem = Problem("too_few_years", found, where)
        raise NotAvailableError("Growth needs two years.", [problem])
    key, then = [*AREA, *parts_of(frame)], f"{name}_then"
    before, after = (latest(frame, year, measure=name)[[*key, name]] for year in (start, end))
    grown = after.merge(before.rename(columns={name: then}), on=key, how="left")
    grown["growth_pct"] = 100 * (grown[name] / grown[then].where(grown[then] > 0) - 1)
    return measure_frame(
        grown.assign(since=start, **{period: end}),
        [*parts_of(frame), "since", period, then, name, "growth_pct"],
        measure="growth_pct",
        what=f"growth of {frame.attrs.get('what', name)}" + f", {start} to {end}" * bool(years),
        source_ids=frame.attrs.get("source_ids", ()),
    )


def index_since(frame: pd.DataFrame, base: _Year, *, measure: str | None = None) -> pd.DataFrame:
    """A measure as an index of a base year, for each area and part.

    ``base`` is a year as the frame writes it, which is 100. The columns are any parts, the
    period from the base on, the measure, and the index, such as ``plans_index``; it is missing
    where the base is, or is zero. [base year = 100]
    """
    name, period = measure_of(frame, measure, where="index_since"), period_of(frame)
    key, index = [*AREA, *parts_of(frame)], f"{name}_index"
    first = latest(frame, base, measure=name)[[*key, name]].rename(columns={name: index})
    rows = frame[frame[period] >= base].merge(first, on=key, how="left")
    rows[index] = 100 * rows[name] / rows[index].where(rows[index] > 0)
    return measure_frame(
        rows,
        [*parts_of(frame), period, name, index],
        measure=index,
        what=f"{frame.attrs.get('what', name)}, {base} = 100",
        source_ids=frame.attrs.get("source_ids", ()),
    )


def earlier_year(years: Iterable[int], as_of: int, *, preferred: int) -> int:
    """The year to compare with: the preferred one, or else the first that is available.

    An authority that was created later than ``preferred`` is compared with its
    first year; one created in ``as_of`` itself has nothing earlier, and that
    year comes back.

    Examples
    --------
    >>> earlier_year([2022, 2023, 2025], 2025, preferred=2019)
    2022
    """
    known = sorted(set(map(int, years)))
    earlier = [year for year in known if preferred <= year < as_of]
    before = [year for year in known if year < as_of]
    return min(earlier or before[-1:] or [as_of])


def pivot(
    frame: pd.DataFrame,
    rows: str,
    columns: str,
    *,
    only: Sequence[_Year] | None = None,
    measure: str | None = None,
) -> pd.DataFrame:
    """A measure with one of its columns along the top, in the frame's own order.

    Parameters
    ----------
    frame : pd.DataFrame
        A measure with one row for each pair, such as the ``need_share`` of two areas.
    rows, columns : str
        The columns whose values name the rows and the columns: "need", "area_name".
    only : list, optional
        Which columns there are, in order, such as two Januaries; one without a figure
        is missing. All otherwise.
    measure : str, optional
        The column of the numbers; the frame's own otherwise.

    Examples
    --------
    >>> from sendlib import Authority, indicators
    >>> ages = indicators.age_share(Authority.open("Wiltshire").load("ehcp_caseload"))
    >>> two = ["Wiltshire", "England"]
    >>> list(indicators.pivot(indicators.latest(ages), "age", "area_name", only=two))
    ['Wiltshire', 'England']
    """
    name = measure_of(frame, measure, where="pivot")
    validation.check_columns(
        frame.columns, [rows, columns], where="pivot", remedy="name columns it has"
    )
    order = list(dict.fromkeys(frame[columns] if only is None else only))
    frame = frame[frame[columns].isin(order)]
    if frame.duplicated([rows, columns]).any():
        found = f"a pair of {rows} and {columns} has several rows"
        remedy = "choose one area and year first, as with query"
        problem = Problem("pair_repeated", found, "pivot", remedy)
        raise DataError("The measure cannot be turned.", [problem])
    wide = frame.pivot(index=rows, columns=columns, values=name)
    wide = wide.reindex(index=list(dict.fromkeys(frame[rows])), columns=order)
    if columns == "census_year":
        order = [f"January {year}" for year in order]
    wide.columns = pd.Index(order)
    wide.attrs = {**frame.attrs, "unit": _UNITS.get(name.rsplit("_", 1)[-1], "count")}
    return wide
