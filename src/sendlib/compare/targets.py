"""Did a measure of success move as its target asked, year on year?

A target is met where the last change goes the way of the target by more than chance
would have it, not met where it goes the other way by more than chance, and too
close to call in between. Without the value of a year, or across a break, there
are no data to call it by.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from scipy import stats

from sendlib.compare.uncertainty import LEVEL, adjust, gap_p
from sendlib.errors import DataError, Problem, raise_any

FEWEST_CHANGES = 4  # earlier changes from which the usual one is taken
COLUMNS = ("indicator", "direction", "measure")
DENOMINATORS = "denominators"
PAST_CHANGES = "its own past changes"
_SIGN = {"up": 1.0, "down": -1.0}


class Outcome(StrEnum):
    """What became of a target."""

    MET = "met"
    NOT_MET = "not met"
    UNCLEAR = "may be chance"
    NO_DATA = "not available"


@dataclass(frozen=True)
class _Change:
    """The last change of a series, and how sure it is."""

    year: float = np.nan
    before: float = np.nan
    after: float = np.nan
    p: float = np.nan
    basis: str = ""
    as_intended: int = 0
    years: int = 0


def year_on_year(
    targets: pd.DataFrame,
    values: pd.DataFrame,
    *,
    family: str | None = None,
) -> pd.DataFrame:
    """Each measure of success as met, not met, too close to call, or no data.

    With denominators, the last year is tested against the one before as two
    samples. Without them, the last change is set against the usual size of the
    series' own earlier changes (at least ``FEWEST_CHANGES``), as a t statistic;
    with fewer it is too close to call. The p-values of a family are corrected together.

    Parameters
    ----------
    targets : pd.DataFrame
        ``indicator``, ``direction`` ("up" or "down", as the target has it) and
        ``measure`` (the target in words). Further columns are kept.
    values : pd.DataFrame
        One authority: ``indicator``, ``year``, ``value``, for years that are
        alike (``unbroken``); with ``of`` and ``kind`` where denominators are
        held (shares from 0 to 1, or events for each person).
    family : str, optional
        The column that says which targets are tested together; all of them otherwise.

    Returns
    -------
    pd.DataFrame
        A row for each target, in its order: its columns, ``year``, ``before``,
        ``after``, ``p``, ``basis`` (what the test rests on), ``as_intended`` of
        ``years`` (how many changes from one year to the next went the way of the target
        way, of how many), ``change``, ``p_corrected`` and ``outcome``.

    Raises
    ------
    DataError
        For missing columns, an unknown direction, or a repeated year.
    """
    _check(targets, values)
    by_indicator = {str(name): series for name, series in values.groupby("indicator")}
    changes = [
        _last_change(by_indicator.get(str(row.indicator)), _SIGN[str(row.direction)])
        for row in targets.itertuples()
    ]
    found = targets.reset_index(drop=True).join(
        pd.DataFrame([vars(change) for change in changes], columns=list(vars(_Change())))
    )
    found["change"] = found["after"] - found["before"]
    found["p_corrected"] = adjust(found["p"].astype(float), found, page=family)
    sign = found["direction"].map(_SIGN).astype(float)
    found["outcome"] = _outcomes(found, sign)
    return found


def _last_change(series: pd.DataFrame | None, sign: float) -> _Change:
    if series is None:
        return _Change()
    by_year = series.set_index("year").sort_index()
    full = by_year.reindex(range(by_year.index[0], by_year.index[-1] + 1))
    moved = full["value"].diff()
    year, after = int(full.index[-1]), float(full["value"].iloc[-1])
    before = float(full["value"].iloc[-2]) if len(full) > 1 else np.nan
    p, basis = _p_of_last(full, moved)
    along = int((moved * sign > 0).sum())
    return _Change(year, before, after, p, basis, along, int(moved.notna().sum()))


def _p_of_last(full: pd.DataFrame, moved: pd.Series) -> tuple[float, str]:
    if len(full) < 2 or np.isnan(moved.iloc[-1]):
        return np.nan, ""
    pair = full.iloc[-2:]
    if "of" in full and pair["of"].gt(0).all():
        return _p_of_samples(pair), DENOMINATORS
    earlier = moved.iloc[:-1].dropna().to_numpy(float)
    usual = float(np.sqrt(np.mean(earlier**2))) if len(earlier) else 0.0
    if len(earlier) < FEWEST_CHANGES or usual == 0:
        return np.nan, ""
    return float(2 * stats.t.sf(abs(moved.iloc[-1]) / usual, len(earlier))), PAST_CHANGES


def _p_of_samples(pair: pd.DataFrame) -> float:
    before, after = (pair.iloc[[place]] for place in (0, 1))
    p = gap_p(
        after["value"].to_numpy(float),
        after["of"].to_numpy(float),
        before["value"].to_numpy(float),
        before["of"].to_numpy(float),
        is_rate=after["kind"].eq("rate").to_numpy(),
    )
    return float(p[0])


def _outcomes(found: pd.DataFrame, sign: pd.Series) -> np.ndarray:
    sure = found["p_corrected"] < LEVEL
    along = found["change"] * sign
    return np.select(
        [found["change"].isna(), sure & (along > 0), sure & (along < 0)],
        [Outcome.NO_DATA.value, Outcome.MET.value, Outcome.NOT_MET.value],
        default=Outcome.UNCLEAR.value,
    )


def _check(targets: pd.DataFrame, values: pd.DataFrame) -> None:
    missing = [Problem(f"column {name} is missing") for name in COLUMNS if name not in targets]
    missing += [
        Problem(f"column {name} of the values is missing")
        for name in ("indicator", "year", "value", *(("kind",) if "of" in values else ()))
        if name not in values
    ]
    raise_any(DataError, "The targets cannot be tested.", missing)
    problems = [
        Problem(f"direction {direction!r}", remedy="valid: up, down")
        for direction in sorted(set(targets["direction"]) - set(_SIGN))
    ]
    twice = values[values.duplicated(["indicator", "year"])]
    problems += [
        Problem(f"{row.indicator} has two values in {row.year}", remedy="give one authority")
        for row in twice.itertuples()
    ]
    raise_any(DataError, "The targets cannot be tested.", problems)
