"""Is a gap larger than chance would make it? Intervals, and tests corrected for a page's number.

A gap is called a difference only where its p-value, corrected with all others of its frame
(Holm), is below ``LEVEL``; with few cases, no difference is "too few" and not "similar".

References
----------
- Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of
  Statistics 6(2), 65-70.
- Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
  Journal of the American Statistical Association 22(158), 209-212.
- Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28(3/4), 437-442.
- Zou, G. Y. and Donner, A. (2008). Construction of confidence limits about effect measures: a
  general approach. Statistics in Medicine 27(10), 1693-1702.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

from sendlib.areas import PeerGroup
from sendlib.compare.funnel import COVERAGE, among_councils, latest_counted
from sendlib.errors import DataError, Problem, raise_any
from sendlib.validation import check_columns
from sendlib.vocabulary import ENGLAND

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
LEVEL = 0.05
FEWEST_EXPECTED = 5.0  # cases, below which a gap cannot be called similar
FEW_EXPECTED = 10.0  # below this the score test of two shares is too quick
_NEEDED = ("value", "of", "other", "other_of", "kind")
_RESULT = ["result", "gap_low", "gap_high"]
_SHARED = ["indicator", "year", "period", "comparison", "value", "other", *_RESULT]


def gap_test(gaps: pd.DataFrame) -> pd.DataFrame:
    """Each gap with its interval, its p-value corrected with all others, and what can be said.

    Authorities are a part of England, so the two are not wholly independent; the test is
    then a little slow to call a difference. Persons are taken to be independent of each
    other; where one school decides for many, chance is larger than this says.

    Parameters
    ----------
    gaps : pd.DataFrame
        One row for each pair: ``value`` and ``other`` (shares from 0 to 1, or events for
        each person), ``of`` and ``other_of`` (how many each is of: missing where not
        published; infinite where the figure is taken as exact), ``kind`` ("share" or "rate").

    Returns
    -------
    pd.DataFrame
        The columns of ``gaps``, then ``low``, ``high`` (95% interval of ``value``), ``gap``,
        ``gap_low``, ``gap_high`` (95% interval of the gap, not corrected), ``p``,
        ``p_corrected`` and ``result`` ("higher", "lower", "similar", "too few",
        "no denominator" or "no value").

    Raises
    ------
    DataError
        For missing columns, a kind that is not known, a share outside 0 to 1, a negative
        rate, a denominator that is not positive.
    """
    _check_gaps(gaps)
    value, of = (gaps[name].to_numpy(float) for name in ("value", "of"))
    other, other_of = (gaps[name].to_numpy(float) for name in ("other", "other_of"))
    is_rate = gaps["kind"].eq("rate").to_numpy()
    low, high = interval(value, of, is_rate)
    gap_low, gap_high = gap_interval(
        (value, low, high), (other, *interval(other, other_of, is_rate))
    )
    p = gap_p(value, of, other, other_of, is_rate=is_rate)
    tested = gaps.assign(
        low=low, high=high, gap=value - other, gap_low=gap_low, gap_high=gap_high, p=p
    )
    tested["p_corrected"] = adjust(tested["p"])
    differs = tested["p_corrected"] < LEVEL
    cases: dict[str, Any] = {
        "no value": tested["value"].isna() | tested["other"].isna(),
        "no denominator": tested["p"].isna(),
        "higher": differs & (tested["gap"] > 0),
        "lower": differs,
        "too few": _expected(value, of, other, other_of, is_rate) < FEWEST_EXPECTED,
    }
    return tested.assign(result=np.select([*cases.values()], [*cases], "similar"))


def gap_p(value: Floats, of: Floats, other: Floats, other_of: Floats, *, is_rate: Flags) -> Floats:
    """Two-sided p-values of gaps, slow rather than quick to find a difference.

    Against an exact figure the test is the exact binomial or Poisson one, twice
    the smaller tail. Between two samples it is, for shares, the score test with a
    continuity correction, or Fisher's exact one where fewer than ``FEW_EXPECTED``
    cases are expected; for rates, the exact conditional test.
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


def adjust(p: pd.Series, family: pd.Series | None = None) -> pd.Series:
    """Holm's corrected p-values of each family, or of one; missing ones do not count.

    All families at once: ``statsmodels`` gives the same, a family at a time, and
    collects garbage at each.
    """
    families = 0 if family is None else family.to_numpy()
    ordered = pd.DataFrame({"p": p.to_numpy(float), "family": families})
    ordered = ordered.dropna().sort_values("p", kind="stable")
    tests = ordered.groupby("family")["p"]
    raw = ordered["p"] * (tests.transform("size") - tests.cumcount())
    corrected = raw.groupby(ordered["family"]).cummax().clip(upper=1)
    return pd.Series(corrected.reindex(range(len(p))).to_numpy(), index=p.index)


