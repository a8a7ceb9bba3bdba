import pytest

from sendlib.authority import Authority
from sendlib.errors import NotHeldError, ParameterError


def test_an_authority_opens_with_its_peers(project):
    wiltshire = Authority.open("Wiltshire", as_of=2025, project=project)
    assert (wiltshire.code, wiltshire.name, wiltshire.as_of) == ("865", "Wiltshire", 2025)
    assert len(wiltshire.group.neighbours) == 10
    assert wiltshire.group.names[wiltshire.group.region] == "South West"


@pytest.mark.parametrize("la", ["865", "E06000054", "wiltshire"])
def test_it_opens_by_code_and_in_any_case(project, la):
    assert Authority.open(la, as_of=2025, project=project).code == "865"


def test_nothing_later_than_its_january_is_given(project):
    then = Authority.open("865", as_of=2019, project=project)
    assert then.load("ehcp_caseload")["census_year"].max() == 2019
    assert then.load("ehcp_flow")["calendar_year"].max() == 2018
    assert then.load("high_needs_spend")["financial_year"].max() == "2018-19"
    assert then.load("indicator")["year"].max() == 2019


@pytest.mark.parametrize("as_of", [2009, 2026])
def test_a_january_that_is_not_held_is_refused_with_those_that_are(project, as_of):
    with pytest.raises(ParameterError, match=f"as_of: {as_of}. Give a January from 2010 to 2025"):
        Authority.open("865", as_of=as_of, project=project)


@pytest.mark.parametrize(
    ("la", "words"),
    [
        ("Wiltshrie", "Did you mean Wiltshire"),
        ("Cumbria", r"Cumbria no longer exists.*Cumberland \(942\) or Westmorland and Furness"),
        ("E10000006", "Cumbria no longer exists"),
        ("Kent", r"No figures for Kent \(886\) are held here.*sendlib data build"),
        ("", "Give a name, or a code"),
    ],
)
def test_an_authority_that_cannot_be_opened_says_why(project, la, words):
    with pytest.raises(NotHeldError, match=f"(?s){words}"):
        Authority.open(la, as_of=2025, project=project)


def test_every_authority_that_is_held_opens_at_its_last_january(project, tables):
    caseload = tables["ehcp_caseload"]
    held = [code for code in caseload["area_code"].unique() if code.isdigit()]
    assert len(held) == 11
    assert all(Authority.open(code, as_of=2025, project=project).code == code for code in held)


def test_official_sources_are_cited_first_and_the_press_last(project):
    wiltshire = Authority.open("865", as_of=2025, project=project)
    balances = wiltshire.load("dsg_balance")
    cited = wiltshire.cite(balances[balances["area_code"] == "865"], wiltshire.load("ehcp_flow"))
    publishers = [part.split(":")[0] for part in cited.split("; ")]
    assert publishers[0] == "Department for Education"
    assert publishers.index("Wiltshire Council") < publishers.index("Wiltshire Times")
    assert publishers.index("Wiltshire Council") < publishers.index("Greatest Hits Radio Salisbury")


def test_sources_are_cited_once_in_the_order_of_their_dates(project):
    wiltshire = Authority.open("865", as_of=2025, project=project)
    caseload = wiltshire.load("ehcp_caseload")
    assert wiltshire.cite(caseload, caseload) == (
        "Department for Education: Education, health and care plans, reporting year 2022, "
        "Education, health and care plans, reporting year 2025"
    )
