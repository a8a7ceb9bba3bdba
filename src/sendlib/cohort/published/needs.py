"""Tell published evidence apart by primary need.

Needs are published by place type for one January, not by age and not for
those who joined, left or moved. Those counted now in a place have its mix of
needs, at whatever age and however they came; those who left have the mix of
the place they left. Whether needs differ by age, or between those who stay
and those who go, cannot be told from published figures.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.cohort.axes import NEEDS, Axes, Counts
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.published.whole_numbers import apportion, deal_evenly
from sendlib.errors import NotAvailableError, Problem, raise_any


def by_need(evidence: Evidence, need_by_place: pd.DataFrame) -> Evidence:
    """The same evidence with every count split by primary need.

    Plans in force stay whole numbers: both those of each age and place and
    those of each need and place are kept exactly.

    Parameters
    ----------
    evidence : Evidence
        With needs not told apart.
    need_by_place : pd.DataFrame
        Of the area in the last January: ``place_type``, ``primary_need``,
        ``plans``, as made by ``counts.need_by_place``.

    Raises
    ------
    NotAvailableError
        If needs are not known for a place that holds plans.
    """
    axes = Axes(NEEDS, evidence.axes.places)
    counted = _needs_of_places(evidence, need_by_place)
    mix = need_mix(counted)
    stock = _whole_stock(evidence.stock[:, 0].astype(np.int64), counted)
    held = _mix_now(evidence, stock, mix)
    stayed = np.clip(evidence.before - evidence.left - evidence.moved.sum(axis=4), 0, None)
    left = evidence.left * mix
    moved = evidence.moved * held[:, :, :, None, :]
    return replace(
        evidence,
        axes=axes,
        stock=stock,
        before=stayed * held + left + moved.sum(axis=4),
        left=left,
        moved=moved,
        need_changed=np.zeros((len(evidence.years), *axes.shape[:2], *axes.shape[1:])),
        joined=evidence.joined * held,
    )


def need_mix(counted: Counts) -> Counts:
    """Share of each need in each place, and of all places where one holds nobody."""
    together = counted.sum(axis=1, keepdims=True)
    filled = np.where(counted.sum(axis=0) > 0, counted, together)
    return np.asarray(filled / np.maximum(filled.sum(axis=0), 1))


def _needs_of_places(evidence: Evidence, need_by_place: pd.DataFrame) -> Counts:
    """Plans by need and place as published, brought to the plans held in each place."""
    wide = need_by_place.pivot(index="primary_need", columns="place_type", values="plans")
    known = wide.reindex(index=list(NEEDS), columns=list(evidence.axes.places))
    held = evidence.stock.sum(axis=(0, 1))
    problems = [
        Problem(
            f"{plans:,.0f} plans in {label}, and their needs are not known",
            remedy="leave needs together, or use the authority's own records",
        )
        for label, place, plans in zip(
            evidence.axes.place_labels(), evidence.axes.places, held, strict=True
        )
        if plans and (known[place].isna().all() or wide[place].isna().any())
    ]
    raise_any(NotAvailableError, "Plans cannot be told apart by need.", problems)
    return known.fillna(0.0).to_numpy(dtype=float)


def _whole_stock(stock: NDArray[np.int64], counted: Counts) -> Counts:
    """Whole plans by age, need and place."""
    laid = np.zeros((len(stock), *counted.shape))
    for place, plans in enumerate(stock.T):
        totals = apportion(counted[:, place], plans.sum()).astype(np.int64)
        laid[:, :, place] = deal_evenly(totals, plans)
    return laid


def _mix_now(evidence: Evidence, stock: Counts, mix: Counts) -> Counts:
    """Share of each need among those counted, shape (year, age, need, place).

    In the last January as dealt out in whole plans, so that the balance holds
    for each need; in earlier ones the mix of the place.
    """
    shape = (len(evidence.years), *stock.shape)
    shares = np.broadcast_to(mix, shape).copy()
    plans = stock.sum(axis=1, keepdims=True)
    np.divide(stock, plans, out=shares[-1], where=plans > 0)
    return shares
