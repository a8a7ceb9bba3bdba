"""Own records, corrected by one child: nobody shows, and the pack can go out; all are invented."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from sendlib import cohort, disclosure
from sendlib.cohort.axes import AGES
from sendlib.cohort.evidence import evidence_from_movements
from sendlib.intake.people import count_movements, stock_of
from sendlib.vocabulary import PLACE_GROUPS, PlaceType, PrimaryNeed

PLACES = [place.value for place in PlaceType]
NEEDS = [need.value for need in PrimaryNeed]
RESIDENTS = pd.DataFrame(2000.0, index=[2025, 2026], columns=list(AGES))


def people_of(rng, size=900):
    """Invented people in two Januaries, most of whom stay where they are."""
    first = pd.DataFrame(
        {
            "person": np.arange(size),
            "census_year": 2025,
            "age": rng.integers(4, 20, size),
            "need": rng.choice(NEEDS, size),
            "place_type": rng.choice(PLACES, size, p=rng.dirichlet(np.full(len(PLACES), 0.4))),
        }
    )
    stayed = first[rng.random(size) < 0.9].assign(
        census_year=2026, age=lambda each: each["age"] + 1
    )
    moves = rng.random(len(stayed)) < 0.05
    stayed.loc[moves, "place_type"] = rng.choice(PLACES, moves.sum())
    new = first.sample(size // 8, random_state=1).assign(census_year=2026, age=9)
    return pd.concat([first, stayed, new.assign(person=new["person"] + size)], ignore_index=True)


def corrected(people, rng):
    """The same records after one child was put right: gone, new, or in another place."""
    row = int(rng.integers(len(people)))
    kind = rng.integers(3)
    if kind == 0:
        return people.drop(index=row)
    if kind == 1:
        return pd.concat([people, people.loc[[row]].assign(person=10_000)], ignore_index=True)
    return people.assign(
        place_type=people["place_type"].mask(people.index == row, str(rng.choice(PLACES)))
    )


def shown(people, key):
    """Every count of the stock, the flows and the bridge that a page would show."""
    moves = count_movements(people)
    evidence = evidence_from_movements(stock_of(moves), moves, RESIDENTS, kind="own")
    inputs = cohort.Inputs("865", 2026, evidence, None, RESIDENTS).rounded(key)
    places = pd.Series(inputs.evidence.stock.sum(axis=(0, 1)), inputs.evidence.axes.places)
    by_kind = {name: places[[*kinds]].sum() for name, kinds in PLACE_GROUPS.items()}
    bridge = cohort.bridge(inputs).set_index("category")["value"]
    assert bridge["January 2026"] == sum(by_kind.values())
    assert bridge.iloc[:-1].sum() == bridge.iloc[-1]
    flows = cohort.moves(inputs).set_index("from").stack()
    return pd.Series({**by_kind, **bridge.add_prefix("bridge "), **flows}, dtype=float)


def tell(corrections, seed):
    """Of packs of one authority: how many tell a small count, and how many pairs give one away."""
    rng = np.random.default_rng(seed)
    people, key = people_of(rng), rng.bytes(32)
    made = [people, *(corrected(people, rng) for _ in range(corrections))]
    packs = pd.concat([shown(each, key) for each in made], axis=1).T
    told = Counter(moved=int((packs.diff().abs() > 0).any(axis=1).sum()))
    told["small"] = int(disclosure.is_small(packs, 5).any(axis=1).sum())
    for number in range(1, len(packs)):
        apart = packs.iloc[:number].sub(packs.iloc[number]).abs()
        told["recovered"] += int(disclosure.is_small(apart, 5).any(axis=1).sum())
    return told


@pytest.mark.parametrize("corrections", [12, pytest.param(200, marks=pytest.mark.slow)])
def test_a_correction_of_one_child_neither_shows_nor_stops_a_pack(corrections):
    told = tell(corrections, seed=83)
    assert (told["small"], told["recovered"]) == (0, 0)
    assert told["moved"] > 0
