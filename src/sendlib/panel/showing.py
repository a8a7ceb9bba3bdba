"""The panel as a page can show it: sliders where they can be moved, a table elsewhere."""

import os
from importlib.util import find_spec

from sendlib import present
from sendlib.finance import Study
from sendlib.panel.ends import ends_table
from sendlib.panel.sliders import sliders
from sendlib.project import BRIEFING_VARIABLE, Project
from sendlib.scenarios import Scenario


def show(study: Study, scenario: Scenario, *, threshold_gbp: float, project: Project) -> object:
    """The main levers of a scenario, and what follows from moving them.

    In JupyterLab these are sliders with a chart that follows them, and a way to
    keep what was set as a scenario file. On a page that is being made, or where
    ipywidgets is not installed, it is a table of the same levers.

    Parameters
    ----------
    study : Study
        Of the authority; nothing of the runs is kept in it.
    scenario : Scenario
        To start from, as its file has it.
    threshold_gbp : float
        A deficit to be wary of. [£]
    project : Project
        Where a scenario is saved.

    Returns
    -------
    object
        What a notebook shows: a box of widgets or a ``present.Table``.
    """
    if can_move():
        from sendlib.panel.controls import Controls

        return Controls(study, scenario, threshold_gbp=threshold_gbp, project=project).box
    return static(study, scenario)


def static(study: Study, scenario: Scenario) -> present.Table:
    """The table that stands for the sliders."""
    return ends_table(study, scenario, sliders(scenario, origin=study.basis.origin))


def can_move() -> bool:
    """Whether whoever looks at this can move a slider: not on a page that is being made."""
    return not os.environ.get(BRIEFING_VARIABLE) and find_spec("ipywidgets") is not None
