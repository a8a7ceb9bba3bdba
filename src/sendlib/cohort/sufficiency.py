"""Where children are taught, whether there will be enough places, and who fills new ones.

References
----------
- Department for Education. High needs funding: operational guide: what a place receives in a year,
  £10,000 in a special school and £6,000 in a base.
- Department for Education. High needs national funding formula: technical note: the import and
  export adjustment.
"""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from sendlib.cohort.axes import Counts, membership
from sendlib.cohort.levers import AddedPlaces, levers
from sendlib.cohort.projection import Projection
from sendlib.cohort.seats import INDEPENDENT, OUT_OF_SCHOOL
from sendlib.cohort.simulation import PLACE
from sendlib.pages.formats import count, gbp_m
from sendlib.pages.narrative import inside
from sendlib.ranges import say_chance
from sendlib.scenarios import Scenario
from sendlib.vocabulary import (
    PLACE_GROUPS,
    STATE_MAINSTREAM_PLACES,
    TOTAL,
    FundingTerm,
    PlaceType,
    labels,
)

MOST_SHORT = 0.10  # the chance of a shortfall that a programme may leave
SEPTEMBERS = 5  # to look ahead
KINDS = tuple(PLACE_GROUPS)[:5]  # those that have seats
MAINSTREAM, BASES, SPECIAL = KINDS[:3]
_RUNNING_GBP = {SPECIAL: 10_000.0, BASES: 6_000.0}  # a place a year, as set nationally
_OF_SEATS = [
    *("places", "census_year", "open", "filled", "empty", "queue"),
    *("from independent, low", "from independent", "from independent, high"),
    *("out of school before", "in mainstream before"),
]

_GBP_OF_ONE = 6000.0  # the adjustment for each child taught in another authority than the home
_KEY = ["area_code", "financial_year"]
_PLACES = {
    "special_academy_places": ("Special academies", "Special free schools"),
    "base_academy_places": (
        "Mainstream academies (special educational needs (SEN) units and resourced provision)",
    ),
}
_TAUGHT_NOTES = (
    "Own children: wherever they are taught. Places: of academies and free schools in the area, "
    "whoever takes them.",
    "Places of maintained schools are not published by number.",
    "Net imports count all who need a funded place: children of others taught here, less own "
    "children taught elsewhere. A child in a school that the department funds itself is an "
    "export of the home authority and nobody's import, so England as a whole exports.",
)


def sufficiency(projection: Projection, *, unfilled: float = math.nan) -> pd.DataFrame:
    """How likely each kind of place is to run short by each September.

    Parameters
    ----------
    projection : Projection
        Places under a scenario, whose added places and limits are what is planned.
    unfilled : float
        Places of mainstream schools that nobody takes (``unfilled_mainstream``). [places]

    Returns
    -------
    pd.DataFrame
        ``kind of place``, ``september``, ``open`` (in use at the last count, unfilled and
        planned), ``low``, ``middle``, ``high`` needed in the January after by own children
        wherever they are taught, and ``chance_short``. Of own records numbers below the minimum
        count are missing. [places, share]
    """
    need, room = _needed(projection)[:, 1:], _open(projection, unfilled)[1:]
    ranges = np.quantile(need, projection.levels, axis=0)
    chance = (need > room).mean(axis=0)
    years = projection.simulation.census_years[1 : SEPTEMBERS + 1]
    frame = pd.DataFrame(
        [
            (kind, january - 1, room[at, k], *ranges[:, at, k], chance[at, k])
            for k, kind in enumerate(KINDS)
            for at, january in enumerate(years)
        ],
        columns=["kind of place", "september", "open", "low", "middle", "high", "chance_short"],
    )
    few = projection.inputs.minimum_count
    numbers = frame[["open", "low", "middle", "high"]]
    frame[numbers.columns] = numbers.mask((numbers > 0) & (numbers < few))
    frame.attrs |= {"origin": "own"} if few else {}
    frame.attrs["what"] = "places open and needed by own children, wherever they are taught"
    frame.attrs["formats"] = {"september": "year"}
    frame.attrs["notes"] = _basis(projection, unfilled)
    return frame


