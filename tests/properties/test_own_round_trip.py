"""Invented caseloads written in every form and read back say the same, and add up."""

from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from invented_people import counted, crowd, frame, read, read_all, write_all
from sendlib.intake.people import sides
from sendlib.intake.write import write_extract
from sendlib.vocabulary import OUTSIDE, PlaceType, PrimaryNeed

FIRST = 2022
SOME = settings(max_examples=6)  # each writes and reads workbooks of three Januaries
NEEDS = st.sampled_from([need.value for need in PrimaryNeed])
PLACES = st.sampled_from([place.value for place in PlaceType])


@st.composite
def histories(draw):
    """One person: a date of birth, and a need and place in each January, or no plan."""
    born = draw(st.dates(date(1996, 9, 1), date(FIRST - 1, 8, 31)))
    states = draw(st.lists(st.none() | st.tuples(NEEDS, PLACES), min_size=3, max_size=3))
    return born, states


def age(born, january):
    """Completed years on the 31 August before, counted another way than the reader does."""
    day = date(january - 1, 8, 31)
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def rows_of(people):
    rows = crowd(1, tuple(range(FIRST, FIRST + 3)))
    for number, (born, states) in enumerate(people):
        for january, state in enumerate(states, FIRST):
            if state and 0 <= age(born, january) <= 25:
                row = {"reference": f"H{number}", "born": born, "january": january}
                row |= {"need": state[0], "place_type": state[1], "start": born}
                rows.append(row | {"end": None})
    return frame(rows)


def expected_movements(rows):
    """Movements counted by hand, one person at a time."""
    moves = Counter()
    for _, held in rows.groupby("reference"):
        states = {row.january: (row.need, row.place_type) for row in held.itertuples()}
        born = held["born"].iloc[0]
        for first, second in pairwise(range(FIRST, FIRST + 3)):
            if first in states or second in states:
                outside = (OUTSIDE, OUTSIDE)
                state = (*states.get(first, outside), *states.get(second, outside))
                moves[(second, age(born, second), *state)] += 1
    return moves


def expected_stock(rows):
    return Counter(
        (row.january, age(row.born, row.january), row.need, row.place_type)
        for row in rows.itertuples()
    )


def adds_up(caseload):
    """Movements reproduce the stock of both Januaries of every pair."""
    before, after = sides(caseload.movements)
    for side, januaries in ((before, caseload.januaries[:-1]), (after, caseload.januaries[1:])):
        stock = caseload.stock[caseload.stock["census_year"].isin(januaries)]
        pd.testing.assert_frame_equal(side, stock.reset_index(drop=True))


@SOME
@given(st.lists(histories(), max_size=8))
def test_every_form_gives_the_stock_and_movements_that_were_written_and_adds_up(people):
    rows = rows_of(people)
    with TemporaryDirectory() as folder:
        found = read_all(write_all(rows, Path(folder)))
    for form, caseload in found.items():
        assert counted(caseload.movements) == expected_movements(rows), form
        assert counted(caseload.stock) == expected_stock(rows), form
        adds_up(caseload)


BROKEN = st.sampled_from(
    [("need", "XYZ"), ("place_type", "moon"), ("reference", ""), ("end", date(2020, 1, 1))]
)


@SOME
@given(st.lists(histories(), min_size=2, max_size=8), st.data())
def test_movements_add_up_whatever_rows_are_left_out(people, data):
    rows = rows_of(people)
    at_risk = st.sampled_from(rows.index[3:].tolist() or [None])
    for row in data.draw(st.lists(at_risk, max_size=4)):
        if row is not None:
            column, value = data.draw(BROKEN)
            rows[column] = rows[column].astype(object)
            rows.loc[row, column] = value
    with TemporaryDirectory() as folder:
        write_extract(rows, Path(folder) / "a.csv")
        caseload = read(Path(folder) / "a.csv")
    adds_up(caseload)
    assert caseload.rows["rows_used"].sum() == caseload.stock["plans"].sum()
