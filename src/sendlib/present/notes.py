"""Small blocks of a page: banners, key figures, headlines, takeaways, caveats."""

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

from markupsafe import Markup

from sendlib.present.markup import Block, join

HEADLINE_TYPE = "application/vnd.sendlib.headline+json"
"""The media type under which a notebook hands a headline to the contents page."""

FIGURES_TYPE = "application/vnd.sendlib.figures+json"
"""The media type under which a notebook hands on its key figures that have a key."""

BannerKind = Literal["synthetic", "stale", "degraded", "note"]

# JupyterLab floats terms and values beside each other, which tears tiles apart.
_UPRIGHT = Markup(' style="float:none;width:auto"')
_BANNER_TITLES: dict[str, str] = {
    "synthetic": "Synthetic figures",
    "stale": "Out of date",
    "degraded": "Some data are missing",
    "note": "Please note",
}

_KEY = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_NUMBERS_AT_MOST = 3


@dataclass(frozen=True)
class KeyFigure:
    """One number that a reader should remember.

    Parameters
    ----------
    label : str
        What it counts.
    value : str
        The number as it should be read, with its unit.
    detail : str, optional
        Change, comparison or range, in a few words.
    key : str, optional
        The name of the figure, the same wherever it stands, from
        ``briefing.figures``; without one it is only shown.
    numbers : tuple[float, ...], optional
        What ``value`` is written from, in the unit that the key has: the one
        number, or low and high, or low, middle and high.
    """

    label: str
    value: str
    detail: str = ""
    key: str = ""
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True, repr=False)
class Headline(Block):
    """A headline that stands on its page and on the contents page.

    Parameters
    ----------
    text : str
        One sentence.
    """

    text: str

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, object]:
        """Offer the markup, and the bare text for whoever collects headlines."""
        del include, exclude
        return {"text/html": str(self.html), HEADLINE_TYPE: {"text": self.text}}


@dataclass(frozen=True, repr=False)
class KeyFigures(Block):
    """Tiles of key figures; those with a key are handed on as data too.

    Parameters
    ----------
    figures : tuple[KeyFigure, ...]
        In the order of the tiles.
    """

    figures: tuple[KeyFigure, ...]

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, object]:
        """Offer the markup, and the figures for whoever collects them."""
        del include, exclude
        named = [asdict(figure) for figure in self.figures if figure.key]
        collected = [figure | {"numbers": list(figure["numbers"])} for figure in named]
        bundle: dict[str, object] = {"text/html": str(self.html)}
        return bundle | ({FIGURES_TYPE: {"figures": collected}} if collected else {})


def headline(text: str) -> Headline:
    """State the one thing that a reader should take from the page.

    Raises
    ------
    ValueError
        If ``text`` is empty.
    """
    if not text.strip():
        raise ValueError("A headline needs words.")
    return Headline(Markup('<p class="headline">{}</p>').format(text), text)


def banner(text: str, kind: BannerKind = "note") -> Block:
    """Warn about the figures of a page: the kind is said in words, not by colour.

    Raises
    ------
    ValueError
        If ``kind`` is unknown.
    """
    if kind not in _BANNER_TITLES:
        raise ValueError(f"Unknown banner {kind!r}. Valid: {', '.join(_BANNER_TITLES)}.")
    return Block(
        Markup(
            '<div class="banner banner-{}" role="note"><p class="block-title">{}</p><p>{}</p></div>'
        ).format(kind, _BANNER_TITLES[kind], text)
    )


def key_figures(figures: Sequence[KeyFigure]) -> KeyFigures:
    """Show a few numbers as tiles; read out, they are a list of terms and values.

    Raises
    ------
    ValueError
        If there are none, or one has no label or no value, or a key that is
        not in lower_snake, stands twice or comes without finite numbers.
    """
    if not figures or any(not (figure.label and figure.value) for figure in figures):
        raise ValueError("Key figures need a label and a value each.")
    plain = [_plain(figure) for figure in figures]
    _check_keys([figure for figure in plain if figure.key or figure.numbers])
    tiles = join([_tile(figure) for figure in plain])
    markup = Markup('<dl class="tiles">\n{}\n</dl>').format(tiles)
    return KeyFigures(markup, tuple(plain))


def _plain(figure: KeyFigure) -> KeyFigure:
    """The figure with numbers that JSON knows."""
    return replace(figure, numbers=tuple(float(number) for number in figure.numbers))


def _check_keys(named: Sequence[KeyFigure]) -> None:
    for figure in named:
        if not _KEY.fullmatch(figure.key):
            raise ValueError(f"The key {figure.key!r} of {figure.label!r} is not in lower_snake.")
        known = all(math.isfinite(number) for number in figure.numbers)
        if not known or not 1 <= len(figure.numbers) <= _NUMBERS_AT_MOST:
            raise ValueError(f"The key figure {figure.key!r} needs one to three finite numbers.")
    keys = [figure.key for figure in named]
    if len(set(keys)) < len(keys):
        raise ValueError(f"A key stands twice: {', '.join(keys)}.")


def _tile(figure: KeyFigure) -> Markup:
    detail = Markup('<dd class="detail"{}>{}</dd>').format(_UPRIGHT, figure.detail)
    return Markup('<div class="tile"><dt{}>{}</dt><dd class="value"{}>{}</dd>{}</div>').format(
        _UPRIGHT, figure.label, _UPRIGHT, figure.value, detail if figure.detail else ""
    )


def takeaway(text: str) -> Block:
    """Say in one generated sentence what follows from the figures above it."""
    return Block(Markup('<p class="takeaway">{}</p>').format(text))


def caveats(points: Sequence[str], *, title: str = "Bear in mind") -> Block:
    """List what limits the conclusions, two or three points at most.

    Raises
    ------
    ValueError
        If there are none.
    """
    if not points:
        raise ValueError("Caveats need at least one point.")
    items = join([Markup("<li>{}</li>").format(point) for point in points])
    return Block(
        Markup(
            '<div class="caveats" role="note"><p class="block-title">{}</p><ul>{}</ul></div>'
        ).format(title, items)
    )
