"""What one board wants, as its file says it: every key there is, and what each may hold."""

import math
import re
from itertools import pairwise
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Annotated, Any, Final, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    model_validator,
)

from sendlib.authority import LATEST
from sendlib.disclosure import MINIMUM_RANGE
from sendlib.errors import SendlibError, did_you_mean
from sendlib.packs.setting import Assurance, BoardPart, Limits, OneLine, Retention
from sendlib.pages.figures import KEY_FIGURES
from sendlib.pages.notes import Beside
from sendlib.scenarios import BASELINE
from sendlib.vocabulary import MINIMUM_COUNT

ALL: Final = "all"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LAST_DAY = 28  # of a month for a run: every month has it

_RESERVED = (
    *("boards", "data", "docs", "locks", "notebooks", "scenarios", "scripts", "src", "tests"),
    *("latest", "runs"),
)
"""Names that a folder of outputs cannot have: the project's own, and what lies in such a folder."""

_Value = int | float | str | bool

_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class BoardError(SendlibError):
    """A board file cannot be used."""


def _listed(value: object) -> object:
    """A list of YAML as a tuple; anything else is refused without being repeated."""
    if isinstance(value, (list, tuple)):
        return tuple(value)
    raise ValueError("not a list; write it as [one, another]")


def _as_name(value: object) -> object:
    """A notebook's number or name as text; YAML reads 41 as a number."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return f"{value:02d}" if is_number else value


def _keyed_by_name(value: object) -> object:
    if isinstance(value, dict):
        return {_as_name(key): values for key, values in value.items()}
    return value


def _january(value: object) -> int | Literal["latest"]:
    if value == LATEST:
        return LATEST
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError(f"found {value!r}; give a year, or {LATEST}")


def _notebooks(value: object) -> Literal["all"] | tuple[str, ...]:
    if value == ALL:
        return ALL
    if not isinstance(value, (list, tuple)) or not value:
        raise ValueError(f"found {value!r}; give {ALL}, or a list of numbers or names")
    names = tuple(_as_name(entry) for entry in value)
    wrong = [name for name in names if not isinstance(name, str)]
    if wrong:
        raise ValueError(f"found {wrong[0]!r}; give a number or a name of a notebook")
    return tuple(str(name) for name in names)


def _variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name):  # what stands there may be a secret: it is not repeated
        raise ValueError(
            "not the name of an environment variable; put the address in one, and its name here"
        )
    return name


def _value(value: object) -> _Value:
    if isinstance(value, (int, float, str)):  # a truth value is an int
        return value
    found = "a block" if isinstance(value, (dict, list)) else repr(value)
    raise ValueError(f"found {found}; give a number, text, true or false")


def _figure(key: str) -> str:
    if key not in KEY_FIGURES:
        remedy = did_you_mean(key, KEY_FIGURES) or "give one that the first page of a pack shows"
        raise ValueError(f"there is no figure {key!r}; {remedy}")
    return key


def _level(value: object) -> float | str:
    """A level of a figure: a number, or the name of what the figure is compared with."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if value in get_args(Beside) or (is_number and 0 <= float(str(value)) < math.inf):
        return float(str(value)) if is_number else str(value)
    compared = ", ".join(get_args(Beside))
    raise ValueError(f"found {value!r}; give a number, 0 or more, or one of {compared}")


def _clock(value: object) -> str:
    """A time of day; YAML reads 6:30 without quotes as a number."""
    if not isinstance(value, str) or not _CLOCK.fullmatch(value):
        raise ValueError(f"found {value!r}; give hours and minutes in quotes, such as '06:30'")
    return value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        remedy = did_you_mean(name, available_timezones()) or "give one such as Europe/London"
        raise ValueError(f"unknown time zone {name!r}; {remedy}") from error
    return name


def _folder(text: str) -> str:
    """A folder inside the project that holds nothing else of it."""
    parts, remedy = PurePosixPath(text).parts, "give one inside the project, such as outputs/name"
    if not parts or PurePosixPath(text).is_absolute() or PureWindowsPath(text).anchor:
        raise ValueError(f"found {text!r}; {remedy}")
    if "\\" in text or any(part.startswith(".") for part in parts):
        raise ValueError(f"found {text!r}; {remedy}, with / and without dots")
    reserved = [part for part in parts if part.casefold() in _RESERVED]
    if reserved:
        raise ValueError(f"{reserved[0]!r} is a folder for something else; {remedy}")
    return text


NotebookName = Annotated[str, BeforeValidator(_as_name)]
_Parameters = Annotated[
    dict[NotebookName, dict[str, Annotated[_Value, PlainValidator(_value)]]],
    BeforeValidator(_keyed_by_name),
]
Variables = Annotated[
    tuple[Annotated[str, AfterValidator(_variable)], ...], BeforeValidator(_listed)
]
Level = Annotated[float | Beside, PlainValidator(_level)]
Positive = Annotated[int, Field(ge=1)]