def latest_tests(
    counted: pd.DataFrame, group: PeerGroup, better: pd.Series | None = None
) -> pd.DataFrame:
    """Each counted figure of an authority tested against England and against its neighbours.

    The neighbours count as one: all their cases over all their persons. England is taken
    as exact.

    Parameters
    ----------
    counted : pd.DataFrame
        ``area_code``, ``indicator``, ``year``, ``period``, ``value``, ``of`` and ``kind``,
        of every area.
    group : PeerGroup
        The authority and whom it is compared with.
    better : pd.Series, optional
        Which way is better, by indicator; adds ``effect`` ("better", "worse", or empty
        without a difference) and the columns of ``among_councils``.

    Returns
    -------
    pd.DataFrame
        For the last year of each indicator, a row for "england" and, where some neighbour
        has a figure, for "neighbours" (column ``comparison``): the columns of ``counted``,
        those of ``gap_test``, and ``areas`` (how many neighbours).

    Raises
    ------
    NotAvailableError
        If the authority has no counted figure.
    """
    own = latest_counted(counted, group)
    keys = ["indicator", "year"]
    cells = pd.MultiIndex.from_frame(own[keys])
    england = counted[counted["area_code"] == ENGLAND].set_index(keys)["value"].reindex(cells)
    national = own.assign(
        comparison="england", other=england.to_numpy(), other_of=np.inf, areas=1
    ).dropna(subset=["other"])
    theirs = counted[counted["area_code"].isin(list(group.neighbours))]
    cases = theirs.assign(cases=theirs["value"] * theirs["of"]).groupby(keys)
    pooled = cases.agg(
        other=("cases", "sum"), other_of=("of", "sum"), areas=("area_code", "nunique")
    )
    pooled["other"] /= pooled["other_of"]
    pooled = pooled.reindex(cells).reset_index(drop=True)
    local = own.assign(comparison="neighbours").join(pooled)[pooled["areas"].gt(0)]
    tests = gap_test(pd.concat([national, local], ignore_index=True))
    if better is None:
        return tests
    good = tests["indicator"].map(better)
    differs = tests["result"].isin(["higher", "lower"]) & good.isin(["higher", "lower"])
    effect = pd.Series(np.where(tests["result"] == good, "better", "worse"), tests.index)
    return tests.join(among_councils(counted, group), on="indicator").assign(
        effect=effect.where(differs, "")
    )


