import pytest

from sendlib import periods


def test_a_financial_year_is_named_by_both_its_years():
    assert [periods.financial_year(year) for year in (1999, 2008, 2024)] == [
        "1999-00",
        "2008-09",
        "2024-25",
    ]


@pytest.mark.parametrize("year", ["2024-26", "2024/25", "2024", "24-25", " 2024-25", "2024-25\n"])
def test_a_financial_year_that_does_not_follow_is_refused(year):
    with pytest.raises(ValueError, match="write it like 2024-25"):
        periods.financial_year_start(year)


def test_a_january_lies_in_the_financial_year_that_began_the_april_before():
    assert periods.financial_year_of_census(2025) == "2024-25"


@pytest.mark.parametrize(("digits", "census"), [("199900", 2000), ("201819", 2019)])
def test_the_january_of_an_academic_year_is_that_of_its_second_half(digits, census):
    assert periods.census_year_of_academic(digits) == census


@pytest.mark.parametrize("digits", ["202426", "2024", "2024/25", "abcdef", ""])
def test_six_digits_that_are_no_academic_year_are_refused(digits):
    with pytest.raises(ValueError, match="such as 202425"):
        periods.census_year_of_academic(digits)


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("2025-03-31", "2024-25"),
        ("2025-04-01", "2025-26"),
        ("2025-12-31", "2025-26"),
        ("2026-01-01", "2025-26"),
    ],
)
def test_a_date_lies_in_the_financial_year_that_began_the_april_before(date, year):
    assert periods.year_of_date(date) == year


def test_a_financial_year_closes_on_the_31_march_that_ends_it():
    assert periods.closing_date("2027-28") == "31 March 2028"
