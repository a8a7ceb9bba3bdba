import pandas as pd
import pytest

from sendlib.data.text_tables import SYMBOLS, cell, parse_numbers


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


@pytest.mark.parametrize("text", ["?", "nan", "inf", "-inf", "1,234", "12%", "£5", "none", "*"])
def test_anything_else_is_a_problem_with_its_row_and_the_valid_symbols(text):
    _, problems = parse("1", text, negative=True)
    assert len(problems) == 1
    assert str(problems[0]).startswith(f"a.csv, row 3, column plans: unknown symbol {text!r}.")
    assert "Valid: a number or z" in str(problems[0])


def test_a_negative_count_is_a_problem_unless_it_may_be_negative():
    _, problems = parse("-4")
    assert (
        str(problems[0]) == "a.csv, row 2, column plans: negative count -4. A count is 0 or more."
    )
    numbers, problems = parse("-4", negative=True)
    assert (numbers["value"].tolist(), problems) == ([-4], [])


def test_all_problems_of_a_column_are_told():
    assert len(parse("?", "-1", "!", "3")[1]) == 3


def test_a_row_is_counted_as_a_person_counts():
    assert cell("a.csv", 0) == "a.csv, row 2"
