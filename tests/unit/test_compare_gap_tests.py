"""Intervals, tests and corrections, compared with the libraries and tables of the literature."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

from error_codes import places, refuses
from invented_counts import FIGURES, GROUP, SMALL_GROUP, few_counted
from sendlib.compare.gap_tests import (
    adjust,
    gap_interval,
    gap_test,
    interval,
    latest_tests,
    with_tests,
)
from sendlib.errors import DataError, NotAvailableError
from sendlib.vocabulary import ENGLAND

NAN, INF = float("nan"), float("inf")
share_interval, rate_interval = (partial(interval, is_rate=is_rate) for is_rate in (False, True))


def gaps(*rows, **columns):
    names = ["value", "of", "other", "other_of", "kind"]
    return pd.DataFrame([(*row, "share")[:5] for row in rows], columns=names).assign(**columns)


def test_the_interval_of_a_share_is_the_one_that_wilson_published():
    low, high = share_interval([81 / 263, 15 / 148, 0.0, 1 / 29], [263, 148, 20, 29])
    assert low.round(4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert high.round(4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


def test_the_interval_of_a_rate_is_the_exact_one_of_its_count():
    low, high = rate_interval([0.0, 0.1, 2.0], [10, 100, 5])
    assert (low * [10, 100, 5]).round(3).tolist() == [0.0, 4.795, 4.795]
    assert (high * [10, 100, 5]).round(3).tolist() == [3.689, 18.39, 18.39]


def test_without_a_denominator_no_interval_is_made_up():
    for of_kind in (share_interval, rate_interval):
        low, high = of_kind([0.2, NAN, 0.2], [NAN, 50, 0])
        assert np.isnan(low).all()
        assert np.isnan(high).all()


def test_the_interval_of_a_gap_of_shares_is_newcombes():
    ours = gap_interval(
        (56 / 70, *share_interval(56 / 70, 70)), (48 / 80, *share_interval(48 / 80, 80))
    )
    theirs = confint_proportions_2indep(56, 70, 48, 80, method="newcomb", correction=False)
    assert ours == pytest.approx(theirs, abs=1e-9)
    assert np.round(ours, 4).tolist() == [0.0524, 0.3339]  # Newcombe 1998, table II (a)


def test_a_gap_from_an_exact_figure_is_as_wide_as_the_share_itself():
    tested = gap_test(gaps((0.2, 100, 0.1, INF))).iloc[0]
    assert tested["gap_low"] == pytest.approx(tested["low"] - 0.1)
    assert tested["gap_high"] == pytest.approx(tested["high"] - 0.1)


def test_p_values_are_those_of_the_exact_tests():
    tested = gap_test(
        pd.concat([gaps((0.2, 100, 0.1, INF)), gaps((0.2, 100, 0.1, INF)).assign(kind="rate")])
    )
    assert tested["p"].tolist() == pytest.approx(
        [2 * stats.binom.sf(19, 100, 0.1), 2 * stats.poisson.sf(19, 10)]
    )


def test_a_rate_below_an_exact_one_is_tested_by_its_lower_tail():
    tested = gap_test(gaps((0.04, 100, 0.1, INF)).assign(kind="rate"))
    assert tested["p"].iloc[0] == pytest.approx(2 * stats.poisson.cdf(4, 10))


def test_two_samples_are_tested_with_a_continuity_correction():
    tested = gap_test(gaps((0.2, 100, 0.1, 200)))
    chi2 = stats.chi2_contingency([[20, 80], [20, 180]], correction=True)
    assert tested["p"].iloc[0] == pytest.approx(chi2.pvalue)


def test_two_shares_with_few_cases_are_tested_exactly():
    tested = gap_test(gaps((6 / 40, 40, 0.05, 2_000)))
    one_sided = stats.fisher_exact([[6, 34], [100, 1_900]], alternative="greater").pvalue
    assert tested["p"].iloc[0] == pytest.approx(2 * one_sided)


def test_two_rates_are_tested_conditional_on_their_sum():
    tested = gap_test(gaps((0.2, 100, 0.1, 200)).assign(kind="rate"))
    assert tested["p"].iloc[0] == pytest.approx(2 * stats.binom.sf(19, 40, 1 / 3))


def test_shares_of_nearly_all_are_tested_exactly_too():
    tested = gap_test(gaps((38 / 40, 40, 0.99, 2_000)))
    one_sided = stats.fisher_exact([[2, 38], [20, 1_980]], alternative="greater").pvalue
    assert tested["p"].iloc[0] == pytest.approx(2 * one_sided)


def test_two_shares_of_none_are_no_different():
    tested = gap_test(gaps((0.0, 100, 0.0, 200), (1.0, 100, 1.0, 200)))
    assert tested["p"].tolist() == [1, 1]


def test_a_gap_has_the_interval_of_its_own_kind():
    kinds = {"share": share_interval, "rate": rate_interval}
    tested = gap_test(gaps((0.2, 100, 0.1, 200), (0.2, 100, 0.1, 200)).assign(kind=list(kinds)))
    for (_, row), of_kind in zip(tested.iterrows(), kinds.values(), strict=True):
        assert (row["low"], row["high"]) == of_kind(0.2, 100)
        gap = gap_interval((0.2, *of_kind(0.2, 100)), (0.1, *of_kind(0.1, 200)))
        assert (row["gap_low"], row["gap_high"]) == gap


def test_corrections_are_those_of_statsmodels_in_each_family():
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"family": np.repeat([1, 2, 3], [5, 24, 1]), "p": rng.beta(0.5, 2, 30)})
    frame = frame.sample(frac=1, random_state=1)
    ours = adjust(frame["p"], frame["family"])
    for family, mine in frame.groupby("family"):
        theirs = multipletests(mine["p"], method="holm")[1]
        assert ours[mine.index].tolist() == pytest.approx(theirs), family


def test_a_missing_p_value_stays_missing_and_is_not_counted():
    assert adjust(pd.Series([0.02, NAN, 0.02])).fillna(-1).tolist() == [0.04, -1, 0.04]


@pytest.mark.parametrize(
    ("row", "result"),
    [
        ((0.30, 1000, 0.20, INF), "higher"),
        ((0.10, 1000, 0.20, INF), "lower"),
        ((0.21, 1000, 0.20, INF), "similar"),
        ((0.30, 10, 0.20, INF), "too few"),
        ((0.90, 10, 0.20, INF), "higher"),  # few, and yet beyond what chance does
        ((0.30, 1000, 0.20, 12), "too few"),
        ((0.99, 100, 0.98, INF), "too few"),  # of those without
        ((1.0, 1, 0.5, 1), "too few"),
        ((0.30, NAN, 0.20, INF), "no denominator"),
        ((0.30, 1000, 0.20, NAN), "no denominator"),
        ((NAN, 1000, 0.20, INF), "no value"),
        ((0.30, NAN, NAN, NAN), "no value"),
    ],
)
def test_each_gap_has_its_result(row, result):
    assert gap_test(gaps(row))["result"].iloc[0] == result


def test_more_comparisons_on_a_page_ask_for_more():
    one = (0.235, 1000, 0.2, INF)
    alone, among = gap_test(gaps(one)), gap_test(gaps(one, *[(0.2, 1000, 0.2, INF)] * 23))
    assert (alone["result"].iloc[0], among["result"].iloc[0]) == ("higher", "similar")
    assert among["p_corrected"].iloc[0] == 24 * alone["p"].iloc[0]


def test_everything_wrong_with_the_gaps_is_said_at_once():
    wrong = gaps((1.2, 10, 0.2, INF), (0.2, 0, 0.2, INF), (0.2, INF, -0.1, 5))
    wrong.loc[0, "kind"] = "percentage"
    with pytest.raises(DataError) as caught:
        gap_test(wrong)
    assert places(caught.value) == [
        ("unknown_kind", "gaps, row 0"),
        ("denominator_not_above_0", "gaps, row 1"),
        ("exact_figure", "gaps, row 2"),
        ("share_below_0", "gaps, row 2"),
    ]
    with refuses(DataError, "share_above_1", where="gaps, row 0"):
        gap_test(gaps((20.31, 2302, 15.95, INF)))
    with refuses(DataError, "names_missing", match="'other_of'"):
        gap_test(wrong.drop(columns="other_of"))


def test_the_interval_of_a_single_event_is_exact_too():
    low, high = rate_interval(0.1, 10)
    assert (10 * low, 10 * high) == (
        pytest.approx(0.0253, abs=1e-4),
        pytest.approx(5.572, abs=1e-3),
    )


def test_a_figure_of_nobody_is_nothing_to_be_tested_against():
    with refuses(DataError, "denominator_not_above_0", where="gaps, row 0"):
        gap_test(gaps((0.2, 10, 0.2, 0)))


def test_a_figure_below_nothing_is_refused():
    with refuses(DataError, "share_below_0", where="gaps, row 0"):
        gap_test(gaps((-0.1, 10, 0.2, INF)))


def test_a_share_above_one_is_refused_on_either_side():
    with pytest.raises(DataError) as caught:
        gap_test(gaps((1.0, 10, 1.0, INF), (1.2, 10, 0.2, INF), (0.2, 10, 1.2, INF)))
    assert places(caught.value) == [
        ("share_above_1", "gaps, row 1"),
        ("share_above_1", "gaps, row 2"),
    ]


def test_the_last_year_is_tested_against_england_and_the_neighbours_as_one():
    tests = latest_tests(FIGURES, GROUP).set_index("comparison")
    assert tests["year"].tolist() == [2025, 2025]
    assert tests["other"].to_dict() == {"england": 0.2, "neighbours": pytest.approx(0.3)}
    assert tests.loc["england", "other_of"] == np.inf
    assert tests.loc["neighbours", ["other_of", "areas"]].tolist() == [4_000, 2]
    assert tests["result"].to_dict() == {"england": "higher", "neighbours": "similar"}
    assert tests["p_corrected"].min() == 2 * tests["p"].min()


def test_what_has_no_figure_of_england_or_no_neighbour_is_tested_against_the_other_only():
    alone = FIGURES[FIGURES["area_code"] != ENGLAND]
    assert latest_tests(alone, GROUP)["comparison"].tolist() == ["neighbours"]
    theirs = FIGURES[~FIGURES["area_code"].isin(["2", "3"])]
    assert latest_tests(theirs, GROUP)["comparison"].tolist() == ["england"]


def test_neighbours_of_another_year_are_not_taken():
    old = FIGURES.assign(year=FIGURES["year"].where(FIGURES["area_code"] != "3", 2024))
    tests = latest_tests(old, GROUP).set_index("comparison")
    assert tests.loc["neighbours", ["other", "areas"]].tolist() == [pytest.approx(0.2), 1]


def test_an_authority_without_counts_cannot_be_tested():
    with refuses(NotAvailableError, "no_figure_with_count", match=r"\bOne\b"):
        latest_tests(FIGURES[FIGURES["area_code"] != "1"], GROUP)


def test_england_counts_as_one_area_against_an_authority():
    tests = latest_tests(few_counted(), SMALL_GROUP).set_index("comparison")
    assert tests["areas"].to_dict() == {"england": 1, "neighbours": 1}


def test_the_tests_against_england_and_the_neighbours_are_corrected_together():
    tests = latest_tests(pd.concat([few_counted(), few_counted(indicator="b")]), SMALL_GROUP)
    assert tests["p_corrected"].min() == pytest.approx(4 * tests["p"].min())


def test_a_page_of_an_authority_without_counts_is_tested_by_its_own_denominators():
    measures = pd.DataFrame(
        {
            "indicator": ["", "a"],
            "year": 2025,
            "value": [0.3, 0.3],
            "of": [1_000.0, float("nan")],
            "other": 0.2,
            "other_of": float("inf"),
            "kind": "share",
        }
    )
    elsewhere = few_counted()[few_counted()["area_code"] != "1"]
    text = with_tests(measures, elsewhere, SMALL_GROUP)
    assert text["result"].fillna("").tolist() == ["higher", ""]
    assert text["tested_result"].isna().all()


@pytest.mark.parametrize(
    ("good", "effect"), [("higher", "better"), ("lower", "worse"), ("none", "")]
)
def test_a_difference_is_for_the_better_or_the_worse_only_where_one_way_is_better(good, effect):
    tests = latest_tests(FIGURES, GROUP, pd.Series({"a": good})).set_index("comparison")
    assert tests["effect"].to_dict() == {"england": effect, "neighbours": ""}
    assert tests["rank"].tolist() == [2, 2]
