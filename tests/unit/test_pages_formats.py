import pytest

from sendlib.pages import formats


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (formats.count(-1234.4), "−1,234"),
        (formats.count(-0.2), "0"),
        (formats.gbp(-1234), "−£1,234"),
        (formats.gbp_m(-45_120_000), "−£45.1m"),
        (formats.pct1(4.449), "4.4%"),
        (formats.share1(0.125), "12.5%"),
        (formats.chance(0.995), "more than 99%"),
        (formats.chance(0.009), "less than 1%"),
        (formats.chance(0.99), "99%"),
        (formats.chance(float("nan")), "not available"),
        (formats.signed(1234.5), "+1,234"),
        (formats.signed(-1234.4), "−1,234"),
        (formats.signed(0.4), "0"),
        (formats.signed(-0.4), "0"),
        (formats.signed(float("nan")), "not available"),
        (formats.plain_number(6.25), "6.2"),
        (formats.plain_number(-0.456), "−0.46"),
        (formats.plain_number(-0.001), "0.00"),
        (formats.plain_number(1234.5), "1,234.5"),
    ],
)
def test_numbers_are_written_for_people(written, expected):
    assert written == expected


def test_a_year_is_never_written_with_a_separator():
    assert formats.default_format("census_year", integer=True)(2025) == "2025"


def test_an_unknown_format_lists_the_valid_ones():
    with pytest.raises(ValueError, match="count, number1, number2, number, signed, pct1"):
        formats.find_format("percent")
