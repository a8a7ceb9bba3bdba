"""What pages show of the cohort model: sums of draws first, ranges last."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sendlib.cohort.axes import AGE_BANDS, IntCounts, membership
from sendlib.cohort.evidence import Evidence, round_groups
from sendlib.cohort.inputs import Inputs
from sendlib.cohort.levers import levers as scenario_levers
from sendlib.cohort.projection import Projection
from sendlib.cohort.published import FLOWS
from sendlib.cohort.simulation import AGE, PLACE
from sendlib.random_rounding import round_count
from sendlib.ranges import ranges
from sendlib.tidy import about
from sendlib.vocabulary import PLACE_GROUPS, TOTAL, AgeBand, PlaceType, labels

Groups = Mapping[str, Sequence[str]]
_NO_PLAN = "No plan"
_TOO_FEW = "In the authority's own records some kinds of place are too small to be shown."
_HOW_EACH = "how each kind of place came from one January's count to the next"
_RANGE = ["low", "middle", "high"]
_WHOSE = "of own children, wherever they are taught,"


def moves(inputs: Inputs) -> pd.DataFrame:
    """Who was where in one January (rows) and in the next (columns), by kind of place.

    Returns
    -------
    pd.DataFrame
        ``from``, and a column for each kind of place; a plan that began or ended is in
        "No plan" on that side. A pair without a move is missing. Of own records every
        number is rounded to a multiple of the minimum count. [plans]
    """
    evidence, key = inputs.evidence, inputs.rounding_key
    year, names = evidence.years[-1], [*PLACE_GROUPS, _NO_PLAN]
    into = membership(evidence.axes.places, PLACE_GROUPS)
    moved, before, left, joined = (
        flow[-1].sum(axis=(0, 1))
        for flow in (evidence.moved, evidence.before, evidence.left, evidence.joined)
    )
    between = into.T @ (moved + np.diag(before - left - moved.sum(axis=1))) @ into
    cells = np.block([[between, (left @ into)[:, None]], [joined @ into, np.zeros(1)]])
    if inputs.minimum_count:
        for row, column in np.ndindex(cells.shape):
            cell = f"{year}|{names[row]}|{names[column]}"
            cells[row, column] = round_count(float(cells[row, column]), cell, key)
    wide = pd.DataFrame(np.where(cells > 0, cells, np.nan), pd.Index(names, name="from"), names)
    frame = wide.dropna(axis=0, how="all").dropna(axis=1, how="all")
    frame.attrs["what"] = (
        f"Plans by kind of place in January {year - 1} (rows) and January {year} (columns)"
    )
    return _marked(frame.round().reset_index(), inputs)


def moved_share(inputs: Inputs) -> float:
    """The share of those with a plan in both Januaries whose kind of place changed."""
    evidence = inputs.evidence
    into = membership(evidence.axes.places, PLACE_GROUPS)
    stayed = evidence.before[-1].sum() - evidence.left[-1].sum()
    between = into.T @ evidence.moved[-1].sum(axis=(0, 1)) @ into
    return float((between.sum() - np.trace(between)) / stayed)


def bridge(inputs: Inputs) -> pd.DataFrame:
    """From the plans of one January to those of the next, step by step.

    Returns
    -------
    pd.DataFrame
        ``category``, ``value`` [plans] and ``kind`` ("total" or "step"). Of own records
        both Januaries are added up from their rounded kinds of place, the plans that began
        are rounded too, and those that ended are what is left.
    """
    evidence = inputs.evidence
    year = evidence.years[-1]
    if inputs.published:
        account = inputs.published.account
        sums = account[account["census_year"] == year][list(FLOWS)].sum()
        before = sums["before"]
        steps = {
            "New plans": sums["new_plans"],
            "Other arrivals": sums["other_arrivals"],
            "Plans that ended": -sums["ended"],
            "Other departures": -sums["other_departures"],
        }
    else:
        began = float(evidence.joined[-1].sum())
        before, now = (float(plans.sum()) for plans in (evidence.before[-1], evidence.stock))
        if inputs.minimum_count:
            places, key, area = evidence.axes.places, inputs.rounding_key, inputs.area_code
            began = round_count(began, f"{area}|{year}|began", key)
            before, now = (
                sum(round_groups(plans.sum(axis=(0, 1)), places, f"{area}|{when}", key).values())
                for plans, when in ((evidence.before[-1], year - 1), (evidence.stock, year))
            )
        ended = before + began - now
        steps = {"Plans that began": began, "Plans that ended": -ended}
    frame = pd.DataFrame(
        {
            "category": [f"January {year - 1}", *steps, f"January {year}"],
            "value": [before, *steps.values(), before + sum(steps.values())],
            "kind": ["total", *["step"] * len(steps), "total"],
        }
    )
    frame.attrs["what"] = f"plans from January {year - 1} to January {year}"
    return _marked(frame, inputs)


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
        empty = pd.DataFrame(columns=["kind of place", *FLOWS.values()])
        return about(empty, what=_HOW_EACH, why=_TOO_FEW)
    rows = inputs.published.account
    flows = rows[(rows["census_year"] == year) & (rows[["before", "now"]].sum(axis=1) > 0)]
    names = FLOWS | {"before": f"January {year - 1}", "now": f"January {year}"}
    frame = flows[list(FLOWS)].rename(columns=names).round()
    frame.insert(0, "kind of place", flows["place_type"].map(labels(PlaceType)))
    return about(frame.reset_index(drop=True), what=_HOW_EACH)


def places_needed(projection: Projection, groups: Groups = PLACE_GROUPS) -> pd.DataFrame:
    """Places needed in each kind of place, every January.

    Returns
    -------
    pd.DataFrame
        ``name``, ``census_year``, ``counted`` (the last count only), ``now`` (that count
        in every row), ``low``, ``middle``, ``high`` and ``limit``: the room that the
        scenario gives all places of the kind, or else the places in use now;
        ``attrs["limit"]`` says which. Of own records numbers below the minimum count
        are missing. [places]
    """
    simulation = projection.simulation
    plans, years = _by_group(projection, groups), simulation.census_years
    rows = ranges(plans, projection.levels, census_year=years, name=list(groups))
    is_count = rows["census_year"] == simulation.origin
    rows["counted"] = rows["middle"].where(is_count)
    rows["now"] = rows["name"].map(rows[is_count].set_index("name")["middle"])
    rows[_RANGE] = rows[_RANGE].mask(is_count)
    room = {record.place: record for record in scenario_levers(projection.scenario).capacities}
    limit = [
        sum(room[place].room_in(year) if place in room else math.inf for place in groups[name])
        for name, year in zip(rows["name"], rows["census_year"], strict=True)
    ]
    rows["limit"] = pd.Series(limit, dtype=float).replace(math.inf, np.nan)
    rows.attrs["limit"] = "room" if rows["limit"].notna().any() else "in use now"
    if rows["limit"].isna().all():
        rows["limit"] = rows["now"]
    numbers = rows[["counted", "now", *_RANGE, "limit"]]
    shown = numbers.mask((numbers > 0) & (numbers < projection.inputs.minimum_count))
    rows = rows[["name", "census_year"]].join(shown)
    rows = rows.sort_values("name", key=lambda name: name.map(list(groups).index), kind="stable")
    needed = about(rows.reset_index(drop=True), what=f"places {_WHOSE} needed each January")
    return _marked(needed, projection.inputs)


def places_at_the_end(projection: Projection) -> pd.DataFrame:
    """Every kind of place, counted and needed in the last January ahead; not of own records.

    Returns
    -------
    pd.DataFrame
        ``kind of place``, the last count, ``low``, ``middle``, ``high``. [places]
    """
    simulation = projection.simulation
    counted = f"January {simulation.origin}"
    what = f"places {_WHOSE} of every kind needed in {projection.last}"
    if projection.inputs.minimum_count:
        return about(
            pd.DataFrame(columns=["kind of place", counted, *_RANGE]), what=what, why=_TOO_FEW
        )
    plans = simulation.by(PLACE)
    places = [labels(PlaceType)[place] for place in simulation.axes.places]
    rows = ranges(plans[:, -1], projection.levels, **{"kind of place": places})
    rows.insert(1, counted, plans[0, 0].astype(float))
    some = rows[rows[[counted, "high"]].max(axis=1) >= 1]
    return about(some.round().reset_index(drop=True), what=what)


def turned_away(projection: Projection) -> pd.DataFrame:
    """Who finds the kind of place wanted full and goes elsewhere, by January."""
    simulation, places = projection.simulation, projection.simulation.axes.places
    away = simulation.turned_away.sum(axis=3)
    years = simulation.census_years[1:]
    rows = ranges(away, projection.levels, census_year=years, place_type=places)
    short = np.array(places, dtype=object)[away.any(axis=(0, 1))]
    rows = rows[rows["place_type"].isin(short)].sort_values("place_type", kind="stable")
    rows.insert(0, "kind of place", rows.pop("place_type").map(labels(PlaceType)))
    why = "The scenario sets no limit that is reached."
    return about(rows.reset_index(drop=True), what="arrivals who find a place full", why=why)


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
    names = [labels(AgeBand)[band] for band in AGE_BANDS]
    frame = ranges(bands, projection.levels, category=names)
    return about(frame, what=f"change in plans by age from {_span(projection)}")


def change_by_place(projection: Projection) -> pd.DataFrame:
    """How many more plans each kind of place has at the end; columns as by age."""
    plans = _by_group(projection, PLACE_GROUPS)
    change = plans[:, -1] - plans[:, 0]
    frame = ranges(change, projection.levels, category=list(PLACE_GROUPS))
    return about(frame, what=f"change in plans {_WHOSE} by kind of place from {_span(projection)}")


def flows_by_place(evidence: Evidence) -> pd.DataFrame:
    """The last year of evidence by place type, and its sum."""
    moved = evidence.moved[-1].sum(axis=(0, 1))
    before, joined, left = (
        flow[-1].sum(axis=(0, 1)) for flow in (evidence.before, evidence.joined, evidence.left)
    )
    flows = {
        "before": before,
        "joined": joined,
        "moved_in": moved.sum(axis=0),
        "moved_out": moved.sum(axis=1),
        "left": left,
        "now": evidence.stock.sum(axis=(0, 1)),
    }
    by_place = pd.DataFrame(flows, evidence.axes.places)
    some = by_place[by_place[["before", "now"]].sum(axis=1) > 0]
    return (
        pd.concat([some, by_place.sum().to_frame(TOTAL).T]).rename_axis("place_type").reset_index()
    )


def _by_group(projection: Projection, groups: Groups) -> IntCounts:
    """Plans by group of places in every draw, shape (draw, 1 + year, group). [plans]"""
    simulation = projection.simulation
    members = membership(simulation.axes.places, groups).astype(int)
    return np.asarray(simulation.by(PLACE) @ members)


def _span(projection: Projection) -> str:
    return f"January {projection.simulation.origin} to {projection.last}"


def _marked(frame: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """A frame that says where its counts come from, where small ones are withheld."""
    frame.attrs |= {"origin": "own"} if inputs.minimum_count else {}
    return frame
