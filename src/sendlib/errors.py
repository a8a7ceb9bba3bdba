"""The errors that sendlib raises, and the one way to report what is wrong.

Every message says what was found, where, and how to put it right. A check
collects all its problems first and raises once, so that a person mends a file
in one go.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from traceback import extract_tb
from typing import TypeVar

SHOWN_AT_MOST = 40
_PACKAGE = Path(__file__).parent
T = TypeVar("T")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Examples
    --------
    >>> print(Problem("negative_count", "negative count -4", "flow.csv, row 7", "use 0 or more"))
    flow.csv, row 7: negative count -4. Use 0 or more.
    """

    code: str  # names the kind of problem, whatever its wording; never shown
    found: str  # with the value itself
    where: str = ""  # file, row and column, or the name of the parameter
    remedy: str = ""  # what is valid and how to mend it

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        remedy = f" {_sentence(self.remedy[0].upper() + self.remedy[1:])}" if self.remedy else ""
        return f"{place}{_sentence(self.found)}{remedy}"

    def at(self, where: str) -> "Problem":
        """The same problem with its place."""
        return replace(self, where=where)


def _sentence(text: str) -> str:
    return text if text.endswith(("?", ".")) else f"{text}."


class SendlibError(Exception):
    """The root of every error that is meant for a person to read.

    The headline says what could not be done, and the problems everything that is wrong.
    """

    exit_code = 1
    """What the command line ends with: 1 where nothing has run; others say what became of it."""

    def __init__(self, headline: str, problems: Sequence[Problem] = ()) -> None:
        self.headline = headline
        self.problems = tuple(problems)
        super().__init__(str(self))

    def __str__(self) -> str:
        shown = [f"  - {problem}" for problem in self.problems[:SHOWN_AT_MOST]]
        left_out = len(self.problems) - SHOWN_AT_MOST
        if left_out > 0:
            more = "problem" if left_out == 1 else "problems"
            shown.append(f"  - and {left_out} more {more} like these.")
        return "\n".join([self.headline, *shown])

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the lines that led here, less sendlib's own, then the message.

        IPython asks for it by this name. ``%debug`` still opens every frame.
        """
        frames = extract_tb(self.__traceback__)
        ours = [frame for frame in frames if _PACKAGE not in Path(frame.filename).parents]
        lines = [
            f"line {frame.lineno}: {frame.line}"
            for frame in ours
            if frame.line and "site-packages" not in Path(frame.filename).parts
        ]
        return [*lines, "", f"{type(self).__name__}: {self}"]


class DataError(SendlibError):
    """A raw file, or a table built from one, is not as it should be."""


class ManifestError(SendlibError):
    """The files in ``data/raw`` are not the ones that the manifest lists."""


class RefreshError(SendlibError):
    """Data could not be fetched or adopted; everything is as it was."""


class NotAvailableError(SendlibError):
    """The request is valid, but the data for it are not available here."""


class UnknownNameError(NotAvailableError):
    """A name stands for nothing here: a slip of whoever gave it, not a gap in the data."""


class NotBuiltError(SendlibError):
    """What a step before has to make is not there: tables, a fit, or counts of own records."""


class ParameterError(SendlibError):
    """A parameter is unknown, ill-typed or out of range."""


class ProjectError(SendlibError):
    """No sendlib project was found."""


class ScenarioError(SendlibError):
    """A scenario file does not keep to the assumptions that exist."""


class NotebookError(SendlibError):
    """A notebook failed, died or ran past its limit."""

    exit_code = 3


class PublicationError(SendlibError):
    """A pack is not fit to be published."""

    exit_code = 4


class LockedError(SendlibError):
    """Another run is at work in the same folder."""

    exit_code = 5


class OutputError(SendlibError):
    """An output could not be written."""

    exit_code = 6


class NoticeError(SendlibError):
    """A pack was published, but a notice of it could not be delivered."""

    exit_code = 7


def raise_any(error: type[SendlibError], headline: str, problems: Sequence[Problem]) -> None:
    """Raise ``error`` with all ``problems``; do nothing when there are none."""
    if problems:
        raise error(headline, problems)


def result_or_problems(find: Callable[[], T]) -> tuple[T | None, tuple[Problem, ...]]:
    """What ``find`` gives, or why it gives nothing."""
    try:
        return find(), ()
    except SendlibError as error:
        return None, error.problems or (Problem("refused", error.headline),)


def nearest(name: str, valid: Iterable[str], *, most: int = 3) -> list[str]:
    """The valid names that look most like ``name`` in any case, nearest first, if any is close."""
    by_lower = {choice.lower(): choice for choice in valid}
    matches = get_close_matches(name.lower(), list(by_lower), n=most, cutoff=0.6)
    return [by_lower[match] for match in matches]


def did_you_mean(name: str, valid: Iterable[str]) -> str:
    """A remedy that offers the nearest valid names, or lists them when few."""
    choices = list(valid)
    close = nearest(name, choices)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"valid: {', '.join(choices)}" if len(choices) <= 20 else ""
