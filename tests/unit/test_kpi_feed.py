"""Feeds of indicators: what is read, and every kind of bad input with its row."""

from datetime import date

import numpy as np
import pytest

from error_codes import refuses
from sendlib.errors import DataError, NotAvailableError
from sendlib.kpi import read_feed, read_register, save_feed, synthesise, write_feed
from sendlib.kpi.feed import load_feed
from sendlib.project import Project

REGISTER = read_register()
TODAY = date(2026, 1, 20)
HEADER = "Authority,KPI,Period,Value,Numerator,Denominator,Target,Note"
GOOD = "865,New EHC requests,2025-04,105,,,,"


def read(tmp_path, *lines, header=HEADER, name="feed.csv"):
    path = tmp_path / name
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return read_path(path)


def read_path(path):
    names = ("865", "E06000054", "Wiltshire")
    return read_feed(path, authority=names, register=REGISTER, today=TODAY)


def problems(tmp_path, *lines, **more):
    with pytest.raises(DataError, match="nothing was loaded") as caught:
        read(tmp_path, *lines, **more)
    return [str(problem) for problem in caught.value.problems]


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


def test_a_percentage_may_be_given_by_its_numerator_and_denominator_alone(tmp_path):
    feed = read(tmp_path, "865,Mediation,2025-26 Q1,,3,4,,")
    assert feed.values["value"].tolist() == [75.0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("865,New EHC requests,2025-13,105,,,,", "'2025-13' is not a period of the monthly KPI"),
        ("865,New EHC requests,2025-26 Q1,105,,,,", "but a quarterly one. Write it like 2025-04"),
        ("865,Mediation,2025-04,70,,,,", "but a monthly one. Write it like 2025-26 Q1"),
        ("865,Mediation,2025-27 Q1,70,,,,", "'2025-27 Q1' is not a period"),
        ("865,Mediation,2025-26 Q5,70,,,,", "'2025-26 Q5' is not a period"),
        ("865,New EHC requests,15/04/2025,105,,,,", "'15/04/2025' is not a period"),
        ("865,New EHC requests,,105,,,,", "column Period: '' is not a period"),
        ("865,New EHC requests,2026-01,105,,,,", "in the future: it ends on 2026-01-31"),
        ("865,New EHC requests,1925-04,105,,,,", "before 2014"),
        (GOOD, "New EHC requests, 2025-04 is there already: feed.csv, row 2"),
        ("865,Mediation,2025-26 Q1,101,,,,", "Mediation is '101', over 100"),
        ("865,Mediation,2025-26 Q1,70,,,120,", "column Target: Mediation is '120', over 100"),
        ("865,Mediation,2025-26 Q1,,8,6,,", "numerator 8 is more than denominator 6"),
        ("865,Mediation,2025-26 Q1,90,3,4,,", "value 90 is not 3 of 4, which is 75.0%"),
        ("865,Mediation,2025-26 Q1,0.75,3,4,,", "value 0.75 is not 3 of 4"),
        ("865,Mediation,2025-26 Q1,70,3,,,", "numerator or denominator alone"),
        ("865,Mediation,2025-26 Q1,,0,0,,", "denominator 0"),
        ("865,New EHC requests,2025-05,about 90,,,,", "'about 90' is not a number"),
        ("865,New EHC requests,2025-05,1O5,,,,", "column Value: '1O5' is not a number"),
        ("865,New EHC requests,2025-05,nan,,,,", "'nan' is not a number"),
        ('865,New EHC requests,2025-05,"1,05",,,,', "'1,05' is not a number"),
        ("865,Mediation,2025-26 Q1,70,,six,,", "column Denominator: 'six' is not a number"),
        ("865,New EHC requests,2025-05,-5,,,,", "'-5' is negative"),
        ("865,New EHC requests,2025-05,90.5,,,,", "90.5 requests. Give a whole number"),
        ("865,New EHC requests,2025-05,90%,,,,", "is a percentage and New EHC requests is not"),
        ("865,New EHC requests,2025-05,,,,,", "the value is empty. Leave the row out"),
        ("865,New EHC request,2025-05,90,,,,", "Did you mean New EHC requests"),
        ("865,Zzzz,2025-05,90,,,,", "unknown KPI 'Zzzz'. Use one of the sheet KPIs"),
        ("865,,2025-05,90,,,,", "unknown KPI ''"),
        ("865,Primary attainment,2024-25,9,,,,", "is not taken from a feed: its published"),
        ("865,Pupil premium,2024-25,9,,,,", "not by special educational need. Leave it out"),
        ("866,New EHC requests,2025-05,90,,,,", "column Authority: authority '866'"),
        (",New EHC requests,2025-05,90,,,,", "column Authority: authority ''"),
        ("865,New EHC requests,2025-05,90,,,,a,b", "more cells than the headings"),
    ],
)
def test_a_row_that_is_wrong_is_told_with_its_row_and_nothing_is_loaded(tmp_path, line, words):
    (told,) = problems(tmp_path, GOOD, line)
    assert told.startswith("feed.csv, row 3")
    assert words in told


