"""The scenarios that a pack may stand on."""

from sendlib.finance.levers import CHECKERS
from sendlib.project import Project
from sendlib.scenarios import Scenario, load_scenario


def open_scenario(project: Project, slug: str) -> Scenario:
    """A scenario, its records checked by the parts of the model that they act on."""
    return load_scenario(project, slug, checkers=CHECKERS)