class Freshness(BoardPart):
    """How old the newest count may be [days]; past that pages are marked, or the run refused."""

    most_days: Positive
    otherwise: Literal["mark", "refuse"] = "mark"


class Threshold(BoardPart):
    """Values of a headline figure past which a board watches or acts: numbers, or ``Beside``."""

    figure: Annotated[str, AfterValidator(_figure)]
    watch_above: Level | None = None
    act_above: Level | None = None
    watch_below: Level | None = None
    act_below: Level | None = None
    reason: OneLine = ""

    @property
    def named(self) -> dict[str, float | Beside]:
        """The thresholds that are set, from the lowest that there may be to the highest."""
        order = ("act_below", "watch_below", "watch_above", "act_above")
        levels = {name: getattr(self, name) for name in order}
        return {name: level for name, level in levels.items() if level is not None}

    @property
    def levels(self) -> dict[str, float]:
        """Those that are set as numbers."""
        return {name: level for name, level in self.named.items() if not isinstance(level, str)}

    @model_validator(mode="after")
    def _has_levels_in_order(self) -> Self:
        if not self.named:
            raise ValueError("no threshold; give watch_above, act_above or both")
        for (lower, low), (upper, high) in pairwise(self.levels.items()):
            if low > high:
                raise ValueError(f"{lower} is more than {upper}; swap them")
        unit = KEY_FIGURES[self.figure].unit
        for name, level in self.levels.items():
            if level > unit.highest:
                raise ValueError(f"{name} is {level:g}; give it as a {unit.name}")
        return self


class Checks(BoardPart):
    """Whether pages are checked in a browser: always, where one is found, or never."""

    browser: Annotated[
        Literal["required", "where_found", "off"],
        BeforeValidator(lambda value: "off" if value is False else value),  # as YAML reads off
    ] = "where_found"


class Notices(BoardPart):
    """Names of the environment variables that hold where notices go."""

    success: Variables = ()
    failure: Variables = ()


class Schedule(BoardPart):
    """When a pack is due, by a local clock; a file calls ``on`` day, for YAML reads on as true."""

    model_config = ConfigDict(populate_by_name=True)

    every: Literal["day", "week", "month"]
    on: int | str | None = Field(None, alias="day")
    at: Annotated[str, PlainValidator(_clock)] = "06:30"
    time_zone: Annotated[str, AfterValidator(_zone)] = "Europe/London"

    @model_validator(mode="after")
    def _has_its_day(self) -> Self:
        wanted = {
            "day": (self.on is None, "leave day out"),
            "week": (self.on in WEEKDAYS, f"give day as one of {', '.join(WEEKDAYS)}"),
            "month": (
                isinstance(self.on, int) and 1 <= self.on <= LAST_DAY,
                f"give day as a number from 1 to {LAST_DAY}, which every month has",
            ),
        }
        fits, remedy = wanted[self.every]
        if not fits:
            found = "no day is given" if self.on is None else f"the day is {self.on!r}"
            raise ValueError(f"every {self.every}, and {found}; {remedy}")
        return self


class BoardFile(BoardPart):
    """What a board file may say; the keys are explained in ``boards/wiltshire.yml``."""

    name: Annotated[OneLine, Field(min_length=1)]
    authority: str
    as_of: Annotated[int | Literal["latest"], PlainValidator(_january)] = LATEST
    scenarios: Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)] = (
        BASELINE,
    )
    horizon: Annotated[int, Field(ge=1, le=10)] = 5
    notebooks: Annotated[Literal["all"] | tuple[str, ...], PlainValidator(_notebooks)] = ALL
    parameters: _Parameters = Field(default_factory=dict)
    freshness: Freshness | None = None
    thresholds: Annotated[tuple[Threshold, ...], BeforeValidator(_listed)] = ()
    assurance: Assurance = Assurance()
    contact: OneLine = ""
    minimum_count: Annotated[int, Field(ge=MINIMUM_RANGE[0], le=MINIMUM_RANGE[1])] = MINIMUM_COUNT
    checks: Checks = Checks()
    pdf: bool = False
    keep: Retention | None = None
    limits: Limits = Limits()
    notices: Notices = Notices()
    schedule: Schedule | None = None
    out: Annotated[OneLine, AfterValidator(_folder)] = "outputs"

    @property
    def january(self) -> int | None:
        """The January count to look from; None for the last one available."""
        return None if self.as_of == LATEST else int(self.as_of)


class Board(BoardFile):
    """What one board wants, read and checked, with the file that it came from and its hash."""

    path: Path | None = None  # none for one built from options
    file: str = ""  # that path inside the project, by which a board is known
    sha256: str = ""

    def folder(self, root: Path) -> Path:
        """The folder of outputs of this board, in the project at ``root``."""
        return root / self.out

    def described(self) -> dict[str, Any] | None:
        """What a run's record says of it; None for one that came from no file."""
        about = {"name": self.name, "file": self.file, "sha256": self.sha256}
        return about if self.path else None
