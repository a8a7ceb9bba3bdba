"""Scenarios: one complete set of assumptions, and others that change some of it.

A scenario is read once into a frozen object that remembers every change to it.
Whatever is wrong with a file is reported at once, each problem with its line
and what is valid; nothing is run before.
"""

from sendlib.scenarios.assumptions import FIRST_YEAR, LAST_YEAR, Assumption, Change, in_text
from sendlib.scenarios.load import (
    check_scenarios,
    list_scenarios,
    load_scenario,
    load_scenarios,
    remarks,
)
from sendlib.scenarios.scenario import (
    BASELINE,
    SIZES,
    Mitigation,
    Scenario,
    key_assumptions,
    lever_differences,
    mitigation_differences,
    with_value,
)
from sendlib.scenarios.write import save_changes

__all__ = [
    "BASELINE",
    "FIRST_YEAR",
    "LAST_YEAR",
    "SIZES",
    "Assumption",
    "Change",
    "Mitigation",
    "Scenario",
    "check_scenarios",
    "in_text",
    "key_assumptions",
    "lever_differences",
    "list_scenarios",
    "load_scenario",
    "load_scenarios",
    "mitigation_differences",
    "remarks",
    "save_changes",
    "with_value",
]
