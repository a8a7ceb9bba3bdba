"""A lever is declared in one place, acts on the model, and is explained where it stands."""

import re
from dataclasses import fields

import pytest

from sendlib.cohort import levers as places
from sendlib.finance import levers as money
from sendlib.forecast import flows
from sendlib.scenarios import BASELINE, SIZES, load_scenario

RECORDS = {
    f"{part.PREFIX}{name}": kind for part in (places, money) for name, kind in part.KINDS.items()
}


@pytest.fixture(scope="module")
def baseline(project):
    return load_scenario(project, BASELINE).assumptions


def test_every_lever_is_read_by_the_model_and_every_one_read_is_there(baseline, root):
    code = "".join(path.read_text("utf-8") for path in (root / "src" / "sendlib").rglob("*.py"))
    read = set(re.findall(r'\b(?:value|yearly|exactly)\("(\w+\.\w+)"\)', code)) | set(RECORDS)
    read |= {f"forecast.{lever.name}" for lever in fields(flows.Levers)}
    assert set(baseline) - read == set(), (
        "of scenarios/baseline.yml, read by nothing in src/sendlib"
    )
    assert read - set(baseline) == set(), "read in src/sendlib, and not in scenarios/baseline.yml"


def test_the_levers_that_take_records_are_those_of_the_baseline(baseline):
    lists = {lever for lever, entry in baseline.items() if isinstance(entry.value, tuple)}
    assert lists == set(RECORDS), "name the type of its records in KINDS of its part's levers.py"


@pytest.mark.parametrize("lever", RECORDS)
def test_every_field_of_a_record_is_explained(lever):
    fields = RECORDS[lever].model_fields
    without = [name for name, field in fields.items() if not field.description]
    assert not without, f"give Field(description=...) in {RECORDS[lever].__module__}"


def test_the_size_of_an_effect_is_a_number_of_its_record():
    for lever, field in SIZES.items():
        assert RECORDS[lever].model_fields[field].annotation is float
