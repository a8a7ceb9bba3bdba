"""What the first page of a pack shows beyond its links."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from sendlib.pages.narrative import join_words


class RagStatus(StrEnum):
    """The RAG status of a figure, in the words of the page."""

    ACT = "Act"
    WATCH = "Watch"
    EXPECTED = "As expected"
    NOT_KNOWN = "Not known"
    NO_THRESHOLD = "No threshold set"

    @property
    def mark(self) -> str:
        """What the style sheet calls it."""
        return self.name.lower().replace("_", "-")


class Kind(StrEnum):
    """What changed since the pack before, in the words of the page."""

    FIGURES = "Headline figures"
    DATA = "Data"
    ASSUMPTIONS = "Assumptions"
    VERSIONS = "Versions"


@dataclass(frozen=True)
class RatedFigure:
    """A headline figure, as its page shows it, and its RAG status against the board's levels."""

    key: str
    label: str
    value: str  # a range where the figure is one
    detail: str
    status: RagStatus
    why: str  # in a sentence; empty where no threshold is set
    page: str = ""  # file name of the page that it comes from


@dataclass(frozen=True)
class Change:
    """One thing that differs from the pack before; ``was`` or ``now`` is empty for none."""

    kind: Kind
    what: str
    was: str
    now: str
    why: str = ""


@dataclass(frozen=True)
class Front:
    """What the first page shows beyond its links."""

    figures: tuple[RatedFigure, ...] = ()
    changes: tuple[Change, ...] = ()  # since the pack before
    since: str = ""  # that pack, in words; empty for a first one
    next_run: str = ""  # when it is due, in words; empty when none is planned

    @property
    def groups(self) -> list[tuple[Kind, list[Change]]]:
        """The changes by what they belong to, in the order of :class:`Kind`."""
        order = list(Kind)
        changes = sorted(self.changes, key=lambda change: order.index(change.kind))
        return [(kind, list(group)) for kind, group in groupby(changes, lambda change: change.kind)]


def describe_ratings(rated: Sequence[RatedFigure]) -> str:
    """The figures past a level that the board has set, in words, so that no colour is needed."""
    if rated and all(figure.status == RagStatus.NO_THRESHOLD for figure in rated):
        return "The board has set no thresholds for these figures."
    asked = {
        RagStatus.ACT: "To act on",
        RagStatus.WATCH: "To watch",
        RagStatus.NOT_KNOWN: "Not known",
    }
    named = {
        words: join_words([figure.label for figure in rated if figure.status == status])
        for status, words in asked.items()
    }
    return " ".join(f"{words}: {figures}." for words, figures in named.items() if figures)
