"""What a cell is told when it gives the wrong thing to a measure, a chart or an authority."""

import pytest

from error_codes import places, refuses
from sendlib import compare, data, indicators, pages
from sendlib.authority import Authority
from sendlib.errors import DataError, NotAvailableError, ParameterError
from sendlib.vocabulary import PlaceType

WRONG_NAMES = {
    "a misspelt place type": (
        "ehcp_caseload",
        lambda table: indicators.place_share(table, ["state_specal"]),
        "place: there is no 'state_specal'. Did you mean state_special",
    ),
    "no place type": (
        "ehcp_caseload",
        lambda table: indicators.place_share(table, []),
        "place: the list is empty",
    ),
    "a need that there is not": (
        "ehcp_caseload",
        lambda table: indicators.need_share(table, "autism", place=[PlaceType.STATE_SPECIAL]),
        "need: there is no 'autism'. Valid: asd,",
    ),
    "an age that there is not": (
        "ehcp_caseload",
        lambda table: indicators.age_share(table, "under_6"),
        "age: there is no 'under_6'. Did you mean under_5",
    ),
    "a part that there is not": (
        "ehcp_caseload",
        lambda table: indicators.plans(table, by="needs"),
        "by: there is no 'needs'. Did you mean need",
    ),
    "a measure that there is not": (
        "ehcp_flow",
        lambda table: indicators.flows(table, "request"),
        "Did you mean requests",
    ),
    "a measure that the models ask for and there is not": (
        "ehcp_flow",
        lambda table: indicators.flow_by_year(table, "request"),
        "Did you mean requests",
    ),
    "an indicator that there is not": (
        "indicator",
        lambda table: indicators.indicator(table, "pupils_with_plan_pct"),
        "Did you mean pupils_with_ehcp_pct",
    ),
    "an outcome that there is not": (
        "outcome",
        lambda table: indicators.outcome_by_year(table, "attainment_8", "ehcp"),
        "Did you mean attainment8",
    ),
    "a group of children that there is not": (
        "outcome",
        lambda table: indicators.outcome_by_year(table, "attainment8", "ehcps"),
        "Did you mean ehcp",
    ),
}


@pytest.mark.parametrize("mistake", WRONG_NAMES)
def test_a_name_that_there_is_not_is_refused_and_never_comes_back_as_missing(wiltshire, mistake):
    table, ask, told = WRONG_NAMES[mistake]
    with pytest.raises(ParameterError) as caught:
        ask(wiltshire.load(table))
    assert told in str(caught.value)


@pytest.mark.parametrize("year", [2035, "2025"])
def test_a_january_that_is_not_available_is_reported_with_those_that_are(wiltshire, year):
    shares = indicators.place_share(wiltshire.load("ehcp_caseload"), "state_special")
    with refuses(NotAvailableError, "no_rows_of_period", match=rf"{year!r}.* 2010, "):
        indicators.latest(shares, year)


MEASURES = {
    "plans": (indicators.plans, "ehcp_caseload"),
    "place_share": (lambda table: indicators.place_share(table, "eotas"), "ehcp_caseload"),
    "mainstream_share": (indicators.mainstream_share, "ehcp_caseload"),
    "need_share": (indicators.need_share, "ehcp_caseload"),
    "age_share": (indicators.age_share, "ehcp_caseload"),
    "requests": (indicators.requests, "ehcp_flow"),
    "flows": (lambda table: indicators.flows(table, "new_plans"), "ehcp_flow"),
    "refused_share": (indicators.refused_share, "ehcp_flow"),
    "share_within_20_weeks": (indicators.share_within_20_weeks, "ehcp_flow"),
    "indicator": (lambda table: indicators.indicator(table, "progress8_ehcp"), "indicator"),
    "outcome_by_year": (
        lambda table: indicators.outcome_by_year(table, "attainment8", "ehcp"),
        "outcome",
    ),
    "total_plans": (indicators.total_plans, "ehcp_caseload"),
    "flow_by_year": (lambda table: indicators.flow_by_year(table, "requests"), "ehcp_flow"),
}


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize("other", ["ehcp_caseload", "ehcp_flow", "population", "children"])
def test_one_table_given_for_another_is_reported_with_the_one_that_is_meant(wiltshire, name, other):
    measure, table = MEASURES[name]
    if other == table:
        measure(wiltshire.load(other))
        return
    with pytest.raises(DataError, match=f'authority.load\\("{table}"\\)'):
        measure(wiltshire.load(other))


