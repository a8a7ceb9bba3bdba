"""The tables of the page of comparisons, and the sentences made from their rows."""

import re

import numpy as np
import pandas as pd
import pytest

from sendlib import compare, indicators
from sendlib.areas import PeerGroup
from sendlib.compare import narrative
from sendlib.pages import table
from sendlib.pages.formats import find_format

GROUP = PeerGroup("1", ("2",), "E1", {"1": "Here", "2": "There", "E1": "Region"})
AMONG = ("neighbours", "region", "all")
RANKING = pd.DataFrame(
    {
        "indicator": ["a", "b", "c", "d"],
        "title": ["Ay", "Bee", "Sea", "Dee"],
        "unit": ["%", "score", "%", "%"],
        "period": "2025",
        "better": ["higher", "lower", "none", "lower"],
        "value": [6.2, -0.4, np.nan, 9.0],
        "value_status": ["reported", "reported", "suppressed", "reported"],
        "england": [5.3, -0.5, 4.0, 7.0],
        "region": [5.5, -0.45, 4.0, 8.0],
        "middle_neighbour": [5.0, -0.45, 4.0, 8.0],
        "gap_england": [0.9, 0.1, np.nan, 2.0],
        "gap_neighbours": [1.2, 0.05, np.nan, 1.0],
        **{f"highest_{among}": [2.0, 1.0, np.nan, 11.0] for among in AMONG},
        **{f"ranked_{among}": [11, 11, 10, 11] for among in AMONG},
        "band": ["A", None, None, "D"],
        "complete": True,
    }
)  # fmt: skip
DIRECTIONS = pd.DataFrame(
    {
        "indicator": ["a", "b"],
        "direction": ["rising", "too few points"],
        "slope": [0.31, np.nan],
        "points": [10, 3],
        "first_year": [2016, 2022],
        "last_year": [2025, 2024],
    }
)
SEEDS = range(60)


def test_a_withheld_figure_has_its_symbol_and_no_gap():
    result = table(compare.figures(RANKING, GROUP), caption="c")
    row = result.shown.iloc[2]
    assert (row["Here"], row["Gap to England"]) == ("[c]", "not available")
    assert result.shown["Here"].tolist()[:2] == ["6.2", "\u22120.40"]
    assert result.shown["Indicator"].tolist()[:2] == ["Ay (%)", "Bee (score)"]
    assert "[c] withheld" in result.notes[0]


def test_gaps_are_of_percentages_with_a_better_way_and_point_to_the_better():
    gaps = compare.gaps_to_england(RANKING)
    assert gaps[["indicator", "points"]].to_numpy().tolist() == [["Ay", 0.9], ["Dee", -2.0]]
    assert narrative.latest(gaps, "Here") == (
        "By its latest figures Here does better than England on 1 of 2 percentages and worse on 1. "
        "Furthest behind: dee, 9.0% against 7.0% in 2025."
    )
    longer = pd.concat([gaps.head(1), gaps])
    assert "Furthest behind: dee" in narrative.latest(longer, "Here")
    assert "No indicators of Here" in narrative.latest(gaps.head(0), "Here")


def test_ranks_count_from_the_highest_and_directions_have_their_years():
    shown = compare.rank_table(RANKING, DIRECTIONS)
    assert shown["Among neighbours"].fillna("none").tolist() == [
        "2nd highest of 11", "highest of 11", "none", "lowest of 11",
    ]  # fmt: skip
    assert shown["Direction"].tolist() == [
        "rising by 0.31 a year, 2016 to 2025: better",
        "too few years to test, 2022 to 2024",
        "no years to compare",
        "no years to compare",
    ]
    assert narrative.trends(shown) == "Over the years ay (rising) has moved by more than chance."
    assert "No indicator" in narrative.trends(shown.tail(2))


def test_a_rank_in_the_country_and_a_band_are_there_only_where_every_authority_is():
    assert compare.rank_table(RANKING, DIRECTIONS)["Quartile band"].tolist()[0] == "A"
    some = compare.rank_table(RANKING.assign(complete=False), DIRECTIONS)
    assert not {"Quartile band", "Among all authorities"} & set(some)


def gap_rows(**more):
    row = {
        "indicator": "a", "title": "Ay", "period": "2025", "comparison": "england", "of": 100.0,
        "value": 0.2031, "other": 0.1595, "gap": 0.0436, "gap_low": 0.0277, "gap_high": 0.0605,
        "result": "higher", "effect": "worse", "p": 0.2, "theme": "t",
        "rank": 2.0, "rank_low": 1.0, "rank_high": 5.0, "ranked": 11,
    }  # fmt: skip
    return pd.DataFrame([row | more])


