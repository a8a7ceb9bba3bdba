"""A whole return: its sheets in order, written aside, checked, and only then put in place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd

from sendlib.errors import ParameterError, Problem, raise_any
from sendlib.finance import Model
from sendlib.returns import front, lsrp_tables, plan_tables, registers
from sendlib.returns.checks import Check, check_sheet, list_checks
from sendlib.returns.groups import TABS
from sendlib.returns.means import MITIGATED, UNMITIGATED
from sendlib.returns.sheets import Sheet
from sendlib.returns.whole import Numbers, numbers
from sendlib.returns.workbook import check_file, write_workbook
from sendlib.scenarios import Scenario
from sendlib.scenarios.load import is_slug

TABLES = ("dsg_balance", "ehcp_flow", "ehcp_new_plans_by_age")
SUFFIX = ".xlsx"


@dataclass(frozen=True, eq=False)
class Return:
    """A return that is ready to be written.

    Parameters
    ----------
    title : str
        Of the document.
    created : datetime
        When it was made.
    sheets : tuple[Sheet, ...]
        In order.
    checks : tuple[Check, ...]
        What must hold in it.
    """

    title: str
    created: datetime
    sheets: tuple[Sheet, ...]
    checks: tuple[Check, ...]


def make_return(
    model: Model,
    scenario: Scenario,
    load: Callable[[str], pd.DataFrame],
    *,
    authority: str,
    created: datetime,
) -> Return:
    """Run a scenario and lay its figures out as a DSG management plan with LSRP tables."""
    _check_needs(model)
    balance, flow, new_plans = (load(name) for name in TABLES)
    made = numbers(model, scenario, dsg_balance=balance)
    tables = _tables(made, flow, new_plans)
    checks = list_checks(made)
    body = [*tables, check_sheet(checks, tables)]
    cover = front.cover(made, authority=authority, created=created)
    notes = front.notes(made)
    opening = [cover, front.contents([notes, *body]), notes]
    title = f"{front.TITLE}: {authority}, {scenario.name}"
    return Return(title, created, (*opening, *body), checks)


def _tables(made: Numbers, flow: pd.DataFrame, new_plans: pd.DataFrame) -> list[Sheet]:
    """Every table of figures, in the order of the template."""
    return [
        plan_tables.financial_summary(made, UNMITIGATED),
        plan_tables.financial_summary(made, MITIGATED),
        plan_tables.effect(made),
        plan_tables.ranges(made),
        plan_tables.plans_by_placement(made),
        *(plan_tables.placement_tab(made, tab) for tab in TABS),
        registers.mitigations(made.scenario),
        registers.assumptions(made.scenario),
        registers.unit_costs(made.mitigated.position.money.unit_costs),
        registers.governance(),
        *lsrp_tables.plan_sheets(made),
        *lsrp_tables.flow_sheets(made, flow, new_plans),
        plan_tables.unrounded_summary(made),
        plan_tables.unrounded(made),
    ]


def _check_needs(model: Model) -> None:
    problems = []
    if len(model.caseload.evidence.axes.needs) == 1:
        found = "a model that does not tell needs apart"
        problems.append(Problem(found, "model", "make it with with_needs=True"))
    raise_any(ParameterError, "A return is by primary need.", problems)


def file_name(la_code: str, scenario: str) -> str:
    """The name of a return's file, of small letters, digits, ``_`` and ``-`` only.

    Examples
    --------
    >>> file_name("865", "baseline")
    'dsg_plan_865_baseline.xlsx'
    """
    problems = [
        Problem(repr(part), remedy="use small letters, digits, _ and -")
        for part in (la_code, scenario)
        if not is_slug(part)
    ]
    raise_any(ParameterError, "No file can have this name.", problems)
    return f"dsg_plan_{la_code}_{scenario}{SUFFIX}"


def save_return(made: Return, path: Path) -> Path:
    """Write a return beside its place, check it, and put it there in one step."""
    problems = []
    if path.suffix != SUFFIX:
        problems.append(Problem(f"{path.name}", "--out", f"end the file's name in {SUFFIX}"))
    raise_any(ParameterError, "The return cannot be written there.", problems)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.part")
    try:
        write_workbook(made.sheets, draft, title=made.title, created=made.created)
        check_file(draft, made.checks)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path
