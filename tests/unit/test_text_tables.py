import re

import pandas as pd
import pytest

from error_codes import places
from sendlib.data.text_tables import (
    SYMBOLS,
    areas_elsewhere,
    cell,
    parse_numbers,
    read_text_table,
)
from sendlib.errors import DataError


def read(content, required=("area", "plans"), key=()):
    content = content if isinstance(content, bytes) else content.encode()
    return read_text_table(content, where="a.csv", required=required, key=key)


def problems_of(content, **more):
    with pytest.raises(DataError) as caught:
        read(content, **more)
    return list(caught.value.problems)


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_cell_stays_as_it_was_written(mark, end):
    frame = read(f"{mark}area,plans,note{end}007,1.50,true{end}NA,x,{end}")
    assert frame.to_dict("list") == {
        "area": ["007", "NA"],
        "plans": ["1.50", "x"],
        "note": ["true", ""],
    }


def test_a_quoted_cell_may_hold_commas_and_line_ends():
    frame = read('area,plans\n"Bristol, City of",5\n"two\nlines",6\n')
    assert frame["area"].tolist() == ["Bristol, City of", "two\nlines"]


def test_marks_that_only_look_like_line_ends_stay_inside_a_cell():
    assert read("area,plans\na\u2028b,5\n")["area"].tolist() == ["a\u2028b"]


def test_rows_below_a_blank_line_keep_their_number():
    assert read("area,plans\na,1\n\nb,2\n").index.tolist() == [0, 2]
    problems = problems_of("area,plans\na,1\n\na,2\n", key=["area"])
    assert places(problems) == [("duplicate_key", "a.csv, row 4")]


def test_a_byte_that_is_not_utf8_is_named_with_its_place():
    (problem,) = problems_of(b"area,plans\nWilt\xe9,5\n")
    assert (problem.code, problem.where) == ("byte_not_utf8", "a.csv, row 2, character 5")
    assert "0xe9" in problem.found


@pytest.mark.parametrize("content", ["", " \n", "\ufeff"])
def test_an_empty_file_is_refused(content):
    assert places(problems_of(content)) == [("neither_header_nor_rows", "a.csv")]


def test_a_file_with_a_header_only_is_refused():
    assert places(problems_of("area,plans\n")) == [("header_without_rows", "a.csv")]


@pytest.mark.parametrize("quote", ["", '"'])
def test_ragged_rows_are_all_reported(quote):
    found = problems_of(f"area,plans\n{quote}a{quote},1,2\nb,1\nc\n")
    assert places(found) == [("ragged_row", "a.csv, row 2"), ("ragged_row", "a.csv, row 4")]
    assert [re.findall(r"\d", problem.found) for problem in found] == [["3", "2"], ["1", "2"]]


def test_a_missing_column_offers_the_nearest_and_all_are_reported():
    problems = problems_of("aera,other\na,1\n")
    assert places(problems) == [("missing_column", "a.csv")] * 2
    assert [each.found.split()[1] for each in problems] == ["area", "plans"]
    assert [each.remedy.split()[-1] for each in problems] == ["aera?", "other"]


def test_a_column_that_stands_there_twice_is_refused():
    found = problems_of("area,plans,plans\na,1,2\n")
    assert places(found) == [("column_repeated", "a.csv")]
    assert "'plans'" in found[0].found
    assert "2" in found[0].found


def test_a_repeated_key_names_every_row_that_says_the_same():
    found = problems_of("area,plans\na,1\nb,2\na,3\n", key=["area"])
    assert places(found) == [("duplicate_key", "a.csv, row 4")]
    assert "area=a" in found[0].found
    assert re.findall(r"\d", found[0].remedy) == ["2", "4"]


def parse(*texts, **more):
    return parse_numbers(pd.Series(texts, name="plans", dtype="str"), where="a.csv", **more)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_a_symbol_is_missing_with_its_reason_and_never_zero(symbol):
    numbers, problems = parse(symbol)
    assert numbers["value"].isna().all()
    assert numbers["value_status"].tolist() == [SYMBOLS[symbol].value]
    assert problems == []


def test_symbols_are_read_in_capitals_and_with_spaces():
    assert parse(" Z ", "LOW")[0]["value_status"].tolist() == ["not_applicable", "rounds_to_zero"]


def test_a_zero_is_a_published_figure():
    numbers, _ = parse("0", "12.5", " 7 ")
    assert numbers["value"].tolist() == [0, 12.5, 7]
    assert set(numbers["value_status"]) == {"reported"}


@pytest.mark.parametrize("text", ["?", "inf", "-inf", "1,234", "12%", "£5", "none", "*"])
def test_anything_else_is_a_problem_with_its_row_and_the_valid_symbols(text):
    _, problems = parse("1", text, negative=True)
    assert places(problems) == [("unknown_symbol", "a.csv, row 3, column plans")]
    assert repr(text) in problems[0].found
    assert {*SYMBOLS} - {""} <= {*problems[0].remedy.split()}


def test_a_negative_count_is_a_problem_unless_it_may_be_negative():
    _, problems = parse("-4")
    assert places(problems) == [("negative_count", "a.csv, row 2, column plans")]
    assert "-4" in problems[0].found
    numbers, problems = parse("-4", negative=True)
    assert (numbers["value"].tolist(), problems) == ([-4], [])


def test_all_problems_of_a_column_are_reported():
    assert len(parse("?", "-1", "!", "3")[1]) == 3


def test_a_row_is_counted_as_a_person_counts():
    assert cell("a.csv", 0) == "a.csv, row 2"


@pytest.mark.parametrize(
    ("region", "there"),
    [("region_code", ["E12000009", "E13000001", "E12000007"]),
     ("region_name", ["South West", "Inner London", "London"])],
)  # fmt: skip
def test_an_authority_in_another_region_is_named_with_its_row(region, there):
    areas = pd.DataFrame(
        {
            "area_code": ["865", "202", "E12000009"],
            "area_level": ["authority", "authority", "region"],
            "region_code": ["E12000009", "E12000007", ""],
            "region_name": ["South West", "London", ""],
        }
    )
    frame = pd.DataFrame({"old_la_code": ["865", "202", "865"], region: there})
    (problem,) = areas_elsewhere(frame, "old_la_code", region, areas, "a.csv")
    assert (problem.code, problem.where) == (
        "area_in_another_region",
        f"a.csv, row 4, column {region}",
    )
