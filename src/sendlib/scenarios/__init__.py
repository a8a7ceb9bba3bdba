"""Scenarios: one complete set of assumptions, and others that change some of it.

A scenario is read once into a frozen object that remembers every change it
made. Whatever is wrong with a file is told at once, each problem with its line
and what is valid; nothing is run before.
"""

from sendlib.scenarios.assumptions import (
    FIRST_YEAR,
    LAST_YEAR,
    Assumption,
    Change,
    Percent,
    Record,
    Records,
    Strict,
    Value,
    Year,
    as_value,
    in_horizon,
    shown,
)
from sendlib.scenarios.checks import Checker, Fault
from sendlib.scenarios.differences import (
    Difference,
    differences,
    mitigations_only_in,
    mitigations_that_differ,
)
from sendlib.scenarios.listing import list_assumptions
from sendlib.scenarios.loading import (
    check_scenarios,
    list_scenarios,
    load_scenario,
    load_scenarios,
)
from sendlib.scenarios.mitigations import SIZES, Effect, Mitigation
from sendlib.scenarios.records import Need, Phased, Place, read_records
from sendlib.scenarios.remarks import remarks
from sendlib.scenarios.scenario import BASELINE, Applied, Scenario
from sendlib.scenarios.setting import with_records, with_value
from sendlib.scenarios.wording import share_for_percentage
from sendlib.scenarios.writing import save_changes

__all__ = [
    "BASELINE",
    "FIRST_YEAR",
    "LAST_YEAR",
    "SIZES",
    "Applied",
    "Assumption",
    "Change",
    "Checker",
    "Difference",
    "Effect",
    "Fault",
    "Mitigation",
    "Need",
    "Percent",
    "Phased",
    "Place",
    "Record",
    "Records",
    "Scenario",
    "Strict",
    "Value",
    "Year",
    "as_value",
    "check_scenarios",
    "differences",
    "in_horizon",
    "list_assumptions",
    "list_scenarios",
    "load_scenario",
    "load_scenarios",
    "mitigations_only_in",
    "mitigations_that_differ",
    "read_records",
    "remarks",
    "save_changes",
    "share_for_percentage",
    "shown",
    "with_records",
    "with_value",
]
