import pandas as pd
import pytest

from error_codes import refuses
from sendlib.areas import check_available, find_authority, peer_group, reorganised_areas
from sendlib.errors import NotAvailableError

COLUMNS = [
    *["area_code", "area_name", "area_type", "gss_code", "former_gss_codes", "region_code"],
    *["last_census", "successors"],
]
AREAS = pd.DataFrame(
    [
        ["E92000001", "England", "england", "E92000001", "", "", None, ""],
        ["E12000009", "South West", "region", "E12000009", "", "", None, ""],
        ["865", "Wiltshire", "authority", "E06000054", "", "E12000009", None, ""],
        ["835", "Dorset", "authority", "E10000009", "", "E12000009", 2019, "838;839"],
        ["838", "Dorset", "authority", "E06000059", "E06000999", "E12000009", None, ""],
        [
            "839",
            "Bournemouth, Christchurch and Poole",
            "authority",
            "E06000058",
            "",
            "E12000009",
            None,
            "",
        ],
        ["837", "Bournemouth", "authority", "E06000028", "", "E12000009", 2019, "839"],
    ],
    columns=COLUMNS,
)
NEIGHBOURS = pd.DataFrame(
    {
        "area_code": ["865", "865", "838"],
        "rank": [2, 1, 1],
        "neighbour_area_code": ["839", "838", "865"],
    }
)


@pytest.mark.parametrize(
    "text", ["Wiltshire", " wiltshire ", "WILTSHIRE", "865", "E06000054", "e06000054"]
)
def test_an_authority_answers_to_its_name_and_both_codes(text):
    assert find_authority(text, AREAS) == "865"


def test_a_former_code_leads_to_the_authority_as_it_is():
    assert find_authority("E06000999", AREAS) == "838"


def test_a_name_that_two_authorities_had_leads_to_the_one_that_goes_on():
    assert find_authority("Dorset", AREAS) == "838"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wiltshrie", "Did you mean Wiltshire?"),
        ("dorzet", "Did you mean Dorset?"),
        ("999", "Give a name, or a code such as 865."),
        ("", "Give a name, or a code such as 865."),
        ("  ", "Give a name, or a code such as 865."),
        ("England", "compared with its region and England"),
        ("South West", "compared with its region and England"),
    ],
)
def test_a_name_or_code_that_nobody_has_is_refused(text, words):
    with pytest.raises(NotAvailableError) as caught:
        find_authority(text, AREAS)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Hull", "810"),
        ("hull city council", "810"),
        ("Herefordshire", "884"),
        ("City of York", "816"),
        ("York", "816"),
        ("Bournemouth", "839"),
        ("Poole", "839"),
        ("BCP", "839"),
        ("St Helens", "342"),
        ("Saint Helens", "342"),
        ("St. Helens", "342"),
        ("B&NES", "800"),
        ("BANES", "800"),
        ("Bath & North East Somerset", "800"),
        ("Bristol", "801"),
        ("Bristol City Council", "801"),
        ("Richmond", "318"),
        ("Kingston-upon-Thames", "314"),
        ("Royal Borough of Greenwich", "203"),
        ("London Borough of Hackney", "204"),
        ("City of London", "201"),
        ("Isle of Wight", "921"),
        ("Durham", "840"),
        ("Newcastle", "391"),
        ("Stoke", "861"),
        ("Southend", "882"),
        ("Telford & Wrekin", "894"),
        ("Dorset Council", "838"),
        ("Wilts", "865"),
        ("E06000065", "815"),
        ("E10000023", "815"),
        ("e06000066", "933"),
        ("E08000038", "370"),
    ],
)
def test_an_authority_answers_to_the_names_that_people_use(tables, text, code):
    assert find_authority(text, tables["area"]) == code


@pytest.mark.parametrize(
    ("text", "code", "choices"),
    [
        ("Kingston", "ambiguous_authority", ["(314)", "(810)"]),
        ("Yorkshire", "ambiguous_authority", ["(811)", "(815)"]),
        ("Berkshire", "ambiguous_authority", ["(869)"]),
        ("Bedfordshire", "ambiguous_authority", ["(823)"]),
        ("Sussex", "ambiguous_authority", ["(845)", "(938)"]),
        ("Cumbria", "authority_abolished", ["(942)", "(943)"]),
        ("Northamptonshire", "authority_abolished", ["(940)", "(941)"]),
        ("London", "not_an_authority", []),
        ("836", "authority_abolished", ["(838)", "(839)"]),
    ],
)
def test_a_name_of_several_authorities_names_them(tables, text, code, choices):
    with refuses(NotAvailableError, code) as caught:
        find_authority(text, tables["area"])
    assert all(choice in caught.value.problems[0].remedy for choice in choices)


@pytest.mark.parametrize("text", ["835", "E10000009"])
def test_an_authority_that_was_replaced_names_its_successors(text):
    with pytest.raises(NotAvailableError) as caught:
        find_authority(text, AREAS)
    (problem,) = caught.value.problems
    assert (problem.code, problem.where) == ("authority_abolished", "la")
    assert "Dorset" in caught.value.headline
    assert "January 2019" in problem.found
    assert "Dorset (838) or Bournemouth, Christchurch and Poole (839)" in problem.remedy


def test_a_group_is_the_authority_its_neighbours_in_order_its_region_and_england():
    group = peer_group("865", AREAS, NEIGHBOURS)
    assert group.everyone == ("865", "838", "839", "E12000009", "E92000001")
    assert group.authorities == ("865", "838", "839")
    assert (group.name, group.names["E12000009"]) == ("Wiltshire", "South West")


def test_an_authority_without_neighbours_has_a_group_all_the_same():
    assert peer_group("839", AREAS, NEIGHBOURS).everyone == ("839", "E12000009", "E92000001")


def test_an_authority_that_is_not_held_learns_what_is():
    caseload = pd.DataFrame({"area_code": ["865", "E92000001"]})
    assert check_available("865", caseload, AREAS) is None
    with refuses(NotAvailableError, "authority_without_figures") as caught:
        check_available("838", caseload, AREAS)
    assert "Dorset (838)" in caught.value.headline
    assert caught.value.problems[0].found.endswith("Wiltshire")


def test_authorities_before_and_after_a_reorganisation_add_up_to_the_same_area():
    areas = pd.DataFrame(
        {
            "area_code": ["1", "2", "3", "4", "5", "6"],
            "successors": ["3;4", "3;4", "", "", "6", ""],
        }
    )
    plans = pd.DataFrame(
        {
            2019: [10.0, 5.0, None, None, 1.0],
            2020: [20.0, None, None, None, 1.0],
            2021: [None, None, 15.0, 12.0, None],
        },
        index=list("12345"),
    )
    whole = reorganised_areas(plans, areas)
    assert whole.index.tolist() == ["3", "4"]  # that which followed 5 is not available
    for code in ("3", "4"):
        assert whole.loc[code, [2019, 2021]].tolist() == [15, 27]
        assert pd.isna(whole.loc[code, 2020])  # one of those before is not known
