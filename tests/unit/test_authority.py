import numpy as np
import pytest

from sendlib.authority import Authority
from sendlib.errors import NotHeldError, ParameterError


def test_an_authority_opens_with_its_peers(project):
    wiltshire = Authority.open("Wiltshire", as_of=2025, project=project)
    assert (wiltshire.code, wiltshire.name, wiltshire.as_of) == ("865", "Wiltshire", 2025)
    assert len(wiltshire.group.neighbours) == 10
    assert wiltshire.group.names[wiltshire.group.region] == "South West"


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
        (8650, "'8650' is not a name or a code"),
        ("0865", "'0865' is not a name or a code"),
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


def test_sources_are_cited_once_in_the_order_of_their_dates(project):
    wiltshire = Authority.open("865", as_of=2025, project=project)
    caseload = wiltshire.load("ehcp_caseload")
    assert wiltshire.cite(caseload, caseload) == (
        "Department for Education: Education, health and care plans, reporting year 2022, "
        "Education, health and care plans, reporting year 2025"
    )
