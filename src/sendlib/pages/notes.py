"""Small blocks of a page: banners, key figures, headlines, takeaways, caveats."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd
from markupsafe import Markup

from sendlib.errors import did_you_mean
from sendlib.pages.figures import KEY_FIGURES, FigureDefinition, write
from sendlib.pages.markup import Block, render, slug
from sendlib.vocabulary import MINIMUM_COUNT

_MEDIA_TYPE = "application/vnd.sendlib.{}+json"
HEADLINE_TYPE, FIGURES_TYPE, DECISIONS_TYPE, MISSING_TYPE = map(
    _MEDIA_TYPE.format, ("headline", "figures", "decisions", "missing")
)
"""The media types under which blocks hand over what the first page of a pack collects."""

Beside = Literal["before", "england", "neighbours", "plan", "reserves"]
"""What a key figure is compared with: a year before, others' figure, a plan, the reserves."""

_BANNER_TITLES = {
    "synthetic": "Synthetic figures",
    "stale": "Out of date",
    "degraded": "Some data are missing",
    "note": "Please note",
}
_NUMBERS_AT_MOST = 3
NOTHING = Block(Markup(""))
"""What stands where there is nothing to say."""
_BESIDE: Mapping[Beside, str] = {
    "before": "a year before",
    "england": "England",
    "neighbours": "middle neighbour",
}


@dataclass(frozen=True)
class KeyFigure:
    """One number that a reader should remember.

    Parameters
    ----------
    key : str
        Its name in ``pages/figures.csv``, the same wherever it stands.
    values : float or sequence of float
        The one number; or low and high; or low, middle and high. In the base unit: plans,
        pounds, a share from 0 to 1, a percentage from 0 to 100.
    detail : str, optional
        Change, comparison or period, in a few words.
    label : str, optional
        What it is called here, otherwise as ``pages/figures.csv`` has it.
    when : str, optional
        The date or the year that it is of.
    beside : Mapping of str to float, optional
        What it is compared with, in the base unit: see :data:`Beside`. What is not a
        number is left out.
    caveat : str, optional
        What to bear in mind of it wherever it is repeated, as on the first page; the page
        itself says so in its own place.
    """

    key: str
    values: float | Sequence[float]
    detail: str = ""
    label: str = ""
    when: str = ""
    beside: Mapping[Beside, float] = field(default_factory=dict)
    caveat: str = ""

    @property
    def numbers(self) -> tuple[float, ...]:
        """The numbers in the unit of the key."""
        several = self.values if isinstance(self.values, Iterable) else (self.values,)
        return tuple(float(number) / self._definition.unit.scale for number in several)

    @property
    def compared(self) -> dict[Beside, float]:
        """What it is compared with, in the unit of the key; only what is known."""
        scale = self._definition.unit.scale
        known = {name: float(value) for name, value in self.beside.items()}
        return {name: value / scale for name, value in known.items() if math.isfinite(value)}

    @property
    def value(self) -> str:
        """The number as it is read, or from low to high."""
        return write(self.numbers, self._definition.unit)

    @property
    def name(self) -> str:
        """What the tile calls it."""
        return self.label or self._definition.label

    @property
    def is_available(self) -> bool:
        """Whether there is a number to show."""
        return bool(self.numbers) and all(map(math.isfinite, self.numbers))

    @property
    def _definition(self) -> FigureDefinition:
        if self.key not in KEY_FIGURES:
            remedy = did_you_mean(self.key, KEY_FIGURES)
            raise ValueError(f"No key figure is called {self.key!r}: {remedy}")
        return KEY_FIGURES[self.key]


def key_figures(*figures: KeyFigure) -> Block:
    """Show a few numbers as tiles, those that are known; a ``ValueError`` refuses what is wrong."""
    shown = [figure for figure in figures if figure.is_available]
    keys = [figure.key for figure in shown]
    if len(set(keys)) < len(keys):
        raise ValueError(f"A key stands twice: {', '.join(keys)}.")
    if any(len(figure.numbers) > _NUMBERS_AT_MOST for figure in shown):
        raise ValueError(f"A key figure has at most {_NUMBERS_AT_MOST} numbers.")
    data = [
        {"key": figure.key, "label": figure.name, "value": figure.value}
        | {"detail": figure.detail, "when": figure.when}
        | {"numbers": list(figure.numbers), "beside": figure.compared}
        | ({"caveat": figure.caveat} if figure.caveat else {})
        for figure in shown
    ]
    return Block(render("key_figures", shown), {FIGURES_TYPE: {"figures": data}} if data else {})


