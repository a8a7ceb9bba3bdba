"""Is a gap larger than chance would make it? Tests, corrected for their number.

A figure of one authority is beside another's, or beside one that is taken as exact
(England, or a target), and each page puts many such gaps beside each other. So the
p-values of a page are corrected together, and a gap is called a difference only
where its corrected p-value is below ``LEVEL``. With fewer than ``FEWEST_EXPECTED``
cases expected, a gap that is not a difference is "too few to say" and not "similar".
"""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd
from scipy import stats

from sendlib.compare.intervals import Flags, Floats, gap_interval, rate_interval, share_interval
from sendlib.errors import DataError, Problem, raise_any
from sendlib.validation import check_columns

LEVEL = 0.05
FEWEST_EXPECTED = 5.0
FEW_EXPECTED = 10.0  # below this the score test of two shares is too quick
CORRECTIONS = ("holm", "benjamini-hochberg")
_KINDS = ("share", "rate")
_NEEDED = ("value", "of", "other", "other_of", "kind")


class Result(StrEnum):
    """What can be said of a gap."""

    HIGHER = "higher"
    LOWER = "lower"
    SIMILAR = "similar"
    TOO_FEW = "too few"
    NO_DENOMINATOR = "no denominator"
    NO_VALUE = "no value"


def gap_test(
    gaps: pd.DataFrame,
    *,
    page: str | Sequence[str] | None = None,
    level: float = LEVEL,
    correction: str = "holm",
) -> pd.DataFrame:
    """Each gap with its interval, its corrected p-value and what can be said of it.

    Parameters
    ----------
    gaps : pd.DataFrame
        One row for each pair: ``value`` and ``other`` (shares from 0 to 1, or
        events for each person), ``of`` and ``other_of`` (how many each is of:
        missing where not published; infinite where the figure is taken as
        exact), ``kind`` ("share" or "rate"). Further columns are kept.
    page : str or list of str, optional
        The columns that say which gaps stand on one page and are corrected
        together; all of them otherwise.
    level : float
        The corrected p-value below which a gap is a difference. [0 to 1]
    correction : str
        "holm" keeps the chance of any false alarm on a page at ``level``;
        "benjamini-hochberg" keeps the share of false ones among the alarms.

    Returns
    -------
    pd.DataFrame
        The columns given, then ``low``, ``high`` (95% interval of ``value``),
        ``gap``, ``gap_low``, ``gap_high`` (95% interval of the gap, not
        corrected), ``p``, ``p_corrected``, ``compared`` (tests on the page) and
        ``result``.

    Raises
    ------
    DataError
        For missing columns, a kind that is not known, a share outside 0 to 1, a
        negative rate, a denominator that is not positive.

    Notes
    -----
    Authorities are a part of England, so the two are not wholly independent;
    the test is then a little slow to call a difference. Persons are taken to be
    independent of each other; where one school decides for many, chance is
    larger than this says.
    """
    check_gaps(gaps)
    value, of = (gaps[name].to_numpy(float) for name in ("value", "of"))
    other, other_of = (gaps[name].to_numpy(float) for name in ("other", "other_of"))
    is_rate = gaps["kind"].eq("rate").to_numpy()
    low, high = _interval(value, of, is_rate)
    gap_low, gap_high = gap_interval(
        (value, low, high), (other, *_interval(other, other_of, is_rate))
    )
    p = gap_p(value, of, other, other_of, is_rate=is_rate)
    tested = gaps.assign(
        low=low, high=high, gap=value - other, gap_low=gap_low, gap_high=gap_high, p=p
    )
    tested["p_corrected"] = adjust(tested["p"], tested, page=page, correction=correction)
    tested["compared"] = _tests(tested, page)
    few = _expected(value, of, other, other_of, is_rate) < FEWEST_EXPECTED
    return tested.assign(result=_results(tested, few, level))


def gap_p(value: Floats, of: Floats, other: Floats, other_of: Floats, *, is_rate: Flags) -> Floats:
    """Two-sided p-values of gaps.

    Beside an exact figure the test is the exact binomial or Poisson one, twice
    the smaller tail. Between two samples it is, for shares, the score test with a
    continuity correction, or Fisher's exact one where fewer than ``FEW_EXPECTED``
    cases are expected and the score test would be too quick; for rates, the exact
    conditional test. All are slow rather than quick to find a difference.
    """
    p = np.full(len(value), np.nan)
    known = np.isfinite(value) & np.isfinite(other) & np.isfinite(of) & ~np.isnan(other_of)
    exact = np.isposinf(other_of)
    for chosen, test in (
        (known & exact & ~is_rate, _one_share),
        (known & exact & is_rate, _one_rate),
        (known & ~exact & ~is_rate, _two_shares),
        (known & ~exact & is_rate, _two_rates),
    ):
        if chosen.any():
            p[chosen] = test(value[chosen], of[chosen], other[chosen], other_of[chosen])
    return p


def adjust(
    p: pd.Series,
    frame: pd.DataFrame,
    *,
    page: str | Sequence[str] | None = None,
    correction: str = "holm",
) -> pd.Series:
    """p-values corrected for how many stand on each page; missing ones do not count.

    All pages at once: ``statsmodels`` gives the same, a page at a time, and
    collects garbage at each.
    """
    if correction not in CORRECTIONS:
        problem = Problem(f"correction {correction!r}", remedy=f"valid: {', '.join(CORRECTIONS)}")
        raise DataError("The gaps cannot be corrected.", [problem])
    ordered = pd.DataFrame({"p": p.to_numpy(float), "page": _pages(frame, page)})
    ordered = ordered.dropna().sort_values("p", kind="stable")
    pages = ordered.groupby("page")["p"]
    ahead, tests = pages.cumcount(), pages.transform("size")
    if correction == "holm":
        raw = ordered.assign(p=ordered["p"] * (tests - ahead))
        corrected = raw.groupby("page")["p"].cummax()
    else:
        raw = ordered.assign(p=ordered["p"] * tests / (ahead + 1))[::-1]
        corrected = raw.groupby("page")["p"].cummin()
    return pd.Series(corrected.clip(upper=1).reindex(range(len(p))).to_numpy(), index=p.index)