def test_every_problem_is_told_at_once_in_the_order_of_the_rows(tmp_path):
    told = problems(
        tmp_path,
        "866,New EHC requests,2025-13,many,,,,",
        GOOD,
        "865,Mediaton,2025-26 Q1,120,,,,",
    )
    assert [line.partition(":")[0] for line in told] == [
        "feed.csv, row 2, column Authority",
        "feed.csv, row 2, column Period",
        "feed.csv, row 2, column Value",
        "feed.csv, row 4, column KPI",
    ]


def test_a_missing_or_repeated_column_is_told(tmp_path):
    missing = problems(tmp_path, "865,Mediation,70", header="Authority,KPI,Value")
    assert missing == [
        "feed.csv, column Period: a column is missing. Add the column as the template names it."
    ]
    header = f"{HEADER},Indicator"
    (twice,) = problems(tmp_path, f"{GOOD},x", header=header)
    assert "feed.csv, column KPI: more than one column" in twice


def test_a_file_that_is_no_feed_is_told(tmp_path):
    (empty,) = problems(tmp_path)
    assert "headings but no rows. Give one row for each KPI and period" in empty
    (other,) = problems(tmp_path, "1,2", header="a,b")
    assert "row 1 holds no known heading" in other
    (broken,) = problems(tmp_path, "x", name="feed.xlsx")
    assert "the workbook cannot be opened" in broken
    with refuses(DataError, "no_such_file"):
        read_path(tmp_path / "nowhere.csv")


def test_gaps_rows_out_of_order_shares_and_few_values_are_advice(tmp_path):
    feed = read(
        tmp_path,
        "865,New EHC requests,2025-08,105,,,,",
        GOOD,
        "865,Mediation,2025-26 Q1,0.7,,,,",
    )
    told = [str(line) for line in feed.advice]
    assert len(feed.values) == 3
    assert any("nothing from 2025-05 to 2025-07" in line for line in told)
    assert any(line.startswith("feed.csv, row 3: New EHC requests: 2025-04") for line in told)
    assert any("row 4: Mediation: no percentage is over 1. Write 92.5" in line for line in told)
    assert sum("of the 12 values that a control chart needs" in line for line in told) == 2


def test_windows_1252_is_read_with_advice(tmp_path):
    path = tmp_path / "feed.csv"
    path.write_bytes(f"{HEADER}\n865,Client spend,2025-04,£1000,,,,caf\xe9".encode("cp1252"))
    feed = read_path(path)
    assert feed.values["note"].tolist() == ["café"]
    assert feed.values["value"].tolist() == [1000]
    assert any("Windows-1252" in str(line) for line in feed.advice)


def test_a_row_without_the_mark_beside_invented_ones_is_refused(tmp_path):
    header = f"{HEADER},Synthetic"
    second = GOOD.replace("2025-04", "2025-05")
    (told,) = problems(tmp_path, f"{GOOD},SYNTHETIC", f"{second},", header=header)
    assert told.startswith("feed.csv, row 3, column Synthetic: a row without the mark")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_invented_feed_is_read_back_whole_and_marked(tmp_path, ending):
    made = synthesise(REGISTER, today=TODAY, seed=1)
    path = tmp_path / f"feed.{ending}"
    write_feed(made.values, path, REGISTER, authority="865", synthetic=True)
    feed = read_path(path)
    assert feed.synthetic
    numbers = ["value", "numerator", "denominator", "target"]
    assert feed.values[["kpi", "period"]].equals(made.values[["kpi", "period"]])
    assert np.array_equal(feed.values[numbers], made.values[numbers], equal_nan=True)


def test_a_feed_that_is_saved_comes_back_and_none_is_told_with_the_command(tmp_path):
    project = Project(tmp_path)
    with refuses(NotAvailableError, "no_own_records", match="sendlib.*read --la 865"):
        load_feed(project, "865")
    feed = read(tmp_path, GOOD)
    assert save_feed(project, "865", feed) == tmp_path / "data/processed/kpi/865"
    saved = load_feed(project, "865")
    assert saved.values.equals(feed.values)
    assert (saved.advice, saved.synthetic) == (feed.advice, False)
