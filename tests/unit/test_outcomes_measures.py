"""What the charts hold, part by part: last figures, series, breaks, and what is missing."""

import math
from functools import cache

import pandas as pd
import pytest

from sendlib import outcomes
from sendlib.areas import peer_group
from sendlib.compare import (
    comparable_years,
    gap_test,
    known_breaks,
    latest_tests,
    trends,
    with_tests,
)
from sendlib.outcomes.series import Line, chart_frames, read_charts
from sendlib.outcomes.strategy import StrategyCharts

WILTSHIRE, HAMPSHIRE = "865", "850"


@pytest.fixture(scope="module")
def figures(tables):
    return outcomes.figures_with_counts(tables)


@pytest.fixture(scope="module")
def comparators(tables, figures):
    """The tests of the page that sets an authority beside others, by authority, made once."""

    def test(area_code):
        peers = peer_group(area_code, tables["area"], tables["neighbour"])
        tests = latest_tests(figures, peers).drop_duplicates("indicator")
        return peers, tests.set_index("indicator")

    return cache(test)


@pytest.fixture(scope="module")
def charts(tables):
    return outcomes.strategy_charts(tables, WILTSHIRE, group="ehcp")


@pytest.fixture(scope="module")
def frames(charts):
    return charts.frames


@pytest.fixture(scope="module")
def measures(charts):
    return charts.measures.set_index("part")


def test_parts_have_names_of_their_own():
    names = [part.name for chart in read_charts() for part in chart.parts]
    assert len(names) == len(set(names))


def test_breaks_are_taken_from_series_whose_breaks_are_known():
    known = set(known_breaks()["indicator"])
    parts = [part for chart in read_charts() for part in chart.parts]
    assert {part.breaks_as for part in parts} - {""} <= known


def test_a_group_without_destinations_is_shown_those_of_all_with_sen(frames):
    groups = {made.part.name: made.group for made in frames if made.chart.number in (13, 15)}
    assert groups["Sustained destination after 16 to 18 study at a college"] == "all_sen"
    assert groups["Sessions missed"] == "ehcp"


def test_every_part_with_a_figure_is_a_measure_and_every_other_is_listed(charts, measures):
    lacking = charts.without_figures()
    listed = set(lacking["Measure"])
    parts = {part.name for chart in read_charts() for part in chart.parts}
    others = parts - set(measures.index)
    assert all(any(name.startswith(part) for name in listed) for part in others)
    assert not set(measures.index) & listed
    assert lacking["Why there is no figure"].str.len().gt(10).all()


def test_percentages_become_shares_and_rates_events_for_each_person(frames, measures):
    made = next(frame for frame in frames if frame.part.name == "Sessions missed")
    last = made.frame[made.frame["line"] == Line.AUTHORITY].iloc[-1]
    assert measures.loc["Sessions missed", "value"] == pytest.approx(last["value"] / 100)
    requests = measures.loc["Requests for an assessment"]
    assert requests["value"] * requests["of"] == pytest.approx(
        round(requests["value"] * requests["of"])
    )
    assert measures.loc["Progress 8", "value"] < 0


def test_only_shares_and_rates_with_counts_can_be_tested(measures):
    kinds = measures["kind"]
    assert (
        measures.loc[kinds.isin(["amount", "untested"]), ["of", "other_of"]].isna().all(axis=None)
    )
    tested = measures.dropna(subset=["of", "other_of"])
    assert set(tested["kind"]) == {"share", "rate"}
    assert gap_test(tested)["result"].notna().all()


def test_without_a_figure_of_england_the_neighbours_are_the_benchmark(measures):
    row = measures.loc["Sustained destination after 16 to 18 study at a school"]
    assert math.isnan(row["england"])
    assert (row["other_name"], row["other"]) == ("the neighbours' mean", row["neighbours"])


def test_without_england_and_neighbours_the_region_is_the_benchmark(tables):
    own = tables["outcome"]
    few = own[own["area_code"].isin([WILTSHIRE, "E12000009"])]
    made = chart_frames({**tables, "outcome": few}, WILTSHIRE, group="all_sen")
    measures = StrategyCharts(made, ()).measures.set_index("part")
    row = measures.loc["Sustained destination after 16 to 18 study at a college"]
    assert (row["other_name"], row["other"]) == ("South West", row["region"])


@pytest.mark.parametrize(
    ("area_code", "group"),
    [
        (WILTSHIRE, "ehcp"),
        (WILTSHIRE, "all_sen"),
        (HAMPSHIRE, "sen_support"),
        (HAMPSHIRE, "no_sen"),
    ],
)
def test_the_same_figure_has_the_same_result_on_the_pages_that_test_it(
    comparators, charted, figures, area_code, group
):
    peers, tests = comparators(area_code)
    measures = StrategyCharts(charted(group, area_code), ()).measures
    page = with_tests(measures, figures, peers)
    shared = page[page["indicator"] != ""]
    assert len(shared)
    assert set(shared["indicator"]) <= set(tests.index)
    for row in shared.to_dict("records"):
        tested = tests.loc[row["indicator"]]
        same_year = row["year"] == tested["year"]
        assert row["result" if same_year else "tested_result"] == tested["result"]
        assert pd.isna(row["tested_result" if same_year else "result"])
        if same_year:
            assert row["other_name"].startswith("England") == (tested["comparison"] == "england")
            assert row["value"] == pytest.approx(tested["value"], abs=6e-5)
            assert row["other"] == pytest.approx(tested["other"], abs=6e-5)
        else:
            assert (row["tested_period"], row["tested_value"]) == (
                tested["period"],
                tested["value"],
            )


