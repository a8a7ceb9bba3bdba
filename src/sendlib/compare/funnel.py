"""How far chance alone would scatter authorities: funnel limits, and ranges of ranks.

References
----------
- Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in
  Medicine 24(8), 1185-1202.
- DerSimonian, R. and Laird, N. (1986). Meta-analysis in clinical trials. Controlled Clinical
  Trials 7(3), 177-188.
- Goldstein, H. and Spiegelhalter, D. J. (1996). League tables and their limitations. Journal of
  the Royal Statistical Society A 159(3), 385-443.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from sendlib.areas import PeerGroup
from sendlib.errors import NotAvailableError, Problem
from sendlib.vocabulary import ENGLAND

COVERAGE = 0.95  # of intervals and of ranges of ranks
COVERAGES = (COVERAGE, 0.998)  # of the limits of a funnel
DRAWS = 2_000
_RANK_TAILS = ((1 - COVERAGE) / 2, (1 + COVERAGE) / 2)
_SEED = 20250116  # of the draws of ranks
_FEWEST_COUNCILS = 8  # from which the variance between councils can be estimated
_GRID = 80  # denominators at which the limits of a funnel are drawn
_POINTS = ["area_code", "area_name", "role", "of", "value", "beyond", "source_id"]
_LIMITS = ["of", "coverage", "low", "high"]


@dataclass(frozen=True)
class Funnel:
    """What a funnel plot shows."""

    points: pd.DataFrame  # columns ``_POINTS``, an authority a row
    limits: pd.DataFrame  # as made by ``funnel_limits``
    centre: float  # England's figure, or that of all authorities where it has none
    period: str


def funnel_of(
    counted: pd.DataFrame, group: PeerGroup, indicator: str, areas: pd.DataFrame
) -> Funnel:
    """All authorities on one counted figure, in the last year that the authority has it.

    Parameters
    ----------
    counted, group
        As for ``latest_tests``.
    indicator : str
        Which figure.
    areas : pd.DataFrame
        Table ``area``, for the names.

    Returns
    -------
    Funnel
        ``points`` have an authority a row: ``area_code``, ``area_name``, ``role``
        ("authority", "neighbour" or "other"), ``of``, ``value``, ``beyond`` ("above",
        "below" or "inside" the outer limits), ``source_id``; none where the authority has
        no such figure. ``limits`` are as made by ``funnel_limits``, about ``centre``.
    """
    figures = counted[counted["indicator"] == indicator]
    if not figures["area_code"].eq(group.area_code).any():
        empty = pd.DataFrame(columns=_POINTS)
        empty.attrs["why"] = f"No count of it is published for {group.name}."
        return Funnel(empty, pd.DataFrame(columns=_LIMITS), np.nan, "")
    own = latest_counted(figures, group).iloc[0]
    kind, period = str(own["kind"]), str(own["period"])
    cell = figures[figures["year"] == own["year"]]
    england = cell.loc[cell["area_code"] == ENGLAND, "value"]
    points = cell[cell["area_code"].str.isdigit()]
    pooled = float((points["value"] * points["of"]).sum() / points["of"].sum())
    centre = float(england.iloc[0]) if len(england) else pooled
    outer = funnel_limits(points["of"], centre, kind=kind, coverages=COVERAGES[-1:])
    is_above = points["value"] > outer["high"].to_numpy()
    is_below = points["value"] < outer["low"].to_numpy()
    is_own = points["area_code"] == group.area_code
    is_neighbour = points["area_code"].isin(list(group.neighbours))
    names = areas.drop_duplicates("area_code").set_index("area_code")["area_name"]
    points = points.assign(
        area_name=points["area_code"].map(names),
        role=np.select([is_own, is_neighbour], ["authority", "neighbour"], "other"),
        beyond=np.select([is_above, is_below], ["above", "below"], "inside"),
    )[_POINTS].reset_index(drop=True)
    points.attrs = {"of": "how many the share is of", "period": period}
    grid = np.geomspace(points["of"].min() * 0.8, points["of"].max() * 1.1, _GRID)
    return Funnel(points, funnel_limits(np.rint(grid), centre, kind=kind), centre, period)


def funnel_limits(
    of: ArrayLike, centre: float, *, kind: str = "share", coverages: Sequence[float] = COVERAGES
) -> pd.DataFrame:
    """Between which limits chance alone would leave a figure, by its denominator.

    The limits are those of the exact binomial or Poisson distribution about the
    mean of the group, drawn between whole counts (Spiegelhalter 2005, Statistics
    in Medicine 24, 1185-1202).
    """
    base = np.atleast_1d(np.asarray(of, dtype=float))
    chance = stats.poisson(base * centre) if kind == "rate" else stats.binom(base, centre)
    parts = []
    for coverage in coverages:
        ends = {}
        for end, below in (("low", (1 - coverage) / 2), ("high", (1 + coverage) / 2)):
            count = chance.ppf(below)
            at, before = chance.cdf(count), chance.cdf(count - 1)
            ends[end] = np.clip(count - (at - below) / (at - before), 0.0, None) / base
        parts.append(pd.DataFrame({"of": base, "coverage": coverage, **ends}))
    return pd.concat(parts, ignore_index=True)


def rank_ranges(values: pd.DataFrame, *, rng: np.random.Generator) -> pd.DataFrame:
    """The rank of each authority from the highest down, and the range that chance leaves it.

    Each draw gives every authority a value from what its count leaves possible
    (Jeffreys' posterior: beta for a share, gamma for a rate) and ranks them all.
    """
    of, size = values["of"].to_numpy(float), (DRAWS, len(values))
    cases = values["value"].to_numpy(float) * of
    if values["kind"].eq("rate").all():
        draws = rng.gamma(cases + 0.5, size=size) / of
    else:
        draws = rng.beta(cases + 0.5, of - cases + 0.5, size=size)
    ranks = stats.rankdata(-draws, axis=1, method="ordinal")
    low, high = np.quantile(ranks, _RANK_TAILS, axis=0, method="nearest").astype(float)
    rank = values["value"].rank(method="min", ascending=False)
    return pd.DataFrame({"rank": rank, "rank_low": low, "rank_high": high})


def among_councils(counted: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """Where the last figures of an authority lie among those of all councils, by ``indicator``.

    Councils differ by more than chance, so beside chance a figure is allowed the variance
    between them (DerSimonian and Laird's; Spiegelhalter 2005). It is called unusual where
    fewer than one council in twenty would lie so far out.

    Returns
    -------
    pd.DataFrame
        The columns of ``rank_ranges``, ``ranked`` (how many councils), ``among`` ("unusually
        high", "unusually low", "as most", or "too few councils"), ``usual_low`` and
        ``usual_high`` (between which nineteen in twenty councils of its size would lie).
    """
    own = latest_counted(counted, group)
    councils = counted[counted["area_code"].str.isdigit()]
    streams = np.random.SeedSequence(_SEED).spawn(len(own))
    rows = {}
    for stream, row in zip(streams, own.to_dict("records"), strict=True):
        is_alike = councils["indicator"].eq(row["indicator"]) & councils["year"].eq(row["year"])
        alike = councils[is_alike].set_index("area_code")
        ranges = rank_ranges(alike, rng=np.random.default_rng(stream)).loc[group.area_code]
        rows[row["indicator"]] = {**ranges, "ranked": len(alike), **_usual(row, alike)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("indicator")


def _usual(row: Mapping[Hashable, Any], councils: pd.DataFrame) -> dict[str, Any]:
    """Where one figure lies among those of councils in the same year."""
    if len(councils) < _FEWEST_COUNCILS:
        return {"among": "too few councils", "usual_low": np.nan, "usual_high": np.nan}
    value, of = councils["value"].to_numpy(float), councils["of"].to_numpy(float)
    pooled = float((value * of).sum() / of.sum())
    spread = pooled if row["kind"] == "rate" else pooled * (1 - pooled)
    chance = max(spread, 1e-12) / of
    weight = 1 / chance
    mean = np.average(value, weights=weight)
    excess = (weight * (value - mean) ** 2).sum() - (len(councils) - 1)
    between = max(excess / (weight.sum() - (weight**2).sum() / weight.sum()), 0.0)
    mean = np.average(value, weights=1 / (chance + between))
    reach = stats.norm.ppf((1 + COVERAGE) / 2) * np.sqrt(spread / row["of"] + between)
    low, high = max(mean - reach, 0.0), mean + reach
    side = "high" if row["value"] > high else "low" if row["value"] < low else ""
    among = f"unusually {side}" if side else "as most"
    return {"among": among, "usual_low": low, "usual_high": high}


def latest_counted(counted: pd.DataFrame, group: PeerGroup) -> pd.DataFrame:
    """The authority's last year of each indicator with a count."""
    own = counted[counted["area_code"] == group.area_code].sort_values(["indicator", "year"])
    if own.empty:
        problem = Problem(
            "no_figure_with_count", f"no figure with a published count for {group.name}"
        )
        raise NotAvailableError("There is nothing to test.", [problem])
    return own.drop_duplicates("indicator", keep="last").reset_index(drop=True)