@pytest.mark.parametrize("wrong", ["ehcp_caseload", None])
def test_what_is_no_frame_at_all_is_reported_too(wrong):
    with pytest.raises(DataError, match=r"table ehcp_caseload: .*it has no columns at all"):
        indicators.plans(wrong)


@pytest.mark.parametrize("wrong", ["ehcp_flow", "ehcp_caseload", "area"])
def test_residents_of_another_table_are_reported_with_the_ones_that_are_meant(wiltshire, wrong):
    flow = wiltshire.load("ehcp_flow")
    with pytest.raises(DataError, match=r'residents: .*authority.load\("children"\)'):
        indicators.requests(flow, wiltshire.load(wrong))


def test_a_table_without_names_is_answered_with_the_door_that_gives_them(tables):
    with refuses(DataError, "names_missing", match=r"'area_name'.*'area_type'.*authority\.load"):
        indicators.plans(tables["ehcp_caseload"])


def test_what_cannot_be_compared_is_reported(wiltshire):
    caseload = wiltshire.load("ehcp_caseload")
    plans = indicators.plans(caseload)
    with refuses(DataError, "not_a_group"):
        compare.to_peers(plans, wiltshire)
    with refuses(DataError, "area_repeated", match="census year"):
        compare.to_peers(indicators.plans(caseload, by="place"), wiltshire.group)
    with refuses(DataError, "measure_not_named"):
        compare.ranking(caseload)
    with refuses(DataError, "names_missing", match="'area_code'"):
        compare.across_years(indicators.total_plans(caseload)[2025], wiltshire.group)


@pytest.mark.parametrize("nothing", [True, 86.5, float("nan"), ["865"]])
def test_what_is_neither_a_name_nor_a_year_is_reported_together(project, nothing):
    with pytest.raises(ParameterError) as caught:
        Authority.open(nothing, as_of=nothing, project=project)
    assert places(caught.value) == [("neither_name_nor_code", "la"), ("not_a_year", "as_of")]
    assert all(repr(nothing) in problem.found for problem in caught.value.problems)


def test_what_says_nothing_of_its_sources_cannot_be_cited(wiltshire):
    plans = indicators.total_plans(wiltshire.load("ehcp_caseload"))
    for wrong in ("ehcp_caseload", plans):
        with refuses(
            DataError, "names_missing", match="'source_id'.*Give.*measure or", where="cite"
        ):
            wiltshire.cite(wrong)


def test_a_table_unlike_any_other_is_answered_with_all_of_them(project):
    with refuses(NotAvailableError, "unknown_table", match="area.*source.*policy_lever"):
        data.load(project, "money")


def test_a_notebook_shows_the_lines_that_led_here_and_then_the_message():
    with pytest.raises(ParameterError) as caught:
        Authority.open(86.5, as_of=2025)
    first, *rest = caught.value._render_traceback_()
    assert first.endswith("Authority.open(86.5, as_of=2025)")
    assert rest[0] == ""
    assert rest[-1].startswith("ParameterError: The authority cannot be opened.\n  - la: 86.5")


def test_jupyterlab_does_not_tear_the_tiles_of_key_figures_apart():
    tiles = str(pages.key_figures(pages.KeyFigure("plans_in_force", 6383, "January 2025")).html)
    assert tiles.count('style="float:none;width:auto"') == 3  # a term, its value, its detail
