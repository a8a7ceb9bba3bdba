"""What a pack is about: one authority from its January, and the scenarios it may stand on."""

from sendlib import data
from sendlib.authority import Authority
from sendlib.errors import ParameterError, Problem
from sendlib.finance.levers import CHECKERS
from sendlib.project import Project
from sendlib.scenarios import FIRST_YEAR, Scenario, load_scenario


def open_authority(project: Project, la: str, as_of: int | None = None) -> Authority:
    """Bring the tables up to date, and find an authority in them."""
    data.build(project)
    january = data.latest_census(project) if as_of is None else as_of
    authority = Authority.open(la, as_of=january, project=project)
    if january < FIRST_YEAR:
        problem = Problem(f"{january}", "as_of", f"give {FIRST_YEAR} or later")
        raise ParameterError("Too little is known before that January for a range.", [problem])
    return authority


def open_scenario(project: Project, slug: str) -> Scenario:
    """A scenario, its records checked by the parts of the model that they act on."""
    return load_scenario(project, slug, checkers=CHECKERS)
