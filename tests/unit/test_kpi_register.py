"""The register of indicators against the strategies' list, the tables and its page."""

from datetime import date

import pandas as pd
import pytest

from sendlib.errors import DataError
from sendlib.kpi import read_register, synthesise_feed, write_page
from sendlib.kpi.register import to_register
from sendlib.scenarios.documents import parse

REGISTER = read_register()
ENTRY = """
voices:
  title: Voices
  section: Involvement
  frequency: monthly
  status: recorded
  priority: "1"
  definition: Plans with views
  unit: "%"
  kind: percentage
  better: higher
  source: Cases
  owner: Head
  due_days: 15
  success: Rise
  tested_by: proposed
  data: supplied
"""


def test_the_register_and_the_strategies_list_are_the_same_one_to_one(root):
    listed = pd.read_csv(root / "data/raw/wiltshire/2020/kpi_register.csv", dtype=str)
    rows = [
        [entry.title, entry.frequency, entry.section, entry.status, entry.priority]
        for entry in REGISTER.of_strategies
    ]
    assert rows == listed.to_numpy().tolist(), "give an indicator of your own status: added"


def test_every_published_figure_is_in_the_table_that_the_register_names(tables):
    for entry in REGISTER:
        for place in entry.where:
            rows = tables[place.table]
            rows = rows[rows["group"] == place.group] if place.group else rows
            assert place.value in set(rows[place.column]), entry.slug


def test_only_indicators_that_are_not_available_say_why():
    without = [entry.slug for entry in REGISTER if entry.data == "not_available"]
    assert without
    assert [entry.slug for entry in REGISTER if entry.why] == without


def test_an_indicator_of_our_own_is_counted_apart_and_has_invented_figures():
    both = (
        f"{ENTRY}{ENTRY.replace('voices:', 'mine:').replace('status: recorded', 'status: added')}"
    )
    register = to_register(parse(both, "register.yml"))
    assert [entry.slug for entry in register.of_strategies] == ["voices"]
    page = write_page(register)
    assert "1 were recorded and 0 proposed. Added since: 1. The figures" in page
    assert "Added since" not in write_page(to_register(parse(ENTRY, "register.yml")))
    values = synthesise_feed(register, today=date(2025, 6, 30), seed=1).values
    assert values.groupby("kpi")["value"].count().to_dict() == {"mine": 24, "voices": 24}


def test_the_page_holds_every_indicator_with_its_definition():
    page = write_page(REGISTER)
    for entry in REGISTER:
        assert f"### {entry.title}\n\n{entry.definition}.\n" in page


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "data: supplied",
            "data: published\n  where: [{table: outcome, column: outcome, value: a, note: b}]",
            "group belongs to table outcome",
        ),
        ("better: higher", "better: up", "line 11, better: voices: Input should be"),
        ("data: supplied", "data: published", "published without where"),
        ("data: supplied", "data: not_available", "why belongs to not_available"),
        ("due_days: 15", "due_days: soon", "line 14, due_days"),
        ("owner: Head", "owner: Head\n  colour: red", "colour"),
        ("owner: Head", "owner: Head\n  owner: Other", "given twice"),
    ],
)
def test_a_register_that_is_wrong_is_refused_with_the_line(old, new, words):
    assert len(to_register(parse(ENTRY, "register.yml"))) == 1
    with pytest.raises(DataError, match=words):
        to_register(parse(ENTRY.replace(old, new), "register.yml"))
