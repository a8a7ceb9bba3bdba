"""Yearly figures of indicators: the right rows, beside England, judged since their last break."""

import pandas as pd
import pytest

from sendlib import compare
from sendlib.indicators import latest, place_share, share_within_20_weeks, total_plans
from sendlib.kpi import (
    TABLES,
    last_published,
    list_figures,
    narrative,
    published_rows,
    published_series,
    read_register,
)
from sendlib.pages import table
from sendlib.vocabulary import STATE_MAINSTREAM_PLACES

REGISTER = read_register()
FIGURES = list_figures(REGISTER)
ENGLAND = "E92000001"
ON_TIME = "within_20_weeks:plans_issued_within_20_weeks_excluding_exceptions"


def published(tables, area_code="865"):
    held = {name: tables[name] for name in TABLES}
    series = published_series(FIGURES, held, area_code)
    breaks = compare.known_breaks(FIGURES.set_index("indicator")["breaks_as"])
    alike = compare.comparable_years(series, breaks, areas=tables["area"])
    return last_published(FIGURES, series, compare.trends(alike)), series


def row_of(frame, indicator):
    return frame.set_index("indicator").loc[indicator]


def test_every_published_place_of_the_register_is_in_one_figure_with_a_name_of_its_own():
    places = [(e.slug, p.table, p.values) for e in REGISTER for p in e.where]
    assert places == FIGURES[["kpi", "table", "values"]].apply(tuple, axis=1).tolist()
    assert FIGURES["indicator"].is_unique


def test_figures_agree_with_the_measures_of_other_pages(tables, wiltshire):
    last, _ = published(tables)
    caseload = tables["ehcp_caseload"]
    plans = row_of(last, "number_of_plans:total")
    assert plans["value"] == total_plans(caseload).loc["865", 2026]
    mainstream = row_of(last, "placement:mainstream")
    shares = place_share(wiltshire.load("ehcp_caseload"), STATE_MAINSTREAM_PLACES)
    shares = latest(shares, 2026).set_index("area_code")["share"]
    assert mainstream["value"] == pytest.approx(100 * shares["865"])
    assert mainstream["england"] == pytest.approx(100 * shares[ENGLAND])
    timely = latest(share_within_20_weeks(wiltshire.load("ehcp_flow")), 2025)
    timely = timely.set_index("area_code")["share"]
    on_time = row_of(last, ON_TIME)
    assert on_time["value"] == pytest.approx(100 * timely["865"])
    assert on_time["england"] == pytest.approx(100 * timely[ENGLAND])
    assert (on_time["kind"], on_time["year"]) == ("percentage", 2025)


def test_counts_and_money_are_not_compared_with_england(tables):
    last, _ = published(tables)
    sizes = last["kind"].isin(["count", "money"])
    assert sizes.any()
    assert last.loc[sizes, "england"].isna().all()
    without = last["kpi"].eq("post_16_destinations") | last["table"].eq("attendance")
    assert last.loc[without, "england"].isna().all()  # neither release has England
    assert last.loc[~sizes & ~without, "england"].notna().all()


def test_outcomes_are_of_their_group_and_share_the_breaks_of_their_indicator(tables):
    last, series = published(tables)
    absence = row_of(last, "persistent_absence:persistent_absence:ehcp")
    attendance = tables["attendance"].query("measure == 'persistent_absence' and group == 'ehcp'")
    own = attendance[attendance["area_code"] == "865"].set_index("academic_year")["value"]
    assert (absence["value"], absence["period"], absence["kind"]) == (
        own["2024/25"],
        "2024/25",
        "percentage",
    )
    assert absence["since"] == "2021/22"
    progress = row_of(last, "secondary_attainment:progress8:all_sen")
    assert progress["kind"] == "score"
    part = table(published_rows(last, series), caption="c")
    shown = part.shown.set_index("Figure").loc["Progress 8, any SEN"]
    assert "." in shown["Last value"]
    assert len(shown["Last value"].split(" ")[0].partition(".")[2]) == 2
    destinations = last["kpi"] == "post_16_destinations"
    assert last.loc[destinations, "value"].notna().sum() == 2
    assert last.loc[destinations, "england"].isna().all()


def test_no_direction_is_said_across_the_change_of_the_return(tables):
    last, series = published(tables)
    row = row_of(last, "number_of_plans:total")
    assert (row["direction"], row["since"]) == ("no clear direction", "January 2023")
    assert series.loc[series["indicator"] == row.name, "year"].min() == 2010


