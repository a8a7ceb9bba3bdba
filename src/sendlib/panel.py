"""A few main levers to set by hand, and what follows from them."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sendlib import charts, finance, pages
from sendlib.charts import Chart
from sendlib.cohort.levers import latest_value
from sendlib.errors import Problem, ScenarioError, SendlibError
from sendlib.finance import Model, Projection, closing_date
from sendlib.finance.levers import CHECKERS
from sendlib.finance.narrative import deficit_range
from sendlib.finance.perturbations import Perturbation, read_perturbations
from sendlib.pages import Block
from sendlib.pages.formats import MINUS, chance, count, gbp_m
from sendlib.pages.narrative import join_words, odds
from sendlib.project import BRIEFING_VARIABLE, Project
from sendlib.scenarios import Change, Scenario, save_changes, with_value

_Values = Mapping[str, float]
_FILE, _DRAWS = "sliders.csv", "cohort.draws"
_LEFT = "left to the council"  # after announced support
_FEW_DRAWS = 200  # so that a run takes a fraction of a second
_DIGITS = 6  # after the point, of a value that was reached in steps
_LABEL = {"description_width": "38em"}
_BOX, _TRACK = {"width": "45em", "max_width": "100%"}, {"width": "26em"}
_BUTTON, _WRAPPED = {"width": "14em"}, {"flex_flow": "row wrap"}


@dataclass(frozen=True)
class Slider:
    """A lever that can be set by hand, between two ends."""

    change: Perturbation  # its sizes are the slider's values
    label: str  # its name with its unit, and from when it acts if that is later than now
    least: float
    most: float
    step: float
    start: float  # the value in the scenario; nothing for a lever that adds to the scenario's own

    def applied(self, scenario: Scenario, value: float) -> Scenario:
        """A scenario with this lever at a value; the same one at its start."""
        rounded = round(value, _DIGITS)
        return scenario if rounded == self.start else self.change.applied(scenario, rounded)


def sliders(scenario: Scenario, *, origin: int) -> tuple[Slider, ...]:
    """The sliders that the package declares, with their starts in a scenario.

    None goes further than its lever, and each reaches as far as its start.
    """
    rows = []
    for change, row in read_perturbations(_FILE, origin=origin):
        start = 0.0
        if change.kind == "set":
            value = scenario.value(change.lever)
            now = latest_value(value, change.from_year) if isinstance(value, dict) else value
            start = round(float(now), _DIGITS)
        least, most = (change.within(scenario, float(row[end])) for end in ("least", "most"))
        later = f", from {change.from_year}" if change.from_year > origin else ""
        label, step = f"{change.name}, {change.unit}{later}", float(row["step"])
        rows.append(Slider(change, label, min(least, start), max(most, start), step, start))
    return tuple(rows)


def with_values(scenario: Scenario, among: Sequence[Slider], values: _Values) -> Scenario:
    """A scenario with some sliders, by their names, at other values."""
    for slider in among:
        scenario = slider.applied(scenario, values.get(slider.change.name, slider.start))
    return scenario


def save(
    project: Project, before: Scenario, after: Scenario, *, slug: str, overwrite: bool = False
) -> Path:
    """Write a scenario file that leads from one scenario to another, with each lever once."""
    why: dict[str, list[str]] = {}
    for moved in after.changed[len(before.changed) :]:
        why.setdefault(moved.lever, []).append(moved.why)
    changes = [
        Change(lever=lever, value=now.value, unit=now.unit, why=f"set by hand: {'; '.join(names)}")
        for lever, names in why.items()
        if (now := after.assumptions[lever]).value != before.assumptions[lever].value
    ]
    if not changes:
        problem = Problem("no_lever_moved", "no lever was moved")
        raise ScenarioError("There is nothing to save.", [problem])
    return save_changes(
        project,
        slug,
        name=slug.replace("_", " ").replace("-", " ").strip().capitalize(),
        question=f"What follows from the scenario {before.name} with levers set by hand?",
        changes=changes,
        extends=before.slug,
        overwrite=overwrite,
        checkers=CHECKERS,
    )


def run(model: Model, scenario: Scenario) -> Projection:
    """What follows from a scenario, with few draws."""
    draws = min(_FEW_DRAWS, scenario.value(_DRAWS))
    return model.run(with_value(scenario, _DRAWS, draws))


def draw(
    money: Projection, *, threshold_gbp: float, reach_gbp: tuple[float, float] | None = None
) -> Chart | Block:
    """The deficit before support at the end of each financial year."""
    low, _, high = map(gbp_m, deficit_range(money, money.protected_year))
    chart = charts.fan(
        finance.opening_deficit(money),
        finance.deficit_ranges(money),
        title=f"As the levers are set: {low} to {high} by {closing_date(money.protected_year)}",
        band=odds(money.range_pct),
        source=f"worked out by sendlib from {count(len(money.plans))} draws, fewer than elsewhere "
        "on this page, so figures differ a little.",
        thresholds=finance.threshold_line(threshold_gbp),
        name="levers-as-set",
    )
    if reach_gbp and isinstance(chart, Chart):
        bottom, top = chart.ax.get_ylim()
        chart.ax.set_ylim(min(bottom, reach_gbp[0]), max(top, reach_gbp[1]))
    return chart


def describe(money: Projection, *, threshold_gbp: float, start: Projection | None = None) -> str:
    """The deficit when protection ends, how likely it passes the threshold, what was moved."""
    low, middle, high = map(gbp_m, deficit_range(money, money.protected_year))
    passed = float(money.before.chance_below(-threshold_gbp)[money.protected_year])
    means = mean_deficits(money)
    text = (
        f"Deficit at {closing_date(money.protected_year)} before further support: between {low} "
        f"and {high}, with the middle at {middle}; the chance of more than "
        f"{gbp_m(threshold_gbp)} is {chance(passed)}. After announced support, "
        f"{gbp_m(means[_LEFT])} is left to the council on average."
    )
    if start is None:
        return text
    gaps = {what: means[what] - other for what, other in mean_deficits(start).items()}
    moved = [
        f"{gbp_m(abs(gap))} {'more' if gap > 0 else 'less'} {what}"
        for what, gap in gaps.items()
        if gbp_m(abs(gap)) != gbp_m(0.0)
    ]
    than = f"{join_words(moved)} than" if moved else "as"
    return f"{text} On average that is {than} in the scenario as it stands."


def mean_deficits(money: Projection) -> dict[str, float]:
    """Mean deficits when protection ends, before announced support and after it. [£]"""
    at = money.financial_years.index(money.protected_year)
    balances = {"before support": money.before, _LEFT: money.left}
    return {what: float(-each.closing[:, at].mean()) for what, each in balances.items()}


def show(model: Model, scenario: Scenario, *, threshold_gbp: float, project: Project) -> object:
    """The main levers of a scenario, and what follows from moving them.

    In JupyterLab these are sliders with a chart that follows them, and a way to
    save what was set as a scenario file. On a page that is being made, or where
    ipywidgets is not installed, it says where they are.

    Parameters
    ----------
    model : Model
        Of the authority; it is not changed.
    scenario : Scenario
        To start from, as its file has it.
    threshold_gbp : float
        A deficit to be wary of. [£]
    project : Project
        Where a scenario is saved.
    """
    if os.environ.get(BRIEFING_VARIABLE) or find_spec("ipywidgets") is None:
        return pages.banner("Sliders for these levers stand here in JupyterLab, with ipywidgets.")
    return _Controls(model, scenario, threshold_gbp=threshold_gbp, project=project).box


class _Controls:
    """Widgets over one scenario; ``box`` is what a notebook shows."""

    def __init__(
        self, model: Model, scenario: Scenario, *, threshold_gbp: float, project: Project
    ) -> None:
        import ipywidgets

        self.scenario, self.threshold_gbp, self.project = scenario, threshold_gbp, project
        self.among = sliders(scenario, origin=model.caseload.origin)
        self.start = run(model, scenario)

        @lru_cache(64)  # so that going back is at once
        def find(values: tuple[tuple[str, float], ...]) -> Projection:
            return run(model, with_values(scenario, self.among, dict(values)))

        self._find = find
        self.starts = {slider.change.name: slider.start for slider in self.among}
        rows = {slider.change.name: _row(ipywidgets, slider) for slider in self.among}
        self.tracks = {name: row.children[1] for name, row in rows.items()}
        back = ipywidgets.Button(description="Back to the scenario", layout=_BUTTON)
        back.on_click(self._go_back)
        replace = "Replace a scenario of that name"
        self.name = ipywidgets.Text(description="Save as", placeholder="my_scenario")
        self.overwrite = ipywidgets.Checkbox(description=replace, indent=False)
        saving = ipywidgets.Button(description="Save as a scenario", layout=_BUTTON)
        saving.on_click(self._save)
        self.picture, self.words, self.message = (ipywidgets.HTML() for _ in range(3))
        named = ipywidgets.HBox([self.name, self.overwrite, saving], layout=_WRAPPED)
        self._is_following = True
        output = ipywidgets.interactive_output(self._redraw, self.tracks)
        shown = [*rows.values(), back, self.words, self.picture, named, self.message, output]
        self.box = ipywidgets.VBox(shown)

    def _redraw(self, **values: float) -> None:
        if not self._is_following:
            return
        start, threshold_gbp = self.start, self.threshold_gbp
        try:
            now = self._find(tuple(values.items()))
        except SendlibError as error:
            self.words.value = _error_html(error)
            return
        compared = None if values == self.starts else start
        words = describe(now, threshold_gbp=threshold_gbp, start=compared)
        # the scale always reaches nothing, and the deficits of the scenario as it stands
        bands = finance.deficit_ranges(start)
        reach = min(0.0, float(bands["low"].min())), 1.1 * float(bands["high"].max())
        picture = draw(now, threshold_gbp=threshold_gbp, reach_gbp=reach)
        self.words.value = str(pages.takeaway(words).html)
        self.picture.value = picture._repr_html_()

    def _go_back(self, _: object) -> None:
        """Set every slider back, and draw once."""
        self._is_following = False
        for name, start in self.starts.items():
            self.tracks[name].value = start
        self._is_following = True
        self._redraw(**self.starts)

    def _save(self, _: object) -> None:
        """Write the scenario file, and say where it is or what is wrong."""
        slug, overwrite = self.name.value.strip(), self.overwrite.value
        values = {name: track.value for name, track in self.tracks.items()}
        try:
            after = with_values(self.scenario, self.among, values)
            path = save(self.project, self.scenario, after, slug=slug, overwrite=overwrite)
        except (SendlibError, OSError) as error:
            self.message.value = _error_html(error)
            return
        where = path.relative_to(self.project.root).as_posix()
        text = f"Saved as {where}. Give its name, {slug}, as the scenario of any page."
        self.message.value = str(pages.takeaway(text).html)


def _row(ipywidgets: Any, slider: Slider) -> Any:
    """A slider, whose handle no screen reader could name, with a box that carries its label."""
    ends = {"min": slider.least, "max": slider.most, "step": slider.step, "value": slider.start}
    typed = ipywidgets.BoundedFloatText(**ends, description=slider.label, style=_LABEL, layout=_BOX)
    track = ipywidgets.FloatSlider(
        **ends,
        description=f"{_plain(slider.least)} to {_plain(slider.most)}",
        tooltip=slider.label,
        readout=False,
        continuous_update=False,
        layout=_TRACK,
    )
    ipywidgets.link((track, "value"), (typed, "value"))
    return ipywidgets.HBox([typed, track], layout=_WRAPPED)


def _plain(value: float) -> str:
    """A value of a lever, with as many digits as it has."""
    return f"{MINUS if value < 0 else ''}{abs(value):g}"


def _error_html(error: Exception) -> str:
    """What is wrong, each problem on a line of its own."""
    lines = [str(problem) for problem in getattr(error, "problems", ())] or [str(error)]
    title = getattr(error, "headline", "That cannot be done.")
    return str(pages.caveats(lines, title=title).html)
