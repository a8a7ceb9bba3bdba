"""Five questions that an analyst asks first, in a few lines each, of what is available."""

import pytest

from error_codes import refuses
from sendlib import Authority, charts, compare, data, finance, indicators
from sendlib.errors import NotAvailableError

AREA = ["area_code", "area_name", "area_type"]


@pytest.fixture
def authority(wiltshire):
    return wiltshire


def authorities_in(frame):
    return set(frame.loc[frame["area_type"] == "authority", "area_code"])


def test_how_has_semh_grown_in_wiltshire_against_hampshire(authority):
    semh = indicators.plans(
        authority.load("ehcp_caseload"), need="semh", areas=["Wiltshire", "Hampshire"]
    )
    assert semh["area_name"].tolist() == ["Wiltshire", "Hampshire"]
    assert semh["plans"].notna().all()
    with refuses(NotAvailableError, "too_few_years", match="mental health.*2025"):
        indicators.growth(semh)  # need is published for that January alone


def test_how_have_plans_in_special_schools_grown_in_wiltshire_against_hampshire(authority):
    special = indicators.plans(
        authority.load("ehcp_caseload"), place="state_special", areas=["Wiltshire", "Hampshire"]
    )
    grown = indicators.growth(special, 2019)
    assert grown["area_name"].tolist() == ["Wiltshire", "Hampshire"]
    assert grown["growth_pct"].gt(0).all()


def test_what_share_of_essexs_plans_is_in_independent_special_schools(authority):
    share = indicators.place_share(
        authority.load("ehcp_caseload"), "independent_special", areas="Essex"
    )
    assert list(share) == [*AREA, "census_year", "plans", "of", "share"]
    assert set(share["area_name"]) == {"Essex"}
    last = share[share["census_year"] == 2025].iloc[0]
    assert (last["census_year"], last["plans"], last["of"]) == (2025, 452, 14240)
    assert last["share"] == pytest.approx(452 / 14240)


def test_an_authority_that_no_one_knows_is_refused_with_the_nearest(wiltshire):
    caseload = wiltshire.load("ehcp_caseload")
    with pytest.raises(NotAvailableError) as caught:
        indicators.place_share(caseload, "independent_special", areas=["Kent", "Esex"])
    (misspelt,) = caught.value.problems
    assert misspelt.code == "no_figures_for_area"
    assert misspelt.remedy.startswith("did you mean Essex?")


def test_requests_for_ten_thousand_residents_for_every_statistical_neighbour(authority):
    flow, children = authority.load("ehcp_flow"), authority.load("children")
    requests = indicators.requests(flow, children, areas=authority.group.neighbours)
    last = indicators.latest(requests)
    assert last["area_code"].tolist() == list(authority.group.neighbours)
    assert set(last["calendar_year"]) == {2024}
    assert last["requests_per_10k"].between(50, 400).all()
    beside = compare.to_peers(indicators.requests(flow, children), authority.group)
    assert beside["requests_per_10k"].iloc[1:11].tolist() == last["requests_per_10k"].tolist()


def test_which_authority_grew_fastest(authority):
    plans = indicators.plans(authority.load("ehcp_caseload"))
    fastest = compare.ranking(indicators.growth(plans, 2019))
    assert fastest["area_name"].iloc[0] == "North Somerset"
    assert set(fastest["area_type"]) == {"authority"}
    assert fastest["rank"].iloc[0] == 1
    assert len(fastest) == len(authorities_in(indicators.latest(plans)))


def test_spend_for_each_plan_of_every_available_authority(authority):
    spend = authority.load("high_needs_spend")
    each = finance.spend_per_plan(spend, authority.load("ehcp_caseload"))
    assert list(each) == [*AREA, "financial_year", "net_gbp", "plans", "gbp_per_plan"]
    assert authorities_in(each) == authorities_in(spend)
    known = each.dropna(subset="gbp_per_plan")
    assert known["gbp_per_plan"].between(4_000, 60_000).mean() > 0.99
    assert {("Cumberland", "2023-24"), ("England", "2023-24")} <= set(
        each.drop(known.index)[["area_name", "financial_year"]].itertuples(index=False, name=None)
    )


def test_the_same_lines_answer_for_every_authority(project):
    kent = Authority.open("Kent", project=project)
    caseload, flow = kent.load("ehcp_caseload"), kent.load("ehcp_flow")
    plans = indicators.latest(indicators.plans(caseload))
    assert len(authorities_in(plans)) == 153
    share = indicators.latest(indicators.place_share(caseload, "independent_special"))
    assert authorities_in(share) == authorities_in(plans)
    requests = indicators.requests(flow, kent.load("children"), areas=kent.group.neighbours)
    assert indicators.latest(requests)["requests_per_10k"].notna().sum() == 10
    caseload = caseload[caseload["census_year"] <= 2020]
    assert {"Dorset", "Dorset (until 2019)"} <= set(caseload["area_name"])


def test_every_table_with_codes_has_names_and_types_next_to_them(authority):
    tables = {name: authority.load(name) for name in data.TABLES}
    coded = {name: frame for name, frame in tables.items() if "area_code" in frame}
    assert len(coded) >= 15
    for name, frame in coded.items():
        at = list(frame).index("area_code")
        assert list(frame)[at : at + 3] == AREA, name
        known = ~frame["area_code"].isin(["", "all"])  # a group of areas has no code of its own
        assert (frame.loc[known, ["area_name", "area_type"]] != "").all(axis=None), name
        assert not frame["area_name"].isna().any(), name
    types = coded["ehcp_caseload"].groupby("area_type")["area_name"].unique()
    assert set(types["england"]) == {"England"}
    assert "South West" in set(types["region"])


def test_a_measure_cites_the_publications_of_the_tables_that_it_came_from(authority):
    flow, children = authority.load("ehcp_flow"), authority.load("children")
    beside = compare.to_peers(indicators.requests(flow, children), authority.group)
    assert authority.cite(beside) == authority.cite(flow[flow["measure"] == "requests"], children)


def test_one_call_makes_the_chart_of_an_answer(authority):
    flow, children = authority.load("ehcp_flow"), authority.load("children")
    requests = indicators.requests(flow, children)
    for frame in (
        compare.to_peers(requests, authority.group),
        compare.ranking(indicators.growth(indicators.plans(authority.load("ehcp_caseload")))),
    ):
        chart = charts.ranked(frame, title="What is found", source=authority.cite(frame))
        assert frame.attrs["what"] in chart.alt
    lines = compare.across_years(indicators.share_within_20_weeks(flow), authority.group)
    chart = charts.lines(lines, title="What is found", source=authority.cite(lines))
    assert "Wiltshire 2014 (of 1)" in chart.notes[0]