def with_tests(measures: pd.DataFrame, counted: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """The figures of a page with their test results, the same as on every other page.

    ``measures`` have ``indicator`` (a name of ``counted``, or empty), ``year`` and what
    ``gap_test`` needs, missing where not known. A figure that is counted has the ``result``,
    ``gap_low`` and ``gap_high`` of ``latest_tests``, against England or else the neighbours;
    where that is of another year than the page's figure, it is in columns that begin with
    ``tested_``. What is not counted is tested by its own ``of``, and those are corrected
    among themselves.
    """
    has_counts = (counted["area_code"] == group.area_code).any()
    tests = latest_tests(counted, group) if has_counts else pd.DataFrame(columns=_SHARED)
    shared = tests[_SHARED].drop_duplicates("indicator").set_index("indicator")
    is_shared = measures["indicator"].isin(shared.index)
    shared = shared.reindex(measures["indicator"]).set_axis(measures.index)
    same_year = is_shared & (shared["year"] == measures["year"])
    alone = gap_test(measures[~is_shared].dropna(subset=["of", "other", "other_of"]))
    alone = alone.reindex(measures.index)
    results = {name: shared[name].where(same_year, alone[name]) for name in _RESULT}
    earlier = shared[["period", "comparison", "value", "other", "result"]]
    earlier = earlier.where(is_shared & ~same_year).add_prefix("tested_")
    return measures.assign(**results).join(earlier)


def interval(value: ArrayLike, of: ArrayLike, is_rate: ArrayLike) -> tuple[Floats, Floats]:
    """Wilson's interval of a share: those who have something, of all who could.

    Of a rate of events, of which one person may have several, the exact one (Poisson). A figure
    that is exact is both ends itself.
    """
    values, base, rate = np.broadcast_arrays(
        np.asarray(value, float), np.asarray(of, float), np.asarray(is_rate)
    )
    known = np.isfinite(values) & np.isfinite(base) & (base > 0)
    low = np.where(np.isposinf(base), values, np.nan)
    high = low.copy()
    for chosen, of_counts, method in (
        (known & ~rate, proportion_confint, "wilson"),
        (known & rate, confint_poisson, "exact-c"),
    ):
        if chosen.any():
            low[chosen], high[chosen] = of_counts(
                values[chosen] * base[chosen], base[chosen], method=method, alpha=1 - COVERAGE
            )
    return low, high


def gap_interval(
    value: tuple[ArrayLike, ArrayLike, ArrayLike], other: tuple[ArrayLike, ArrayLike, ArrayLike]
) -> tuple[Floats, Floats]:
    """The interval of a gap, from the two values and their intervals (MOVER; Newcombe's 10)."""
    own, own_low, own_high = (np.asarray(part, dtype=float) for part in value)
    theirs, their_low, their_high = (np.asarray(part, dtype=float) for part in other)
    gap = own - theirs
    low = gap - np.hypot(own - own_low, their_high - theirs)
    high = gap + np.hypot(own_high - own, theirs - their_low)
    return low, high


def _check_gaps(gaps: pd.DataFrame) -> None:
    """Refuse gaps between figures that are not what they should be."""
    check_columns(gaps.columns, _NEEDED, where="gaps", remedy="give a row for each pair")
    above_one = (gaps["value"] > 1) | (gaps["other"] > 1)
    wrong = {
        Problem("unknown_kind", "neither a share nor a rate"): ~gaps["kind"].isin(
            ["share", "rate"]
        ),
        Problem("denominator_not_above_0", "a denominator that is not above 0"): (gaps["of"] <= 0)
        | (gaps["other_of"] <= 0),
        Problem("exact_figure", "taken as exact itself"): np.isinf(gaps["of"]),
        Problem("share_below_0", "a number below 0"): (gaps["value"] < 0) | (gaps["other"] < 0),
        Problem("share_above_1", "a share above 1"): gaps["kind"].eq("share") & above_one,
    }
    remedy = "give shares from 0 to 1 and counts above 0"
    problems = [
        replace(problem, where=f"gaps, row {row}", remedy=remedy)
        for problem, rows in wrong.items()
        for row in gaps.index[rows]
    ]
    raise_any(DataError, "The gaps cannot be tested.", problems)


def _one_share(value: Floats, of: Floats, other: Floats, _: Floats) -> Floats:
    return _two_tails(np.rint(value * of), stats.binom(np.rint(of), other))


def _one_rate(value: Floats, of: Floats, other: Floats, _: Floats) -> Floats:
    return _two_tails(np.rint(value * of), stats.poisson(other * of))


def _two_shares(value: Floats, of: Floats, other: Floats, other_of: Floats) -> Floats:
    pooled = (value * of + other * other_of) / (of + other_of)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / of + 1 / other_of))
    gap = np.maximum(np.abs(value - other) - (1 / of + 1 / other_of) / 2, 0.0)
    z = np.divide(gap, spread, out=np.zeros_like(gap), where=spread > 0)
    p = np.asarray(2 * stats.norm.sf(z))
    few = np.minimum(pooled, 1 - pooled) * np.minimum(of, other_of) < FEW_EXPECTED
    if few.any():
        count, theirs = np.rint(value * of)[few], np.rint(other * other_of)[few]
        number, everyone = np.rint(of)[few], (np.rint(of) + np.rint(other_of))[few]
        p[few] = _two_tails(count, stats.hypergeom(everyone, count + theirs, number))
    return p


def _two_rates(value: Floats, of: Floats, other: Floats, other_of: Floats) -> Floats:
    count, theirs = np.rint(value * of), np.rint(other * other_of)
    return _two_tails(count, stats.binom(count + theirs, of / (of + other_of)))


def _two_tails(count: Floats, distribution: Any) -> Floats:
    """The p-value of a count, twice the smaller tail of its distribution."""
    below, above = distribution.cdf(count), distribution.sf(count - 1)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(below, above)))


def _expected(value: Floats, of: Floats, other: Floats, other_of: Floats, is_rate: Flags) -> Floats:
    """The fewest cases that are expected on either side, were there no difference."""
    exact = np.isposinf(other_of)
    theirs = np.where(exact, 1.0, other_of)
    pooled = np.where(exact, other, (value * of + other * theirs) / (of + theirs))
    rarer = np.where(is_rate, pooled, np.minimum(pooled, 1 - pooled))
    return np.asarray(rarer * np.fmin(of, other_of))
