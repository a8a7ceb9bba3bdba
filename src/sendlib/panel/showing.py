"""The panel as a page can show it: sliders where they can be moved, a table elsewhere."""

import os
from functools import lru_cache, partial
from importlib.util import find_spec
from typing import Any

from sendlib import pages
from sendlib.errors import SendlibError
from sendlib.finance import Model
from sendlib.panel.ends import ends_table, plainly
from sendlib.panel.reading import Reading, draw, prepared, read_off, say
from sendlib.panel.sliders import Slider, save, sliders, turn
from sendlib.project import BRIEFING_VARIABLE, Project
from sendlib.scenarios import Scenario

KEPT = 64  # readings, so that going back is at once
_LABEL = {"description_width": "38em"}
_BOX, _TRACK = {"width": "45em", "max_width": "100%"}, {"width": "26em"}
_BUTTON, _WRAPPED = {"width": "14em"}, {"flex_flow": "row wrap"}


def show(model: Model, scenario: Scenario, *, threshold_gbp: float, project: Project) -> object:
    """The main levers of a scenario, and what follows from moving them.

    In JupyterLab these are sliders with a chart that follows them, and a way to
    keep what was set as a scenario file. On a page that is being made, or where
    ipywidgets is not installed, it is a table of the same levers.

    Parameters
    ----------
    model : Model
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
        What a notebook shows: a box of widgets or a ``pages.Table``.
    """
    if _can_move():
        return Controls(model, scenario, threshold_gbp=threshold_gbp, project=project).box
    return ends_table(model, scenario, sliders(scenario, origin=model.caseload.origin))


def _can_move() -> bool:
    """Whether whoever looks at this can move a slider: not on a page that is being made."""
    return not os.environ.get(BRIEFING_VARIABLE) and find_spec("ipywidgets") is not None


class Controls:
    """Widgets over one scenario; ``box`` is what a notebook shows.

    Parameters
    ----------
    model : Model
        Of the authority.
    scenario : Scenario
        To start from, as its file has it.
    threshold_gbp : float
        A deficit to be wary of. [£]
    project : Project
        Where a scenario is saved.
    """

    def __init__(
        self, model: Model, scenario: Scenario, *, threshold_gbp: float, project: Project
    ) -> None:
        import ipywidgets

        self.scenario, self.project = scenario, project
        self.among = sliders(scenario, origin=model.caseload.origin)
        self._read = lru_cache(KEPT)(
            partial(_read, prepared(model, scenario), scenario, self.among, threshold_gbp)
        )
        labels = [slider.label(model.caseload.origin) for slider in self.among]
        rows = [_row(ipywidgets, *each) for each in zip(self.among, labels, strict=True)]
        self.moved = [row.children[1] for row in rows]
        self.back = ipywidgets.Button(description="Back to the scenario", layout=_BUTTON)
        self.picture, self.words, self.told = (ipywidgets.HTML() for _ in range(3))
        self.name = ipywidgets.Text(
            description="Save as", placeholder="my_scenario", continuous_update=False
        )
        self.overwrite = ipywidgets.Checkbox(
            description="Replace a scenario of that name", indent=False
        )
        self.save = ipywidgets.Button(description="Save as a scenario", layout=_BUTTON)
        saving = ipywidgets.HBox([self.name, self.overwrite, self.save], layout=_WRAPPED)
        self.box = ipywidgets.VBox([*rows, self.back, self.words, self.picture, saving, self.told])
        self._follow()

    def _follow(self) -> None:
        """Draw once, then whenever something moves."""
        for slider in self.moved:
            slider.observe(self._redraw, names="value")
        self.back.on_click(self._go_back)
        self.save.on_click(self._save)
        self._redraw()

    @property
    def _values(self) -> tuple[float, ...]:
        return tuple(slider.value for slider in self.moved)

    def _redraw(self, _: object = None) -> None:
        start = self._read(tuple(slider.start for slider in self.among))
        try:
            now = self._read(self._values)
        except SendlibError as error:
            self.words.value = _told(error)
            return
        beside = None if now is start else start
        self.words.value = str(pages.takeaway(say(now, beside=beside)).html)
        self.picture.value = draw(now, reach_gbp=_reach(start))._repr_html_()

    def _go_back(self, _: object) -> None:
        """Set every slider back, and draw once."""
        for slider in self.moved:
            slider.unobserve(self._redraw, names="value")
        for slider, own in zip(self.moved, self.among, strict=True):
            slider.value = own.start
            slider.observe(self._redraw, names="value")
        self._redraw()

    def _save(self, _: object) -> None:
        """Write the scenario file, and say where it is or what is wrong."""
        try:
            after = _turned(self.scenario, self.among, self._values)
            slug = self.name.value.strip()
            path = save(
                self.project, self.scenario, after, slug=slug, overwrite=self.overwrite.value
            )
        except (SendlibError, OSError) as error:
            self.told.value = _told(error)
            return
        where = path.relative_to(self.project.root).as_posix()
        text = f"Saved as {where}. Give its name, {slug}, as the scenario of any page."
        self.told.value = str(pages.takeaway(text).html)


def _row(ipywidgets: Any, slider: Slider, label: str) -> Any:
    """A box for the number, which carries the label, and a slider beside it.

    The handle of a slider has no name that a screen reader could say; the box has.
    """
    ends = {"min": slider.least, "max": slider.most, "step": slider.step, "value": slider.start}
    typed = ipywidgets.BoundedFloatText(**ends, description=label, style=_LABEL, layout=_BOX)
    moved = ipywidgets.FloatSlider(
        **ends,
        description=f"{plainly(slider.least)} to {plainly(slider.most)}",
        tooltip=label,
        readout=False,
        continuous_update=False,
        layout=_TRACK,
    )
    ipywidgets.link((moved, "value"), (typed, "value"))
    return ipywidgets.HBox([typed, moved], layout=_WRAPPED)


def _turned(scenario: Scenario, among: tuple[Slider, ...], values: tuple[float, ...]) -> Scenario:
    names = (slider.name for slider in among)
    return turn(scenario, among, dict(zip(names, values, strict=True)))


def _read(
    model: Model,
    scenario: Scenario,
    among: tuple[Slider, ...],
    threshold_gbp: float,
    values: tuple[float, ...],
) -> Reading:
    return read_off(model, _turned(scenario, among, values), threshold_gbp=threshold_gbp)


def _reach(start: Reading) -> tuple[float, float]:
    """Deficits that the scale always reaches: nothing, and those of the scenario as it stands."""
    return min(0.0, float(start.bands["low"].min())), 1.1 * float(start.bands["high"].max())


def _told(error: Exception) -> str:
    """What is wrong, each problem on a line of its own."""
    title = error.headline if isinstance(error, SendlibError) else "That cannot be done."
    problems = error.problems if isinstance(error, SendlibError) else ()
    return str(pages.caveats([str(each) for each in problems] or [str(error)], title=title).html)