def peer_figure(
    key: str, peers: pd.DataFrame, *, label: str = "", when: str = "", before: float = math.nan
) -> KeyFigure:
    """A key figure of an authority, with England's, its neighbours' and that of a year before."""
    values = peers.set_index("role")[str(peers.attrs["measure"])].astype(float)
    ends: dict[Beside, float] = {
        "before": before,
        "england": float(values.get("england", math.nan)),
        "neighbours": float(values[values.index == "neighbour"].median()),
    }
    shown = {_BESIDE[name]: KeyFigure(key, number) for name, number in ends.items()}
    parts = [f"{name} {each.value}" for name, each in shown.items() if each.is_available]
    own = float(values.get("authority", math.nan))
    return KeyFigure(key, own, "; ".join([when] * bool(when) + parts), label, when, ends)


def headline(text: str) -> Block:
    """State the one thing to take from the page, here and on the contents page."""
    if not text.strip():
        raise ValueError("A headline needs words.")
    return Block(render("headline", text), {HEADLINE_TYPE: {"text": text}})


def banner(text: str, kind: Literal["synthetic", "stale", "degraded", "note"] = "note") -> Block:
    """Warn about the figures of a page: the kind is said in words, not by colour; nothing if empty.

    Raises
    ------
    ValueError
        If ``kind`` is unknown.
    """
    if kind not in _BANNER_TITLES:
        raise ValueError(f"Unknown banner {kind!r}. Valid: {', '.join(_BANNER_TITLES)}.")
    return Block(render("banner", kind, _BANNER_TITLES[kind], text)) if text.strip() else NOTHING


def takeaway(text: str) -> Block:
    """Say in one generated sentence what follows from the figures above it; nothing if empty."""
    return Block(render("takeaway", text)) if text.strip() else NOTHING


def caveats(points: Sequence[str], *, title: str = "Bear in mind") -> Block:
    """List what limits the conclusions, two or three points at most; empty ones are left out."""
    known = [point for point in points if point.strip()]
    return Block(render("caveats", title, known)) if known else NOTHING


def links(words: Iterable[str], addresses: Iterable[str]) -> Block:
    """A list of links, each by its words and its address."""
    return Block(render("links", list(zip(words, addresses, strict=True))))


def finding(title: str, text: str = "", caveat: str = "") -> Block:
    """A finding as the heading of a section, what stands behind it, and what to bear in mind."""
    return Block(render("finding", slug(title), title, text, caveat))


def decisions(asked: Sequence[tuple[str, str]]) -> Block:
    """What a board is asked to decide and what follows from it, numbered; nothing without any."""
    asks = {DECISIONS_TYPE: {"asks": [lead for lead, _ in asked]}}
    return Block(render("decisions", asked), asks) if asked else NOTHING


def missing(points: Sequence[str]) -> Block:
    """Say what is late or missing, here and on the first page; empty points are left out."""
    known = [point for point in points if point.strip()]
    block = caveats(known, title="Late or missing")
    return Block(block.html, {MISSING_TYPE: {"points": known}}) if known else block


def not_available(what: str, why: str = "", *, missing: bool = True) -> Block:
    """Say in place of a chart or a table that there is no figure to show, and why.

    ``what`` stands inside a sentence, and ``why`` is a sentence of its own. Where nothing is
    ``missing``, because nothing was asked for, ``why`` says all.
    """
    if not missing:
        return banner(why)
    return banner(f"No figures are available of {what or 'this'}. {why}".strip(), "degraded")


def same_gap(frame: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Let the box of a frame shown before stand for this one too, where both lack the same figures.

    Parameters
    ----------
    frame : pd.DataFrame
        What is to be shown; it comes back, with a sentence in place of a box where both are empty.
    before : pd.DataFrame
        What was shown before on the same page.
    """
    if frame.empty and before.empty:
        said = f"Nor are there figures of {frame.attrs.get('what', 'this')}, for the same reason."
        frame.attrs |= {"why": said, "missing": False}
    return frame


def own_records(*, minimum_count: int = MINIMUM_COUNT) -> Block:
    """Say that figures are the authority's own, which subjects the page to disclosure control."""
    text = (
        "Figures on this page come from the authority's own records. Counts of children below "
        f"{minimum_count}, and others that would give them away, are withheld: marked [c] in "
        "tables, and left out of charts. National statistics beside them are in the public domain "
        "and are shown in full."
    )
    return Block(render("banner", "note", "The authority's own records", text, "own"))
