"""What a cell is told when it gives the wrong thing to a measure, a chart or an authority."""

import pandas as pd
import pytest

from sendlib import compare, indicators, present, store
from sendlib.authority import Authority
from sendlib.errors import DataError, NotHeldError, ParameterError
from sendlib.vocabulary import PlaceType, PrimaryNeed

WRONG_MEASURES = {
    "a place type for a list of them": (
        lambda tables: indicators.place_share(tables["ehcp_caseload"], "state_special", 2025),
        'Give a list: ["state_special"].',
    ),
    "a misspelt place type": (
        lambda tables: indicators.place_share(tables["ehcp_caseload"], ["state_specal"], 2025),
        "there is no 'state_specal'. Did you mean state_special",
    ),
    "no place type": (
        lambda tables: indicators.place_share(tables["ehcp_caseload"], [], 2025),
        "the list is empty",
    ),
    "a need that there is not": (
        lambda tables: indicators.need_share(
            tables["ehcp_caseload"], "autism", [PlaceType.STATE_SPECIAL]
        ),
        "need: there is no 'autism'. Valid: asd,",
    ),
    "a measure that there is not": (
        lambda tables: indicators.flow_by_year(tables["ehcp_flow"], "request"),
        "Did you mean requests",
    ),
    "an indicator that there is not": (
        lambda tables: indicators.indicator_by_year(tables["indicator"], "pupils_with_plan_pct"),
        "Did you mean pupils_with_ehcp_pct",
    ),
}


@pytest.mark.parametrize("mistake", WRONG_MEASURES)
def test_a_name_that_there_is_not_is_refused_and_never_comes_back_as_missing(tables, mistake):
    ask, told = WRONG_MEASURES[mistake]
    with pytest.raises(ParameterError) as caught:
        ask(tables)
    assert told in str(caught.value)


@pytest.mark.parametrize("year", [2035, "2025"])
def test_a_january_that_is_not_held_is_told_with_those_that_are(tables, year):
    with pytest.raises(NotHeldError, match=r"Give a January from 2010 to 2025, as a number"):
        indicators.place_share(tables["ehcp_caseload"], ["state_special"], year)


def test_one_table_given_for_another_is_told_with_what_it_has(tables):
    with pytest.raises(DataError, match=r"there is no 'census_year', .* calendar_year") as caught:
        indicators.total_plans(tables["ehcp_flow"])
    assert 'authority.load("ehcp_caseload")' in str(caught.value)
    with pytest.raises(DataError, match="table ehcp_flow"):
        indicators.refused_share(tables["ehcp_caseload"])


def test_a_frame_of_years_is_not_compared_as_if_it_were_one(project, tables):
    wiltshire = Authority.open("Wiltshire", as_of=2025, project=project)
    plans = indicators.total_plans(tables["ehcp_caseload"])
    with pytest.raises(DataError, match=r"values: its type is DataFrame\. Choose one year of it"):
        compare.to_peers(plans, wiltshire.group)
    with pytest.raises(DataError, match=r"group: its type is Authority. Give authority.group"):
        compare.to_peers(plans[2025], wiltshire)
    with pytest.raises(DataError, match="a column for each year"):
        compare.across_years(plans[2025], wiltshire.group)


def test_a_page_that_is_no_column_is_refused_even_for_one_gap():
    gap = {"value": [0.1], "of": [100], "other": [0.2], "other_of": [100], "kind": ["share"]}
    with pytest.raises(DataError, match="page: there is no 'section'"):
        compare.judge(pd.DataFrame(gap), page="section")


def test_a_code_that_is_a_number_and_a_year_that_is_text_are_told_together(project):
    with pytest.raises(ParameterError) as caught:
        Authority.open(865, as_of="2025", project=project)
    assert 'la: 865 is not text. Put it in quotation marks: "865".' in str(caught.value)
    assert "as_of: '2025' is not a whole number." in str(caught.value)


def test_a_measure_cannot_be_cited_in_place_of_its_table(project, tables):
    wiltshire = Authority.open("Wiltshire", as_of=2025, project=project)
    for wrong in ("ehcp_caseload", indicators.total_plans(tables["ehcp_caseload"])):
        with pytest.raises(DataError, match="cite: there is no 'source_id'"):
            wiltshire.cite(wrong)


def test_a_table_unlike_any_other_is_answered_with_all_of_them(project):
    with pytest.raises(NotHeldError, match=r"Valid: area, source, .*, policy_lever\."):
        store.load(project, "money")


CHARTS = {
    "plot_lines": (present.plot_lines, ["year", "name", "value"]),
    "plot_ranked": (present.plot_ranked, ["area_name", "role", "value"]),
    "plot_columns": (present.plot_columns, ["year", "value"]),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_frame_that_cannot_be_drawn_is_refused_with_the_columns_that_are_wanted(name):
    plot, columns = CHARTS[name]
    with pytest.raises(DataError, match=f"Give a frame with the columns {', '.join(columns)}"):
        plot(pd.DataFrame({"share": [1.0]}), unit="pct1")
    with pytest.raises(DataError, match=f"{name}: the frame has no rows"):
        plot(pd.DataFrame(columns=columns), unit="pct1")
    texts = pd.DataFrame({column: ["1"] for column in columns})
    with pytest.raises(DataError, match="column value holds text, such as '1'"):
        plot(texts, unit="pct1")


def test_charts_of_pairs_contributions_and_grids_refuse_an_empty_frame_too():
    empty = pd.DataFrame(columns=["category", "first", "last", "value"])
    with pytest.raises(DataError, match="plot_change: the frame has no rows"):
        present.plot_change(empty, first="2019", last="2025", unit="count")
    with pytest.raises(DataError, match="plot_contributions: the frame has no rows"):
        present.plot_contributions(empty)
    with pytest.raises(DataError, match="plot_grid: the frame has no rows"):
        present.plot_grid(pd.DataFrame(), unit="count")


def test_a_value_that_a_closed_list_does_not_have_is_told_with_the_nearest():
    with pytest.raises(ValueError, match="Did you mean independent_special"):
        PlaceType("independant_special")
    with pytest.raises(ValueError, match=r"PrimaryNeed: there is no 'autism'\. Valid: asd"):
        PrimaryNeed("autism")


def test_a_notebook_shows_the_lines_that_led_here_and_then_the_message():
    with pytest.raises(ParameterError) as caught:
        Authority.open(865, as_of=2025)
    first, *rest = caught.value._render_traceback_()
    assert first.endswith("Authority.open(865, as_of=2025)")
    assert rest[0] == ""
    assert rest[-1].startswith("ParameterError: The authority cannot be opened.\n  - la: 865")


def test_jupyterlab_does_not_tear_the_tiles_of_key_figures_apart():
    tiles = str(present.key_figures([present.KeyFigure("Plans", "6,383", "January 2025")]).html)
    assert tiles.count('style="float:none;width:auto"') == 3  # a term, its value, its detail
