"""SEN2 returns of invented people."""

import re

import pandas as pd
import pytest

from error_codes import refuses
from invented_people import crowd, frame, read
from sendlib.errors import DataError
from sendlib.intake import read_urns
from sendlib.intake.write import invented_urns, write_sen2

PLACED = "<PlacementDetail>{}<PlacementRank>1</PlacementRank></PlacementDetail>"
NEED = "<SENneed><SENtype>ASD</SENtype><SENtypeRank>1</SENtypeRank></SENneed>"
NAMED = "<StartDate>2019-09-01</StartDate>"


def person(named=NAMED, active=NEED, *, upn="<UPN>X001</UPN>", requests=""):
    return f"""<Person><Surname>Invented</Surname><Forename>Person</Forename>
      <PersonBirthDate>2012-03-31</PersonBirthDate>{upn}<Requests>
      <Assessment><NamedPlan>{named}</NamedPlan></Assessment>
      <ActivePlans>{active}</ActivePlans></Requests>{requests}</Person>"""


def read_with(tmp_path, *people, urns=None, change=lambda text: text):
    """A crowd in two Januaries, with more people in the second return only."""
    paths = [tmp_path / f"{year}.xml" for year in (2024, 2025)]
    for path, year in zip(paths, (2024, 2025), strict=True):
        write_sen2(frame(crowd()), path, year)
    text = (
        paths[1].read_text(encoding="utf-8").replace("</Persons>", "".join(people) + "</Persons>")
    )
    paths[1].write_text(change(text), encoding="utf-8")
    known = invented_urns() if urns is None else pd.concat([invented_urns(), urns])
    return read(*paths, urns=known)


def joined(caseload):
    """Need and place of those who join in the second January."""
    rows = caseload.movements[caseload.movements["place_from"] == "outside"]
    return rows[["age", "need_to", "place_to", "plans"]].to_numpy().tolist()


def named_in(caseload):
    return caseload.findings["check"].tolist()


@pytest.mark.parametrize(
    ("detail", "place"),
    [
        ("<SENsetting>EHE</SENsetting>", "elective_home_education"),
        ("<SENsetting>OLA</SENsetting>", "eotas"),
        ("<SENsetting>NIEC</SENsetting>", "neet"),
        ("<URN>123456</URN>", "state_special"),
        ("<UKPRN>123456</UKPRN>", "state_special"),
        ("<URN>123456</URN><SENunitIndicator>true</SENunitIndicator>", "sen_unit"),
        (
            "<URN>1</URN><ResourcedProvisionIndicator>1</ResourcedProvisionIndicator>",
            "resourced_provision",
        ),
    ],
)
def test_a_place_comes_from_indicators_then_the_setting_then_the_urn(tmp_path, detail, place):
    urns = pd.DataFrame({"urn": ["123456"], "place_type": ["state_special"]})
    caseload = read_with(tmp_path, person(active=PLACED.format(detail) + NEED), urns=urns)
    assert joined(caseload) == [[12, "asd", place, 1]]


def test_a_urn_that_is_not_listed_is_not_recorded_and_reported(tmp_path):
    caseload = read_with(tmp_path, person(active=PLACED.format("<URN>123456</URN>") + NEED))
    assert joined(caseload) == [[12, "asd", "not_recorded", 1]]
    assert named_in(caseload) == ["place_by_urn"]
    assert caseload.findings["row"].tolist() == ["11"]


def test_the_need_first_in_rank_is_the_primary_one(tmp_path):
    second = "<SENneed><SENtype>DS</SENtype><SENtypeRank>2</SENtypeRank></SENneed>"
    assert joined(read_with(tmp_path, person(active=second + NEED)))[0][1] == "asd"


def placement(setting, entered="2020-09-01", left="", rank="1"):
    return (
        f"<PlacementDetail><SENsetting>{setting}</SENsetting><EntryDate>{entered}</EntryDate>"
        f"<LeavingDate>{left}</LeavingDate><PlacementRank>{rank}</PlacementRank></PlacementDetail>"
    )


@pytest.mark.parametrize(
    ("placements", "place", "told"),
    [
        ([placement("OLA", left="2024-12-01"), placement("EHE")], "elective_home_education", []),
        ([placement("OLA"), placement("EHE", entered="2025-02-01")], "eotas", []),
        ([placement("OLA", rank="2"), placement("EHE")], "elective_home_education", []),
        (
            [placement("OLA"), placement("EHE", entered="2023-01-01")],
            "elective_home_education",
            ["places_overlap"],
        ),
    ],
)
def test_the_placement_open_on_census_day_is_counted(tmp_path, placements, place, told):
    caseload = read_with(tmp_path, person(active="".join(placements) + NEED))
    assert joined(caseload) == [[12, "asd", place, 1]]
    assert named_in(caseload) == told


