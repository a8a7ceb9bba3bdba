"""Feeds of indicators: what is read, and every kind of bad input with its row."""

import re
from datetime import date

import numpy as np
import pytest

from error_codes import codes, places, refuses
from sendlib.errors import DataError, NotBuiltError
from sendlib.kpi import read_feed, read_register, save_feed, synthesise_feed, write_feed
from sendlib.kpi.feed import load_feed
from sendlib.project import Project

REGISTER = read_register()
TODAY = date(2026, 1, 20)
HEADER = "Authority,KPI,Period,Value,Numerator,Denominator,Target,Note"
GOOD = "865,New EHC requests,2025-04,105,,,,"


def read(tmp_path, *lines, header=HEADER, name="feed.csv", **more):
    path = tmp_path / name
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return read_path(path, **more)


def read_path(path, **more):
    names = ("865", "E06000054", "Wiltshire")
    return read_feed(path, authority=names, register=REGISTER, today=TODAY, **more)


def problems(tmp_path, *lines, **more):
    with pytest.raises(DataError, match="nothing was loaded") as caught:
        read(tmp_path, *lines, **more)
    return list(caught.value.problems)


def test_a_feed_is_read_in_order_with_all_its_numbers(tmp_path):
    feed = read(
        tmp_path,
        "Wiltshire,Mediation,2025-26 Q1,66.7,4,6,70,small",
        'E06000054,new_requests,2025-05,"1,105",,,,',
        GOOD,
    )
    assert feed.values["kpi"].tolist() == ["mediation", "new_requests", "new_requests"]
    assert feed.values["period"].tolist() == ["2025-26 Q1", "2025-04", "2025-05"]
    assert feed.values["value"].tolist() == [66.7, 105, 1105]
    first = feed.values.iloc[0]
    assert first[["numerator", "denominator", "target", "note"]].tolist() == [4, 6, 70, "small"]
    assert first["period_end"].date() == date(2025, 6, 30)
    assert feed.values["target"].isna().tolist() == [False, True, True]
    assert not feed.synthetic


@pytest.mark.parametrize("month", ["2025-04", "2025-04-01", "01/04/2025", "Apr-25", "April 2025"])
def test_a_month_may_be_written_as_a_spreadsheet_saves_it(tmp_path, month):
    feed = read(tmp_path, f"865,New EHC requests,{month},105,,,,")
    assert feed.values["period"].tolist() == ["2025-04"]


def test_a_percentage_may_be_stated_by_its_numerator_and_denominator_alone(tmp_path):
    feed = read(tmp_path, "865,Mediation,2025-26 Q1,,3,4,,")
    assert feed.values["value"].tolist() == [75.0]


@pytest.mark.parametrize(
    ("line", "code", "named"),
    [
        ("865,New EHC requests,2025-13,105,,,,", "period_unreadable", "'2025-13'.*monthly"),
        ("865,New EHC requests,2025-26 Q1,105,,,,", "period_unreadable", "quarterly.*2025-04$"),
        ("865,Mediation,2025-04,70,,,,", "period_unreadable", "monthly.*2025-26 Q1$"),
        ("865,Mediation,2025-27 Q1,70,,,,", "period_unreadable", "'2025-27 Q1'"),
        ("865,Mediation,2025-26 Q5,70,,,,", "period_unreadable", "'2025-26 Q5'"),
        ("865,New EHC requests,15/04/2025,105,,,,", "period_unreadable", "'15/04/2025'"),
        ("865,New EHC requests,,105,,,,", "period_unreadable", "column Period: ''"),
        ("865,New EHC requests,2026-01,105,,,,", "period_future", "2026-01-31"),
        ("865,New EHC requests,1925-04,105,,,,", "period_early", "2014"),
        (GOOD, "period_repeated", r"New EHC requests.*2025-04.*feed\.csv.*row 2"),
        ("865,Mediation,2025-26 Q1,101,,,,", "over_100", "Mediation.*'101'"),
        ("865,Mediation,2025-26 Q1,70,,,120,", "over_100", "column Target.*Mediation.*'120'"),
        ("865,Mediation,2025-26 Q1,,8,6,,", "numerator_large", r"\b8\b.*\b6\b"),
        ("865,Mediation,2025-26 Q1,90,3,4,,", "value_differs", r"\b90\b.*\b3\b.*\b4\b.*75\.0%"),
        ("865,Mediation,2025-26 Q1,0.75,3,4,,", "value_differs", r"0\.75.*\b3\b.*\b4\b"),
        ("865,Mediation,2025-26 Q1,70,3,,,", "part_alone", ""),
        ("865,Mediation,2025-26 Q1,,0,0,,", "denominator_0", ""),
        ("865,New EHC requests,2025-05,about 90,,,,", "number_unreadable", "'about 90'"),
        ("865,New EHC requests,2025-05,1O5,,,,", "number_unreadable", "column Value.*'1O5'"),
        ("865,New EHC requests,2025-05,nan,,,,", "number_unreadable", "'nan'"),
        ('865,New EHC requests,2025-05,"1,05",,,,', "number_unreadable", "'1,05'"),
        ("865,Mediation,2025-26 Q1,70,,six,,", "number_unreadable", "column Denominator.*'six'"),
        ("865,New EHC requests,2025-05,-5,,,,", "number_negative", "'-5'"),
        ("865,New EHC requests,2025-05,90.5,,,,", "count_not_whole", r"90\.5"),
        ("865,New EHC requests,2025-05,90%,,,,", "percent_sign", "New EHC requests"),
        ("865,New EHC requests,2025-05,,,,,", "value_missing", ""),
        ("865,New EHC request,2025-05,90,,,,", "kpi_unknown", "New EHC requests"),
        ("865,Zzzz,2025-05,90,,,,", "kpi_unknown", "'Zzzz'.*KPIs"),
        ("865,,2025-05,90,,,,", "kpi_unknown", "''"),
        ("865,Primary attainment,2024-25,9,,,,", "kpi_not_supplied", "published"),
        ("865,Pupil premium,2024-25,9,,,,", "kpi_not_supplied", "special educational need"),
        ("866,New EHC requests,2025-05,90,,,,", "authority_other", "column Authority.*'866'"),
        (",New EHC requests,2025-05,90,,,,", "authority_other", "column Authority.*''"),
        ("865,New EHC requests,2025-05,90,,,,a,b", "ragged", ""),
    ],
)
def test_a_row_that_is_wrong_is_reported_with_its_row_and_nothing_is_loaded(
    tmp_path, line, code, named
):
    (problem,) = problems(tmp_path, GOOD, line)
    assert problem.code == code
    assert problem.where.startswith("feed.csv, row 3")
    assert re.search(named, f"{problem.where}: {problem.found}. {problem.remedy}")


