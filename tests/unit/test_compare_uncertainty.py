"""Intervals, tests and corrections, beside the libraries and beside tables of the literature."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from sendlib.compare import (
    adjust,
    funnel_limits,
    gap_interval,
    gap_test,
    rank_ranges,
    rate_interval,
    share_interval,
)
from sendlib.errors import DataError

NAN, INF = float("nan"), float("inf")


def gaps(*rows, **columns):
    names = ["value", "of", "other", "other_of", "kind"]
    return pd.DataFrame([(*row, "share")[:5] for row in rows], columns=names).assign(**columns)


def test_the_interval_of_a_share_is_the_one_that_wilson_printed():
    low, high = share_interval([81 / 263, 15 / 148, 0.0, 1 / 29], [263, 148, 20, 29])
    assert low.round(4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert high.round(4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


def test_the_interval_of_a_rate_is_the_exact_one_of_its_count():
    low, high = rate_interval([0.0, 0.1, 2.0], [10, 100, 5])
    assert (low * [10, 100, 5]).round(3).tolist() == [0.0, 4.795, 4.795]
    assert (high * [10, 100, 5]).round(3).tolist() == [3.689, 18.39, 18.39]


def test_an_interval_holds_as_much_as_is_asked_of_it():
    low, high = share_interval(0.2, 100, coverage=0.8)
    assert (low, high) == pytest.approx(proportion_confint(20, 100, alpha=0.2, method="wilson"))
    low, high = rate_interval(0.2, 100, coverage=0.8)
    assert stats.poisson.sf(19, 100 * low) == pytest.approx(0.1)
    assert stats.poisson.cdf(20, 100 * high) == pytest.approx(0.1)


def test_without_a_denominator_no_interval_is_made_up():
    for interval in (share_interval, rate_interval):
        low, high = interval([0.2, NAN, 0.2], [NAN, 50, 0])
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
    judged = gap_test(gaps((0.2, 100, 0.1, INF))).iloc[0]
    assert judged["gap_low"] == pytest.approx(judged["low"] - 0.1)
    assert judged["gap_high"] == pytest.approx(judged["high"] - 0.1)


def test_p_values_are_those_of_the_exact_tests():
    judged = gap_test(
        pd.concat([gaps((0.2, 100, 0.1, INF)), gaps((0.2, 100, 0.1, INF)).assign(kind="rate")])
    )
    assert judged["p"].tolist() == pytest.approx(
        [2 * stats.binom.sf(19, 100, 0.1), 2 * stats.poisson.sf(19, 10)]
    )


def test_a_rate_below_an_exact_one_is_tested_by_its_lower_tail():
    judged = gap_test(gaps((0.04, 100, 0.1, INF)).assign(kind="rate"))
    assert judged["p"].iloc[0] == pytest.approx(2 * stats.poisson.cdf(4, 10))


def test_two_samples_are_tested_with_a_continuity_correction():
    judged = gap_test(gaps((0.2, 100, 0.1, 200)))
    chi2 = stats.chi2_contingency([[20, 80], [20, 180]], correction=True)
    assert judged["p"].iloc[0] == pytest.approx(chi2.pvalue)


def test_two_shares_with_few_cases_are_tested_exactly():
    judged = gap_test(gaps((6 / 40, 40, 0.05, 2_000)))
    one_sided = stats.fisher_exact([[6, 34], [100, 1_900]], alternative="greater").pvalue
    assert judged["p"].iloc[0] == pytest.approx(2 * one_sided)


def test_two_rates_are_tested_given_their_sum():
    judged = gap_test(gaps((0.2, 100, 0.1, 200)).assign(kind="rate"))
    assert judged["p"].iloc[0] == pytest.approx(2 * stats.binom.sf(19, 40, 1 / 3))


def test_shares_of_nearly_all_are_tested_exactly_too():
    judged = gap_test(gaps((38 / 40, 40, 0.99, 2_000)))
    one_sided = stats.fisher_exact([[2, 38], [20, 1_980]], alternative="greater").pvalue
    assert judged["p"].iloc[0] == pytest.approx(2 * one_sided)


def test_two_shares_of_none_are_no_different():
    judged = gap_test(gaps((0.0, 100, 0.0, 200), (1.0, 100, 1.0, 200)))
    assert judged["p"].tolist() == [1, 1]


def test_a_gap_has_the_interval_of_its_own_kind():
    kinds = {"share": share_interval, "rate": rate_interval}
    judged = gap_test(gaps((0.2, 100, 0.1, 200), (0.2, 100, 0.1, 200)).assign(kind=list(kinds)))
    for (_, row), interval in zip(judged.iterrows(), kinds.values(), strict=True):
        assert (row["low"], row["high"]) == interval(0.2, 100)
        gap = gap_interval((0.2, *interval(0.2, 100)), (0.1, *interval(0.1, 200)))
        assert (row["gap_low"], row["gap_high"]) == gap


@pytest.mark.parametrize(
    ("correction", "method"), [("holm", "holm"), ("benjamini-hochberg", "fdr_bh")]
)
def test_corrections_are_those_of_statsmodels_on_each_page(correction, method):
    rng = np.random.default_rng(7)
    frame = pd.DataFrame({"page": np.repeat([1, 2, 3], [5, 24, 1]), "p": rng.beta(0.5, 2, 30)})
    frame = frame.sample(frac=1, random_state=1)
    ours = adjust(frame["p"], frame, page="page", correction=correction)
    for page, mine in frame.groupby("page"):
        theirs = multipletests(mine["p"], method=method)[1]
        assert ours[mine.index].tolist() == pytest.approx(theirs), page


def test_a_missing_p_value_stays_missing_and_is_not_counted():
    frame = pd.DataFrame({"p": [0.02, NAN, 0.02]})
    assert adjust(frame["p"], frame).fillna(-1).tolist() == [0.04, -1, 0.04]


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
def test_each_gap_has_its_verdict(row, result):
    assert gap_test(gaps(row))["result"].iloc[0] == result


def test_more_comparisons_on_a_page_ask_for_more():
    one = (0.235, 1000, 0.2, INF)
    alone, among = gap_test(gaps(one)), gap_test(gaps(one, *[(0.2, 1000, 0.2, INF)] * 23))
    assert (alone["result"].iloc[0], among["result"].iloc[0]) == ("higher", "similar")
    assert among["compared"].iloc[0] == 24


def test_pages_are_corrected_apart():
    frame = gaps(*[(0.235, 1000, 0.2, INF)] * 2, page=["a", "b"])
    assert gap_test(frame, page="page")["result"].tolist() == ["higher", "higher"]


def test_everything_wrong_with_the_gaps_is_told_at_once():
    wrong = gaps((1.2, 10, 0.2, INF), (0.2, 0, 0.2, INF), (0.2, INF, -0.1, 5))
    wrong.loc[0, "kind"] = "percentage"
    with pytest.raises(DataError) as caught:
        gap_test(wrong)
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 4
    assert said[0].startswith("row 0 is neither a share nor a rate")
    with pytest.raises(DataError, match="row 0 is a share above 1"):
        gap_test(gaps((20.31, 2302, 15.95, INF)))
    with pytest.raises(DataError, match="column other_of is missing"):
        gap_test(wrong.drop(columns="other_of"))
    with pytest.raises(DataError, match="Valid: holm, benjamini-hochberg"):
        gap_test(gaps((0.2, 10, 0.2, INF)), correction="none")


def test_funnel_limits_hold_what_they_say_and_narrow_with_size():
    limits = funnel_limits([100, 1000, 10_000], 0.2).query("coverage == 0.95")
    inside = stats.binom.cdf(limits["high"] * limits["of"], limits["of"], 0.2)
    inside -= stats.binom.cdf(limits["low"] * limits["of"], limits["of"], 0.2)
    assert (abs(inside - 0.95) < 0.05).all()
    assert (limits["high"] - limits["low"]).is_monotonic_decreasing
    wider = funnel_limits([100], 0.2)["high"]
    assert wider.is_monotonic_increasing


def test_funnel_limits_of_a_rate_may_pass_one_and_never_zero():
    limits = funnel_limits([3], 0.9, kind="rate")
    assert limits["high"].max() > 1
    assert limits["low"].min() == 0


def ranks(values, of, better="higher", kind="share"):
    frame = pd.DataFrame({"value": values, "of": of, "kind": kind})
    return rank_ranges(frame, better=better, rng=np.random.default_rng(3))


def test_ranks_of_large_authorities_far_apart_are_sure():
    found = ranks([0.5, 0.3, 0.1], [10_000] * 3)
    assert found.to_numpy().tolist() == [[1, 1, 1], [2, 2, 2], [3, 3, 3]]
    assert ranks([0.5, 0.3, 0.1], [10_000] * 3, "lower")["rank"].tolist() == [3, 2, 1]


def test_ranks_of_equals_could_be_any():
    found = ranks([0.2] * 20, [500] * 20)
    assert (found["rank"] == 1).all()
    assert (found["rank_low"] <= 2).all()
    assert (found["rank_high"] >= 19).all()


def test_a_smaller_authority_has_a_wider_range_of_ranks():
    values = np.linspace(0.1, 0.3, 21)
    of = np.full(21, 20_000)
    of[10] = 100
    found = ranks(values, of, kind="rate")
    width = found["rank_high"] - found["rank_low"]
    assert width[10] > 3 * width.drop(10).max()


def test_without_a_denominator_a_rank_has_no_range():
    found = ranks([0.5, 0.3, NAN], [NAN, 1000, 1000])
    assert found["rank"].fillna(0).tolist() == [1, 2, 0]
    assert found["rank_low"].fillna(0).tolist() == [0, 2, 0]


def test_the_same_seed_gives_the_same_ranges():
    values = np.linspace(0.1, 0.3, 30)
    pd.testing.assert_frame_equal(ranks(values, [300] * 30), ranks(values, [300] * 30))


def test_a_range_of_ranks_leaves_out_as_many_draws_above_as_below():
    found = ranks([0.2] * 200, [500] * 200)  # each draw is any place alike
    assert found["rank_low"].mean() == pytest.approx(0.025 * 200 + 0.5, abs=0.3)
    assert found["rank_high"].mean() == pytest.approx(0.975 * 200 + 0.5, abs=0.3)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("share", 0.0), ("rate", 0.0), ("share", 0.2), ("rate", 0.2), ("share", 1.0)],
)
def test_a_range_of_ranks_is_as_wide_as_the_count_leaves_possible(kind, value):
    """One authority with a count, among many whose value stays where it is."""
    marks = np.linspace(0, max(0.5, value), 2_001)
    found = ranks([value, *marks], [100, *[NAN] * len(marks)], kind=kind).iloc[0]
    had = 100 * value + 0.5
    beta, gamma = stats.beta(had, 101 - had), stats.gamma(had, scale=1 / 100)
    possible = beta if kind == "share" else gamma
    best, worst = ((marks > possible.ppf(end)).sum() + 1 for end in (0.975, 0.025))
    assert (found % 1 == 0).all()
    assert found["rank_low"] == pytest.approx(best, abs=30)
    assert found["rank_high"] == pytest.approx(worst, abs=30)


def test_where_no_authority_has_a_value_there_are_no_ranks():
    assert ranks([NAN, NAN], [100, 100]).isna().all(axis=None)


@pytest.mark.parametrize("kind", ["share", "rate"])
def test_funnel_limits_lie_between_whole_counts_where_chance_says(kind):
    limits = funnel_limits([100], 0.3, kind=kind, coverages=[0.9]).iloc[0]
    counts = np.arange(101)
    known = stats.poisson(30) if kind == "rate" else stats.binom(100, 0.3)
    ends = np.interp(100 * limits[["low", "high"]].astype(float), counts, known.cdf(counts))
    assert ends.tolist() == pytest.approx([0.05, 0.95])


def test_the_interval_of_a_single_event_is_exact_too():
    low, high = rate_interval(0.1, 10)
    assert (10 * low, 10 * high) == (
        pytest.approx(0.0253, abs=1e-4),
        pytest.approx(5.572, abs=1e-3),
    )


def test_a_figure_of_nobody_is_nothing_to_stand_beside():
    with pytest.raises(DataError, match="row 0 has a denominator that is not above 0"):
        gap_test(gaps((0.2, 10, 0.2, 0)))


def test_a_figure_below_nothing_is_refused():
    with pytest.raises(DataError, match="row 0 is below 0"):
        gap_test(gaps((-0.1, 10, 0.2, INF)))


def test_a_share_above_one_is_refused_on_either_side():
    with pytest.raises(DataError, match="row 1 is a share above 1") as caught:
        gap_test(gaps((1.0, 10, 1.0, INF), (1.2, 10, 0.2, INF), (0.2, 10, 1.2, INF)))
    assert len(caught.value.problems) == 2


def test_a_page_may_be_named_by_several_columns():
    frame = gaps(*[(0.235, 1000, 0.2, INF)] * 3, area=["1", "1", "2"], chapter=["a", "b", "a"])
    assert gap_test(frame, page=["area", "chapter"])["compared"].tolist() == [1, 1, 1]
    assert gap_test(frame, page=["area"])["compared"].tolist() == [2, 2, 1]
    nameless = frame.assign(chapter=[None, "a", None])
    assert gap_test(nameless, page=["area", "chapter"])["compared"].tolist() == [1, 1, 1]
