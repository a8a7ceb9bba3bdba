"""Figures with their counts, the strategy's published rates, and what it targeted."""

import pandas as pd
import pytest

from sendlib import indicators
from sendlib.compare import comparable_years, known_breaks, year_on_year
from sendlib.kpi import read_register
from sendlib.outcomes import (
    figures_with_counts,
    in_page_order,
    newest_indicators,
    proposed_targets,
    read_titles,
    target_series,
)
from sendlib.project import Project
from sendlib.strategies import read_strategies, targets
from sendlib.vocabulary import STATE_MAINSTREAM_PLACES

WILTSHIRE = "865"
ON_TIME = "ehcp_within_20_weeks_excluding_exceptions_pct"
HALF_A_POINT = 0.5 + 1e-9  # the tool rounds some figures to whole percentages


@pytest.fixture(scope="module")
def figures(tables):
    return figures_with_counts(tables)


@pytest.fixture(scope="module")
def targeted(root):
    return targets(read_strategies(Project(root), WILTSHIRE))


@pytest.fixture(scope="module")
def series(tables, targeted):
    return target_series(tables, WILTSHIRE, targeted)


def test_every_indicator_of_the_tool_has_a_title(tables):
    assert set(tables["indicator"]["indicator"]) <= set(read_titles().index)
    assert read_titles()["title"].is_unique


def test_every_counted_figure_is_a_share_of_somebody(figures):
    assert figures["value"].between(0, 1).all()
    assert (figures["of"] > 0).all()
    assert not figures.duplicated(["area_code", "indicator", "year"]).any()
    assert set(read_titles().query("table != ''").index) == set(figures["indicator"])


def test_figures_with_counts_are_those_that_the_tool_publishes(tables, figures):
    """But for a few results that were revised after the counts were published."""
    both = figures.merge(
        tables["indicator"], on=["area_code", "indicator", "year"], suffixes=("", "_tool")
    ).dropna(subset=["value_tool"])
    assert both["indicator"].nunique() == 8
    apart = both[(100 * both["value"] - both["value_tool"]).abs() > HALF_A_POINT]
    assert len(apart) < 0.003 * len(both)
    assert {name.split("_")[0] for name in apart["indicator"]} <= {"ks2", "phonics"}


def test_the_newest_counts_stand_among_the_indicators_of_the_tool(tables, figures):
    newest = newest_indicators(tables)
    added = newest.iloc[len(tables["indicator"]) :]
    pd.testing.assert_frame_equal(newest.drop(added.index), tables["indicator"])
    assert set(added["indicator"]) == {ON_TIME, "requests_refused_pct"}
    key = ["area_code", "indicator", "year"]
    both = added.merge(figures, on=key, suffixes=("", "_counted"))
    assert {WILTSHIRE, "E92000001"} <= set(both["area_code"])
    assert both["value"].to_list() == pytest.approx((100 * both["value_counted"]).round(1))
    assert not newest.duplicated(key).any()


def test_the_mainstream_share_is_that_of_the_indicators(wiltshire, figures):
    ours = figures.query("indicator == 'state_mainstream_share' and year == 2025")
    theirs = indicators.place_share(wiltshire.load("ehcp_caseload"), STATE_MAINSTREAM_PLACES)
    theirs = indicators.latest(theirs, 2025).set_index("area_code")["share"]
    assert ours.set_index("area_code")["value"].to_dict() == pytest.approx(
        theirs.dropna().to_dict()
    )


def test_a_withheld_part_leaves_no_figure(tables):
    caseload = tables["ehcp_caseload"]
    part = (caseload["place_type"] == "sen_unit") & (caseload["census_year"] == 2025)
    hidden = caseload.assign(plans=caseload["plans"].mask(part))
    made = figures_with_counts({**tables, "ehcp_caseload": hidden}).query(
        "indicator == 'state_mainstream_share'"
    )
    assert 2025 not in set(made["year"])
    assert 2024 in set(made["year"])


def test_rows_stand_in_the_order_of_the_page_with_their_titles():
    first, second = read_titles().index[:2]
    rows = pd.DataFrame({"indicator": [second, "unknown", first, second], "value": [1, 2, 3, 4]})
    ordered = in_page_order(rows)
    assert ordered["value"].tolist() == [3, 1, 4]
    assert ordered["title"].tolist() == read_titles()["title"][[first, second, second]].tolist()
    assert set(ordered["better"]) == {"none"}


def test_the_strategies_own_measures_of_success_are_all_among_the_targets(targeted):
    register = {entry.slug: entry for entry in read_register()}
    own = {entry.success for entry in register.values() if entry.tested_by == "strategy"}
    assert set(targeted.loc[targeted["by"] == "strategy", "target"]) == own
    for row in proposed_targets().itertuples():
        assert (register[row.kpi].success, register[row.kpi].tested_by) == (row.target, row.by)


def test_a_target_has_its_figures_or_says_why_not(targeted, series):
    assert (targeted["indicator"].eq("") == targeted["missing"].ne("")).all()
    assert set(targeted["indicator"]) - {""} == set(series["indicator"])
    assert set(targeted["direction"]) == {"up", "down"}


def test_an_authority_without_a_strategy_on_record_is_tested_on_nobody_elses_targets(root, tables):
    for code in ("886", "885"):  # no file, and a file without targets
        own = targets(read_strategies(Project(root), code))
        assert own["measure"].tolist() == proposed_targets()["measure"].tolist()
        assert set(own["by"]) == {"proposed"}
        assert "state_mainstream_plans" not in set(target_series(tables, code, own)["indicator"])


def test_figures_with_counts_come_before_those_without(series):
    on_time = series[series["indicator"] == ON_TIME].set_index("year")
    assert on_time.loc[2024, ["value", "of"]].tolist() == [pytest.approx(250 / 848), 848]
    special = series[series["indicator"] == "special_school_suspension_rate"]
    assert special["of"].isna().all()


def test_wiltshires_targets_come_to_what_the_page_says(tables, targeted, series):
    alike = comparable_years(series, known_breaks(), areas=tables["area"])
    found = year_on_year(targeted, alike, family="by")
    own = found["by"] == "strategy"
    assert found.loc[own, "outcome"].tolist() == [
        "may be chance",
        "not available",
        "not available",
        "not met",
        "may be chance",
    ]
    proposed = found[~own]
    assert proposed["outcome"].value_counts().to_dict() == {"may be chance": 11, "met": 1}
    assert proposed["before"].notna().sum() == 12