def chances_by_september(chances: pd.DataFrame) -> pd.DataFrame:
    """The chance of a shortfall, a row for each kind of place and a column for each September.

    Returns
    -------
    pd.DataFrame
        From what ``sufficiency`` gives. [share]
    """
    wide = chances.pivot(index="kind of place", columns="september", values="chance_short")
    wide = wide.loc[list(KINDS)].rename(columns="{:.0f}".format)
    wide.attrs = {
        name: chances.attrs[name] for name in ("notes", "origin") if name in chances.attrs
    }
    what = "chance by September that places for own children, wherever they are taught, run short"
    wide.attrs |= {"what": what, "unit": _briefly}
    return wide


def least_programme(projection: Projection) -> pd.DataFrame:
    """The fewest places to open so that a shortfall stays below ``MOST_SHORT`` each September.

    Returns
    -------
    pd.DataFrame
        For special schools and bases: ``kind of place``, ``september``, ``to_open`` by then
        beyond what is open and planned, ``capital_gbp`` of those of the year, and
        ``running_gbp`` in a full year of all so far, without what follows each child. [places, £]
    """
    need, room = _needed(projection), _open(projection, math.nan)
    most = np.sort(need, axis=0)[int((1 - MOST_SHORT) * len(need))]
    short = np.maximum(np.ceil(most - room)[1 : SEPTEMBERS + 1], 0)
    by_then = np.maximum.accumulate(short, axis=0)
    built = {
        SPECIAL: float(projection.scenario.value("cohort.special_place_capital_gbp")),
        BASES: float(projection.scenario.value("cohort.base_place_capital_gbp")),
    }
    rows: list[tuple[object, ...]] = []
    for kind, running in _RUNNING_GBP.items():
        seats = by_then[:, KINDS.index(kind)]
        capital = np.diff(seats, prepend=0) * built[kind]
        years = projection.simulation.census_years[:SEPTEMBERS]
        rows += zip([kind] * len(seats), years, seats, capital, seats * running, strict=False)
    columns = ["kind of place", "september", "to_open", "capital_gbp", "running_gbp"]
    frame = pd.DataFrame(rows, columns=columns)
    frame.attrs |= {"origin": "own"} if projection.inputs.minimum_count else {}
    frame.attrs["what"] = f"the least that keeps the chance of a shortfall below {MOST_SHORT:.0%}"
    frame.attrs["formats"] = {"september": "year", "capital_gbp": "gbp_m", "running_gbp": "gbp_m"}
    return frame


def sufficiency_title(chances: pd.DataFrame) -> str:
    """How likely special schools are to run short by the last September."""
    last = chances[chances["kind of place"] == SPECIAL].iloc[-1]
    return (
        f"{SPECIAL}s: a chance of {say_chance(last['chance_short'])} that places are short "
        f"in September {last['september']:.0f}"
    )


def describe_sufficiency(chances: pd.DataFrame, programme: pd.DataFrame) -> str:
    """How likely special schools are to run short, and what it takes to make that unlikely."""
    likely = f"{sufficiency_title(chances)} with what is open and planned."
    own = programme[programme["kind of place"] == SPECIAL]
    if own["to_open"].iloc[-1] <= 0:
        return likely
    return (
        f"{likely} To keep it below {MOST_SHORT:.0%} takes {count(own['to_open'].iloc[-1])} more "
        f"places in {inside(SPECIAL)}s by then: {gbp_m(own['capital_gbp'].sum())} to build and "
        f"{gbp_m(own['running_gbp'].iloc[-1])} a year to run, without what follows each child."
    )


def added_records(scenario: Scenario) -> tuple[AddedPlaces, ...]:
    """The added places of a scenario, in order."""
    return levers(scenario).added_places


