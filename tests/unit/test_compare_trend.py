"""Directions, and the breaks across which none is said."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sendlib.compare import breaks_under, known_breaks, trend, trends, unbroken
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
    found = trend(series(NAN, NAN))
    assert (found.points, found.first_year, found.last_year) == (0, 0, 0)
    assert np.isnan([found.slope, found.p]).all()


def test_the_rank_test_is_that_of_mann_and_kendall():
    values = series(3, 5, 4, 8, 9, 7, 12)
    found = trend(values)
    assert found.p == stats.kendalltau(values.index, values).pvalue
    assert found.slope == stats.theilslopes(values, values.index).slope
    assert (found.method, found.first_year, found.last_year) == ("Mann-Kendall", 2016, 2022)


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
    found = trend(series(5, 6, NAN, 8, 9, 10))
    assert (found.points, found.direction) == (5, "rising")


def test_false_directions_are_rare():
    rng = np.random.default_rng(11)
    flat = pd.concat(
        [
            rows(rng.normal(size=9), indicator=f"i{indicator}").assign(area_code=str(area))
            for area in range(30)
            for indicator in range(10)
        ]
    )
    found = trends(flat)
    said = found["direction"].isin(["rising", "falling"]).groupby(found["area_code"]).any()
    assert said.mean() <= 0.1  # 3 of 30 is what chance leaves of a twentieth
    assert (found["p"] < 0.05).mean() < 0.08


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
    held = rows([1.0] * (last - 2015))
    assert unbroken(held, BREAKS)["year"].tolist() == kept
    other = held.assign(indicator="b")
    assert unbroken(other, BREAKS)["year"].tolist() == list(range(2016, last + 1))


def test_an_authority_is_not_compared_with_what_was_there_before_it():
    areas = pd.DataFrame(
        {
            "area_code": ["old", "new"],
            "first_census": [2010.0, 2021.0],
            "last_census": [2020.0, np.nan],
        }
    )
    held = pd.concat([rows([1.0] * 8).assign(area_code=code) for code in ("old", "new")])
    kept = unbroken(held, NO_BREAKS, areas=areas)
    years = kept.groupby("area_code")["year"].agg(["min", "max"])
    assert years.loc["old"].tolist() == [2016, 2020]
    assert years.loc["new"].tolist() == [2021, 2023]


def test_breaks_that_make_no_sense_are_refused():
    with pytest.raises(DataError, match="a breaks from 2018 to 2016"):
        unbroken(rows([1.0]), BREAKS.head(1).assign(last_year=2016))
    with pytest.raises(DataError, match="column what_changed is missing"):
        unbroken(rows([1.0]), BREAKS.drop(columns="what_changed"))


def test_known_breaks_are_of_indicators_that_the_tables_hold(tables):
    held = {*tables["indicator"]["indicator"], "plans_in_force"}
    assert set(known_breaks()["indicator"]) <= held


def test_breaks_stand_under_the_names_of_a_page_and_only_those_that_it_has():
    found = breaks_under({"Plans": "plans_in_force", "Phonics": "phonics_expected_ehcp_pct"})
    assert found[["indicator", "first_year"]].to_numpy().tolist() == [["Plans", 2023]]
    assert breaks_under({}).empty


def test_breaks_leave_the_order_and_the_index_of_the_rows_alone():
    held = rows([1.0] * 6, first=2017).set_axis(list("fedcba"))
    mixed = pd.concat([held, rows([1.0] * 6, indicator="b", first=2017)])
    kept = unbroken(mixed, BREAKS)
    assert kept.index.tolist() == ["a", 0, 1, 2, 3, 4, 5]


def test_weighed_years_are_as_sure_as_their_denominators_make_them():
    years, base = np.arange(2016, 2021), np.array([9e4, 1e4, 4e4, 2e4, 6e4])
    share = np.array([0.1001, 0.1019, 0.1041, 0.1060, 0.1079])
    pooled = (share * base).sum() / base.sum()
    weight = base / (pooled * (1 - pooled))
    middle = np.average(years, weights=weight)
    spread = 1 / np.sqrt((weight * (years - middle) ** 2).sum())  # they scatter less than by chance
    found = trend(pd.Series(share, years), of=pd.Series(base, years))
    slope = (weight * (years - middle) * share).sum() * spread**2
    assert found.slope == pytest.approx(slope)
    assert found.p == pytest.approx(2 * stats.t.sf(slope / spread, 3))


@pytest.mark.parametrize(("years", "of"), [(5, 1e6), (7, 100)])  # the second leaves no error at all
def test_shares_that_never_move_have_no_direction_however_large_the_denominators(years, of):
    found = trend(series(*[0.5] * years), of=series(*[of] * years))
    assert (found.method, found.direction) == ("weighted regression", "no clear direction")
    assert (found.slope, found.p) == (pytest.approx(0, abs=1e-12), pytest.approx(1))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_shares_of_none_or_of_all_leave_the_rank_test(share):
    found = trend(series(*[share] * 5), of=series(*[100] * 5))
    assert (found.method, found.direction) == ("Mann-Kendall", "no clear direction")
    assert (found.slope, found.p) == (0, 1)


def test_each_area_is_corrected_for_its_own_series_only():
    rising = rows([1, 2, 3, 5, 4, 6])
    found = trends(pd.concat([rising.assign(area_code=str(area)) for area in range(6)]))
    assert found["p_corrected"].tolist() == found["p"].tolist()
    assert set(found["direction"]) == {"rising"}


def test_a_series_of_too_few_points_says_so_beside_others():
    short = rows([1, 2, 3], indicator="b").assign(area_code="1")
    found = trends(pd.concat([rows([1, 2, 3, 5, 4, 6]).assign(area_code="1"), short]))
    assert found["direction"].tolist() == ["rising", "too few points"]
    assert found["p_corrected"].tolist() == [found["p"].iloc[0], pytest.approx(NAN, nan_ok=True)]
