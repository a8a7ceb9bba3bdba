"""What a page says of the strategy's measures, from rows written out here."""

import numpy as np
import pandas as pd
import pytest

from sendlib import outcomes
from sendlib.outcomes import narrative


def measure(**more):
    row = {
        "number": 15, "part": "Sessions missed", "group": "ehcp", "unit": "%", "format": "share1",
        "better": "lower", "period": "2022/23", "name": "Here", "value": 0.124, "neighbours": 0.127,
        "england": 0.13, "other_name": "England", "other": 0.13, "result": np.nan,
        "test": "not tested", "direction": "no clear direction",
        "trend": "no clear direction, 2017 to 2021", "published": np.nan, "published_period": "",
        "published_of": "", "mean_basis": "unweighted", "neighbours_available": 10,
        "not_available": (),
    }  # fmt: skip
    return row | more


def frame(*rows):
    return pd.DataFrame([measure(**row) for row in rows], columns=list(measure()))


def test_the_headline_leads_with_the_latest_figures_and_then_says_which_way_they_go():
    rows = frame(
        {"trend": "falling by 0.3 points a year, 2017 to 2021: better", "direction": "falling"},
        {"better": "higher"},
        {"other": 0.124, "direction": "too few points"},
        {"better": "none"},
        {"group": "all_sen"},
    )
    assert narrative.outcomes_now(rows, name="Here", group="ehcp") == (
        "1 of 3 outcomes of children with an EHC plan in Here is better than England; 1 is worse "
        "by their latest figures. Over the years 1 improved and none worsened by more than chance; "
        "1 has too few years to test."
    )
    nothing = narrative.outcomes_now(rows.head(0), name="Here", group="ehcp")
    assert nothing == "No outcomes of children with an EHC plan in Here are available."


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{}, {"better": "higher"}], "1 of 2 measures is better than England; 1 is worse"),
        (
            [{"better": "none", "result": "higher"}, {"better": "none", "result": "similar"}],
            "1 of 2 shares differs from England by more than chance",
        ),
        ([{"better": "none"}], "Sessions missed: 12.4%, England 13.0%"),
        ([], ""),
    ],
)
def test_the_title_of_a_section_is_what_its_measures_say(rows, said):
    assert narrative.finding(frame(*rows)) == said


def test_notes_name_what_differs_what_moves_and_how_the_mean_was_made():
    said = narrative.notes(
        frame(
            {"result": "lower", "test": "lower than England by 0.2 to 1.0 points"},
            {"part": "Absentees", "direction": "rising", "trend": "rising by 1.0 points a year",
             "mean_basis": "weighted", "not_available": ("Region",), "neighbours_available": 3},
        ),
    )  # fmt: skip
    assert said == [
        "Sessions missed (2022/23): 12.4%, lower than England by 0.2 to 1.0 points.",
        "By more than chance over the years: absentees (rising by 1.0 points a year).",
        "The neighbours' mean is of 3 or 10; those with more children count for more, except for "
        "sessions missed, where each counts the same.",
        "No figures of Region: absentees.",
    ]


def test_a_row_has_its_figures_its_test_and_what_the_strategy_published_of_whom():
    rows = outcomes.measure_rows(
        frame(
            {
                "published": 0.0876,
                "published_period": "2018",
                "published_of": "Children with any SEN",
            }
        )
    )
    assert rows.iloc[0].tolist() == [
        "Sessions missed, children with an EHC plan",
        "2022/23",
        "12.4%",
        "12.7%",
        "13.0%",
        "not tested",
        "no clear direction, 2017 to 2021",
        "8.76% (2018, children with any SEN)",
    ]
    assert outcomes.measure_rows(frame({}).head(0)).empty
