"""Checks that every page of a pack passes before the pack is published."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from sendlib.errors import GateError, Problem
from sendlib.packs.pages.pictures import (
    DESCRIBE,
    cell_of,
    description,
    is_blank,
    is_described,
)

LARGEST_PAGE = 1_500_000
"""How large a page may be, so that it can be sent by mail. [bytes]"""

LANGUAGE = "en-GB"

_SCHEMES = ("http", "https", "mailto", "tel")
_RESOURCE_ATTRIBUTES = ("src", "srcset", "poster", "data", "action", "background", "srcdoc")


class PageError(GateError):
    """A page is not fit to be published."""


def find_problems(page: Path) -> list[Problem]:
    """Everything that is wrong with one page, in reading order."""
    markup = page.read_bytes()
    soup = BeautifulSoup(markup, "html.parser")
    found = [problem for rule in _RULES for problem in rule(soup)]
    if len(markup) > LARGEST_PAGE:
        found.append(f"{len(markup):,} bytes; {LARGEST_PAGE:,} is the most")
    return [Problem(text, page.name) for text in found]


def find_undescribed(page: Path) -> list[Problem]:
    """Every picture of one page that has no real alternative text: its cell, section and remedy."""
    soup = BeautifulSoup(page.read_bytes(), "html.parser")
    return [
        Problem(_lack_of(image), f"{page.name}, {_place_of(image)}", f"show it with {DESCRIBE}")
        for image in soup.find_all("img")
        if not is_described(image)
    ]


def _lack_of(image: Tag) -> str:
    said = description(image)
    return f"a figure has no alternative text{f' but {said!r}' if said else ''}"


def _place_of(image: Tag) -> str:
    """The cell that shows a picture, and the heading above it."""
    heading = image.find_previous(["h1", "h2", "h3", "h4"])
    above = f"under {heading.get_text(' ', strip=True)!r}" if heading else "at the top"
    cell = cell_of(image)
    return f"cell {cell} ({above})" if cell else above


def _structure(soup: BeautifulSoup) -> Iterator[str]:
    headings = len(soup.find_all("h1"))
    if headings != 1:
        yield f"{headings} first-level headings; one is right"
    title = soup.title
    if title is None or not title.get_text(strip=True):
        yield "no title"
    root = soup.find("html")
    language = root.get("lang") if isinstance(root, Tag) else None
    if language != LANGUAGE:
        yield f"the language is {language!r}; {LANGUAGE} is right"
    if len(soup.find_all("main")) != 1:
        yield "no single main element"


def _heading_order(soup: BeautifulSoup) -> Iterator[str]:
    before = 0
    for heading in soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6"]):
        level = int(heading.name[1])
        if level > before + 1:
            yield f"the heading {heading.get_text(strip=True)!r} skips a level"
        before = level


def _tables(soup: BeautifulSoup) -> Iterator[str]:
    for place, table in enumerate(soup.find_all("table"), start=1):
        if table.caption is None or not table.caption.get_text(strip=True):
            yield f"table {place} has no caption; show it with pages.table"
        if table.find("th", scope=True) is None:
            yield f"table {place} has no header cells with a scope"


def _charts(soup: BeautifulSoup) -> Iterator[str]:
    for chart in soup.select("figure.chart"):
        name = str(chart.get("id") or "without a name")
        picture = chart.find("img")
        if not isinstance(picture, Tag) or is_blank(str(picture.get("src") or "")):
            yield f"the chart {name} is empty: its picture shows no mark"
        cells = [cell.get_text(strip=True) for cell in chart.select("tbody td, tbody th")]
        if chart.table and not any(letter.isdigit() for cell in cells for letter in cell):
            yield f"the chart {name} is empty: no number stands in its table"


def _unique_ids(soup: BeautifulSoup) -> Iterator[str]:
    counts = Counter(str(element["id"]) for element in soup.find_all(id=True))
    for name, times in counts.items():
        if times > 1:
            yield f"{times} elements are called {name!r}; give each chart and table its own name"


def _links(soup: BeautifulSoup) -> Iterator[str]:
    names = {str(element["id"]) for element in soup.find_all(id=True)}
    for link in soup.find_all("a", href=True):
        target = str(link["href"])
        if target.startswith("#") and target[1:] not in names:
            yield f"a link leads to {target}, which is not on the page"
        if not _is_followed(target):
            yield f"a link leads to {target[:40]}, which is no page, address or table"


def _is_followed(target: str) -> bool:
    """Whether a link is one that a reader may follow: a place, a person, or a table's numbers."""
    scheme = re.match(r"([^/?#]*?):", "".join(target.split()))
    return scheme is None or scheme[1].lower() in _SCHEMES or target.startswith("data:text/csv")


def _self_contained(soup: BeautifulSoup) -> Iterator[str]:
    for element in soup.find_all(["script", "iframe", "object", "embed", "base", "form"]):
        yield f"a {element.name}, which a page may not hold"
    if soup.find("meta", attrs={"http-equiv": True}):
        yield "an order to the browser (meta http-equiv)"
    for element in soup.find_all(True):
        for attribute in _handlers(element):
            yield f"a script in the attribute {attribute}"
        for address in _loaded(element):
            yield f"{element.name} loads {address[:80]}"
    for style in soup.find_all("style"):
        if "@import" in style.get_text() or "url(" in style.get_text():
            yield "the style sheet loads something"


def _handlers(element: Tag) -> list[str]:
    return [name for name in element.attrs if name.startswith("on")]


def _loaded(element: Tag) -> Iterable[str]:
    """What a browser fetches for an element; links that a reader follows are none."""
    names = _RESOURCE_ATTRIBUTES if element.name == "a" else (*_RESOURCE_ATTRIBUTES, "href")
    values = [str(element[name]) for name in names if element.has_attr(name)]
    return [value for value in values if not value.startswith("data:")]


_RULES: tuple[Callable[[BeautifulSoup], Iterator[str]], ...] = (
    _structure,
    _heading_order,
    _tables,
    _charts,
    _unique_ids,
    _links,
    _self_contained,
)
