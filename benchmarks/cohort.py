"""How long does the simulation of a caseload take, compared with the same model as a plain loop?

The start is invented and of Wiltshire's size. The plain loop makes the same
draws of the same distributions one cell and one draw at a time, without levers
or totals; it is run on a few draws, and seconds are given for one draw. Both
draw whole children (binomial and multinomial), none a normal approximation,
and their medians are shown together. The ways take turns within one run, so
that their ratios can be compared; the seconds are this machine's. Memory is
the most that a process of its own held.

    make bench
"""

import multiprocessing
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from sendlib.cohort.axes import AGES, ALL_NEEDS, NEEDS, PLACES, Axes, as_share
from sendlib.cohort.rates import Beta, Parameters, Rates, Shock, draw_parameters
from sendlib.cohort.simulate import simulate
from sendlib.cohort.simulation import Start

ROUNDS = 3
YEARS, PLANS, RESIDENTS, SEED = 10, 6_400, 5_500.0, 1
PLAIN_DRAWS = 4
ORIGIN = 2026
SIZES = {"13 needs, 14 places": (NEEDS, 1_000), "needs together": (ALL_NEEDS, 10_000)}


def invented(needs: tuple[str, ...], *, strength: float = 300.0, shock: float = 0.08) -> Rates:
    """Rates that differ by age, need and place, with a few places common and most rare."""
    rng = np.random.default_rng(SEED)
    axes = Axes(needs, PLACES[:14])
    ages, kinds, places = axes.shape
    age = np.arange(ages)
    common = rng.dirichlet(np.full(kinds * places, 0.3)).reshape(kinds, places)
    leave = np.select([age < 16, age < 19], [0.02, 0.12], 0.4)
    move = np.where(np.isin(age, (5, 11, 16, 19)), 0.2, 0.05)
    join = np.select([age < 3, age < 12, age < 17], [0.001, 0.007, 0.005], 0.0005)
    factor = np.exp(0.3 * rng.standard_normal(axes.shape))

    def known(mean: np.ndarray) -> Beta:
        return Beta(strength * mean, strength * (1 - mean))

    where = as_share(common[:, None, :] * (1 - np.eye(places)))
    return Rates(
        axes,
        leave=known(np.clip(leave[:, None, None] * factor, 0, 0.9)),
        move=known(np.clip(move[:, None, None] * factor, 0, 0.9)),
        destination=np.broadcast_to(where, (ages, kinds, places, places)),
        destination_strength=np.full((ages, places), strength),
        need_change=known(np.full(kinds, 0.02)),
        need_to=as_share(1 - np.eye(kinds)) if kinds > 1 else np.zeros((1, 1)),
        join=Beta(100 * strength * join, 100 * strength * (1 - join)),
        join_split=np.broadcast_to(strength * common, axes.shape),
        shocks={flow: Shock(shock, shock / 2) for flow in ("leave", "move", "join")},
    )


def begin(rates: Rates, *, years: int = YEARS) -> Start:
    """The caseload to which the rates have led from nobody, brought to Wiltshire's size."""
    living = np.full((25, len(AGES)), RESIDENTS)
    empty = Start(ORIGIN - 25, np.zeros(rates.axes.shape), living)
    settled = simulate(rates, empty, draws=1, seed=SEED).stock[0, -1].astype(float)
    held = np.random.default_rng(SEED).multinomial(PLANS, settled.ravel() / settled.sum())
    return Start(ORIGIN, held.reshape(settled.shape).astype(float), living[:years])


def plain_loop(rates: Rates, start: Start, *, draws: int) -> np.ndarray:
    """Plans of the last January in each draw, drawn cell by cell."""
    rng = np.random.default_rng(SEED)
    found = []
    for _ in range(draws):
        known = draw_parameters(rates, rng, draws=1, years=YEARS)
        stock = start.stock.astype(np.int64)
        for year in range(YEARS):
            stock = plain_year(stock, start.residents[year], known, year, rng)
        found.append(int(stock.sum()))
    return np.array(found)


def plain_year(
    stock: np.ndarray, living: np.ndarray, known: Parameters, year: int, rng: np.random.Generator
) -> np.ndarray:
    ages, needs, places = stock.shape
    after = np.zeros_like(stock)
    shock = {flow: values[0, year] for flow, values in known.shocks.items()}
    for age in range(ages):
        held = stock[age - 1] if age else np.zeros_like(stock[0])
        for need, place in zip(*np.nonzero(held), strict=True):
            number = held[need, place]
            odds = known.leave[0, age, need, place] * shock["leave"]
            number -= rng.binomial(number, odds / (1 + odds))
            kept = np.zeros(needs, dtype=np.int64)
            kept[need] = number
            if needs > 1 and number:
                changed = rng.binomial(number, known.need_change[0, need])
                kept[need] -= changed
                kept += rng.multinomial(changed, known.rates.need_to[need])
            for now in np.flatnonzero(kept):
                odds = known.move[0, age, now, place] * shock["move"]
                movers = rng.binomial(kept[now], odds / (1 + odds))
                after[age, now, place] += kept[now] - movers
                if movers:
                    weights = known.rates.destination[age, now, place].astype(float)
                    weights = weights * known.destination[0, age, place]
                    after[age, now] += rng.multinomial(movers, weights / weights.sum())
        odds = known.join[0, age] / (1 - known.join[0, age]) * shock["join"]
        joined = rng.binomial(int(living[age] - held.sum()), odds / (1 + odds))
        split = known.join_split[0, age].ravel()
        after[age] += rng.multinomial(joined, split / split.sum()).reshape(needs, places)
    return after


def compare(needs: tuple[str, ...], draws: int) -> None:
    rates = invented(needs)
    start = begin(rates)
    ways: dict[str, tuple[int, Callable[[], np.ndarray]]] = {
        "sendlib, one thread": (draws, lambda: ahead(rates, start, draws, workers=1)),
        "sendlib, all threads": (draws, lambda: ahead(rates, start, draws, workers=None)),
        "plain loop": (PLAIN_DRAWS, lambda: plain_loop(rates, start, draws=PLAIN_DRAWS)),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    medians = {}
    for _ in range(ROUNDS):
        for way, (number, run) in ways.items():
            started = time.perf_counter()
            made = run()
            seconds[way].append((time.perf_counter() - started) / number)
            medians[way] = np.median(made)
    fastest = min(statistics.median(taken) for taken in seconds.values())
    for way, taken in seconds.items():
        each = statistics.median(taken)
        print(
            f"  {way:22} {1000 * each:8.2f} ms a draw, {each * draws:8.1f} s for {draws:,}, "
            f"{each / fastest:7.1f} times, median {medians[way]:,.0f} plans"
        )


def ahead(rates: Rates, start: Start, draws: int, *, workers: int | None) -> np.ndarray:
    made = simulate(rates, start, draws=draws, seed=SEED, workers=workers)
    return made.total()[:, -1]


def memory(needs: tuple[str, ...], draws: int) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        print(f"  most memory {pool.apply(most_memory, (needs, draws)):,.0f} MiB")


def most_memory(needs: tuple[str, ...], draws: int) -> float:
    """Most memory this process ever held [MiB]."""
    rates = invented(needs)
    simulate(rates, begin(rates), draws=draws, seed=SEED)
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    for name, (needs, draws) in SIZES.items():
        print(f"{name}, {draws:,} draws of {YEARS} years, {PLANS:,} plans at the start")
        compare(needs, draws)
        memory(needs, draws)


if __name__ == "__main__":
    main()
