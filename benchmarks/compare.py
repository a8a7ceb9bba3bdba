"""How long does it take to compare everybody, and how often is the result wrong?

First, 152 authorities by 24 indicators by 10 years beside England, each gap with its
interval, corrected test and result; the ranks and bands of the department's whole
table; and the ranges of ranks of one indicator. Then, on pages
of 24 indicators each, how often a page without a difference says one, and how often
a difference that was planted is found. All are simulated from fixed seeds.

    make bench
"""

import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from sendlib import data
from sendlib.compare import gap_test, indicator_ranks
from sendlib.compare.funnel import rank_ranges
from sendlib.project import Project

AUTHORITIES, INDICATORS, YEARS = 152, 24, 10
ROUNDS, PAGES, SEED = 5, 20_000, 20250116
EXACT = float("inf")
DENOMINATORS = (100, 500, 2_303, 8_500)
EFFECTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)


def invented(rng: np.random.Generator, pages: int, *, kind: str, other_of: float) -> pd.DataFrame:
    """Pages of indicators on which nothing differs."""
    size = pages * INDICATORS
    centre = np.tile(np.linspace(0.02, 0.6, INDICATORS), pages)
    of = rng.integers(50, 8_000, size)
    cases = rng.poisson(centre * of) if kind == "rate" else rng.binomial(of, centre)
    other = centre if other_of == EXACT else rng.binomial(int(other_of), centre) / other_of
    page = np.repeat(np.arange(pages), INDICATORS)
    numbers = {"value": cases / of, "of": of, "other": other, "other_of": other_of}
    return pd.DataFrame({**numbers, "kind": kind, "page": page})


def planted(rng: np.random.Generator, pages: int, *, of: int, effect: float) -> pd.DataFrame:
    """Pages on which the first indicator differs from 16% by a share of itself."""
    first = np.tile(np.arange(INDICATORS) == 0, pages)
    share = np.where(first, 0.16 * (1 + effect), 0.16)
    numbers = {"value": rng.binomial(of, share) / of, "of": of, "other": 0.16, "other_of": EXACT}
    page = np.repeat(np.arange(pages), INDICATORS)
    return pd.DataFrame({**numbers, "kind": "share", "page": page, "first": first})


def different(tested: pd.DataFrame) -> pd.Series:
    return tested["result"].isin(["higher", "lower"])


def seconds(name: str, work: Callable[[], object]) -> None:
    """The middle of several rounds; the first, in which modules load, is left out."""
    taken = []
    for _ in range(ROUNDS + 1):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    print(f"{name}: {statistics.median(taken[1:]):.2f} s")


def speed() -> None:
    rng = np.random.default_rng(SEED)
    everybody = invented(rng, AUTHORITIES * YEARS, kind="share", other_of=EXACT)
    sampled = invented(rng, AUTHORITIES * YEARS, kind="rate", other_of=3_000.0)
    shape = f"{AUTHORITIES} x {INDICATORS} x {YEARS}"
    seconds(f"{shape} shares beside England", lambda: gap_test(everybody, page="page"))
    seconds(f"{shape} rates beside another", lambda: gap_test(sampled, page="page"))
    one = everybody.iloc[::INDICATORS].head(AUTHORITIES)
    seconds(f"ranges of ranks of {AUTHORITIES}", lambda: rank_ranges(one, rng=rng))
    project = Project.find()
    tables = [data.load(project, name) for name in ("indicator", "area", "neighbour")]
    rows = len(indicator_ranks(*tables))
    seconds(
        f"value, gap, rank and band of {rows:,} published cells", lambda: indicator_ranks(*tables)
    )


def false_alarms() -> None:
    rng = np.random.default_rng(SEED)
    print(f"\nPages that say a difference where there is none, of {PAGES:,}:")
    for kind, other_of in (("share", EXACT), ("rate", EXACT), ("share", 3_000.0)):
        pages = invented(rng, PAGES, kind=kind, other_of=other_of)
        tested = gap_test(pages, page="page")
        alarms = different(tested).groupby(tested["page"]).any().mean()
        print(f"  {kind}, other of {other_of:,.0f}: {alarms:.2%}")


def power() -> None:
    rng = np.random.default_rng(SEED)
    found = {
        of: {
            f"{effect:.0%}": different(tested)[tested["first"]].mean()
            for effect in EFFECTS
            for tested in [gap_test(planted(rng, 1_000, of=of, effect=effect), page="page")]
        }
        for of in DENOMINATORS
    }
    print("\nHow often a difference from 16% is found, by its size and the denominator:")
    print(pd.DataFrame(found).to_string(float_format="{:.1%}".format))


if __name__ == "__main__":
    speed()
    false_alarms()
    power()