def added_places(projection: Projection) -> pd.DataFrame:
    """What becomes of added places, January by January.

    Returns
    -------
    pd.DataFrame
        A row for each record and January: ``places``, ``census_year``, ``open`` since the last
        count, ``filled`` and ``empty`` (means), ``queue`` (who would take a seat and finds none,
        middle), the range of those who would be in an independent or non-maintained special
        school otherwise, and means of those from out of school and from mainstream.
        Empty without added places. [places, children]
    """
    simulation = projection.simulation
    why = f"The scenario {projection.scenario.name} adds no places."
    rows: list[tuple[object, ...]] = []
    records = added_records(projection.scenario) if simulation.seats else ()
    for position, record in enumerate(records):
        assert simulation.seats is not None
        who = simulation.seats.filled[:, :, position]
        empty, queue = simulation.seats.empty[..., position], simulation.seats.queue[..., position]
        filled = who.sum(axis=2)
        sources = (INDEPENDENT, OUT_OF_SCHOOL, STATE_MAINSTREAM_PLACES)
        before = [
            who[..., np.isin(simulation.axes.places, source)].sum(axis=2) for source in sources
        ]
        name = f"{labels(PlaceType)[record.place]}, ages {record.ages}"
        for at, january in enumerate(simulation.census_years[1:]):
            low, middle, high = np.quantile(before[0][:, at], projection.levels)
            rows.append(
                (
                    *(name, january, int((filled + empty)[0, at])),
                    *(each[:, at].mean() for each in (filled, empty)),
                    *(float(np.median(queue[:, at])), low, middle, high),
                    *(each[:, at].mean() for each in before[1:]),
                )
            )
    frame = pd.DataFrame(rows, columns=_OF_SEATS)
    frame.attrs |= {
        "what": "places that open, the own children who fill them, and who waits",
        "why": why,
        "missing": False,
    }
    return frame


def _briefly(chance: float) -> str:
    """A chance as a cell of a grid has room for it."""
    return say_chance(chance).replace("less than ", "<").replace("more than ", ">")


def _needed(projection: Projection) -> Counts:
    """Places of each kind wanted without seats and limits, shape (draw, 1 + year, kind)."""
    simulation = projection.simulation
    plans = simulation.by(PLACE).astype(float)
    away = simulation.turned_away
    plans[:, 1:] += away.sum(axis=3) - away.sum(axis=2)
    if simulation.seats is not None:
        filled = simulation.seats.filled
        plans[:, 1:] += filled.sum(axis=2)
        for row, record in enumerate(added_records(projection.scenario)):
            plans[:, 1:, simulation.axes.place(record.place)] -= filled[:, :, row].sum(axis=2)
    return np.asarray(plans @ _members(projection))


def _open(projection: Projection, unfilled: float) -> Counts:
    """Places of each kind that are open and planned, shape (1 + year, kind)."""
    simulation, planned = projection.simulation, levers(projection.scenario)
    years, axes = simulation.census_years, simulation.axes
    room = np.tile(simulation.by(PLACE)[0, 0].astype(float), (len(years), 1))
    for limit in planned.capacities:
        own = axes.place(limit.place)
        limits = np.array([limit.room_in(year) for year in years])
        room[:, own] = np.where(np.isfinite(limits), limits, room[:, own])
    for record in planned.added_places:
        opened = [record.open_in(year) - record.open_in(years[0]) for year in years]
        room[:, axes.place(record.place)] += opened
    by_kind = room @ _members(projection)
    by_kind[:, KINDS.index(MAINSTREAM)] += 0.0 if math.isnan(unfilled) else unfilled
    return np.asarray(by_kind)


def _members(projection: Projection) -> Counts:
    places = projection.simulation.axes.places
    return membership(places, {kind: PLACE_GROUPS[kind] for kind in KINDS})


