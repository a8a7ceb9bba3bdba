"""Synthetic people of an authority, drawn by the simulation itself: nobody of them exists."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.cohort.axes import LAST_AGE, PLACES, IntCounts
from sendlib.cohort.balance import apportion
from sendlib.cohort.estimation import estimate
from sendlib.cohort.inputs import Inputs
from sendlib.cohort.rates import Beta
from sendlib.cohort.simulate import simulate
from sendlib.cohort.simulation import Simulation, Start
from sendlib.errors import NotAvailableError, Problem
from sendlib.indicators import total_plans

JANUARIES = 5
MARK = "SYNTHETIC-"
COLUMNS = ("reference", "born", "need", "place_type", "start", "end", "january")
FIRST_PLANS = pd.Timestamp("2014-09-01")
_NEED_CHANGE = 10.0, 990.0  # of a year, with and without; made up
_YOUNGEST = 2  # the age from which plans usually start [years]
_LATEST_CENSUS_DAY = 22  # of January: the third Thursday is the 15th to the 21st


def synthesise(inputs: Inputs, caseload: pd.DataFrame, *, seed: int) -> pd.DataFrame:
    """People who add up to the total published each January: a row a child and January."""
    januaries = range(inputs.origin - JANUARIES + 1, inputs.origin + 1)
    totals = _published_totals(caseload, inputs.area_code, januaries)
    last = inputs.evidence
    needs = len(last.axes.needs)
    stock = apportion(last.stock.ravel(), totals[0]).reshape(last.stock.shape)
    residents = last.without_plan[-1] + last.before[-1].sum(axis=(1, 2))
    simulation = simulate(
        replace(estimate(last), need_change=Beta(*np.tile(_NEED_CHANGE, (needs, 1)).T)),
        Start(januaries[0], stock, np.tile(residents, (JANUARIES - 1, 1))),
        draws=1,
        seed=seed,
        totals=totals[None, 1:],
        by_cell=True,
    )
    rng = np.random.Generator(np.random.SFC64(seed))
    return _add_details(_follow(simulation, rng), rng)


def _published_totals(
    caseload: pd.DataFrame, area_code: str, januaries: Sequence[int]
) -> NDArray[np.float64]:
    totals = total_plans(caseload).reindex([area_code], columns=list(januaries)).iloc[0]
    if totals.isna().any():
        missing = ", ".join(map(str, totals.index[totals.isna()]))
        problem = Problem(
            "no_total_of_january",
            f"no total of January {missing}",
            remedy="choose another authority",
        )
        raise NotAvailableError(f"No caseload of {area_code} can be synthesised.", [problem])
    return totals.to_numpy(dtype=float)


def _follow(simulation: Simulation, rng: np.random.Generator) -> pd.DataFrame:
    """One row for each child and January; who of a cell leaves or moves is drawn at random."""
    assert simulation.moved_cells is not None
    assert simulation.need_changed is not None
    people = _children_of(simulation.stock[0, 0], first=0)
    parts, known = [people], len(people)
    for year in range(simulation.joined.shape[1]):
        people = people + np.array([0, 1, 0, 0])  # child, age, need, place
        people = people[people[:, 1] <= LAST_AGE]
        left = simulation.left[0, year, :-1, ..., None]
        people = people[_destinations(people, left, rng) > 0]
        changed = simulation.need_changed[0, year].swapaxes(2, 3)
        people[:, 2] = _destinations(people, changed, rng, otherwise=people[:, 2])
        moved = simulation.moved_cells[0, year]
        people[:, 3] = _destinations(people, moved, rng, otherwise=people[:, 3])
        joined = _children_of(simulation.joined[0, year], first=known)
        people, known = np.concatenate([people, joined]), known + len(joined)
        parts.append(people)
    rows = pd.DataFrame(np.concatenate(parts), columns=["child", "age", "need", "place_type"])
    return rows.assign(
        need=np.array(simulation.axes.needs, dtype=object)[rows["need"]],
        place_type=np.array(PLACES, dtype=object)[rows["place_type"]],
        january=np.repeat(simulation.census_years, [len(part) for part in parts]),
    )


def _children_of(counts: IntCounts, *, first: int) -> NDArray[np.int64]:
    """A row of child, age, need and place for each child of a table, numbered from ``first``."""
    cells = np.argwhere(counts)
    positions = np.repeat(cells, counts[tuple(cells.T)], axis=0)
    return np.column_stack([first + np.arange(len(positions)), positions])


def _destinations(
    people: NDArray[np.int64],
    counts: IntCounts,
    rng: np.random.Generator,
    otherwise: NDArray[np.int64] | int = 1,
) -> NDArray[np.int64]:
    """Where each child of a cell goes, counts of shape (age, need, place, to) saying how many."""
    cell = np.ravel_multi_index(tuple(people[:, 1:].T), counts.shape[:3])
    shuffled = pd.Series(cell).sample(frac=1, random_state=rng)
    rank = shuffled.groupby(shuffled).cumcount().sort_index().to_numpy()
    reached = counts.reshape(-1, counts.shape[3]).cumsum(axis=1)[cell]
    position = (reached <= rank[:, None]).sum(axis=1)
    return np.where(position < counts.shape[3], position, otherwise)


def _add_details(counted: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Give every child a reference, a date of birth and dates of a plan."""
    ordered = counted.sort_values(["child", "january"], ignore_index=True)
    children = ordered.drop_duplicates("child").set_index("child")
    children["last"] = ordered.groupby("child")["january"].last()
    number = 1 + rng.permutation(len(children))
    children["reference"] = [f"{MARK}{each:06}" for each in number]
    year = children["january"] - children["age"]
    children["born"] = _day_between(_date(year - 2, 9, 1), _date(year - 1, 8, 31), rng)
    children["start"] = _starts(children, rng)
    after = _date(children["last"], 1, _LATEST_CENSUS_DAY)
    ends = _day_between(after, _date(children["last"], 12, 31), rng)
    children["end"] = ends.where(children["last"] < ordered["january"].max())
    rows = ordered.join(children[["reference", "born", "start", "end"]], on="child")
    rows["end"] = rows["end"].where(~rows.duplicated("child", keep="last"))
    return rows.sort_values(["january", "reference"], ignore_index=True)[list(COLUMNS)]


def _starts(children: pd.DataFrame, rng: np.random.Generator) -> pd.Series:
    """A day in the year before the first count, and earlier for those counted from the start."""
    january = children["january"]
    usual = children["born"] + pd.DateOffset(years=_YOUNGEST)
    usual = usual.mask(usual < FIRST_PLANS, FIRST_PLANS)
    latest = _date(january - 1, 12, 31)
    earliest = _date(january - 1, 1, 1).mask(january == january.min(), usual.clip(upper=latest))
    earliest = earliest.clip(lower=children["born"] + pd.Timedelta(days=1))
    return _day_between(earliest, latest, rng)


def _date(year: pd.Series, month: int, day: int) -> pd.Series:
    parts = pd.DataFrame({"year": year, "month": month, "day": day})
    return pd.to_datetime(parts).astype("datetime64[s]")


def _day_between(first: pd.Series, last: pd.Series, rng: np.random.Generator) -> pd.Series:
    """A day between two, either of them included."""
    days = rng.integers(0, (last - first).dt.days.to_numpy() + 1)
    return (first + pd.to_timedelta(days, unit="D")).astype("datetime64[s]")
