"""Small blocks of a page: banners, key figures, headlines, takeaways, caveats."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from sendlib.present.markup import Block, join

HEADLINE_TYPE = "application/vnd.sendlib.headline+json"
"""The media type under which a notebook hands a headline to the contents page."""

BannerKind = Literal["synthetic", "stale", "degraded", "note"]

_BANNER_TITLES: dict[str, str] = {
    "synthetic": "Synthetic figures",
    "stale": "Out of date",
    "degraded": "Some data are missing",
    "note": "Please note",
}


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
    """

    label: str
    value: str
    detail: str = ""


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


def key_figures(figures: Sequence[KeyFigure]) -> Block:
    """Show a few numbers as tiles; read out, they are a list of terms and values.

    Raises
    ------
    ValueError
        If there are none, or one has no label or no value.
    """
    if not figures or any(not (figure.label and figure.value) for figure in figures):
        raise ValueError("Key figures need a label and a value each.")
    tiles = join([_tile(figure) for figure in figures])
    return Block(Markup('<dl class="tiles">\n{}\n</dl>').format(tiles))


def _tile(figure: KeyFigure) -> Markup:
    detail = Markup('<dd class="detail">{}</dd>').format(figure.detail) if figure.detail else ""
    return Markup('<div class="tile"><dt>{}</dt><dd class="value">{}</dd>{}</div>').format(
        figure.label, figure.value, detail
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
