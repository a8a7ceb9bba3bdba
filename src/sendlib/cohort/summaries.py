"""What pages show of the cohort model: sums of draws first, ranges last."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGE_BANDS, Counts, Whole
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.inputs import Inputs
from sendlib.cohort.levers import levers as scenario_levers
from sendlib.cohort.projection import Projection
from sendlib.cohort.simulation import AGE, PLACE, Simulation, quantile_rows
from sendlib.scenarios import Scenario
from sendlib.vocabulary import PLACE_GROUPS, TOTAL, AgeBand, PlaceType, labels

Groups = Mapping[str, Sequence[str]]
_NO_PLAN = "No plan"
_TOO_FEW = "In the authority's own records some kinds of place are too small to be shown."
_HOW_EACH = "how each kind of place came from one January's count to the next"
_ENDS = ["low", "middle", "high"]
_FLOWS = {
    "place_type": "kind of place",
    "before": "January before",
    "new_plans": "new plans",
    "other_arrivals": "other arrivals",
    "moved_in": "moved in",
    "moved_out": "moved out",
    "ended": "ended",
    "other_departures": "other departures",
    "now": "January",
}


def moves(inputs: Inputs, groups: Groups = PLACE_GROUPS) -> pd.DataFrame:
    """Who was where in one January (rows) and in the next (columns), by kind of place.

    Returns
    -------
    pd.DataFrame
        ``from``, and a column for each kind of place; a plan that began or ended is in
        "No plan" on that side. A pair without a move is missing. Of own records every
        number is rounded to a multiple of the minimum count. [plans]
    """
    flows = flows_between(
        inputs.evidence, groups, joined=_NO_PLAN, left=_NO_PLAN, minimum_count=inputs.minimum_count
    )
    order = [*groups, _NO_PLAN]
    wide = flows.pivot(index="start", columns="end", values="value")
    known = [name for name in order if name in wide.index]
    made = wide.loc[known, [name for name in order if name in wide]].round().rename_axis("from")
    year = inputs.evidence.years[-1]
    made.attrs["what"] = (
        f"Plans by kind of place in January {year - 1} (rows) and January {year} (columns)"
    )
    return made.rename_axis(columns=None).reset_index()


def moved_share(inputs: Inputs, groups: Groups = PLACE_GROUPS) -> float:
    """The share of those with a plan in both Januaries whose kind of place changed."""
    evidence = inputs.evidence
    into = _membership(evidence.axes.places, groups)
    stayed = evidence.before[-1].sum() - evidence.left[-1].sum()
    between = into.T @ evidence.moved[-1].sum(axis=(0, 1)) @ into
    return float((between.sum() - np.trace(between)) / stayed)


def bridge(inputs: Inputs) -> pd.DataFrame:
    """From the plans of one January to those of the next, step by step.

    Returns
    -------
    pd.DataFrame
        ``category``, ``value`` [plans] and ``kind`` ("total" or "step"). Of own records
        the plans before and those that began are rounded to a multiple of the minimum
        count, and those that ended are what is left.
    """
    year = inputs.evidence.years[-1]
    if inputs.published:
        account = inputs.published.account
        sums = account[account["census_year"] == year][list(_FLOWS)[1:]].sum()
        steps = {
            "New plans": sums["new_plans"],
            "Other arrivals": sums["other_arrivals"],
            "Plans that ended": -sums["ended"],
            "Other departures": -sums["other_departures"],
        }
        before = sums["before"]
    else:
        before, began = (
            _rounded(flow[-1].sum(), inputs)
            for flow in (inputs.evidence.before, inputs.evidence.joined)
        )
        ended = before + began - inputs.evidence.stock.sum()
        steps = {"Plans that began": began, "Plans that ended": -ended}
    values = [before, *steps.values(), before + sum(steps.values())]
    names = [f"January {year - 1}", *steps, f"January {year}"]
    kinds = ["total", *["step"] * len(steps), "total"]
    made = pd.DataFrame({"category": names, "value": values, "kind": kinds})
    made.attrs["what"] = f"plans from January {year - 1} to January {year}"
    return made


def account(inputs: Inputs) -> pd.DataFrame:
    """How each kind of place came from one January's count to the next.

    Returns
    -------
    pd.DataFrame
        A row for each kind of place that somebody was in: both Januaries, and what led
        from one to the other. Empty for own records. [plans]
    """
    year = inputs.evidence.years[-1]
    if inputs.published is None:
        return _about(pd.DataFrame(columns=list(_FLOWS.values())), _HOW_EACH, _TOO_FEW)
    whole = inputs.published.account
    flows = whole[(whole["census_year"] == year) & (whole[["before", "now"]].sum(axis=1) > 0)]
    named = flows.assign(place_type=flows["place_type"].map(labels(PlaceType)))
    names = _FLOWS | {"before": f"January {year - 1}", "now": f"January {year}"}
    made = named[list(_FLOWS)].rename(columns=names).round().reset_index(drop=True)
    return _about(made, _HOW_EACH)


def places_needed(projection: Projection, groups: Groups = PLACE_GROUPS) -> pd.DataFrame:
    """Places needed in each kind of place, every January.

    Returns
    -------
    pd.DataFrame
        ``name``, ``census_year``, ``counted`` (the last count only), ``now`` (that count
        in every row), ``low``, ``middle``, ``high`` and ``limit``: the room that the
        scenario gives all places of the kind, or else the places in use now;
        ``attrs["limit"]`` says which. [places]
    """
    ranges = group_ranges(projection.simulation, groups, projection.levels)
    is_count = ranges["census_year"] == projection.simulation.origin
    ahead = {end: ranges[end].mask(is_count) for end in _ENDS}
    room = room_of_groups(projection.scenario, groups, ranges)
    now = ranges[is_count].set_index("name")["middle"]
    limit = room if room.notna().any() else ranges["name"].map(now)
    counted = ranges["middle"].where(is_count)
    made = ranges.assign(counted=counted, now=ranges["name"].map(now), **ahead, limit=limit)
    made.attrs["limit"] = "room" if room.notna().any() else "in use now"
    columns = ["name", "census_year", "counted", "now", *_ENDS, "limit"]
    made = made.sort_values("name", key=lambda name: name.map(list(groups).index), kind="stable")
    return _about(made[columns].reset_index(drop=True), "places needed each January")


def places_at_the_end(projection: Projection) -> pd.DataFrame:
    """Every kind of place, counted and needed in the last January ahead; not of own records.

    Returns
    -------
    pd.DataFrame
        ``kind of place``, the last count, ``low``, ``middle``, ``high``. [places]
    """
    simulation = projection.simulation
    counted = f"January {simulation.origin}"
    what = f"places of every kind needed in {projection.last}"
    if projection.inputs.minimum_count:
        return _about(pd.DataFrame(columns=["kind of place", counted, *_ENDS]), what, _TOO_FEW)
    by_year = simulation.quantiles(PLACE, projection.levels).set_index("place_type")
    last = by_year[by_year["census_year"] == simulation.census_years[-1]]
    now = by_year[by_year["census_year"] == simulation.origin]["middle"]
    last.insert(0, counted, now)
    some = last[last[[counted, "high"]].max(axis=1) >= 1].drop(columns="census_year")
    made = some.rename(index=labels(PlaceType)).rename_axis("kind of place")
    return _about(made.round().reset_index(), what)


def turned_away(projection: Projection) -> pd.DataFrame:
    """Who finds the kind of place wanted full and goes elsewhere, by January."""
    simulation, places = projection.simulation, projection.simulation.axes.places
    away = simulation.turned_away.sum(axis=3)
    years = simulation.census_years[1:]
    rows = quantile_rows(away, years, projection.levels, name="place_type", values=places)
    short = np.array(places, dtype=object)[away.any(axis=(0, 1))]
    rows = rows[rows["place_type"].isin(short)].sort_values("place_type", kind="stable")
    rows["place_type"] = rows["place_type"].map(labels(PlaceType))
    made = rows.rename(columns={"place_type": "kind of place"})
    columns = ["kind of place", "census_year", *_ENDS]
    why = "The scenario sets no limit that is reached."
    return _about(made[columns].reset_index(drop=True), "arrivals who find a place full", why)


def change_by_age(projection: Projection) -> pd.DataFrame:
    """How many more plans each age band has in the last January than at the last count.

    Returns
    -------
    pd.DataFrame
        ``category``, ``low``, ``middle``, ``high``. [plans]
    """
    by_age = projection.simulation.by(AGE)
    change = by_age[:, -1] - by_age[:, 0]
    bands = np.stack([change[:, list(ages)].sum(axis=1) for ages in AGE_BANDS.values()], axis=1)
    named = labels(AgeBand)
    made = _change_ranges(bands, [named[band] for band in AGE_BANDS], projection.levels)
    return _about(made, f"change in plans by age from {_span(projection)}")


def change_by_place(projection: Projection, groups: Groups = PLACE_GROUPS) -> pd.DataFrame:
    """How many more plans each kind of place has at the end; columns as by age."""
    drawn = in_groups(projection.simulation, groups)
    made = _change_ranges(drawn[:, -1] - drawn[:, 0], list(groups), projection.levels)
    return _about(made, f"change in plans by kind of place from {_span(projection)}")


def flows_between(
    evidence: Evidence, groups: Groups, *, joined: str, left: str, minimum_count: int = 0
) -> pd.DataFrame:
    """Who was where in one January and the next, by group of places."""
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
    if minimum_count:
        flows["value"] = (flows["value"] / minimum_count).round() * minimum_count
    return flows[flows["value"] > 0].reset_index(drop=True)


def flows_by_place(evidence: Evidence) -> pd.DataFrame:
    """The last year of evidence by place type, and its sum."""
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


def in_groups(simulation: Simulation, groups: Groups) -> Whole:
    """Plans by group of places in every draw, shape (draw, 1 + year, group). [plans]"""
    return np.asarray(
        simulation.by(PLACE) @ _membership(simulation.axes.places, groups).astype(int)
    )


def group_ranges(simulation: Simulation, groups: Groups, levels: Sequence[float]) -> pd.DataFrame:
    """Ranges of groups of places."""
    drawn = in_groups(simulation, groups)
    return quantile_rows(drawn, simulation.census_years, levels, name="name", values=list(groups))


def room_of_groups(scenario: Scenario, groups: Groups, rows: pd.DataFrame) -> pd.Series:
    """The places that a scenario allows each group, where all of the group's are stated."""
    stated = {record.place: record for record in scenario_levers(scenario).capacities}
    room = [
        sum(stated[place].room_in(year) if place in stated else math.inf for place in groups[name])
        for name, year in zip(rows["name"], rows["census_year"], strict=True)
    ]
    return pd.Series(room, rows.index, dtype=float).replace(math.inf, np.nan)


def _change_ranges(drawn: Whole, names: Sequence[str], levels: Sequence[float]) -> pd.DataFrame:
    """Low, middle and high of draws, shape (draw, thing), one row for each thing."""
    low, middle, high = np.quantile(drawn, levels, axis=0)
    return pd.DataFrame({"category": list(names), "low": low, "middle": middle, "high": high})


def _span(projection: Projection) -> str:
    return f"January {projection.simulation.origin} to {projection.last}"


def _rounded(plans: float, inputs: Inputs) -> float:
    """Plans of own records to a multiple of the minimum count; others as they are."""
    few = inputs.minimum_count
    return float(round(plans / few) * few) if few else float(plans)


def _about(frame: pd.DataFrame, what: str, why: str = "") -> pd.DataFrame:
    """A frame that says what it shows, and why it may be empty."""
    frame.attrs |= {"what": what, "why": why}
    return frame


def _membership(places: Sequence[str], groups: Groups) -> Counts:
    """Which group each place is in, shape (place, group)."""
    return np.array([[float(place in members) for members in groups.values()] for place in places])
