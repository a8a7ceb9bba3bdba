"""What YAML can say and a file here may not: each is refused at once, with its line."""

import time
from itertools import pairwise

import pytest

from error_codes import codes, places
from sendlib.documents import DEEPEST, MOST_CHARACTERS, parse

LAUGHS = "a: &a [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n" for old, new in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("why: &w made up\nbecause: *w", [("yaml_alias", "a.yml, line 2")]),
        (
            "a: &a {b: 1}\nc:\n  <<: *a",
            [("yaml_merge_key", "a.yml, line 3"), ("yaml_alias", "a.yml, line 3")],
        ),
        ("value: 0400", [("number_to_another_base", "a.yml, line 1")]),
        ("value: -0_17", [("number_to_another_base", "a.yml, line 1")]),
        ("value: 1:30", [("number_to_another_base", "a.yml, line 1")]),
        ("value: 1:30.5", [("number_to_another_base", "a.yml, line 1")]),
        ("value: 0x1F", [("number_to_another_base", "a.yml, line 1")]),
        ("value: 0b101", [("number_to_another_base", "a.yml, line 1")]),
        ("values: [3, 012, 5]", [("number_to_another_base", "a.yml, line 1")]),
        ("a: " + "[" * 5000 + "]" * 5000, [("nested_too_deep", "a.yml, line 1")]),
        (
            "\n".join(" " * at + f"a{at}:" for at in range(DEEPEST + 2)),
            [("nested_too_deep", f"a.yml, line {DEEPEST + 1}")],
        ),
        ("a: 1\n" * MOST_CHARACTERS, [("file_too_long", "a.yml")]),
    ],
)
def test_what_only_yaml_understands_is_refused(text, found):
    assert sorted(places(parse(text, "a.yml").problems)) == sorted(found)


def test_aliases_of_aliases_are_refused_before_they_are_followed():
    began = time.process_time()
    found = codes(parse(LAUGHS, "a.yml").problems)
    assert set(found) == {"yaml_alias"}
    assert len(found) == 8
    assert time.process_time() - began < 20  # followed, they would be a thousand million values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 0", 0),
        ("a: -15.0", -15.0),
        ("a: 0.5", 0.5),
        ("a: 1_000", 1000),
        ("a: '0400'", "0400"),
        ("a: '1:30'", "1:30"),
        ("a: '*w'", "*w"),
        ("a: <<", None),
        ("a: 2027", 2027),
    ],
)
def test_plain_numbers_and_quoted_text_are_read_as_they_stand(text, value):
    document = parse(text, "a.yml")
    assert document.problems if value is None else document.value == {"a": value}
