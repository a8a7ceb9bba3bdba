"""What holds for any counts: adding, reading, growing, ranking."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendlib import indicators, periods
from sendlib.areas import PeerGroup
from sendlib.compare import to_peers
from sendlib.data.text_tables import SYMBOLS, parse_numbers
from sendlib.data.tidy_plans import add_parts
from sendlib.errors import SHOWN_AT_MOST, DataError, Problem
from sendlib.vocabulary import ValueStatus

COUNT = st.integers(0, 10**7)
UNKNOWN = st.sampled_from([s for s in ValueStatus if s not in ("reported", "not_collected")])


def parts(rows):
    known = [isinstance(row, int) for row in rows]
    return pd.DataFrame(
        {
            "area_code": "865",
            "value": pd.Series(
                [row if k else None for row, k in zip(rows, known, strict=True)], dtype=float
            ),
            "value_status": [
                "reported" if k else str(row) for row, k in zip(rows, known, strict=True)
            ],
        }
    )


def total(rows):
    row = add_parts(parts(rows), by=["area_code"]).iloc[0]
    return (None if pd.isna(row["value"]) else row["value"], row["value_status"])


@given(st.lists(COUNT, min_size=1, max_size=8))
def test_counts_that_are_all_reported_add_up(rows):
    assert total(rows) == (sum(rows), "reported")


@given(st.lists(COUNT, max_size=5), UNKNOWN)
def test_unknown_plus_known_is_unknown(rows, unknown):
    assert total([*rows, unknown]) == (None, unknown.value)


@given(
    st.lists(st.one_of(COUNT, UNKNOWN, st.just("not_collected")), min_size=1, max_size=8),
    st.randoms(),
)
def test_the_order_of_parts_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert total(rows) == total(shuffled)


@given(st.lists(COUNT, min_size=1, max_size=5))
def test_what_was_not_collected_changes_no_sum(rows):
    assert total([*rows, "not_collected"]) == total(rows)


@given(
    st.lists(st.one_of(st.integers(-(10**9), 10**9), st.sampled_from(sorted(SYMBOLS))), min_size=1)
)
def test_numbers_and_symbols_that_are_written_are_read_back(cells):
    text = pd.Series([str(value) for value in cells], name="plans", dtype="str")
    frame, problems = parse_numbers(text, where="a.csv", negative=True)
    assert problems == []
    for value, found, status in zip(cells, frame["value"], frame["value_status"], strict=True):
        if isinstance(value, int):
            assert (found, status) == (value, "reported")
        else:
            assert np.isnan(found)
            assert status == SYMBOLS[value]


@given(st.text(max_size=6))
def test_any_text_is_a_number_a_symbol_or_a_problem(text):
    frame, problems = parse_numbers(pd.Series([text], name="n", dtype="str"), where="a.csv")
    value = frame["value"].iloc[0]
    assert np.isfinite(value) or text.strip().lower() in SYMBOLS or len(problems) == 1


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_growth_and_index_say_the_same(first, last):
    plans = pd.DataFrame(
        {
            **{"area_code": "865", "area_name": "Wiltshire", "area_type": "authority"},
            "census_year": [2013, 2019],
            "plans": [float(first), float(last)],
        }
    )
    growth = indicators.growth(plans, measure="plans")["growth_pct"].item()
    base, index = indicators.index_since(plans, 2013, measure="plans")["plans_index"]
    assert base == 100
    assert index - 100 == pytest.approx(growth)
    assert first * (1 + growth / 100) == pytest.approx(last)


@given(
    st.lists(st.one_of(st.integers(0, 5), st.none()), min_size=1, max_size=10), st.integers(0, 5)
)
def test_ranks_agree_with_values_and_ties_share_the_better(neighbours, own):
    codes = tuple(str(n) for n in range(len(neighbours)))
    group = PeerGroup("865", codes, "R", dict.fromkeys((*codes, "865", "R", "E92000001"), "x"))
    values = pd.DataFrame(
        {
            "area_code": ["865", *codes],
            **{"area_name": "x", "area_type": "authority", "census_year": 2025},
            "value": pd.Series([own, *neighbours], dtype=float),
        }
    )
    values.attrs["measure"] = "value"
    frame = to_peers(values, group)
    known = frame.dropna(subset=["value"])
    assert frame.loc[frame["value"].isna(), "rank"].isna().all()
    assert all(row.rank == 1 + (known["value"] > row.value).sum() for row in known.itertuples())
    assert (frame["ranked"] == len(known)).all()
    assert (known["gap"] == own - known["value"]).all()


@given(st.integers(1000, 9998))
def test_a_financial_year_is_read_back_and_holds_its_january(start):
    year = periods.financial_year(start)
    assert periods.financial_year_start(year) == start
    assert periods.financial_year_of_census(start + 1) == year
    assert periods.census_year_of_academic(year.replace("-", "")) == start + 1


@given(st.lists(st.text("abcxyz ", min_size=1), max_size=SHOWN_AT_MOST + 5))
def test_no_problem_is_lost_from_a_message(found):
    error = DataError("Wrong.", [Problem("wrong", text) for text in found])
    assert all(str(problem) in str(error) for problem in error.problems[:SHOWN_AT_MOST])
    assert len(error.problems) == len(found)
    if len(found) > SHOWN_AT_MOST:
        assert f"and {len(found) - SHOWN_AT_MOST} more" in str(error)
