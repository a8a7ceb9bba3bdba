"""Two hundred random tables become sentences; each is checked against its numbers."""

import re

import numpy as np
import pandas as pd
import pytest

from sendlib.compare import gap_test, trends, year_on_year
from sendlib.pages.formats import find_format
from sendlib.present import words

TABLES = range(200)
MISSING = 0.1
EXACT = float("inf")


def number(text):
    return float(text.replace("\u2212", "-").replace(",", ""))


def some_missing(rng, values):
    return np.where(rng.random(len(values)) < MISSING, np.nan, values)


def random_gaps(rng):
    size = int(rng.integers(1, 25))
    of = rng.integers(3, 20_000, size).astype(float)
    other_of = np.where(rng.random(size) < 0.5, EXACT, rng.integers(3, 20_000, size))
    centre = rng.beta(1, 3, size)
    value = rng.binomial(of.astype(int), np.clip(centre * rng.choice([1, 1.3], size), 0, 1)) / of
    return pd.DataFrame(
        {
            "value": some_missing(rng, value),
            "of": some_missing(rng, of),
            "other": centre,
            "other_of": some_missing(rng, other_of),
            "kind": rng.choice(["share", "rate"], size),
        }
    )


@pytest.mark.parametrize("seed", TABLES)
def test_a_sentence_on_a_gap_says_what_its_numbers_say(seed):
    for _, row in gap_test(random_gaps(np.random.default_rng(seed))).iterrows():
        said = words.say_verdict(row, name="W", what="x", other="E", unit="share1")
        check_values(said, row)
        check_word(said, row)


def check_values(said, row):
    known = not np.isnan(row["value"])
    assert ("not available" in said) == (not known)
    if known:
        write = find_format("share1")
        assert f"x {write(row['value'])}" in said
        assert f"E ({write(row['other'])})" in said


def check_word(said, row):
    testable = np.isfinite(row["p"])
    if "higher than" in said or "lower than" in said:
        assert row["p_corrected"] < 0.05
        assert ("higher than" in said) == (row["value"] > row["other"])
        apart = [number(part) for part in re.findall(r"[\u2212\d.,]+(?= (?:and|points))", said)]
        assert min(apart) >= 0
        assert min(apart) <= 100 * abs(row["gap"]) + 0.051
        assert max(apart) >= 100 * abs(row["gap"]) - 0.051
    elif "similar to" in said:
        assert row["p_corrected"] >= 0.05
        low, high = (number(part) for part in re.findall(r"([\u2212\d.]+)(?: and| points)", said))
        assert low == pytest.approx(100 * row["gap_low"], abs=0.051)
        assert high == pytest.approx(100 * row["gap_high"], abs=0.051)
    elif "too few to say" in said:
        assert testable
        assert row["p_corrected"] >= 0.05
    elif "not published" in said:
        assert not testable
        assert np.isnan(row["of"]) or np.isnan(row["other_of"])
    else:
        assert np.isnan(row["value"])


@pytest.mark.parametrize("seed", TABLES)
def test_a_sentence_on_a_direction_says_what_its_numbers_say(seed):
    rng = np.random.default_rng(seed)
    length = int(rng.integers(1, 11))
    value = some_missing(rng, rng.normal(size=length) + rng.normal() * np.arange(length))
    series = pd.DataFrame({"year": range(2016, 2016 + length), "value": value})
    row = trends(series.assign(area_code="1", indicator="a")).iloc[0]
    better = rng.choice(["higher", "lower"])
    said = words.say_direction(row, name="X", better=better, unit="number3")
    known = series.dropna()
    assert ("too few years" in said) == (len(known) < 4)
    moved = re.search(r"(rising|falling) by ([\d.,]+) a year between (\d+) and (\d+)", said)
    assert (moved is not None) == (len(known) >= 4 and row["p"] < 0.05)
    if moved:
        assert (moved[1] == "rising") == (row["slope"] > 0)
        assert number(moved[2]) == pytest.approx(abs(row["slope"]), abs=0.0006)
        assert [int(moved[3]), int(moved[4])] == [known["year"].min(), known["year"].max()]
        assert said.endswith("better.") == ((row["slope"] > 0) == (better == "higher"))


@pytest.mark.parametrize("seed", TABLES)
def test_a_sentence_on_a_promise_says_what_its_numbers_say(seed):
    rng = np.random.default_rng(seed)
    length = int(rng.integers(1, 9))
    of = rng.integers(20, 5_000, length).astype(float)
    value = rng.binomial(of.astype(int), rng.uniform(0.1, 0.4, length)) / of
    values = pd.DataFrame(
        {"indicator": "a", "year": range(2018, 2018 + length), "value": some_missing(rng, value)}
    )
    if rng.random() < 0.5:
        values = values.assign(of=of, kind="share")
    way = str(rng.choice(["up", "down"]))
    promise = pd.DataFrame({"indicator": ["a"], "direction": [way], "measure": ["less of a"]})
    row = year_on_year(promise, values).iloc[0]
    said = words.say_promise(row, unit="share1")
    outcome = re.match(r"Less of a: (met|not met|too close to call|no data)\.", said)[1]
    pair = values["value"].iloc[-2:]
    assert (outcome == "no data") == (len(pair) < 2 or pair.isna().any())
    if outcome in ("met", "not met"):
        along = (pair.iloc[1] > pair.iloc[0]) == (way == "up")
        assert along == (outcome == "met")
        assert row["p_corrected"] < 0.05
    if outcome != "no data":
        write = find_format("share1")
        assert f"From {write(pair.iloc[0])} to {write(pair.iloc[1])} in {2017 + length}" in said
        assert f"to go {way}" in said


@pytest.mark.parametrize("seed", TABLES)
def test_a_sentence_on_a_place_says_what_its_numbers_say(seed):
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 153))
    values = pd.Series(rng.normal(10, 3, size).round(1))
    better = str(rng.choice(["higher", "lower", "none"]))
    rank = (values if better == "lower" else -values).rank(method="min")
    row = {"value": values[0], "england": 10.0, "better": better, "rank_all": rank[0]}
    row |= {"ranked_all": size, "band": rng.choice(["A", None])}
    row |= {"whole": bool(rng.random() < 0.5)}
    said = words.say_standing(row, name="W", what="x", unit="number1")
    ahead = int(((values < values[0]) if better == "lower" else (values > values[0])).sum())
    place = re.search(r"(?:(\d+)\w\w|the) (highest|best) of (?:the )?(\d+) authorities", said)
    assert int(place[1] or 1) == ahead + 1
    assert place[2] == ("highest" if better == "none" else "best")
    assert int(place[3]) == size
    assert ("quartile band" in said) == (row["whole"] and isinstance(row["band"], str))
    assert ("held here" in said) != row["whole"]


def test_an_unknown_value_has_no_place():
    said = words.say_standing({"value": np.nan}, name="W", what="x", unit="number1")
    assert said == "W: x not available, so it has no place among authorities."


def test_outcomes_are_counted_in_one_sentence():
    said = words.say_outcomes({"met": 1, "not met": 2, "too close to call": 0, "no data": 3})
    assert said == "Of 6 measures of success, 1 met, 2 not met and 3 no data."
