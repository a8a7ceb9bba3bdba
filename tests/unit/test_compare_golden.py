"""Every frame and sentence of the comparisons, from invented figures to what a page says."""

import numpy as np
import pandas as pd

from golden_text import check_golden
from invented_counts import FIGURES, counted
from sendlib import compare
from sendlib.areas import PeerGroup
from sendlib.compare import narrative
from sendlib.vocabulary import ENGLAND

REGION = "E12000009"
CODES = [*map(str, range(1, 9)), REGION, ENGLAND]
NAMES = dict(zip(CODES, [*(f"Council {n}" for n in range(1, 9)), "Region", "England"], strict=True))
GROUP = PeerGroup("1", ("2", "3", "4"), REGION, NAMES)
AREAS = pd.DataFrame(
    {
        "area_code": CODES,
        "area_name": NAMES.values(),
        "area_type": ["authority"] * 8 + ["region", "england"],
        "region_code": [REGION] * 5 + ["E12000008"] * 3 + ["", ""],
        "first_census": [2010.0] * 7 + [2024.0] * 3,
        "last_census": np.nan,
    }
)
NEIGHBOURS = pd.DataFrame(
    {"area_code": "1", "rank": [1, 2, 3], "neighbour_area_code": ["2", "3", "4"]}
)
WORDS = {
    "pupils": ("Pupils with a plan", "%", "lower"),
    "absence": ("Absence", "%", "lower"),
    "on_time": ("Plans on time", "%", "higher"),
    "score": ("Attainment", "score", "higher"),
    "spend": ("Spend", "%", "none"),
}


def indicator_rows():
    """Five indicators of ten areas over eight years: one is withheld, one has a wide gap."""
    rng = np.random.default_rng(4)
    years = range(2018, 2026)
    rows = [
        {
            "area_code": code,
            "indicator": name,
            "year": year,
            "period": str(year),
            "value": 20 + 3 * at + rng.normal() + (year - 2018) * (name in ("pupils", "on_time")),
            "provisional": False,
            "unit": unit,
            "better": better,
        }
        for at, (name, (_, unit, better)) in enumerate(WORDS.items())
        for code in CODES
        for year in years
    ]
    frame = pd.DataFrame(rows)
    withheld = (frame["area_code"] == "3") & (frame["indicator"] == "absence")
    frame["value"] = frame["value"].mask(withheld & (frame["year"] == 2025))
    return frame.assign(value_status=np.where(frame["value"].isna(), "suppressed", "reported"))


def test_rankings_directions_and_their_words_are_as_they_were():
    frame = indicator_rows()
    ranks = compare.indicator_ranks(frame, AREAS, NEIGHBOURS)
    ranking = compare.latest_ranks(ranks, GROUP)
    ranking = ranking.assign(title=ranking["indicator"].map(lambda name: WORDS[name][0]))
    ways = compare.directions(frame, AREAS, GROUP)
    gaps, table = compare.gaps_to_england(ranking), compare.rank_table(ranking, ways)
    measure = frame[frame["indicator"] == "pupils"].rename(columns={"year": "census_year"})
    measure = measure.assign(
        area_name=measure["area_code"].map(NAMES),
        area_type=measure["area_code"].map(AREAS.set_index("area_code")["area_type"]),
    )[["area_code", "area_name", "area_type", "census_year", "value"]].rename(
        columns={"value": "pupils_pct"}
    )
    measure.attrs = {"what": "pupils with a plan", "measure": "pupils_pct"}
    peers = compare.to_peers(measure, GROUP)
    check_golden(
        "compare_rankings.txt",
        {
            "ranks of the authority": ranks[ranks["area_code"] == "1"].tail(12),
            "latest ranks": ranking,
            "figures": compare.figures(ranking, GROUP),
            "gaps to England": gaps,
            "said of the gaps": narrative.latest(gaps, "Council 1"),
            "directions": ways,
            "rank table": table,
            "said of the directions": narrative.trends(table),
            "peers": peers,
            "peers of 2020": compare.to_peers(measure, GROUP, year=2020),
            "key figure": compare.key_figure("plans_growth_pct", measure, GROUP).detail,
            "across years": compare.across_years(measure, GROUP).tail(20),
            "ranking": compare.ranking(measure),
        },
    )


def counts():
    """Three indicators of thirty councils, England and the region in two years."""
    rng = np.random.default_rng(6)
    codes = [str(n) for n in range(1, 31)]
    parts = []
    for name, share, own in (("a", 0.2, 1.5), ("b", 0.5, 0.6), ("c", 0.03, 1.5)):
        rows = [
            (code, year, share * (own if code == "1" else rng.uniform(0.9, 1.1)), 900 + 50 * at)
            for year in (2024, 2025)
            for at, code in enumerate(codes)
        ]
        rows += [(ENGLAND, year, share, 90_000) for year in (2024, 2025)]
        rows += [(REGION, year, share * 1.1, 9_000) for year in (2024, 2025)]
        parts.append(counted(*rows, indicator=name))
    return pd.concat([*parts, FIGURES.assign(indicator="d")], ignore_index=True)


def test_tests_of_gaps_and_their_words_are_as_they_were():
    figures, better = counts(), pd.Series({"a": "lower", "b": "higher", "c": "lower", "d": "lower"})
    plain, tests = (
        compare.latest_tests(figures, GROUP),
        compare.latest_tests(figures, GROUP, better),
    )
    tests = tests.assign(title="Figure " + tests["indicator"])
    gaps = compare.gap_ranges(tests)
    alone = compare.gap_ranges(plain.assign(title="Figure " + plain["indicator"]))
    latest = pd.DataFrame({"indicator": [], "gap_england": []})
    one = gaps.assign(among=["unusually low", *["as most"] * (len(gaps) - 1)])
    check_golden(
        "compare_tests.txt",
        {
            "tests": tests,
            "results": compare.results(tests, "Council 1"),
            "gaps": gaps,
            "gaps without councils": alone,
            "said of the gaps": [narrative.gaps(each) for each in (gaps, alone, one)],
            "said of the tests": narrative.differences(tests, "Council 1"),
            "concluded": narrative.conclusion(tests, "Council 1", latest),
            "thresholds": narrative.thresholds("on the page"),
        },
    )
