"""Invented rates and caseloads by age, need and place, small or the size of an authority."""

import numpy as np
from hypothesis import strategies as st

from sendlib.cohort.axes import AGES, ALL_NEEDS, Axes, as_share
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.levers import Levers
from sendlib.cohort.rates import Beta, Rates, Shock
from sendlib.cohort.simulate import simulate
from sendlib.cohort.simulation import Start

ORIGIN = 2025
NEEDS = ("asd", "semh", "mld", "slcn")
WINDOWS = {  # place: first and last age
    "mainstream": (4, 18),
    "state_special": (3, 19),
    "further_education": (16, 25),
    "awaiting": (0, 25),
    "independent_special": (5, 21),
    "early_years": (0, 4),
    "resourced_provision": (4, 16),
    "alternative_provision": (6, 16),
}
CERTAIN = 1e8  # plans' worth of evidence under which a rate is as good as known


def invented_axes(needs=2, places=4):
    return Axes(NEEDS[:needs] if needs > 1 else ALL_NEEDS, tuple(WINDOWS)[:places])


def known(mean, worth=CERTAIN):
    return Beta(worth * mean, worth * (1 - mean))


def _by_age(*steps):
    """A value for each age, from the first of pairs of age and value on."""
    values = np.zeros(len(AGES))
    for age, value in steps:
        values[age:] = value
    return values


def invented_rates(axes, *, seed=1, worth=CERTAIN, shock=0.0, joining=1.0):
    """Rates that differ by age, need and place as they do in England; all equally well known."""
    rng = np.random.default_rng(seed)
    ages, needs, places = axes.shape
    windows = np.array([WINDOWS[place] for place in axes.places])
    age = np.arange(ages)[:, None]
    inside = (age >= windows[:, 0]) & (age <= windows[:, 1])

    def cells(by_age):
        factor = np.exp(0.3 * rng.standard_normal((1, needs, places)))
        return np.clip(by_age[:, None, None] * factor, 1e-5, 0.95)

    leave = cells(_by_age((0, 0.02), (16, 0.1), (18, 0.25), (19, 0.4)))
    move = cells(_by_age((0, 0.04), (5, 0.05), (11, 0.2), (12, 0.04), (16, 0.3), (17, 0.08)))
    move = np.where(inside[:, None], move, 0.95)
    attraction = np.exp(0.7 * rng.standard_normal((needs, places))) * inside[:, None]
    where = as_share(attraction[:, :, None, :] * (1 - np.eye(places)))
    join = joining * _by_age((0, 0.001), (3, 0.006), (5, 0.008), (12, 0.006), (17, 0.001))
    split = attraction / attraction.sum(axis=(1, 2), keepdims=True)
    return Rates(
        axes,
        leave=known(leave, worth),
        move=known(move, worth),
        destination=where,
        destination_strength=np.full((ages, places), worth),
        need_change=known(np.full(needs, 0.02), worth),
        need_to=as_share(1 - np.eye(needs)) if needs > 1 else np.zeros((1, 1)),
        join=known(join, worth),
        join_split=worth * split,
        shocks={flow: Shock(shock, 0.0) for flow in ("leave", "move", "join")},
    )


def residents(count=5500.0, *, years=1):
    return np.full((years, len(AGES)), float(count))


def settled(rates, *, count=5500.0, seed=1):
    """A caseload to which the rates have led from nobody in 25 years."""
    empty = Start(ORIGIN - 25, np.zeros(rates.axes.shape), residents(count, years=25))
    return simulate(rates, empty, draws=1, seed=seed, workers=1).stock[0, -1].astype(float)


def invented_start(rates, *, years=3, count=5500.0, seed=1):
    return Start(ORIGIN, settled(rates, count=count, seed=seed), residents(count, years=years))


