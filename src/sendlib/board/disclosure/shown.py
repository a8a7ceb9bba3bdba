"""What a finished page shows of counts: its tables cell by cell, its charts, and its words.

Everything is read back from the HTML, so what is judged is what a reader gets,
the numbers inside CSV links and the labels inside pictures included.
"""

import base64
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, TreeBuilder

from bs4 import BeautifulSoup, Tag
from defusedxml.ElementTree import DefusedXMLParser

OWN = "own"
_CSV = "data:text/csv;charset=utf-8;base64,"
_PICTURE = "data:image/svg+xml;base64,"
_BLOCKS = "div.table-block, figure.chart"
_TICK = re.compile(r"[xy]tick_\d+")


@dataclass(frozen=True)
class Grid:
    """One table: as the page shows it, and as its CSV link holds it.

    Parameters
    ----------
    name : str
        Of the block it belongs to.
    own : bool
        Whether its figures come from the authority's own records.
    headings : tuple[str, ...]
        Of its columns.
    heads : tuple[tuple[str, ...], ...]
        For each row, the cells that name it.
    cells : tuple[tuple[str, ...], ...]
        For each row, the other cells.
    held : tuple[tuple[str, ...], ...]
        Every row of its CSV link, headings first; empty without one.
    """

    name: str
    own: bool
    headings: tuple[str, ...]
    heads: tuple[tuple[str, ...], ...]
    cells: tuple[tuple[str, ...], ...]
    held: tuple[tuple[str, ...], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The headings of the cells that do not name the row."""
        named = len(self.heads[0]) if self.heads else 0
        return self.headings[named:]

    def label(self, row: int) -> str:
        """What a row is called."""
        return ", ".join(self.heads[row]) or f"row {row + 1}"


@dataclass(frozen=True)
class Shown:
    """A page, or a part of one, as disclosure control sees it.

    Parameters
    ----------
    page : str
        File name.
    own : bool
        Whether it says that its figures come from own records.
    marked : bool
        Whether anything on it says where figures come from, or that they are invented.
    grids : tuple[Grid, ...]
        Its tables, those of charts included.
    words : tuple[str, ...]
        Its sentences about own records, tables left out.
    labels : tuple[tuple[str, str], ...]
        For each chart of own records, its name and a text that stands in its
        picture or is read out in its place.
    everything : str
        All its text, and that of its CSV links.
    """

    page: str
    own: bool
    marked: bool
    grids: tuple[Grid, ...]
    words: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    everything: str


def read_page(markup: str, page: str) -> Shown:
    """Read a page, or the outputs of a notebook."""
    soup = BeautifulSoup(markup, "html.parser")
    for part in soup(["style", "script"]):
        part.decompose()
    own = any(not _is_block(part) for part in soup.select(f'[data-origin="{OWN}"]'))
    marked = soup.select_one("[data-origin], .banner-synthetic") is not None
    grids = tuple(_grids(soup, own=own))
    everything = "\n".join(
        [soup.get_text(" "), *(str(image.get("alt", "")) for image in soup("img"))]
        + [cell for grid in grids for row in grid.held for cell in row]
    )
    charts = [block for block in soup.select("figure.chart") if _is_own(block, own=own)]
    labels = tuple(pair for chart in charts for pair in _labels(chart))
    return Shown(page, own, marked, grids, tuple(_words(soup, own=own)), labels, everything)


def _is_own(block: Tag, *, own: bool) -> bool:
    origin = str(block.get("data-origin") or "")
    return origin == OWN if origin else own


def _block_of(table: Tag) -> Tag | None:
    found = table.find_parent(_is_block)
    return found if isinstance(found, Tag) else None


def _is_block(tag: Tag) -> bool:
    classes = tag.get_attribute_list("class")
    return "table-block" in classes or (tag.name == "figure" and "chart" in classes)


def _grids(soup: BeautifulSoup, *, own: bool) -> Iterator[Grid]:
    """Every table but those on the page's own making, which stand in its footer."""
    for table in soup.find_all("table"):
        block = _block_of(table)
        if block is None and table.find_parent("footer"):
            continue
        link = block.select_one(f'a[href^="{_CSV}"]') if block else None
        name = str(block.get("id", "")) if block else "a table without a name"
        rows = [row for row in table.find_all("tr") if not row.find_parent("thead")]
        yield Grid(
            name=name.removeprefix("table-").removeprefix("chart-"),
            own=_is_own(block, own=own) if block else own,
            headings=tuple(_text(cell) for cell in table.select("thead th")),
            heads=tuple(tuple(_text(cell) for cell in row.find_all("th")) for row in rows),
            cells=tuple(tuple(_text(cell) for cell in row.find_all("td")) for row in rows),
            held=_held(link) if isinstance(link, Tag) else (),
        )


def _text(cell: Tag) -> str:
    """What a cell says; a picture by its description."""
    said = [cell.get_text(" ", strip=True), *(str(each.get("alt", "")) for each in cell("img"))]
    return " ".join(part for part in said if part)


def _held(link: Tag) -> tuple[tuple[str, ...], ...]:
    text = base64.b64decode(str(link["href"]).removeprefix(_CSV)).decode("utf-8-sig")
    return tuple(tuple(row) for row in csv.reader(io.StringIO(text)))


def _words(soup: BeautifulSoup, *, own: bool) -> Iterator[str]:
    """Sentences of a page of own records, or of single blocks of them, tables left out."""
    for block in soup.select(_BLOCKS):
        if _is_own(block, own=own):
            yield from _sentences(block)
    if own:
        inside = soup.find("main")
        yield from _sentences(inside if isinstance(inside, Tag) else soup)


def _sentences(part: Tag) -> Iterator[str]:
    """The text of every paragraph, item, heading and tile outside tables and other blocks."""
    for element in part.find_all(["p", "li", "dt", "dd", "h1", "h2", "h3", "h4", "figcaption"]):
        around = element.find_parent(_is_block)
        if element.find_parent(["table", "nav"]) is None and around in (None, part):
            yield element.get_text(" ", strip=True)


def _labels(chart: Tag) -> Iterator[tuple[str, str]]:
    """The description of a chart's picture, and what is written in the picture itself."""
    name = str(chart.get("id", "")).removeprefix("chart-")
    for image in chart("img"):
        yield name, str(image.get("alt", ""))
        source = str(image.get("src", ""))
        if source.startswith(_PICTURE):
            drawn = base64.b64decode(source.removeprefix(_PICTURE)).decode("utf-8")
            for text in _written_in(drawn):
                yield name, text


def _written_in(svg: str) -> Iterator[str]:
    """Texts of a picture but for those along its axes; as outlines, they stand in comments."""
    parser = DefusedXMLParser(target=TreeBuilder(insert_comments=True))
    parser.feed(svg)
    yield from _texts(parser.close())


def _texts(element: Element) -> Iterator[str]:
    if _TICK.fullmatch(element.get("id", "")):
        return
    said = (element.text or "").strip()
    is_comment = not isinstance(element.tag, str)
    if said and (is_comment or element.tag.rpartition("}")[2] in ("text", "tspan")):
        yield said
    for part in element:
        yield from _texts(part)