def test_without_an_open_placement_the_named_plan_says_where(tmp_path):
    named = f"{NAMED}<PlanDetail><SENsetting>EHE</SENsetting></PlanDetail>"
    caseload = read_with(tmp_path, person(named, placement("OLA", left="2024-12-01") + NEED))
    assert joined(caseload)[0][2] == "elective_home_education"


def without_active(text):
    return text.replace(f"<ActivePlans>{NEED}</ActivePlans>", "")


@pytest.mark.parametrize(
    ("named", "counted"),
    [
        (NAMED, 1),
        (f"{NAMED}<CeaseDate>2024-11-30</CeaseDate>", 0),
        (f"{NAMED}<CeaseDate>2025-01-16</CeaseDate>", 1),
        ("<StartDate>2025-01-17</StartDate>", 0),
    ],
)
def test_a_person_counts_while_a_named_plan_is_in_force(tmp_path, named, counted):
    caseload = read_with(tmp_path, person(named), change=without_active)
    assert len(joined(caseload)) == counted


def test_an_active_plan_that_had_ended_is_reported(tmp_path):
    named = f"{NAMED}<CeaseDate>2024-11-30</CeaseDate>"
    caseload = read_with(tmp_path, person(named))
    assert named_in(caseload) == ["end_before_january", "place_missing"]
    assert joined(caseload) == []


def test_an_active_plan_without_a_named_one_counts_and_is_reported(tmp_path):
    def without_named(text):
        return text.replace(f"<Assessment><NamedPlan>{NAMED}</NamedPlan></Assessment>", "")

    caseload = read_with(tmp_path, person(), change=without_named)
    assert len(joined(caseload)) == 1
    assert "no_named_plan" in named_in(caseload)


def test_a_request_without_a_plan_is_no_row(tmp_path):
    refused = "<Requests><RequestOutcome>N</RequestOutcome></Requests>"
    caseload = read_with(tmp_path, person(requests=refused))
    assert caseload.rows["rows_read"].tolist() == [10, 11]


@pytest.mark.parametrize(
    ("upn", "told"), [("<UniqueLearnerNumber>9</UniqueLearnerNumber>", 0), ("", 1)]
)
def test_without_a_upn_a_person_is_followed_by_another_number_or_by_name(tmp_path, upn, told):
    caseload = read_with(tmp_path, person(upn=upn))
    assert len(joined(caseload)) == 1
    assert named_in(caseload).count("reference_from_name") == told


def test_namespaces_case_and_containers_make_no_difference(tmp_path):
    def other(text):
        text = text.replace("<Message>", '<m:Message xmlns:m="urn:invented" xmlns="urn:invented">')
        text = text.replace("</Message>", "</m:Message>")
        text = text.replace("<Requests>", "<Requests><Request>")
        text = text.replace("</Requests>", "</Request></Requests>")
        return text.replace("SENneed>", "SENNeed>")

    assert joined(read_with(tmp_path, person(), change=other)) == joined(
        read_with(tmp_path, person())
    )


def test_a_list_of_places_may_name_urns_and_ukprns(tmp_path):
    (tmp_path / "a.csv").write_text("urn,place_type,name\n123456, neet,a\n10001234,other,b\n")
    assert read_urns(tmp_path / "a.csv").to_numpy().tolist() == [
        ["123456", "neet"],
        ["10001234", "other"],
    ]


def test_everything_wrong_with_a_list_of_places_is_reported(tmp_path):
    (tmp_path / "a.csv").write_text("urn,place_type\n1,niet\n123456,neet\n123456,neet\n")
    with pytest.raises(DataError) as caught:
        read_urns(tmp_path / "a.csv")
    first, second, third = caught.value.problems
    assert [each.where for each in caught.value.problems] == [
        "a.csv, row 2, column urn",
        "a.csv, row 2, column place_type",
        "a.csv, row 4, column urn",
    ]
    assert len({each.code for each in caught.value.problems}) == 3
    assert "'1'" in first.found
    assert "'niet'" in second.found
    assert "neet" in second.remedy
    assert re.search("'123456' .* 3", third.found)
    (tmp_path / "a.csv").write_text("number,place_type\n1,neet\n")
    with refuses(DataError, "no_header", match=r"\burn\b.*place_type"):
        read_urns(tmp_path / "a.csv")
