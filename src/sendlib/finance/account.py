"""The high needs account of a year by its terms, and how near it comes to the stated balances.

In-year deficit = lines 1.2.x + places in maintained schools (line 1.0.2) + places that the
department pays direct (deductions) - the block before deductions - other blocks. Transfers and
what other blocks leave over are not published by authority: together they are a share of the
schools block, estimated from the authorities without an agreement.

References
----------
- Department for Education. Section 251 outturn, lines 1.0.2, 1.2.x and 1.9.3, and dedicated
  schools grant allocations (sources ``s251_outturn_rollup``, ``account_terms_2020_24``,
  ``s251_third_party_2023_24``, ``dfe_dsg_1920`` to ``dfe_dsg_2324``): the terms of the account.
- Searle, S. R., Casella, G. and McCulloch, C. E. (1992). Variance Components. Wiley: what differs
  between authorities for good, and from year to year.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.finance.labels import in_millions
from sendlib.periods import financial_year_start
from sendlib.reuse import reuse_published
from sendlib.vocabulary import FundingElement

TABLES = ("high_needs_spend", "high_needs_funding", "dsg_account", "agreement")
WITHOUT, WITH = "none yet", "signed by then"
_KEY = ["area_code", "financial_year"]
_CLOSE_GBP = 3e6  # a difference that a board would not ask about
_ELEMENTS = {
    FundingElement.HIGH_NEEDS_BEFORE_DEDUCTIONS.value: "block_gbp",
    FundingElement.HIGH_NEEDS_AFTER_DEDUCTIONS.value: "after_deductions_gbp",
    FundingElement.SCHOOLS_BLOCK.value: "schools_block_gbp",
}
_NOTES = (
    "Stated deficits are the fall of line 1.9.3 of the outturn; no balance of March 2023 is "
    "available, so the two years after March 2022 are one change, shown by year.",
    "The share of other blocks is estimated without the authority that is scored.",
    "What the department paid under an agreement is not published by authority and year: it is "
    "in the differences of the authorities that had signed one.",
)


@dataclass(frozen=True)
class OtherBlocks:
    """What transfers and other blocks bring to a balance, as shares of the schools block."""

    share: float
    lasting_sd: float  # between authorities, for good
    yearly_sd: float  # of one authority from year to year


def accounts(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The terms of every authority's account of a year, where all are known.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``financial_year``, ``spend_gbp`` (lines 1.2.x), ``maintained_gbp`` (line
        1.0.2), ``deductions_gbp``, ``block_gbp`` (before deductions), ``schools_block_gbp``,
        ``deficit_gbp`` (in the year, before other blocks), ``balance_gbp`` (line 1.9.3, missing
        where it is not stated) and ``agreement`` (signed by the end of the year). [£]
    """
    wide = tables["high_needs_funding"].pivot(
        index=_KEY, columns="element", values="allocation_gbp"
    )
    stated = tables["dsg_account"].rename(columns={"place_funding_gbp": "maintained_gbp"})
    frame = (
        tables["high_needs_spend"]
        .rename(columns={"net_gbp": "spend_gbp"})
        .merge(wide.rename(columns=_ELEMENTS).reset_index(), on=_KEY)
        .merge(stated.drop(columns="source_id"), on=_KEY)
    )
    frame["deductions_gbp"] = frame["block_gbp"] - frame["after_deductions_gbp"]
    costs = frame[["spend_gbp", "maintained_gbp", "deductions_gbp"]].sum(axis=1, skipna=False)
    frame["deficit_gbp"] = costs - frame["block_gbp"]
    signed = tables["agreement"].set_index("area_code")["financial_year"]
    frame["agreement"] = frame["area_code"].map(signed).fillna("9999") <= frame["financial_year"]
    columns = [*_KEY, "spend_gbp", "maintained_gbp", "deductions_gbp", "block_gbp"]
    columns += ["schools_block_gbp", "deficit_gbp", "balance_gbp", "agreement"]
    known = frame.dropna(subset=["deficit_gbp", "schools_block_gbp"])[columns]
    return known.sort_values(_KEY, ignore_index=True)


