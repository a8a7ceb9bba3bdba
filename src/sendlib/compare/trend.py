"""Which way a series goes over comparable years, by a test, and whether a target was met.

Nothing is compared across a break: a change of what is counted, or a new authority.

References
----------
- Mann, H. B. (1945). Nonparametric tests against trend. Econometrica 13(3), 245-259.
- Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. Journal of the
  American Statistical Association 63(324), 1379-1389.
"""

from collections.abc import Mapping
from importlib.resources import files

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.linear_model import WLS
from statsmodels.tools import add_constant

from sendlib.compare.gap_tests import LEVEL, Floats, adjust, gap_p
from sendlib.errors import DataError, Problem, raise_any
from sendlib.tidy import existed
from sendlib.validation import check_columns

FEWEST_POINTS = 4
FEWEST_CHANGES = 4  # earlier changes from which the usual one is taken
_BREAK = ("indicator", "first_year", "last_year", "what_changed")
_CHANGE = ["year", "before", "after", "p", "basis", "as_intended", "years"]
_SIGN = {"up": 1.0, "down": -1.0}
_TREND = ["direction", "slope", "p", "points", "first_year", "last_year", "method"]
_TOO_FEW = "too few points"


def known_breaks(names: Mapping[str, str] | pd.Series | None = None) -> pd.DataFrame:
    """Breaks of the indicators in the tables, and of the plans in force.

    They come from the methods in the data dictionary of the department's tool and in its
    releases. A year from ``first_year`` to ``last_year`` of an ``indicator`` is comparable
    with no other; nor are years before it with years after it.

    Parameters
    ----------
    names : mapping or pd.Series, optional
        By the name that a page gives a series, the indicator whose breaks it has: the
        breaks of those series only, under these names.
    """
    with (files("sendlib.compare") / "breaks.csv").open(encoding="utf-8") as source:
        breaks = pd.read_csv(source)
    if names is None:
        return breaks
    series = pd.Series(names, name="indicator").rename_axis("series").reset_index()
    named = series.merge(breaks, on="indicator").drop(columns="indicator")
    return named.rename(columns={"series": "indicator"})