def test_results_say_where_there_is_no_test_and_where_chance_could_put_a_rank():
    nothing = dict.fromkeys(("of", "gap_low", "gap_high", "rank_low", "rank_high"), np.nan)
    rows = pd.concat([gap_rows(), gap_rows(result="no denominator", **nothing)])
    shown = table(compare.results(rows, "Here"), caption="c").shown
    assert shown["Beyond chance"].tolist() == ["higher", "not tested"]
    assert shown["Here"].tolist() == ["20.3%"] * 2
    assert shown["Gap, 95% interval (points)"].tolist() == ["2.8 to 6.0", "not available"]
    assert shown.iloc[0, -2:].tolist() == ["2nd highest of 11", "1 to 5"]
    assert shown["Rank by chance"].tolist()[1] == "not available"


def test_only_gaps_to_england_are_drawn_in_points():
    rows = pd.concat([gap_rows(), gap_rows(comparison="neighbours")])
    drawn = compare.gap_ranges(rows)
    assert drawn[["low", "middle", "high"]].to_numpy().round(2).tolist() == [[2.77, 4.36, 6.05]]
    assert compare.gap_ranges(rows.head(0)).empty


LATEST = pd.DataFrame({"indicator": [], "gap_england": []})


def test_differences_are_counted_and_sorted_into_better_and_worse():
    few = gap_rows(result="too few", effect="")
    rows = pd.concat([gap_rows(), gap_rows(title="Bee", result="lower", effect="better"), few])
    assert narrative.differences(rows, "Here") == (
        "Of 3 tested figures of Here, 2 differ from England's by more than chance: 1 higher and 1 "
        "lower. None may differ by chance, and 1 has too few cases to say."
    )
    assert narrative.conclusion(rows, "Here", LATEST) == (
        "By more than chance, Here is worse than England on ay (2025), and better on bee (2025)."
    )
    alone = rows[rows["result"] != "lower"]
    assert "better on no tested figure" in narrative.conclusion(alone, "Here", LATEST)
    assert "neither worse nor better" in narrative.conclusion(few, "Here", LATEST)
    assert "none differs from England's by more than chance." in narrative.differences(few, "Here")


def test_measures_have_their_test_and_direction_in_words():
    measures = gap_rows(
        part="a", format="share1", unit="%", better="lower", other_name="England",
        tested_result=None, tested_period=None, tested_comparison=None,
    )  # fmt: skip
    actual = DIRECTIONS.assign(area_code="1", p=0.1, p_corrected=0.1, slope=0.0031)
    row = compare.describe(measures, actual).iloc[0]
    assert row["test"] == "higher than England by 2.8 to 6.0 points"
    assert row["trend"] == "rising by 0.3 points a year, 2016 to 2025: worse"
    earlier = measures.assign(
        result=np.nan, tested_result="similar", tested_period="2022", tested_comparison="neighbours"
    )
    for comparison, named in (("neighbours", "the neighbours' mean"), ("england", "England")):
        row = compare.describe(earlier.assign(tested_comparison=comparison), actual).iloc[0]
        assert row["test"] == f"2022: similar to {named}"
    untested = earlier.assign(tested_result=np.nan)
    assert compare.describe(untested, actual)["test"].iloc[0] == "not tested"


def test_what_became_of_a_target_says_what_was_intended_and_how_often_it_went_that_way():
    row = {"outcome": "may be chance", "change": 2.0, "direction": "down", "p_corrected": 1.0}
    row |= {"as_intended": 0, "years": 10}
    outcome = narrative.target_outcome
    assert outcome(row) == "Rose instead of falling; fell in none of 10 years"
    assert outcome(row | {"as_intended": 3}) == "Rose instead of falling; may be chance"
    assert outcome(row | {"outcome": "not met"}) == "Not met: rose by more than chance"
    assert outcome(row | {"direction": "up", "p_corrected": np.nan}) == (
        "Rose as intended; too few years to test"
    )
    fell = row | {"direction": "up", "change": -2.0, "as_intended": 1}
    assert outcome(fell) == "Fell instead of rising; may be chance"
    lacking = row | {"outcome": "not available", "change": np.nan}
    assert outcome(lacking | {"missing": "withheld"}) == "Not available: withheld"
    assert outcome(lacking) == "Not available: no two years in a row can be compared"


def test_targets_are_counted_by_what_became_of_them():
    tested = pd.DataFrame(
        {
            "outcome": ["met", *["may be chance"] * 3, "not available"],
            "change": [1.0, 2.0, 3.0, -4.0, None],
            "direction": ["up", "down", "up", "down", "up"],
            "by": "strategy",
        }
    )
    proposed = tested.assign(by="proposed")
    assert narrative.targets(pd.concat([tested, proposed]), "Kent") == (
        "The strategies' own: Of 5 targets 1 was met; 2 moved as intended and 1 did not; "
        "1 has no figures."
    )


def test_where_no_target_of_a_strategy_is_on_record_one_line_says_so():
    tested = pd.DataFrame({"outcome": ["met"], "change": 1.0, "direction": "up", "by": "proposed"})
    assert narrative.targets(tested, "Kent") == (
        "No target of a strategy of Kent is on record here; those tested are proposals."
    )