def between_balances(known: pd.DataFrame) -> pd.DataFrame:
    """What the account and the balances say of the years between two stated balances.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``period``, ``years``, ``agreement``, ``stated_gbp``, ``account_gbp`` (before
        other blocks) and ``schools_block_gbp``, the last three for each year between. [£ a year]
    """
    by_area = known.groupby("area_code")
    start = known["financial_year"].map(financial_year_start)
    frame = known[["area_code", "financial_year", "agreement"]].assign(
        start=start,
        row=by_area.cumcount(),
        closing=known["balance_gbp"],
        account_gbp=by_area["deficit_gbp"].cumsum(),
        schools_block_gbp=by_area["schools_block_gbp"].cumsum(),
    )
    frame = frame.dropna(subset=["closing"])
    numbers = ["start", "row", "closing", "account_gbp", "schools_block_gbp"]
    change = frame.groupby("area_code")[numbers].diff()
    usable = change["start"].notna() & (change["start"] == change["row"])  # no year is missing
    frame, change = frame[usable], change[usable]
    years = change["start"].astype(int)
    before = frame["financial_year"].where(
        years == 1, "the two years to " + frame["financial_year"]
    )
    return pd.DataFrame(
        {
            "area_code": frame["area_code"],
            "period": before,
            "years": years,
            "agreement": frame["agreement"],
            "stated_gbp": -change["closing"] / years,
            "account_gbp": change["account_gbp"] / years,
            "schools_block_gbp": change["schools_block_gbp"] / years,
        }
    ).reset_index(drop=True)


def estimate_other_blocks(checked: pd.DataFrame, *, without: str = "") -> OtherBlocks:
    """The share of other blocks, from :func:`between_balances`, of authorities but one."""
    free = checked[~checked["agreement"] & (checked["area_code"] != without)]
    left, schools = free["account_gbp"] - free["stated_gbp"], free["schools_block_gbp"]
    share = float((left * free["years"]).sum() / (schools * free["years"]).sum())
    single = free[free["years"] == 1]
    residual = ((left / schools)[single.index] - share).groupby(single["area_code"])
    yearly = float(residual.var(ddof=1).mean())
    lasting = float(residual.mean().var(ddof=1)) - yearly / float(residual.size().mean())
    lasting_sd, yearly_sd = (float(np.sqrt(np.nan_to_num(max(x, 0.0)))) for x in (lasting, yearly))
    return OtherBlocks(share, lasting_sd, yearly_sd)


def check_accounts(load: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Every stated in-year deficit beside that of the account.

    Parameters
    ----------
    load : callable
        Gives a tidy table by its name, such as ``Authority.load``.

    Returns
    -------
    pd.DataFrame
        As :func:`between_balances`, with ``balanced_gbp``, the account after other blocks, whose
        share leaves the authority itself out. [£ a year]
    """
    tables = {name: load(name) for name in TABLES}
    frame = reuse_published("accounts", tables, lambda: with_other_blocks(accounts(tables)))
    return in_millions(frame, "in-year deficits of the account, and those stated", notes=_NOTES)


def with_other_blocks(known: pd.DataFrame) -> pd.DataFrame:
    """:func:`between_balances` with ``balanced_gbp``, the account after other blocks. [£ a year]"""
    checked = between_balances(known)
    shares = {
        code: estimate_other_blocks(checked, without=code).share
        for code in checked["area_code"].unique()
    }
    other = checked["area_code"].map(shares) * checked["schools_block_gbp"]
    return checked.assign(balanced_gbp=checked["account_gbp"] - other)


def account_scores(checked: pd.DataFrame) -> pd.DataFrame:
    """How near the account comes to the stated in-year deficits, by period and agreement.

    Returns
    -------
    pd.DataFrame
        ``period``, ``agreement``, ``authorities``, the mean and mean absolute difference of the
        account after other blocks [£ a year], the share within £3m, and the mean difference
        before other blocks.
    """
    difference = checked["balanced_gbp"] - checked["stated_gbp"]
    frame = checked.assign(
        agreement=checked["agreement"].map({True: WITH, False: WITHOUT}),
        error=difference,
        absolute=difference.abs(),
        close=difference.abs() < _CLOSE_GBP,
        before=checked["account_gbp"] - checked["stated_gbp"],
    )
    groups = frame.groupby(["agreement", "period"], sort=True)
    scores = groups[["error", "absolute", "close", "before"]].mean()
    scores.insert(0, "authorities", groups.size())
    names = {
        "error": "mean difference",
        "absolute": "mean absolute difference",
        "close": "share within £3m",
        "before": "mean difference before other blocks",
    }
    what = "in-year deficits of the account less those stated, a year"
    formats = {"authorities": "count", "share within £3m": "share0"}
    return in_millions(
        scores.rename(columns=names).reset_index(), what, formats=formats, notes=_NOTES
    )
