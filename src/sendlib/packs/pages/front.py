"""What the first page of a pack shows beyond its links."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from sendlib.pages.narrative import join_words


class RagStatus(StrEnum):
    """How a figure stands against what a board has set, in the words of the page."""

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
    """A headline figure, and how it stands against what the board has set.

    Parameters
    ----------
    key : str
        The figure's name.
    label, value : str
        As its page shows it; ``value`` is a range where the figure is one.
    detail : str
        What the page says beside it.
    status : RagStatus
        The word.
    why : str
        The sentence that says why; empty where no threshold is set.
    page : str, optional
        File name of the page that it comes from.
    """

    key: str
    label: str
    value: str
    detail: str
    status: RagStatus
    why: str
    page: str = ""


@dataclass(frozen=True)
class Change:
    """One thing that differs from the pack before.

    Parameters
    ----------
    kind : Kind
        What it belongs to.
    what : str
        What changed.
    was, now : str
        Before and after; empty where there was, or is, nothing.
    why : str, optional
        The reason, in a sentence.
    """

    kind: Kind
    what: str
    was: str
    now: str
    why: str = ""


@dataclass(frozen=True)
class Front:
    """What the first page shows beyond its links.

    Parameters
    ----------
    figures : tuple[RatedFigure, ...]
        The headline figures, in order.
    changes : tuple[Change, ...]
        What changed since the pack before.
    since : str
        The pack that it was compared with, in words; empty for a first pack.
    next_run : str
        When the next pack is due, in words; empty when none is planned.
    """

    figures: tuple[RatedFigure, ...] = ()
    changes: tuple[Change, ...] = ()
    since: str = ""
    next_run: str = ""

    @property
    def groups(self) -> list[tuple[Kind, list[Change]]]:
        """The changes by what they belong to, in the order of :class:`Kind`."""
        order = list(Kind)
        kept = sorted(self.changes, key=lambda change: order.index(change.kind))
        return [(kind, list(group)) for kind, group in groupby(kept, lambda change: change.kind)]


_ASKED = {RagStatus.ACT: "To act on", RagStatus.WATCH: "To watch", RagStatus.NOT_KNOWN: "Not known"}


def describe_ratings(rated: Sequence[RatedFigure]) -> str:
    """The figures past a level that the board has set, in words, so that no colour is needed."""
    if rated and all(figure.status == RagStatus.NO_THRESHOLD for figure in rated):
        return "The board has set no thresholds for these figures."
    named = {
        words: join_words([figure.label for figure in rated if figure.status == status])
        for status, words in _ASKED.items()
    }
    return " ".join(f"{words}: {figures}." for words, figures in named.items() if figures)
