"""The register of indicators against the strategies' list and the tables."""

from datetime import date

import pandas as pd
import pytest

from error_codes import refuses
from sendlib.documents import parse
from sendlib.errors import DataError
from sendlib.kpi import read_register, synthesise_feed
from sendlib.kpi.register import to_register

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
        for entry in REGISTER
        if entry.status != "added"
    ]
    assert rows == listed.to_numpy().tolist(), "give an indicator of your own status: added"


def test_every_published_figure_is_in_the_table_that_the_register_names(tables):
    for entry in REGISTER:
        for place in entry.where:
            rows = tables[place.table]
            rows = rows[rows["group"] == place.group] if place.group else rows
            assert set(place.values) <= set(rows[place.column]), entry.slug


def test_only_indicators_that_are_not_available_say_why():
    without = [entry.slug for entry in REGISTER if entry.data == "not_available"]
    assert without
    assert [entry.slug for entry in REGISTER if entry.why] == without


def test_an_indicator_of_our_own_has_invented_figures():
    both = (
        f"{ENTRY}{ENTRY.replace('voices:', 'mine:').replace('status: recorded', 'status: added')}"
    )
    register = to_register(parse(both, "register.yml"))
    values = synthesise_feed(register, today=date(2025, 6, 30), seed=1).values
    assert values.groupby("kpi")["value"].count().to_dict() == {"mine": 24, "voices": 24}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (
            "data: supplied",
            "data: published\n  where: [{table: outcome, column: outcome, values: [a], note: b}]",
            "invalid_value",
        ),
        ("better: higher", "better: up", "value_not_allowed"),
        ("data: supplied", "data: published", "invalid_value"),
        ("data: supplied", "data: not_available", "invalid_value"),
        ("owner: Head", "owner: Head\n  colour: red", "unknown_field"),
        ("owner: Head", "owner: Head\n  owner: Other", "key_twice"),
    ],
)
def test_a_register_that_is_wrong_is_refused_with_the_line(old, new, code):
    assert len(to_register(parse(ENTRY, "register.yml"))) == 1
    with refuses(DataError, code, match="register.yml, line"):
        to_register(parse(ENTRY.replace(old, new), "register.yml"))