def comparable_years(
    rows: pd.DataFrame, breaks: pd.DataFrame, *, areas: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The rows that may be compared with the last year of their series.

    Those are years since the last of the ``known_breaks``; a series whose last year lies
    inside a break keeps that year alone. With ``areas``, the table, what an authority was
    before it began is left out, and what is dated after its end.
    """
    check_columns(breaks.columns, _BREAK, where="breaks", remedy="give them as known_breaks does")
    if areas is not None:
        dated = areas.set_index("area_code").reindex(rows["area_code"]).set_axis(rows.index)
        rows = rows[existed(dated, rows["year"])]
    by = [name for name in ("area_code", "indicator") if name in rows]
    indicator, year = rows["indicator"].to_numpy(), rows["year"].to_numpy()
    last_year = rows.groupby(by)["year"].transform("max").to_numpy()
    start = np.zeros(len(rows), dtype=int)
    for name, begin, end in breaks[["indicator", "first_year", "last_year"]].to_numpy():
        after = begin if begin == end else end + 1
        begins = np.where(last_year <= end, last_year, after).astype(int)
        is_later = (indicator == name) & (last_year >= begin)
        start = np.where(is_later, np.maximum(start, begins), start)
    return rows[year >= start]


def trend(values: pd.Series, *, of: pd.Series | None = None) -> pd.Series:
    """The direction of one series, and the statistic that it comes from.

    ``direction`` is "rising", "falling", "no clear direction" or "too few points"; ``slope`` the
    change in a year, ``p`` two-sided, ``points`` the years with a value, from ``first_year`` to
    ``last_year``, and ``method`` "weighted regression", "Mann-Kendall" or empty.

    Where each year's denominator is known, it is a regression on the year that
    weighs years by how sure they are and widens its range where years scatter more
    than chance would have them. Otherwise it is the rank test of Mann and Kendall
    with the slope of Theil and Sen; of four years alone it can never be sure.
    """
    known = values.dropna().sort_index()
    span = (int(known.index[0]), int(known.index[-1])) if len(known) else (0, 0)
    if len(known) < FEWEST_POINTS:
        return pd.Series((_TOO_FEW, np.nan, np.nan, len(known), *span, ""), _TREND)
    weights = None if of is None else _weights(known, of.reindex(known.index))
    slope, p = _rank_trend(known) if weights is None else _weighted_trend(known, weights)
    method = "Mann-Kendall" if weights is None else "weighted regression"
    return pd.Series((_direction(slope, p), slope, p, len(known), *span, method), _TREND)


def trends(series: pd.DataFrame) -> pd.DataFrame:
    """The direction of every series of a frame, corrected for how many an area has.

    Parameters
    ----------
    series : pd.DataFrame
        ``area_code``, ``indicator``, ``year`` and ``value`` of ``comparable_years``, with
        ``of`` where denominators are known. Each area and indicator has a row of the result,
        with what ``trend`` says and ``p_corrected``.
    """
    rows = []
    for (area_code, indicator), own in series.groupby(["area_code", "indicator"], sort=True):
        by_year = own.set_index("year")
        tested = trend(by_year["value"], of=by_year.get("of"))
        rows.append({"area_code": area_code, "indicator": indicator, **tested})
    frame = pd.DataFrame(rows, columns=["area_code", "indicator", *_TREND])
    p = adjust(frame["p"].astype(float), frame["area_code"])
    directions = [
        alone if alone == _TOO_FEW else _direction(slope, corrected)
        for slope, corrected, alone in zip(frame["slope"], p, frame["direction"], strict=True)
    ]
    return frame.assign(p_corrected=p, direction=pd.Series(directions, frame.index, dtype="str"))


def year_on_year(
    targets: pd.DataFrame, values: pd.DataFrame, *, family: str | None = None
) -> pd.DataFrame:
    """Each target as met, not met, unclear, or without data.

    A target is met where the last change goes its way by more than chance would have it,
    not met where it goes the other way by more than chance. With denominators, the last
    year is tested against the one before as two samples. Without them, the last change is
    compared with the usual size of the series' own earlier changes (at least
    ``FEWEST_CHANGES``), as a t statistic; with fewer it is unclear.

    Parameters
    ----------
    targets : pd.DataFrame
        ``indicator``, ``direction`` ("up" or "down", as the target has it) and ``measure``
        (the target in words).
    values : pd.DataFrame
        One authority: ``indicator``, ``year``, ``value``, of ``comparable_years``; with
        ``of`` and ``kind``, as ``gap_test`` has them, where denominators are known.
    family : str, optional
        The column that says which targets are corrected together; all of them otherwise.

    Returns
    -------
    pd.DataFrame
        A row for each target, in its order: its columns, ``year``, ``before``, ``after``,
        ``p``, ``basis`` (what the test rests on), ``as_intended`` of ``years`` (how many
        changes went the way of the target, of how many), ``change``, ``p_corrected`` and
        ``outcome`` ("met", "not met", "may be chance" or "not available").

    Raises
    ------
    DataError
        For missing columns, an unknown direction, or a repeated year.
    """
    _check_targets(targets, values, family)
    by_indicator = {str(name): series for name, series in values.groupby("indicator")}
    changes = [
        _last_change(by_indicator.get(str(row.indicator)), str(row.direction))
        for row in targets.itertuples()
    ]
    tested = targets.reset_index(drop=True).join(pd.DataFrame(changes, columns=_CHANGE))
    tested["change"] = tested["after"] - tested["before"]
    tested["p_corrected"] = adjust(tested["p"].astype(float), tested[family] if family else None)
    is_sure = tested["p_corrected"] < LEVEL
    along = tested["change"] * tested["direction"].map(_SIGN).astype(float)
    cases = {
        "not available": tested["change"].isna(),
        "met": is_sure & (along > 0),
        "not met": is_sure & (along < 0),
    }
    return tested.assign(outcome=np.select([*cases.values()], [*cases], "may be chance"))


def _direction(slope: float, p: float) -> str:
    if not p < LEVEL or slope == 0:
        return "no clear direction"
    return "rising" if slope > 0 else "falling"


def _weights(known: pd.Series, of: pd.Series) -> Floats | None:
    """One over the variance that chance gives each year; none where it is not known."""
    pooled = float((known * of).sum() / of.sum()) if of.notna().all() and of.gt(0).all() else 0.0
    return np.asarray(of.to_numpy(float) / (pooled * (1 - pooled))) if 0 < pooled < 1 else None


def _weighted_trend(known: pd.Series, weights: Floats) -> tuple[float, float]:
    """Slope and p-value; scatter beyond chance widens, scatter below it does not narrow."""
    years = known.index.to_numpy(float)
    fitted = WLS(known.to_numpy(float), add_constant(years - years.mean()), weights).fit()
    if fitted.scale > 0:
        spread = float(fitted.bse[1]) * np.sqrt(max(1.0, float(fitted.scale)) / fitted.scale)
    else:
        centre = np.average(years, weights=weights)
        spread = np.sqrt(1 / float((weights * (years - centre) ** 2).sum()))
    slope = float(fitted.params[1])
    return slope, float(2 * stats.t.sf(abs(slope) / spread, len(known) - 2))


def _rank_trend(known: pd.Series) -> tuple[float, float]:
    """Theil and Sen's slope, and the p-value of Mann and Kendall's test."""
    years, value = known.index.to_numpy(float), known.to_numpy(float)
    if np.ptp(value) == 0:
        return 0.0, 1.0
    p = float(stats.kendalltau(years, value).pvalue)
    return float(stats.theilslopes(value, years).slope), p


def _last_change(series: pd.DataFrame | None, direction: str) -> tuple[object, ...]:
    """What ``_CHANGE`` names of the last change of a series."""
    if series is None:
        return (np.nan, np.nan, np.nan, np.nan, "", 0, 0)
    by_year = series.set_index("year").sort_index()
    years = by_year.reindex(range(by_year.index[0], by_year.index[-1] + 1))
    changes = years["value"].diff()
    before = float(years["value"].iloc[-2]) if len(years) > 1 else np.nan
    as_intended = int((changes * _SIGN[direction] > 0).sum())
    return (
        int(years.index[-1]),
        before,
        float(years["value"].iloc[-1]),
        *_p_of_last(years, changes),
        as_intended,
        int(changes.notna().sum()),
    )


def _p_of_last(years: pd.DataFrame, changes: pd.Series) -> tuple[float, str]:
    """The p-value of the last change, and what it rests on; missing where neither can be had."""
    if len(years) < 2 or np.isnan(changes.iloc[-1]):
        return np.nan, ""
    before, after = years.iloc[[-2]], years.iloc[[-1]]
    if "of" in years and years["of"].iloc[-2:].gt(0).all():
        samples = [
            side[name].to_numpy(float) for side in (after, before) for name in ("value", "of")
        ]
        is_rate = after["kind"].eq("rate").to_numpy()
        return float(gap_p(*samples, is_rate=is_rate)[0]), "denominators"
    earlier = changes.iloc[:-1].dropna().to_numpy(float)
    if len(earlier) < FEWEST_CHANGES or not earlier.any():
        return np.nan, ""
    usual = float(np.sqrt(np.mean(earlier**2)))
    p = float(2 * stats.t.sf(abs(changes.iloc[-1]) / usual, len(earlier)))
    return p, "its own past changes"


def _check_targets(targets: pd.DataFrame, values: pd.DataFrame, family: str | None) -> None:
    wanted = ("indicator", "direction", "measure", *([family] if family else ()))
    check_columns(targets.columns, wanted, where="targets", remedy="give a row for each target")
    wanted = ("indicator", "year", "value", *(("kind",) if "of" in values else ()))
    check_columns(values.columns, wanted, where="values", remedy="give a row for each year")
    problems = [
        Problem("unknown_direction", f"direction {direction!r}", remedy="valid: up, down")
        for direction in sorted(set(targets["direction"]) - set(_SIGN))
    ] + [
        Problem(
            "two_targets",
            f"{row.indicator} has two values in {row.year}",
            remedy="give one authority",
        )
        for row in values[values.duplicated(["indicator", "year"])].itertuples()
    ]
    raise_any(DataError, "The targets cannot be tested.", problems)