def test_a_page_without_any_counted_figure_judges_its_own_alone(tables, figures, measures):
    peers = peer_group(WILTSHIRE, tables["area"], tables["neighbour"])
    page = with_tests(measures.reset_index(), figures[:0], peers)
    assert page["tested_result"].isna().all()
    own = measures.reset_index().dropna(subset=["of", "other", "other_of"])
    assert page["result"].dropna().tolist() == gap_test(own)["result"].tolist()


def test_what_the_strategy_published_of_other_children_says_of_whom(measures):
    development = measures.loc["Children with a good level of development"]
    assert (development["published"], development["published_of"]) == (
        0.289,
        "Children with any SEN",
    )
    absence = measures.loc["Sessions missed"]
    assert (round(absence["published"], 4), absence["published_of"]) == (0.0876, "")


def test_directions_are_tested_over_years_since_a_break_only(charts):
    series, breaks = charts.series, known_breaks(charts.break_names)
    found = trends(comparable_years(series, breaks)).set_index("indicator")
    assert found.loc["Sessions missed", "first_year"] == 2022
    growth = found.loc["Growth in EHC plans since January 2013"]
    assert (growth["first_year"], growth["direction"]) == (2023, "no clear direction")
    assert set(breaks["indicator"]) <= set(series["indicator"])


def test_a_break_of_several_years_is_marked_where_it_begins_and_after_it_ends(charts):
    names = ["Sessions missed", "Progress 8"]
    breaks = pd.DataFrame(
        {"indicator": names, "first_year": [2020, 2018], "last_year": [2022, 2018]}
    )
    of_plans = [f"{name}, children with an EHC plan" for name in names]
    assert charts.breaks(breaks).to_numpy().tolist() == [
        [of_plans[0], 2020],
        [of_plans[1], 2018],
        [of_plans[0], 2023],
    ]


def test_every_year_has_a_row_and_one_without_a_figure_has_no_value(charts):
    lines = charts.lines(15, 16)
    absence = lines[lines["measure"].str.startswith("Sessions missed, children with an EHC")]
    own = absence[absence["line"] == "authority"]
    assert own["year"].tolist() == list(range(2017, 2026))
    assert own.set_index("year")["value"].isna().to_dict()[2020]
    assert (lines.groupby("measure")["name"].nunique() == len(Line)).all()
    assert not lines.duplicated(["measure", "line", "year"]).any()


def test_the_numbers_of_a_chart_keep_what_is_missing_and_what_the_strategy_published(charts):
    rows = outcomes.number_rows(charts.lines(15)).set_index("Period")
    assert rows.loc["2017/18", "Strategy, Wiltshire"] == pytest.approx(8.76)
    assert rows.loc["2017/18", "Strategy, England"] == pytest.approx(8.7)
    assert math.isnan(rows.loc["2020", "Wiltshire"])


def test_only_what_the_strategy_published_of_the_authority_is_marked(charts):
    marks = charts.lines(15).dropna(subset=["mark"])
    assert marks[["year", "mark", "label"]].to_numpy().tolist() == [[2018, 8.76, "strategy 8.76%"]]


def test_each_measure_is_written_in_its_unit_and_its_breaks_bear_its_name(charts):
    lines = charts.lines(3, 11)
    units = lines.attrs["units"]
    assert units["Progress 8, children with an EHC plan"] == "number2"
    assert units["High needs block before deductions, £ per resident aged 0 to 17"] == "gbp"
    broken = charts.breaks(known_breaks(charts.break_names))
    assert "Attainment 8, children with an EHC plan" in set(broken["measure"])


def test_the_last_year_of_each_measure_can_be_drawn_as_dots(charts):
    needs = outcomes.latest_year(charts.lines(5, 6))
    assert set(needs["year"]) == {2025}
    assert len(needs) == needs["measure"].nunique() * len(Line)


def test_published_figures_without_a_series_are_listed_with_englands(charts):
    lacking = charts.without_figures().set_index("Measure")
    (suspended,) = lacking.filter(like="Pupils with a suspension", axis="index").to_dict("records")
    assert suspended["The strategy"].startswith("20.31%")
    assert suspended["The strategy, England"].startswith("15.95%")
    assert "In education, employment or training, children with any SEN" in lacking.index


def test_charts_without_any_figure_make_empty_frames(tables, frames):
    nothing = tuple(made for made in frames if made.reason)
    charts = StrategyCharts(nothing, ())
    assert charts.measures.empty
    assert charts.series.empty
    lines = charts.lines(1, 4)
    assert lines.empty
    assert outcomes.number_rows(lines).empty
    assert outcomes.latest_year(lines).empty
    assert lines.attrs["why"].startswith("None of these charts")
    assert trends(charts.series).empty