def test_every_problem_is_reported_at_once_in_the_order_of_the_rows(tmp_path):
    told = problems(
        tmp_path,
        "866,New EHC requests,2025-13,many,,,,",
        GOOD,
        "865,Mediaton,2025-26 Q1,120,,,,",
    )
    assert places(told) == [
        ("authority_other", "feed.csv, row 2, column Authority"),
        ("period_unreadable", "feed.csv, row 2, column Period"),
        ("number_unreadable", "feed.csv, row 2, column Value"),
        ("kpi_unknown", "feed.csv, row 4, column KPI"),
    ]


def test_a_missing_or_repeated_column_is_reported(tmp_path):
    missing = problems(tmp_path, "865,Mediation,70", header="Authority,KPI,Value")
    assert places(missing) == [("column_missing", "feed.csv, column Period")]
    header = f"{HEADER},Indicator"
    twice = problems(tmp_path, f"{GOOD},x", header=header)
    assert places(twice) == [("column_twice", "feed.csv, column KPI")]


def test_a_file_that_is_no_feed_is_reported(tmp_path):
    (empty,) = problems(tmp_path)
    assert empty.code == "no_rows"
    assert "KPI and period" in empty.remedy
    assert codes(problems(tmp_path, "1,2", header="a,b")) == ["no_header"]
    assert codes(problems(tmp_path, "x", name="feed.xlsx")) == ["workbook_unreadable"]
    with refuses(DataError, "no_such_file"):
        read_path(tmp_path / "nowhere.csv")


def test_gaps_rows_out_of_order_and_few_values_are_advice_and_units_are_confirmed(tmp_path):
    lines = [
        "865,New EHC requests,2025-08,105,,,,",
        GOOD,
        "865,Mediation,2025-26 Q1,0.7,,,,",
        "865,Client spend,2025-04,812,,,,",
    ]
    codes = ["percentage_as_share", "money_small"]
    assert [problem.code for problem in problems(tmp_path, *lines)] == codes
    feed = read(tmp_path, *lines, confirmed=codes)
    told = [str(line) for line in feed.advice]
    assert len(feed.values) == 4
    assert any("nothing from 2025-05 to 2025-07" in line for line in told)
    assert any(line.startswith("feed.csv, row 3: New EHC requests: 2025-04") for line in told)
    assert any("row 4: Mediation: no percentage is over 1. Write 92.5" in line for line in told)
    assert sum("of the 12 values that a control chart needs" in line for line in told) == 3


def test_windows_1252_is_read_with_advice(tmp_path):
    path = tmp_path / "feed.csv"
    path.write_bytes(f"{HEADER}\n865,Client spend,2025-04,£1000,,,,caf\xe9".encode("cp1252"))
    feed = read_path(path)
    assert feed.values["note"].tolist() == ["café"]
    assert feed.values["value"].tolist() == [1000]
    assert any("Windows-1252" in str(line) for line in feed.advice)


def test_a_row_without_the_mark_next_to_invented_ones_is_refused(tmp_path):
    header = f"{HEADER},Synthetic"
    second = GOOD.replace("2025-04", "2025-05")
    (told,) = problems(tmp_path, f"{GOOD},SYNTHETIC", f"{second},", header=header)
    assert told.where == "feed.csv, row 3, column Synthetic"


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_invented_feed_is_read_back_whole_and_marked(tmp_path, ending):
    made = synthesise_feed(REGISTER, today=TODAY, seed=1)
    path = tmp_path / f"feed.{ending}"
    write_feed(made.values, path, REGISTER, authority="865", synthetic=True)
    feed = read_path(path)
    assert feed.synthetic
    numbers = ["value", "numerator", "denominator", "target"]
    assert feed.values[["kpi", "period"]].equals(made.values[["kpi", "period"]])
    assert np.array_equal(feed.values[numbers], made.values[numbers], equal_nan=True)


def test_a_feed_that_is_saved_comes_back_and_none_is_reported_with_the_command(tmp_path):
    project = Project(tmp_path)
    with refuses(NotBuiltError, "no_own_records", match="sendlib.*read --la 865"):
        load_feed(project, "865")
    feed = read(tmp_path, GOOD)
    assert save_feed(project, "865", feed) == tmp_path / "data/processed/kpi/865"
    saved = load_feed(project, "865")
    assert saved.values.equals(feed.values)
    assert not saved.synthetic
