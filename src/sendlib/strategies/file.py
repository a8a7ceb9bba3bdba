"""What an authority's strategies said they would do, as files in ``strategies/`` say it."""

from functools import cache
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from sendlib import documents, fields
from sendlib.errors import Problem, SendlibError, did_you_mean, raise_any
from sendlib.kpi import list_figures, read_register
from sendlib.outcomes import list_testable
from sendlib.project import Project
from sendlib.vocabulary import PlaceType, labels

FOLDER = "strategies"
PLANS = "plans:"
"""What a figure begins with that counts plans in kinds of place: ``plans:mainstream+sen_unit``."""


class StrategyError(SendlibError):
    """A file of strategies cannot be used."""


def parts_of(name: str) -> list[str]:
    """A figure, or each kind of place whose plans are added."""
    if not name.startswith(PLANS):
        return [name]
    return [f"{PLANS}{place}" for place in name.removeprefix(PLANS).split("+")]


@cache
def _known() -> list[str]:
    """Every figure that may be named: those of the register, and plans in each kind of place."""
    figures = list_figures(read_register())["indicator"].tolist()
    return [*figures, *(f"{PLANS}{place}" for place in labels(PlaceType))]


def _known_figure(name: str) -> str:
    for part in parts_of(name):
        if part not in _known():
            found, remedy = f"no figure is called {part!r}", did_you_mean(part, _known())
            raise fields.FieldError(Problem("unknown_figure", found, remedy=remedy))
    return name


_Figures = tuple[Annotated[str, AfterValidator(_known_figure)], ...]


class Measure(fields.Strict):
    """What a strategy would do or deliver, and the figures that come nearest."""

    what: str
    wanted: str = ""  # in the strategy's sense
    direction: Literal["up", "down", ""] = ""  # the way that its figure should go
    figures: _Figures = ()
    published: str = ""  # what else is published of it
    target: str = ""
    owner: str = ""
    due: str = ""


class Priority(fields.Strict):
    """A priority with its measures of success and what it would deliver."""

    name: str
    measures: tuple[Measure, ...] = ()
    deliverables: tuple[Measure, ...] = ()


def _testable(name: str) -> str:
    if name not in list_testable():
        found, remedy = f"no indicator is called {name!r}", did_you_mean(name, list_testable())
        raise fields.FieldError(Problem("unknown_indicator", found, remedy=remedy))
    return name


_Indicator = Annotated[str, AfterValidator(_testable)]


class Target(fields.Strict):
    """What a strategy said success would be, tested year on year on published figures."""

    measure: str
    target: str
    direction: Literal["up", "down"]
    indicator: _Indicator | None = None
    missing: str = ""  # why there are no figures
    unit: Literal["count", "number1", "share1"] = "number1"
    share: _Indicator | None = None  # of all plans, where the indicator is a number of them

    @model_validator(mode="after")
    def _has_figures_or_says_why(self) -> Self:
        if bool(self.indicator) == bool(self.missing):
            found = f"{self.measure!r} has {'both' if self.indicator else 'neither'} of them"
            remedy = "give its indicator, or under missing why it has none"
            raise fields.FieldError(Problem("figures_or_reason", found, remedy=remedy))
        return self


class Strategy(fields.Strict):
    """One strategy."""

    name: str
    begins: int
    source: str
    priorities: tuple[Priority, ...]
    targets: tuple[Target, ...] = ()

    @model_validator(mode="after")
    def _tests_each_share(self) -> Self:
        tested = [each.indicator for each in self.targets if each.indicator]
        for share in (each.share for each in self.targets):
            if share and share not in tested:
                found, remedy = f"no target here is tested on {share!r}", "add it as a target"
                raise fields.FieldError(Problem("share_without_target", found, remedy=remedy))
        return self


class Asked(fields.Strict):
    """What somebody asked the authority for, and the answer."""

    by: str
    when: str
    what: str
    source: str
    answer: str = ""
    short: str = ""  # the same for the briefing of a board
    reply: str = ""
    figures: _Figures = ()


class Printed(fields.Strict):
    """A figure that a strategy printed."""

    what: str
    value: float
    unit: str
    of: str
    figures: _Figures = ()


class Concern(fields.Strict):
    """What an inspection asked for, the figures that answer it, and what is not held."""

    what: str
    figures: _Figures = ()
    lacking: str = ""


class Inspection(fields.Strict):
    """An inspection of the area's arrangements for children with SEND."""

    inspected: str
    published: str
    outcome: str
    source: str
    asked: tuple[Concern, ...] = ()


class Strategies(fields.Strict):
    """The strategies of one authority, and its last inspection."""

    authority: str
    inspection: Inspection | None = None
    strategies: tuple[Strategy, ...] = ()
    asked: tuple[Asked, ...] = ()
    printed: tuple[Printed, ...] = ()


def read_strategies(project: Project, la_code: str) -> Strategies:
    """The strategies of an authority; none where no file is of it.

    A StrategyError has every file that cannot be read and every figure that there is not.
    """
    found = Strategies(authority=la_code)
    problems: list[Problem] = []
    for path in sorted((project.root / FOLDER).glob("*.yml")):
        document = documents.load(path, f"{FOLDER}/{path.name}")
        read = fields.read_model(document, Strategies, problems)
        if read and read.authority == la_code:
            found = read
    raise_any(StrategyError, "The strategies cannot be read.", problems)
    return found
