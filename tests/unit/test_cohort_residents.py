import pandas as pd
import pytest

from error_codes import refuses
from sendlib.cohort.residents import persons_by_age
from sendlib.errors import NotAvailableError
from sendlib.vocabulary import ENGLAND

AREAS = pd.DataFrame(
    [
        [ENGLAND, "England", "", "", ""],
        ["R", "Region", "", "", ""],
        ["1", "Old", "R", "Region", "3;4"],
        ["2", "Other", "R", "Region", ""],
        ["3", "New", "R", "Region", ""],
        ["5", "Lost", "R", "Region", ""],
    ],
    columns=["area_code", "area_name", "region_code", "region_name", "successors"],
)


def by_age(code, persons, *, year=2020):
    return pd.DataFrame({"area_code": code, "year": year, "age": range(26), "persons": persons})


RESIDENTS = pd.concat([by_age("1", [100.0 + age for age in range(26)]), by_age("2", 50.0)])
CHILDREN = pd.DataFrame(
    {
        "area_code": ["1", "1", "3", "5", ENGLAND],
        "year": [2020, 2022, 2020, 2020, 2020],
        "persons": [1953.0, 3906.0, 195.3, 90.0, 2853.0],
    }
)
NO_PROJECTION = by_age("9", 1.0)


def persons(area_code, years, *, residents=RESIDENTS, projection=NO_PROJECTION):
    tables = {"residents": residents, "population": projection, "children": CHILDREN}
    return persons_by_age(tables | {"area": AREAS}, area_code=area_code, years=years)


def test_a_projection_is_used_where_it_is_available():
    made = persons("1", [2024], projection=by_age("1", 7.0, year=2024))
    assert made.loc[2024, list(range(26))].tolist() == [7] * 26
    assert made["source"].tolist() == ["projection"]


def test_residents_grow_a_year_older_and_those_born_since_are_as_many_as_the_youngest():
    made = persons("1", [2022])
    assert made.loc[2022, [18, 20, 25]].tolist() == [116, 118, 123]
    assert made.loc[2022, 0] == made.loc[2022, 1] == made.loc[2022, 2] < made.loc[2022, 3]
    assert made["source"].tolist() == ["residents of 2020, carried forward"]


def test_children_add_up_to_the_count_of_the_year_and_later_to_the_latest():
    made = persons("1", [2021, 2022, 2030])
    assert made[list(range(18))].sum(axis=1).tolist() == pytest.approx([1953, 3906, 3906])
    assert made.loc[2030, list(range(19, 26))].tolist() == [109, 110, 111, 112, 113, 114, 115]


def test_an_authority_that_followed_another_has_its_ages_and_its_own_children():
    made = persons("3", [2020])
    assert made.loc[2020, [0, 25]].tolist() == pytest.approx([10, 12.5])
    assert made["source"].tolist() == ["residents of 2020, carried forward, by age as Old"]


def test_an_area_without_a_figure_has_the_ages_of_all_that_are_known_around_it():
    made = persons("5", [2020])
    assert made.loc[2020, list(range(18))].sum() == pytest.approx(90)
    assert made["source"].iloc[0].endswith("by age as the 2 known authorities of Region")
    england = persons(ENGLAND, [2020])
    assert england["source"].iloc[0].endswith("by age as the 2 known authorities of England")
    assert england.loc[2020, 25] == pytest.approx(175)


def test_an_area_without_children_or_ages_is_refused():
    with refuses(NotAvailableError, "no_children", match="Other"):
        persons("2", [2024])
    with refuses(NotAvailableError, "no_residents", match="residents of"):
        persons("5", [2024], residents=by_age("8", 1.0))


def test_a_year_before_the_residents_were_counted_is_refused():
    with refuses(NotAvailableError, "year_before_residents", match="2019.*2020.*2020"):
        persons("1", [2019, 2024])


@pytest.mark.parametrize(("code", "year"), [("865", 2024), ("E12000009", 2024), (ENGLAND, 2030)])
def test_every_area_has_residents_of_every_age(tables, code, year):
    made = persons_by_age(tables, area_code=code, years=[year])
    assert (made[list(range(26))] > 0).all(axis=None)


def test_residents_add_up_to_larger_areas_and_one_without_all_its_authorities_is_not_known(tables):
    residents = tables["residents"]
    wide = residents.pivot(index="area_code", columns="age", values="persons")
    regions = tables["area"].set_index("area_code")["region_code"]
    south_west = wide[wide.index.map(regions) == "E12000009"]
    assert len(south_west) == 15
    assert (south_west.sum() == wide.loc["E12000009"]).all()
    unknown = residents.loc[residents["value_status"] == "not_available", "area_code"].unique()
    assert sorted(unknown) == ["928", "E12000004", ENGLAND]  # the file lacks Northamptonshire
    assert wide.loc["865", [0, 25]].tolist() == [4718, 4884]
    assert not set(wide.index) & {"835", "940", "942"}