def test_an_authority_without_a_figure_has_its_row_without_a_value(tables):
    few = dict(tables)
    few["indicator"] = few["indicator"].query("area_code != '865'")
    last, series = published(few)
    assert len(last) == len(FIGURES)
    assert row_of(last, "attainment8_ehcp")[["value", "direction"]].isna().all()
    part = table(published_rows(last, series), caption="c")
    row = part.shown.set_index("Figure").loc["Attainment 8, pupils with a plan"]
    assert set(row.drop("Indicator")) == {"not available"}


def test_a_withheld_part_withholds_the_share_and_is_marked(tables):
    caseload = tables["ehcp_caseload"].copy()
    at = (
        (caseload["area_code"] == "865")
        & (caseload["census_year"] == 2026)
        & (caseload["place_type"] == "sen_unit")
    )
    caseload.loc[at, "plans"] = float("nan")
    caseload.loc[at, "value_status"] = "suppressed"
    last, series = published({**tables, "ehcp_caseload": caseload})
    assert pd.isna(row_of(last, "placement:mainstream")["value"])
    part = table(published_rows(last, series), caption="c")
    shown = part.shown[
        part.shown["Indicator"] == FIGURES.set_index("kpi").loc["placement", "title"]
    ].iloc[0]
    assert shown["Last value"] == "[c]"
    assert "Shorthand: [c] withheld" in " ".join(part.notes)


def test_a_year_in_which_nothing_was_published_is_not_the_last(tables):
    upto = {
        name: frame[frame.get("year", pd.Series(0, frame.index)) <= 2020]
        for name, frame in tables.items()
    }
    last, _ = published(upto)
    assert row_of(last, "ks2_rwm_expected_ehcp_pct")["year"] == 2019


def invented(**more):
    base = {
        "indicator": "a", "title": "Absence", "label": "Days lost", "kind": "percentage",
        "better": "lower", "period": "2025", "value": 12.0, "value_status": "reported",
        "england": 10.5, "direction": "rising", "since": "2018",
    }  # fmt: skip
    return pd.DataFrame([base | more])


SERIES = pd.DataFrame(
    {
        "indicator": "a",
        "year": [2024, 2025],
        "period": ["2024", "2025"],
        "value": [11.0, 12.0],
        "kind": "percentage",
    }
)


@pytest.mark.parametrize(
    ("more", "beside", "going"),
    [
        ({}, "1.5 points above", "Rising since 2018: worse"),
        ({"better": "higher"}, "1.5 points above", "Rising since 2018: better"),
        ({"better": "neither"}, "1.5 points above", "Rising since 2018"),
        ({"value": 10.46, "direction": "no clear direction"}, "Same", "No clear direction"),
        ({"value": 10.04, "england": 10.06}, "0.1 points below", "Rising since 2018: worse"),
        (
            {"kind": "measure", "direction": "too few points"},
            "1.5 above",
            "Too few years counted alike",
        ),
        ({"kind": "count", "england": float("nan")}, "Not compared", "Rising since 2018: worse"),
    ],
)
def test_a_row_says_its_gap_and_its_direction_in_words(more, beside, going):
    part = table(published_rows(invented(**more), SERIES), caption="c")
    row = part.shown.iloc[0]
    assert (row["Compared with England"], row["Direction"]) == (beside, going)
    assert row["Years so far"] == (
        "Days lost, Absence: 12.0% in 2025, 11.0% in 2024, from 11.0% to 12.0%"
    )


def test_a_sentence_counts_the_figures_that_are_better_than_england():
    both = pd.concat([invented(), invented(label="Days won", value=10.0)], ignore_index=True)
    assert narrative.published(both, "Essex") == (
        "Of 2 yearly figures of which one way is better, Essex is better than England on 1 and "
        "worse on 1."
    )
    nothing = both.assign(value=float("nan"))
    assert narrative.published(nothing, "Essex").startswith("No yearly figure")


def test_a_sentence_says_how_far_plans_have_grown_whether_or_not_that_can_be_tested(tables):
    last, _ = published(tables)
    assert narrative.published(last, "Wiltshire").endswith(
        "Plans in force in January rose from 1,838 in January 2010 to 6,914 in January 2026."
    )
