"""Files that are not listed, known by their headings; all figures are invented."""

import gzip

import pytest

from sendlib.data.manifest import LEFT_BEHIND, publication_of

EES = "time_period,time_identifier,geographic_level,country_code,old_la_code,la_name"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "time_period,la_name,main_category,category_of_expenditure,primary_schools,net_expenditure",
            "section 251",
        ),
        (f"{EES},phase_type_grouping,sen_status,sen_primary_need,number_of_pupils", "in England"),
        (
            "MYEB1: Detailed population estimates\nladcode24,laname24,sex,age,population_2011",
            "MYEB1",
        ),
        ('"DATE_NAME","GEOGRAPHY_NAME","GEOGRAPHY_CODE","OBS_VALUE"', "Nomis"),
        ("Short Desc,Years,LA and Regions,Values,LA Number,Topic", "LAIT"),
        (f"{EES},characteristic,headcount,suspension,susp_rate,perm_excl", "suspensions"),
        (f"{EES},breakdown_topic,breakdown,ehcplans,special_academy", "EHC plans"),
    ],
)
def test_a_publication_is_known_by_its_headings(tmp_path, text, name):
    plain, packed = tmp_path / "a.csv", tmp_path / "a.csv.gz"
    plain.write_text(f"\ufeff{text}\n1,2\n", encoding="utf-8")
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    for path in (plain, packed):
        publication, way_in = publication_of(path)
        assert name in publication
        assert way_in


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\x1f\x8b no archive", b"\xff\xfe\x00"])
def test_a_file_that_is_like_none_has_no_name(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert publication_of(path) == ("", "")


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("~$plans.xlsx", True),
        ("Thumbs.db", True),
        ("desktop.ini", True),
        (".DS_Store", True),
        ("plans.xlsx", False),
        ("thumbs.csv", False),
    ],
)
def test_what_a_desktop_leaves_behind_is_told_from_data(name, left):
    assert bool(LEFT_BEHIND.fullmatch(name)) == left