def _basis(projection: Projection, unfilled: float) -> list[str]:
    """What places open are, and what is not known of them."""
    origin, known = projection.simulation.origin, not math.isnan(unfilled)
    spare = f"; mainstream schools have {count(unfilled)} unfilled places too" if known else ""
    return [
        f"Open: places that own children used in January {origin}, or the scenario's own limit, "
        f"and those it adds{spare}.",
        "How many special places are empty is not published; a scenario may say how many there "
        "are. Those who wait for a place without having one are not in what is needed. "
        "Independent and college places are bought, so there a shortfall means more to buy.",
    ]


def where_taught(load: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """Own children beside places that are in an authority, and the net of who crosses its border.

    Parameters
    ----------
    load : Callable
        Gives a tidy table by its name, such as ``Authority.load``.

    Returns
    -------
    pd.DataFrame
        For every authority and England, by ``financial_year``: ``own_children``, those with a
        plan in a state special school in the January before; ``special_academy_places`` and
        ``base_academy_places`` in its area from the autumn; and ``net_imports`` of children,
        below zero where more are taught elsewhere. From the yearly allocations of the grant,
        sheets on deductions and on the import and export adjustment. [children, places]
    """
    terms = load("high_needs_term")
    net = terms[terms["term"] == FundingTerm.IMPORT_EXPORT].set_index(_KEY)
    frame = net[["area_name"]].assign(net_imports=net["value"] / _GBP_OF_ONE)
    deductions = load("place_deduction")
    deductions = deductions[~deductions["places"].str.contains("AP|alternative", regex=True)]
    for column, institutions in _PLACES.items():
        rows = deductions[deductions["institution"].isin(institutions)]
        frame[column] = rows.groupby(_KEY)["places_from_autumn"].sum(min_count=1)
    caseload = load("ehcp_caseload")
    is_total = (caseload["age_band"] == TOTAL) & (caseload["primary_need"] == TOTAL)
    counted = caseload[is_total & (caseload["place_type"] == PlaceType.STATE_SPECIAL)]
    own = counted.set_index(["area_code", "census_year"])["plans"]
    frame = frame.reset_index()
    january = frame["financial_year"].str[:4].astype(int)
    keys = pd.MultiIndex.from_arrays([frame["area_code"], january])
    frame["own_children"] = own.reindex(keys).to_numpy()
    columns = [*_KEY, "area_name", "own_children", *_PLACES, "net_imports"]
    frame = frame[columns].sort_values(_KEY, ignore_index=True)
    frame.attrs |= {
        "what": "own children in state special schools, places in the area, and net imports",
        "formats": dict.fromkeys(("own_children", *_PLACES), "count") | {"net_imports": "signed"},
        "notes": list(_TAUGHT_NOTES),
        "source_ids": [*net["source_id"].unique()],
        "why": "The yearly allocations have no row for this authority.",
    }
    return frame


def describe_where_taught(frame: pd.DataFrame, area_code: str) -> str:
    """Whether more children come to be taught in an authority or leave it; empty if not known."""
    own = frame[frame["area_code"] == area_code].tail(1)
    return "".join(
        f"In {row['financial_year']} {row['area_name']} was a net "
        f"{'exporter' if row['net_imports'] < 0 else 'importer'} of "
        f"{count(abs(row['net_imports']))} children who need a funded place."
        for row in own.to_dict("records")
    )


def unfilled_mainstream(
    load: Callable[[str], pd.DataFrame], area_code: str, *, january: int
) -> float:
    """Places of mainstream schools in an area beyond their pupils, as last known; else missing."""
    table = load("school_places")
    started = table["academic_year"].str[:4].astype(int)
    own = table[(table["area_code"] == area_code) & (started < january)]
    key = ["academic_year", "phase"]
    places, pupils = (
        own[own["measure"] == measure].set_index(key)["value"] for measure in ("places", "pupils")
    )
    spare = (places - pupils).unstack("phase").dropna()
    return float(spare.iloc[-1].clip(lower=0).sum()) if len(spare) else float("nan")
