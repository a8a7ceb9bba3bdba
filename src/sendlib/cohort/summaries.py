"""What pages show of the cohort model: sums of draws first, ranges last."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGE_BANDS, Counts, Whole
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.futures import AGE, PLACE, Futures, quantile_rows
from sendlib.cohort.levers import levers as scenario_levers
from sendlib.scenarios import Scenario
from sendlib.vocabulary import TOTAL, AgeBand, labels

Groups = Mapping[str, Sequence[str]]


def flows_between(
    evidence: Evidence, groups: Groups, *, joined: str, left: str, fewest: int = 0
) -> pd.DataFrame:
    """Who was where in one January and the next, by group of places.

    Parameters
    ----------
    evidence : Evidence
        The last year of it is shown.
    groups : Mapping[str, Sequence[str]]
        Place types by the name of their group; every place in one.
    joined, left : str
        What those without a plan before, or after, are called.
    fewest : int
        Every flow is rounded to a multiple of it, so that no small count can be
        read off, nor told from the plans of each January; 0 shows all. [plans]

    Returns
    -------
    pd.DataFrame
        ``start``, ``end``, ``value`` [plans]; flows of none are left out. Those
        who passed 25 are not in it.
    """
    into = _membership(evidence.axes.places, groups)
    moved = evidence.moved[-1].sum(axis=(0, 1))
    stayed = evidence.before[-1].sum(axis=(0, 1)) - evidence.left[-1].sum(axis=(0, 1))
    between = into.T @ (moved + np.diag(stayed - moved.sum(axis=1))) @ into
    rows = [
        (start, end, between[i, j])
        for i, start in enumerate(groups)
        for j, end in enumerate(groups)
    ]
    came, went = (flow[-1].sum(axis=(0, 1)) @ into for flow in (evidence.joined, evidence.left))
    rows += [(joined, group, plans) for group, plans in zip(groups, came, strict=True)]
    rows += [(group, left, plans) for group, plans in zip(groups, went, strict=True)]
    flows = pd.DataFrame(rows, columns=["start", "end", "value"])
    if fewest:
        flows["value"] = (flows["value"] / fewest).round() * fewest
    return flows[flows["value"] > 0].reset_index(drop=True)


def flows_by_place(evidence: Evidence) -> pd.DataFrame:
    """The last year of evidence by place type, and its sum.

    Returns
    -------
    pd.DataFrame
        ``place_type``, ``before``, ``joined``, ``moved_in``, ``moved_out``,
        ``left``, ``now``; places that nobody was in are left out. [plans]
    """
    moved = evidence.moved[-1].sum(axis=(0, 1))
    by_place = pd.DataFrame(
        {
            "place_type": evidence.axes.places,
            "before": evidence.before[-1].sum(axis=(0, 1)),
            "joined": evidence.joined[-1].sum(axis=(0, 1)),
            "moved_in": moved.sum(axis=0),
            "moved_out": moved.sum(axis=1),
            "left": evidence.left[-1].sum(axis=(0, 1)),
            "now": evidence.stock.sum(axis=(0, 1)),
        }
    )
    total = by_place.drop(columns="place_type").sum().to_frame().T.assign(place_type=TOTAL)
    held = by_place[by_place[["before", "now"]].sum(axis=1) > 0]
    return pd.concat([held, total], ignore_index=True)


def in_groups(futures: Futures, groups: Groups) -> Whole:
    """Plans by group of places in every draw, shape (draw, 1 + year, group). [plans]"""
    return np.asarray(futures.by(PLACE) @ _membership(futures.axes.places, groups).astype(int))


def group_ranges(futures: Futures, groups: Groups, levels: Sequence[float]) -> pd.DataFrame:
    """Ranges of groups of places.

    Returns
    -------
    pd.DataFrame
        ``census_year``, ``name``, ``low``, ``middle``, ``high``. [plans]
    """
    drawn = in_groups(futures, groups)
    return quantile_rows(drawn, futures.census_years, levels, name="name", values=list(groups))


def room_of_groups(scenario: Scenario, groups: Groups, rows: pd.DataFrame) -> pd.Series:
    """The places that a scenario allows each group, where all of the group's are stated.

    Parameters
    ----------
    scenario : Scenario
        Its lever ``cohort.capacities``.
    groups : Mapping[str, Sequence[str]]
        Place types by the name of their group.
    rows : pd.DataFrame
        ``name`` and ``census_year``.

    Returns
    -------
    pd.Series
        On the index of ``rows``; missing where no limit holds. [places]
    """
    stated = {record.place: record for record in scenario_levers(scenario).capacities}
    room = [
        sum(stated[place].room_in(year) if place in stated else math.inf for place in groups[name])
        for name, year in zip(rows["name"], rows["census_year"], strict=True)
    ]
    return pd.Series(room, rows.index, dtype=float).replace(math.inf, np.nan)


def change_by_age_band(futures: Futures, levels: Sequence[float]) -> pd.DataFrame:
    """How many more plans each age band has in the last January than in the first.

    Returns
    -------
    pd.DataFrame
        ``category``, ``low``, ``middle``, ``high``. [plans]
    """
    by_age = futures.by(AGE)
    change = by_age[:, -1] - by_age[:, 0]
    bands = np.stack([change[:, list(ages)].sum(axis=1) for ages in AGE_BANDS.values()], axis=1)
    named = labels(AgeBand)
    return _change_ranges(bands, [named[band] for band in AGE_BANDS], levels)


def change_by_group(futures: Futures, groups: Groups, levels: Sequence[float]) -> pd.DataFrame:
    """How many more plans each group of places has at the end; columns as by age band."""
    drawn = in_groups(futures, groups)
    return _change_ranges(drawn[:, -1] - drawn[:, 0], list(groups), levels)


def _change_ranges(drawn: Whole, names: Sequence[str], levels: Sequence[float]) -> pd.DataFrame:
    """Low, middle and high of draws, shape (draw, thing), one row for each thing."""
    low, middle, high = np.quantile(drawn, levels, axis=0)
    return pd.DataFrame({"category": list(names), "low": low, "middle": middle, "high": high})


def waiting_ranges(futures: Futures, levels: Sequence[float]) -> pd.DataFrame:
    """Who found the place wanted full, by place wanted and year.

    Returns
    -------
    pd.DataFrame
        ``census_year``, ``place_type``, ``low``, ``middle``, ``high``; places
        that turned nobody away in any draw are left out. [plans]
    """
    away, places = futures.turned_away.sum(axis=3), futures.axes.places
    rows = quantile_rows(away, futures.census_years[1:], levels, name="place_type", values=places)
    short = np.array(places, dtype=object)[away.any(axis=(0, 1))]
    return rows[rows["place_type"].isin(short)].reset_index(drop=True)


def _membership(places: Sequence[str], groups: Groups) -> Counts:
    """Which group each place is in, shape (place, group)."""
    return np.array([[float(place in members) for members in groups.values()] for place in places])
