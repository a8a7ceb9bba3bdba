import pandas as pd
import pytest

from sendlib.data.tidy_plans import add_parts, mark_not_collected, newest
from sendlib.vocabulary import ENGLAND


def parts(*rows):
    """Rows of one area: a value, or the status of a missing one."""
    return pd.DataFrame(
        {
            "area_code": "865",
            "value": pd.Series(
                [row if isinstance(row, (int, float)) else None for row in rows], dtype=float
            ),
            "value_status": ["reported" if isinstance(row, (int, float)) else row for row in rows],
        }
    )


def added(*rows):
    row = add_parts(parts(*rows), by=["area_code"]).iloc[0]
    return (None if pd.isna(row["value"]) else row["value"], row["value_status"])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((3, 4), (7, "reported")),
        ((0, 0), (0, "reported")),
        ((3, "suppressed"), (None, "suppressed")),
        ((3, "not_available"), (None, "not_available")),
        ((3, "rounds_to_zero"), (None, "rounds_to_zero")),
        ((3, "low_reliability"), (None, "low_reliability")),
        ((3, "not_applicable"), (None, "not_applicable")),
        (("not_available", "suppressed", "rounds_to_zero"), (None, "suppressed")),
        ((3, "not_collected"), (3, "reported")),
        (("not_collected", "not_collected"), (None, "not_collected")),
        (("not_collected", "suppressed"), (None, "suppressed")),
    ],
)
def test_a_sum_is_known_only_where_every_part_that_was_asked_for_is(rows, expected):
    assert added(*rows) == expected


def test_groups_are_added_apart():
    frame = pd.concat([parts(1, 2), parts(5, "suppressed").assign(area_code="802")])
    summed = add_parts(frame, by=["area_code"]).set_index("area_code")
    assert summed.loc["865", "value"] == 3
    assert pd.isna(summed.loc["802", "value"])


def test_what_england_has_not_was_not_collected_and_what_it_has_was_not_reported():
    long = pd.DataFrame(
        {
            "area_code": [ENGLAND, "865", ENGLAND, "865"],
            "year": [2023, 2023, 2024, 2024],
            "value": [None, None, 50.0, None],
            "value_status": ["not_available", "not_available", "reported", "not_available"],
        }
    )
    marked = mark_not_collected(long, cell=["year"])
    assert marked["value_status"].tolist() == [
        "not_collected",
        "not_collected",
        "reported",
        "not_available",
    ]


def test_a_value_of_an_authority_stays_where_england_has_none():
    long = parts(4, "not_available").assign(area_code=["865", ENGLAND], year=2023)
    assert mark_not_collected(long, cell=["year"])["value_status"].iloc[0] == "reported"


def test_the_newest_release_that_reports_a_figure_counts():
    frame = pd.DataFrame(
        {
            "area_code": ["865", "865", "802", "802", "803", "803"],
            "source_id": ["r2022", "r2025"] * 3,
            "value": [1.0, 2.0, 3.0, None, None, None],
            "value_status": [
                *["reported", "reported"],
                *["reported", "not_available"],
                *["suppressed", "not_available"],
            ],
        }
    )
    kept = newest(frame, key=["area_code"]).set_index("area_code")
    assert kept["source_id"].to_dict() == {"802": "r2022", "803": "r2025", "865": "r2025"}