def check_gaps(gaps: pd.DataFrame) -> None:
    """Refuse gaps between figures that are not what they should be."""
    missing = [Problem(f"column {name} is missing") for name in _NEEDED if name not in gaps]
    raise_any(DataError, "The gaps cannot be tested.", missing)
    share = gaps["kind"] == "share"
    wrong = {
        "is neither a share nor a rate": ~gaps["kind"].isin(_KINDS),
        "has a denominator that is not above 0": (gaps["of"] <= 0) | (gaps["other_of"] <= 0),
        "is itself taken as exact": np.isinf(gaps["of"]),
        "is below 0": (gaps["value"] < 0) | (gaps["other"] < 0),
        "is a share above 1": share & ((gaps["value"] > 1) | (gaps["other"] > 1)),
    }
    problems = [
        Problem(f"row {row} {what}", remedy="give shares from 0 to 1 and counts above 0")
        for what, rows in wrong.items()
        for row in gaps.index[rows]
    ]
    raise_any(DataError, "The gaps cannot be tested.", problems)


def _interval(value: Floats, of: Floats, is_rate: Flags) -> tuple[Floats, Floats]:
    low, high = share_interval(np.where(is_rate, np.nan, value), of)
    rate_low, rate_high = rate_interval(np.where(is_rate, value, np.nan), of)
    return np.where(is_rate, rate_low, low), np.where(is_rate, rate_high, high)


def _one_share(value: Floats, of: Floats, other: Floats, _: Floats) -> Floats:
    count, number = np.rint(value * of), np.rint(of)
    return _two_tails(
        stats.binom.cdf(count, number, other), stats.binom.sf(count - 1, number, other)
    )


def _one_rate(value: Floats, of: Floats, other: Floats, _: Floats) -> Floats:
    count, expected = np.rint(value * of), other * of
    return _two_tails(stats.poisson.cdf(count, expected), stats.poisson.sf(count - 1, expected))


def _two_shares(value: Floats, of: Floats, other: Floats, other_of: Floats) -> Floats:
    pooled = (value * of + other * other_of) / (of + other_of)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / of + 1 / other_of))
    gap = np.maximum(np.abs(value - other) - (1 / of + 1 / other_of) / 2, 0.0)
    z = np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 0)
    p = np.asarray(2 * stats.norm.sf(z))
    few = np.minimum(pooled, 1 - pooled) * np.minimum(of, other_of) < FEW_EXPECTED
    if few.any():
        p[few] = _two_few_shares(value[few], of[few], other[few], other_of[few])
    return p


def _two_few_shares(value: Floats, of: Floats, other: Floats, other_of: Floats) -> Floats:
    """Fisher's exact test, twice the smaller tail."""
    count, theirs = np.rint(value * of), np.rint(other * other_of)
    number, both = np.rint(of), np.rint(of) + np.rint(other_of)
    having = count + theirs
    return _two_tails(
        stats.hypergeom.cdf(count, both, having, number),
        stats.hypergeom.sf(count - 1, both, having, number),
    )


def _two_rates(value: Floats, of: Floats, other: Floats, other_of: Floats) -> Floats:
    count, theirs = np.rint(value * of), np.rint(other * other_of)
    both, share = count + theirs, of / (of + other_of)
    return _two_tails(stats.binom.cdf(count, both, share), stats.binom.sf(count - 1, both, share))


def _two_tails(below: Floats, above: Floats) -> Floats:
    return np.asarray(np.minimum(1.0, 2 * np.minimum(below, above)))


def _expected(value: Floats, of: Floats, other: Floats, other_of: Floats, is_rate: Flags) -> Floats:
    """The fewest cases that are expected on either side, were there no difference."""
    exact = np.isposinf(other_of)
    theirs = np.where(exact, 1.0, other_of)
    pooled = np.where(exact, other, (value * of + other * theirs) / (of + theirs))
    rarer = np.where(is_rate, pooled, np.minimum(pooled, 1 - pooled))
    return np.asarray(rarer * np.fmin(of, other_of))


def _pages(frame: pd.DataFrame, page: str | Sequence[str] | None) -> np.ndarray:
    if page is None:
        return np.zeros(len(frame), dtype=int)
    names = [page] if isinstance(page, str) else list(page)
    check_columns(frame.columns, names, where="page", remedy="name columns of the gaps")
    return frame.groupby(names, sort=False, dropna=False).ngroup().to_numpy()


def _tests(tested: pd.DataFrame, page: str | Sequence[str] | None) -> pd.Series:
    return tested["p"].groupby(_pages(tested, page)).transform("count")


def _results(tested: pd.DataFrame, few: np.ndarray, level: float) -> np.ndarray:
    differs = tested["p_corrected"] < level
    no_value = tested["value"].isna() | tested["other"].isna()
    return np.select(
        [no_value, tested["p"].isna(), differs & (tested["gap"] > 0), differs, few],
        [
            Result.NO_VALUE.value,
            Result.NO_DENOMINATOR.value,
            Result.HIGHER.value,
            Result.LOWER.value,
            Result.TOO_FEW.value,
        ],
        default=Result.SIMILAR.value,
    )
