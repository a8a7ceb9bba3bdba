"""The levers as they were set by hand, kept as a scenario file."""

from pathlib import Path

from sendlib.cohort import levers as places
from sendlib.errors import Problem, ScenarioError, raise_any
from sendlib.finance import levers as money
from sendlib.panel.sliders import changes
from sendlib.project import Project
from sendlib.scenarios import Scenario, save_changes

_CHECKERS = {places.PREFIX: places.lever_faults, money.PREFIX: money.lever_faults}


def save(
    project: Project, before: Scenario, after: Scenario, *, slug: str, overwrite: bool = False
) -> Path:
    """Write a scenario file that leads from one scenario to another.

    Parameters
    ----------
    project : Project
        Where the file goes.
    before : Scenario
        The scenario that the file extends, as its own file has it.
    after : Scenario
        The same with levers turned.
    slug : str
        The file's name without its ending.
    overwrite : bool
        Whether a scenario of that name may be replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ScenarioError
        If no lever was moved, or with all that is wrong with the name or the
        values; nothing is written then.
    """
    made = changes(before, after)
    problems = [] if made else [Problem("no lever was moved", remedy="move one first")]
    raise_any(ScenarioError, "There is nothing to save.", problems)
    return save_changes(
        project,
        slug,
        name=slug.replace("_", " ").replace("-", " ").strip().capitalize(),
        question=f"What follows from the scenario {before.name} with levers set by hand?",
        changes=made,
        extends=before.slug,
        overwrite=overwrite,
        checkers=_CHECKERS,
    )
