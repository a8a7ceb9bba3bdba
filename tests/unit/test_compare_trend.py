"""Directions, the breaks across which none is said, and whether targets were met."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from error_codes import codes, refuses
from sendlib.compare.trend import comparable_years, known_breaks, trend, trends, year_on_year
from sendlib.errors import DataError

NAN = float("nan")
NO_BREAKS = known_breaks().iloc[:0]


def series(*values, first=2016):
    return pd.Series(values, range(first, first + len(values)), dtype=float)


def rows(values, *, indicator="a", first=2016, **columns):
    years = range(first, first + len(values))
    return pd.DataFrame({"indicator": indicator, "year": years, "value": values, **columns})


@pytest.mark.parametrize(
    ("values", "direction"),
    [
        ((1, 2, 3, 4, 5, 6), "rising"),
        ((6, 5, 4, 3, 2, 1), "falling"),
        ((1, 6, 2, 5, 3, 4), "no clear direction"),
        ((4, 4, 4, 4, 4, 4), "no clear direction"),
        ((1, 2, 3), "too few points"),
        ((1, NAN, 2, NAN, 3, NAN), "too few points"),
        ((), "too few points"),
    ],
)
def test_a_direction_is_said_only_where_the_test_finds_one(values, direction):
    assert trend(series(*values)).direction == direction


def test_a_series_without_a_value_has_no_years():
    result = trend(series(NAN, NAN))
    assert (result.points, result.first_year, result.last_year) == (0, 0, 0)
    assert np.isnan([result.slope, result.p]).all()


def test_the_rank_test_is_that_of_mann_and_kendall():
    values = series(3, 5, 4, 8, 9, 7, 12)
    result = trend(values)
    assert result.p == stats.kendalltau(values.index, values).pvalue
    assert result.slope == stats.theilslopes(values, values.index).slope
    assert (result.method, result.first_year, result.last_year) == ("Mann-Kendall", 2016, 2022)


def test_four_years_alone_can_never_be_sure_without_denominators():
    assert trend(series(1, 2, 3, 4)).p == pytest.approx(1 / 12)


def test_denominators_make_a_trend_of_four_years_sure_when_they_are_large():
    values = series(0.10, 0.121, 0.139, 0.16)
    many, few = (trend(values, of=series(*[of] * 4)) for of in (50_000, 60))
    assert (many.direction, few.direction) == ("rising", "no clear direction")
    assert many.method == "weighted regression"
    assert many.slope == pytest.approx(few.slope) == pytest.approx(0.0198)


def test_years_that_scatter_beyond_chance_widen_the_range():
    of = series(*[50_000] * 6)
    calm = trend(series(0.10, 0.11, 0.12, 0.13, 0.14, 0.15), of=of)
    wild = trend(series(0.10, 0.16, 0.08, 0.15, 0.10, 0.17), of=of)
    assert calm.p < 0.001 < 0.3 < wild.p


def test_a_year_without_its_denominator_leaves_the_rank_test():
    values = series(0.1, 0.2, 0.3, 0.4, 0.5)
    assert trend(values, of=series(10, 10, NAN, 10, 10)).method == "Mann-Kendall"


def test_a_missing_year_is_left_out_and_is_not_zero():
    result = trend(series(5, 6, NAN, 8, 9, 10))
    assert (result.points, result.direction) == (5, "rising")


def test_false_directions_are_rare():
    rng = np.random.default_rng(11)
    flat = pd.concat(
        [
            rows(rng.normal(size=9), indicator=f"i{indicator}").assign(area_code=str(area))
            for area in range(30)
            for indicator in range(10)
        ]
    )
    result = trends(flat)
    text = result["direction"].isin(["rising", "falling"]).groupby(result["area_code"]).any()
    assert text.mean() <= 0.1  # 3 of 30 is what chance leaves of a twentieth
    assert (result["p"] < 0.05).mean() < 0.08


def test_directions_are_corrected_for_how_many_an_area_has():
    rising = rows([1, 2, 3, 5, 4, 6]).assign(area_code="1")
    others = [rows([1, 6, 2, 5, 3, 4], indicator=f"i{n}").assign(area_code="1") for n in range(5)]
    alone, among = trends(rising), trends(pd.concat([rising, *others]))
    assert alone["direction"].iloc[0] == "rising"
    assert among["direction"].iloc[0] == "no clear direction"
    assert among["p_corrected"].iloc[0] == pytest.approx(6 * alone["p"].iloc[0])


BREAKS = pd.DataFrame(
    {
        "indicator": ["a", "a"],
        "first_year": [2018, 2020],
        "last_year": [2018, 2021],
        "what_changed": ["x", "y"],
    }
)


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        (2017, [2016, 2017]),
        (2018, [2018]),
        (2019, [2018, 2019]),
        (2020, [2020]),
        (2021, [2021]),
        (2023, [2022, 2023]),
    ],
)
def test_nothing_is_compared_across_a_break(last, kept):
    every_year = rows([1.0] * (last - 2015))
    assert comparable_years(every_year, BREAKS)["year"].tolist() == kept
    other = every_year.assign(indicator="b")
    assert comparable_years(other, BREAKS)["year"].tolist() == list(range(2016, last + 1))


def test_an_authority_is_not_compared_with_what_was_there_before_it():
    areas = pd.DataFrame(
        {
            "area_code": ["old", "new"],
            "first_census": [2010.0, 2021.0],
            "last_census": [2020.0, np.nan],
        }
    )
    every_year = pd.concat([rows([1.0] * 8).assign(area_code=code) for code in ("old", "new")])
    comparable = comparable_years(every_year, NO_BREAKS, areas=areas)
    years = comparable.groupby("area_code")["year"].agg(["min", "max"])
    assert years.loc["old"].tolist() == [2016, 2020]
    assert years.loc["new"].tolist() == [2021, 2023]


def test_breaks_without_a_column_are_refused():
    with refuses(DataError, "names_missing", match="'what_changed'"):
        comparable_years(rows([1.0]), BREAKS.drop(columns="what_changed"))


def test_known_breaks_are_of_indicators_in_the_tables_and_end_after_they_begin(tables):
    indicators = {*tables["indicator"]["indicator"], "plans_in_force"}
    assert set(known_breaks()["indicator"]) <= indicators
    assert (known_breaks()["first_year"] <= known_breaks()["last_year"]).all()


def test_breaks_are_under_the_names_of_a_page_and_only_those_that_it_has():
    result = known_breaks({"Plans": "plans_in_force", "Phonics": "phonics_expected_ehcp_pct"})
    assert result[["indicator", "first_year"]].to_numpy().tolist() == [["Plans", 2023]]
    assert known_breaks({}).empty


def test_breaks_leave_the_order_and_the_index_of_the_rows_alone():
    every_year = rows([1.0] * 6, first=2017).set_axis(list("fedcba"))
    mixed = pd.concat([every_year, rows([1.0] * 6, indicator="b", first=2017)])
    comparable = comparable_years(mixed, BREAKS)
    assert comparable.index.tolist() == ["a", 0, 1, 2, 3, 4, 5]


def test_weighed_years_are_as_sure_as_their_denominators_make_them():
    years, base = np.arange(2016, 2021), np.array([9e4, 1e4, 4e4, 2e4, 6e4])
    share = np.array([0.1001, 0.1019, 0.1041, 0.1060, 0.1079])
    pooled = (share * base).sum() / base.sum()
    weight = base / (pooled * (1 - pooled))
    middle = np.average(years, weights=weight)
    spread = 1 / np.sqrt((weight * (years - middle) ** 2).sum())  # they scatter less than by chance
    result = trend(pd.Series(share, years), of=pd.Series(base, years))
    slope = (weight * (years - middle) * share).sum() * spread**2
    assert result.slope == pytest.approx(slope)
    assert result.p == pytest.approx(2 * stats.t.sf(slope / spread, 3))


@pytest.mark.parametrize(("years", "of"), [(5, 1e6), (7, 100)])  # the second leaves no error at all
def test_shares_that_never_move_have_no_direction_however_large_the_denominators(years, of):
    result = trend(series(*[0.5] * years), of=series(*[of] * years))
    assert (result.method, result.direction) == ("weighted regression", "no clear direction")
    assert (result.slope, result.p) == (pytest.approx(0, abs=1e-12), pytest.approx(1))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_shares_of_none_or_of_all_leave_the_rank_test(share):
    result = trend(series(*[share] * 5), of=series(*[100] * 5))
    assert (result.method, result.direction) == ("Mann-Kendall", "no clear direction")
    assert (result.slope, result.p) == (0, 1)


def test_each_area_is_corrected_for_its_own_series_only():
    rising = rows([1, 2, 3, 5, 4, 6])
    result = trends(pd.concat([rising.assign(area_code=str(area)) for area in range(6)]))
    assert result["p_corrected"].tolist() == result["p"].tolist()
    assert set(result["direction"]) == {"rising"}


def test_a_series_of_too_few_points_says_so_among_others():
    short = rows([1, 2, 3], indicator="b").assign(area_code="1")
    result = trends(pd.concat([rows([1, 2, 3, 5, 4, 6]).assign(area_code="1"), short]))
    assert result["direction"].tolist() == ["rising", "too few points"]
    assert result["p_corrected"].tolist() == [result["p"].iloc[0], pytest.approx(NAN, nan_ok=True)]


def target(direction="down", indicator="a"):
    return pd.DataFrame(
        {"indicator": [indicator], "direction": [direction], "measure": ["fewer of them"]}
    )


@pytest.mark.parametrize(
    ("direction", "values", "outcome"),
    [
        ("down", (0.20, 0.15), "met"),
        ("up", (0.20, 0.15), "not met"),
        ("down", (0.15, 0.20), "not met"),
        ("up", (0.15, 0.20), "met"),
        ("down", (0.200, 0.199), "may be chance"),
        ("down", (0.20, NAN), "not available"),
        ("down", (NAN, 0.20), "not available"),
        ("down", (0.20,), "not available"),
    ],
)
def test_a_target_is_called_by_the_last_change(direction, values, outcome):
    values = rows(values, of=2000.0, kind="share")
    assert year_on_year(target(direction), values)["outcome"].tolist() == [outcome]


def test_a_year_between_that_is_missing_is_no_year_before():
    values = rows([0.2, NAN, 0.1], of=2000.0, kind="share")
    result = year_on_year(target(), values).iloc[0]
    assert (result["outcome"], result["basis"]) == ("not available", "")


def test_a_target_of_which_nothing_is_available_has_no_data():
    result = year_on_year(target(indicator="b"), rows([0.2, 0.1])).iloc[0]
    assert result["outcome"] == "not available"
    assert np.isnan(result["after"])


def test_without_denominators_a_change_is_set_against_the_usual_one():
    usual = [10, 11, 10, 11, 10, 11]
    jump, step = (year_on_year(target(), rows([*usual, last])) for last in (4, 10))
    assert jump["outcome"].tolist() == ["met"]
    assert step["outcome"].tolist() == ["may be chance"]
    assert jump["p"].iloc[0] == pytest.approx(2 * stats.t.sf(7, 5))
    assert jump["basis"].tolist() == ["its own past changes"]


def test_with_neither_denominators_nor_a_past_it_is_too_close_to_call():
    result = year_on_year(target(), rows([10, 4])).iloc[0]
    assert (result["outcome"], result["basis"]) == ("may be chance", "")
    assert np.isnan(result["p"])


def test_targets_on_one_page_are_corrected_together():
    several = pd.concat([target(indicator=name) for name in "abcde"])
    values = pd.concat([rows([0.20, 0.175], indicator=n, of=2000.0, kind="share") for n in "abcde"])
    alone = year_on_year(target(), values)
    among = year_on_year(several, values)
    assert alone["outcome"].tolist() == ["met"]
    assert among["outcome"].tolist() == ["may be chance"] * 5
    assert among["p_corrected"].iloc[0] == pytest.approx(5 * alone["p"].iloc[0])


def test_the_years_that_went_the_targeted_way_are_counted():
    result = year_on_year(target(), rows([5, 4, 3, 4, 2])).iloc[0]
    assert (result["as_intended"], result["years"]) == (3, 4)


def test_a_rate_above_one_is_tested_as_events():
    values = rows([1.5, 1.2], of=1000.0, kind="rate")
    assert year_on_year(target(), values)["outcome"].tolist() == ["met"]


def test_everything_wrong_with_the_targets_is_said_at_once():
    twice = pd.concat([rows([1.0]), rows([2.0])])
    with pytest.raises(DataError) as caught:
        year_on_year(target("downwards"), twice)
    assert codes(caught.value) == ["unknown_direction", "two_targets"]
    assert "'downwards'" in caught.value.problems[0].found
    assert re.search("a .* 2016", caught.value.problems[1].found)
    with refuses(DataError, "names_missing", match="'measure'"):
        year_on_year(target().drop(columns="measure"), twice)


def test_only_a_change_the_targeted_way_is_counted_however_small():
    result = year_on_year(target(), rows([0.5, 0.5, 0.4, 0.41])).iloc[0]
    assert (result["as_intended"], result["years"]) == (1, 3)


def test_the_last_year_is_tested_against_the_one_before_and_no_earlier_one():
    lately = rows([0.20, 0.15], of=2000.0, kind="share")
    longer = rows([0.90, 0.20, 0.15], of=2000.0, kind="share")
    short, long = (year_on_year(target(), values).iloc[0] for values in (lately, longer))
    assert long["p"] == short["p"]
    assert (long["before"], long["after"], long["basis"]) == (0.20, 0.15, "denominators")


@pytest.mark.parametrize("values", [[10] * 6 + [4], [10, 11, 10, 11, 4]])
def test_a_past_that_never_moved_or_is_too_short_is_no_measure_of_a_change(values):
    result = year_on_year(target(), rows(values)).iloc[0]
    assert (result["outcome"], result["basis"]) == ("may be chance", "")


def test_four_earlier_changes_are_enough_of_a_past():
    result = year_on_year(target(), rows([10, 11, 10, 11, 10, 4])).iloc[0]
    assert (result["outcome"], result["basis"]) == ("met", "its own past changes")
    assert result["p"] == pytest.approx(2 * stats.t.sf(6, 4))


@pytest.mark.parametrize("column", ["indicator", "year", "value", "kind"])
def test_values_without_what_a_target_needs_are_refused(column):
    values = rows([0.20, 0.15], of=2000.0, kind="share").drop(columns=column)
    with pytest.raises(DataError, match=f"there is no '{column}'"):
        year_on_year(target(), values)


def test_families_are_corrected_apart_and_keep_their_columns():
    several = pd.concat([target(indicator=name) for name in "abc"]).assign(by=["x", "y", "y"])
    values = pd.concat([rows([0.20, 0.175], indicator=n, of=2000.0, kind="share") for n in "abc"])
    result = year_on_year(several, values, family="by")
    assert result["by"].tolist() == ["x", "y", "y"]
    assert list(result)[: len(several.columns)] == list(several)
    assert (result["p_corrected"] / result["p"]).tolist() == pytest.approx([1, 2, 2])
