"""What the first page of a pack shows: findings, what is asked, what changed, what is missing.

Every number stands in a link to the page and the figure that it comes from.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from markupsafe import Markup


class Verdict(StrEnum):
    """The RAG status of a figure, in the words of the page, the gravest first."""

    ACT = "act now"
    WORSENING = "worsening"
    WATCH = "watch"
    BETTER = "better, but watch"
    NOT_KNOWN = "not known"
    EXPECTED = "as expected"

    @property
    def shape(self) -> str:
        """The mark before the word, so that no colour is needed."""
        return {"ACT": "■", "EXPECTED": "●"}.get(self.name, "▲")

    @property
    def is_past(self) -> bool:
        """Whether the figure is past a threshold."""
        return self not in (Verdict.NOT_KNOWN, Verdict.EXPECTED)


@dataclass(frozen=True)
class RatedFigure:
    """A headline figure, as its page shows it, and its RAG status against thresholds."""

    key: str
    label: str
    value: str  # a range where the figure is one
    verdict: Verdict
    why: str  # in a sentence
    reason: str = ""  # why the thresholds are these
    page: str = ""  # file name of the page that it comes from

    @property
    def address(self) -> str:
        """Where it stands; empty where no page of the pack states it."""
        return f"{self.page}#figure-{self.key}" if self.page else ""


@dataclass(frozen=True)
class AreaFinding:
    """What the first page says of demand, of places or of money."""

    area: str
    lead: Markup  # the figure that the area is known by
    text: Markup  # the rest of the sentence
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Move:
    """A figure that changed, and why that matters."""

    what: Markup
    why: str


@dataclass(frozen=True)
class Front:
    """What the first page shows before its links."""

    title: Markup = field(default_factory=Markup)
    findings: tuple[AreaFinding, ...] = ()
    chart: tuple[Markup, str] | None = None  # its figure element, and where its numbers stand
    moves: tuple[Move, ...] = ()
    since: str = ""  # what they are compared with, in words
    remark: str = ""  # what else there is to know of the changes
    missing: tuple[Markup, ...] = ()  # what is late or missing
    rated: tuple[RatedFigure, ...] = ()  # those with a threshold
    next_run: str = ""  # when it is due, in words; empty when none is planned