def random_rates(axes, rng):
    """Any rates at all: rare and common, well known and hardly known, with shocks."""
    shape = axes.shape

    def beta(*of):
        worth = 10.0 ** rng.uniform(0, 5)
        return known(rng.uniform(0, 1, of) ** 3 * 0.98 + 0.01, worth)

    ages, needs, places = shape
    elsewhere = 1 - np.eye(places)
    allowed = rng.uniform(size=(ages, 1, 1, places)) < 0.8
    return Rates(
        axes,
        leave=beta(*shape),
        move=beta(*shape),
        destination=as_share(rng.uniform(size=(ages, needs, places, places)) * elsewhere * allowed),
        destination_strength=rng.uniform(1, 500, (ages, places)),
        need_change=beta(needs),
        need_to=as_share(1 - np.eye(needs)) if needs > 1 else np.zeros((1, 1)),
        join=beta(ages),
        join_split=rng.uniform(size=shape) ** 4 * rng.uniform(1, 500) + 1e-3,
        shocks={flow: Shock(0.2, 0.1, strength=4.0) for flow in ("leave", "move", "join")},
    )


@st.composite
def cohorts(draw, *, years=3):
    """Axes, any rates, and a start in which residents may be fewer than plans."""
    axes = invented_axes(draw(st.integers(1, 3)), draw(st.integers(2, 5)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    stock = rng.integers(0, draw(st.integers(1, 30)), axes.shape).astype(float)
    living = rng.integers(0, draw(st.integers(1, 300)), (years, len(AGES))).astype(float)
    return random_rates(axes, rng), Start(ORIGIN, stock, living)


def _records(*fields):
    return st.lists(st.fixed_dictionaries(dict(fields)), max_size=2)


@st.composite
def any_levers(draw, axes, *, years=3):
    """Levers of every kind on places of the axes; limits where there is a queue."""
    begins = st.integers(ORIGIN - 1, ORIGIN + years)
    span = {"from_year": begins, "ages": st.sampled_from(["0-25", "16-19", "4"])}
    changes = _records(
        ("flow", st.sampled_from(["join", "leave", "move"])),
        ("pct", st.floats(-99, 300)),
        ("phased_over", st.integers(1, 3)),
        *span.items(),
    )
    pairs = st.permutations(axes.places).map(lambda order: order[:2])
    streams = st.lists(
        st.builds(
            lambda flow, pair, share, year: {
                "flow": flow,
                "from_place": pair[0],
                "to_place": pair[1],
                "share_pct": share,
                "from_year": year,
            },
            st.sampled_from(["join", "move"]),
            pairs,
            st.floats(0, 50),
            begins,
        ),
        max_size=2,
    )
    given_levers = {"rate_changes": draw(changes), "redirections": draw(streams)}
    if "awaiting" in axes.places:
        some = st.permutations([one for one in axes.places if one != "awaiting"])
        limited = draw(some)[: draw(st.integers(0, 2))]
        given_levers["capacities"] = [
            {
                "place": one,
                "room": {draw(begins): draw(st.floats(0, 400))},
                "overflow": [other for other in draw(some) if other != one][:2],
            }
            for one in limited
        ]
    return Levers.model_validate(given_levers)


def evidence_of(simulation, draw, residents, *, years=None):
    """One draw as evidence: exactly what happened in it, as if every plan had been followed."""
    observed = slice(0, len(residents) if years is None else years)
    stock = simulation.stock[draw].astype(float)
    before = np.pad(stock[:-1, :-1], ((0, 0), (1, 0), (0, 0), (0, 0)))[observed]

    def flow(name):
        return getattr(simulation, name)[draw, observed].astype(float)

    return Evidence(
        simulation.axes,
        tuple(simulation.census_years[1:][observed]),
        stock=stock[1:][observed][-1],
        before=before,
        left=flow("left")[:, :-1],
        moved=flow("moved_cells"),
        need_changed=flow("need_changed"),
        joined=flow("joined"),
        without_plan=np.maximum(residents[observed] - before.sum(axis=(2, 3)), 0.0),
        kind="synthetic",
    )


def stock_after(evidence):
    """The stock that the counts of each year lead to, shape (year, age, need, place)."""
    moved, changed = evidence.moved, evidence.need_changed
    stayed = evidence.before - evidence.left - moved.sum(axis=4) - changed.sum(axis=3)
    return stayed + moved.sum(axis=3) + changed.sum(axis=2) + evidence.joined
