import json

import numpy as np
import pytest

import sendlib
from sendlib.authority import Authority
from sendlib.errors import NotAvailableError, ParameterError
from sendlib.project import LOG_VARIABLE


def test_an_authority_opens_with_its_peers(project):
    wiltshire = Authority.open("Wiltshire", as_of=2025, project=project)
    assert (wiltshire.code, wiltshire.name, wiltshire.as_of) == ("865", "Wiltshire", 2025)
    assert len(wiltshire.group.neighbours) == 10
    assert wiltshire.group.names[wiltshire.group.region] == "South West"


def test_without_a_january_the_newest_available_for_it_is_taken(project):
    assert Authority.open("Essex", project=project).as_of == 2026
    assert Authority.open("Essex", as_of="latest", project=project).as_of == 2026


def test_the_package_gives_it_when_it_is_first_asked_for():
    assert sendlib.Authority is Authority
    with pytest.raises(AttributeError, match="has no attribute 'Autority'"):
        sendlib.Autority  # noqa: B018


def test_what_was_stated_later_has_names_and_is_left_out(project):
    then = Authority.open("865", as_of=2024, project=project)
    stated = then.load("council_figure")
    assert set(stated["area_name"]) == {"Wiltshire"}
    assert 0 < len(stated) < len(Authority.open("865", project=project).load("council_figure"))


def test_names_as_a_strategy_printed_them_are_left_as_they_are(wiltshire):
    printed = wiltshire.load("strategy_figure")
    group = printed[printed["area_code"] == ""]
    assert set(group["area_type"]) == {""}
    assert "statistical neighbours" in set(group["area_name"])


def test_a_table_that_an_authority_gives_may_be_changed(wiltshire):
    changed = wiltshire.load("ehcp_flow")
    changed["area_name"] = "x"
    assert set(wiltshire.load("ehcp_flow")["area_name"]) != {"x"}


@pytest.mark.parametrize(
    "la",
    [
        *["865", 865, 865.0, "865.0", np.int64(865), np.float64(865), " 865 "],
        *["E06000054", "e06000054", "Wiltshire", " wiltshire "],
    ],
)
def test_it_opens_by_name_and_by_code_however_they_are_typed(project, la):
    assert Authority.open(la, as_of=2025, project=project).code == "865"


@pytest.mark.parametrize("as_of", [2025, 2025.0, "2025", " 2025.0 ", np.int64(2025)])
def test_its_january_is_a_whole_number_however_it_is_typed(project, as_of):
    opened = Authority.open("865", as_of=as_of, project=project)
    assert (opened.as_of, type(opened.as_of)) == (2025, int)


def test_nothing_later_than_its_january_is_loaded(project):
    then = Authority.open("865", as_of=2019, project=project)
    assert then.load("ehcp_caseload")["census_year"].max() == 2019
    assert then.load("ehcp_flow")["calendar_year"].max() == 2018
    assert then.load("high_needs_spend")["financial_year"].max() == "2018-19"
    assert then.load("indicator")["year"].max() == 2019


@pytest.mark.parametrize("as_of", [2009, 2027])
def test_a_january_that_is_not_available_is_refused_with_those_that_are(project, as_of):
    with pytest.raises(ParameterError, match=f"as_of: {as_of}. Give a January from 2010 to 2026"):
        Authority.open("865", as_of=as_of, project=project)


@pytest.mark.parametrize(
    ("la", "words"),
    [
        ("Wiltshrie", "Did you mean Wiltshire"),
        ("Cumbria", r"Cumbria no longer exists.*Cumberland \(942\) or Westmorland and Furness"),
        ("E10000006", "Cumbria no longer exists"),
        ("", "Give a name, or a code"),
        (8650, "'8650' is not a name or a code"),
        ("0865", "'0865' is not a name or a code"),
    ],
)
def test_an_authority_that_cannot_be_opened_says_why(project, la, words):
    with pytest.raises(NotAvailableError, match=f"(?s){words}"):
        Authority.open(la, as_of=2025, project=project)


def test_the_log_of_a_kernel_that_makes_a_page_says_what_was_opened(
    project, tmp_path, monkeypatch, capsys
):
    log = tmp_path / "kernel.log"
    Authority.open("Wiltshire", as_of=2025, project=project)
    monkeypatch.setenv(LOG_VARIABLE, str(log))
    Authority.open("Wiltshire", as_of=2025, project=project)
    with pytest.raises(ParameterError):
        Authority.open("Kent", as_of=2026, project=project)
    opened = [json.loads(line) for line in log.read_text().splitlines()]
    assert opened == [{"opened": "865", "as_of": 2025}, {"opened": "886", "as_of": 2026}]
    assert capsys.readouterr() == ("", "")


def test_every_authority_of_today_opens_at_its_last_january(project, tables):
    areas = tables["area"].query("area_type == 'authority' and successors == ''")["area_code"]
    assert len(areas) == 153
    opened = [Authority.open(code, project=project) for code in areas[::9]]
    assert {authority.as_of for authority in opened} == {2025, 2026}
    assert Authority.open("Newham", project=project).as_of == 2024  # its count of 2025 is withdrawn


def test_official_sources_are_cited_first_and_the_press_last(wiltshire):
    balances = wiltshire.load("dsg_balance")
    cited = wiltshire.cite(balances[balances["area_code"] == "865"], wiltshire.load("ehcp_flow"))
    publishers = [part.split(":")[0] for part in cited.split("; ")]
    assert publishers[0] == "Department for Education"
    assert publishers.index("Wiltshire Council") < publishers.index("Wiltshire Times")
    assert publishers.index("Wiltshire Council") < publishers.index("Greatest Hits Radio Salisbury")


def test_sources_are_cited_once_in_the_order_of_their_dates(wiltshire):
    caseload = wiltshire.load("ehcp_caseload")
    assert wiltshire.cite(caseload, caseload) == (
        "Department for Education: Education, health and care plans, "
        "reporting year 2022, 2025, 2026"
    )


def test_what_a_council_published_is_a_frame_to_mark_on_a_chart(project):
    wiltshire = Authority.open("865", as_of=2025, project=project)
    plan = wiltshire.published("planned EHC plans").iloc[0]
    assert (plan["year"], plan["period"], plan["value"]) == (2025, "December 2024", 5694)
    assert plan["label"] == "council's planned EHC plans, December 2024: 5,694"
    costs = wiltshire.published("average annual cost state special school place")
    assert costs["year"].tolist() == [2025]
    assert wiltshire.published("nothing of the kind").empty
    assert Authority.open("916", as_of=2025, project=project).published("planned EHC plans").empty