def test_a_small_p_value_is_not_nothing_and_says_what_it_rests_on():
    assert narrative.p_value({"p_corrected": 0.0004, "basis": "counts"}) == "below 0.001 (counts)"
    assert narrative.p_value({"p_corrected": 0.0316, "basis": "counts"}) == "0.032 (counts)"


def test_a_number_that_grew_with_all_plans_is_read_with_its_share():
    tested = pd.DataFrame(
        {
            "indicator": ["number", "share"],
            "measure": ["plans here", "share of plans here"],
            "share": ["share", ""],
            "before": [500.0, 0.5],
            "after": [600.0, 0.4],
        }
    )
    series = pd.DataFrame({"indicator": "share", "year": [2025, 2024], "of": [900.0, 1000.0]})
    assert narrative.shares_of_plans(tested, series) == [
        "Plans here: all plans fell by 10.0% in the same year. As a share of them it went from "
        "50.0% to 40.0%."
    ]


def random_target(seed):
    rng = np.random.default_rng(seed)
    length = int(rng.integers(1, 9))
    of = rng.integers(20, 5_000, length).astype(float)
    value = rng.binomial(of.astype(int), rng.uniform(0.1, 0.4, length)) / of
    missing = rng.random(length) < 0.1
    values = pd.DataFrame(
        {
            "indicator": "a",
            "year": range(2018, 2018 + length),
            "value": np.where(missing, np.nan, value),
        }
    )
    if rng.random() < 0.5:
        values = values.assign(of=of, kind="share")
    way = str(rng.choice(["up", "down"]))
    target = {
        "indicator": "a", "direction": way, "measure": "less of a", "target": "Less",
        "by": "strategy", "unit": "share1", "missing": "", "share": "",
    }  # fmt: skip
    return values, compare.year_on_year(pd.DataFrame([target]), values)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_happened_to_a_target_is_what_its_numbers_say(seed):
    values, tested = random_target(seed)
    shown, row = compare.target_results(tested).iloc[0], tested.iloc[0]
    assert shown["Measure"] == "Less of a"
    text, pair = shown["What happened"], values["value"].iloc[-2:].tolist()
    assert text.startswith("Not available") == (len(pair) < 2 or np.isnan(pair).any())
    if text.startswith("Not available"):
        assert pd.isna(shown["Change"])
        return
    write = find_format("share1")
    assert shown["Change"] == f"{write(pair[0])} to {write(pair[1])} in {values['year'].iloc[-1]}"
    rose = bool(re.search(r"\brose\b", text.partition(" instead")[0].lower()))
    assert rose == (pair[1] > pair[0])
    if text.startswith(("Met", "Not met")):
        assert row["p_corrected"] < 0.05
        assert text.startswith("Met") == ((pair[1] > pair[0]) == (row["direction"] == "up"))
    if "none of" in text:
        assert row["as_intended"] == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_direction_says_what_its_numbers_say(seed):
    rng = np.random.default_rng(seed)
    length = int(rng.integers(1, 11))
    value = rng.normal(size=length) + rng.normal() * np.arange(length)
    series = pd.DataFrame({"year": range(2016, 2016 + length), "value": value})
    row = compare.trends(series.assign(area_code="1", indicator="a")).iloc[0]
    text = narrative.direction(row, better="higher", unit="number2")
    moved = re.search(r"(rising|falling) by ([\d.]+) a year, (\d+) to (\d+): (better|worse)", text)
    assert ("too few years" in text) == (length < 4)
    assert (moved is not None) == (length >= 4 and row["p"] < 0.05)
    if moved:
        assert (moved[1] == "rising") == (row["slope"] > 0) == (moved[5] == "better")
        assert float(moved[2]) == pytest.approx(abs(row["slope"]), abs=0.006)


def test_how_each_area_came_to_its_value_is_said_beside_its_rank(wiltshire):
    children = wiltshire.load("children").query("area_code != '937' or year > 2020")
    rates = indicators.plans_per_10k(wiltshire.load("ehcp_caseload"), children)
    peers = compare.to_peers(rates, wiltshire.group)
    shown = compare.over_years(rates, peers).set_index("Area")
    newest = f"In {peers['census_year'].max()}"
    assert shown[newest].is_monotonic_decreasing
    assert shown["Rank"].dropna().iloc[[0, -1]].tolist() == ["highest of 11", "lowest of 11"]
    own = rates.query("area_code == '865'").dropna().set_index("census_year")["plans_per_10k"]
    said = [f"{own.iloc[n]:.1f} in {own.index[n]}" for n in (0, -1)]
    assert shown.loc["Wiltshire", "Over the years"] == " to ".join(said)
    assert " in 2022 to " in shown.loc["Warwickshire", "Over the years"]
