"""The projection of Wiltshire with the baseline scenario: ranges to ten plans, drivers to one.

After a change that is meant to move it, write the figures anew with

    SENDLIB_RENEW_GOLDEN=1 python -m pytest tests/golden

and say so in the change log under "Figures that change".
"""

import os
from pathlib import Path

import numpy as np
import pytest

from sendlib import briefing
from sendlib.authority import Authority
from sendlib.forecast import Panel, project_area, warn_of_ranges
from sendlib.forecast import project as project_plans
from sendlib.scenarios import load_scenario

GOLDEN = Path(__file__).with_name("forecast_wiltshire.txt")
RENEW = "SENDLIB_RENEW_GOLDEN"


@pytest.fixture(scope="module")
def projection(project, tables):
    panel = Panel.from_tables(*(tables[name] for name in Panel.TABLES))
    return project_area(panel, "865", scenario=load_scenario(project, "baseline"), horizon=5)


@pytest.mark.parametrize(
    ("code", "warned"), [("341", True), ("201", True), ("865", False), ("886", False)]
)
def test_authorities_whose_past_ranges_were_too_narrow_are_warned(project, code, warned):
    """Liverpool and the City of London, not Wiltshire and Kent; page 90 says what page 21 says."""
    authority = Authority.open(code, project=project)
    projection = project_plans(authority, scenario="baseline", horizon=5)
    said = warn_of_ranges(projection.backtest())
    assert bool(said) == warned
    assert briefing.plans(projection).caveat.startswith(said or "A forecast knows nothing")


def whole(value, digits=0):
    """A number as text, never a minus zero."""
    return f"{round(value, digits) + 0.0:.0f}"


def projection_text(projection):
    lines = [
        f"from January {projection.origin}, {projection.range_pct:.0f}% range",
        "plans in force",
    ]
    for row in projection.ranges.itertuples():
        numbers = " ".join(whole(value, -1) for value in (row.low, row.middle, row.high))
        lines.append(f"{row.census_year}: {numbers}")
    lines.append("drivers of the next year")
    lines += [f"{row.feature}: {whole(row.plans)}" for row in projection.contributions.itertuples()]
    lines.append("steps, middle")
    for step, draws in projection.steps.items():
        middle = np.median(draws, axis=0)
        lines.append(f"{step}: " + " ".join(whole(value, -1) for value in middle))
    return "\n".join([*lines, *projection.notes, ""])


def test_the_projection_of_wiltshire_is_as_it_was(projection):
    text = projection_text(projection)
    if os.environ.get(RENEW):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
