"""Checks that every page of a pack passes before the pack is published."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from sendlib.errors import Problem, PublicationError
from sendlib.pages.markup import ALT_AT_LEAST, CONTENT_POLICY, SCRIPT

LARGEST_PAGE = 1_500_000
"""How large a page may be, so that it can be sent by mail. [bytes]"""

DESCRIBE = "charts.show(ax, title=..., alt=..., source=...)"
"""What gives a picture a description."""

CELL = "data-cell"
"""The attribute of a picture without a description that has the number of its cell."""

_NO_REAL_ALT = "no description has been provided"

_SCHEMES = ("http", "https", "mailto", "tel")
_POLICY = {"http-equiv": "Content-Security-Policy", "content": CONTENT_POLICY}
_RESOURCES = ("src", "srcset", "poster", "data", "action", "background", "srcdoc")


class PageError(PublicationError):
    """A page is not fit to be published."""


@lru_cache(maxsize=64)
def parse(markup: str) -> BeautifulSoup:
    """A page, to be read by every check and changed by none."""
    return BeautifulSoup(markup, "html.parser")


def find_problems(page: Path) -> list[Problem]:
    """Everything that is wrong with one page, in reading order."""
    soup = parse(page.read_text(encoding="utf-8"))
    found = [problem for rule in _RULES for problem in rule(soup)]
    if (length := page.stat().st_size) > LARGEST_PAGE:
        size = f"{length:,} bytes; {LARGEST_PAGE:,} is the most"
        found.append(Problem("page_too_large", size))
    return [problem.at(page.name) for problem in found]


def find_undescribed(page: Path) -> list[Problem]:
    """Every picture of one page that has no real alternative text: its cell, section and remedy."""
    soup = parse(page.read_text(encoding="utf-8"))
    problems: list[Problem] = []
    for image in soup.find_all("img"):
        if not is_described(image):
            heading = image.find_previous(["h1", "h2", "h3", "h4"])
            above = f"under {heading.get_text(' ', strip=True)!r}" if heading else "at the top"
            place = f"cell {image[CELL]} ({above})" if image.get(CELL) else above
            but = f" but {description(image)!r}" if description(image) else ""
            found, remedy = f"a figure has no alternative text{but}", f"show it with {DESCRIBE}"
            where = f"{page.name}, {place}"
            problems.append(Problem("figure_without_alt_text", found, where, remedy))
    return problems


def is_described(image: Tag) -> bool:
    """Whether a picture has an alternative text that says what it shows."""
    return len(description(image)) >= ALT_AT_LEAST


def description(image: Tag) -> str:
    """The alternative text of a picture, unless that only says that there is none."""
    alt = str(image.get("alt") or "").strip()
    return "" if alt.lower().startswith(_NO_REAL_ALT) else alt


def _structure(soup: BeautifulSoup) -> Iterator[Problem]:
    headings = len(soup.find_all("h1"))
    if headings != 1:
        yield Problem("headings_of_first_level", f"{headings} first-level headings; one is right")
    if len(soup.find_all("main")) != 1:
        yield Problem("no_single_main", "no single main element")


def _heading_order(soup: BeautifulSoup) -> Iterator[Problem]:
    before = 0
    for heading in soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6"]):
        level = int(heading.name[1])
        if level > before + 1:
            yield Problem(
                "heading_skips_level", f"the heading {heading.get_text(strip=True)!r} skips a level"
            )
        before = level


def _tables(soup: BeautifulSoup) -> Iterator[Problem]:
    for place, table in enumerate(soup.find_all("table"), start=1):
        if table.caption is None or not table.caption.get_text(strip=True):
            yield Problem(
                "table_without_caption", f"table {place} has no caption; show it with pages.table"
            )
        if table.find("th", scope=True) is None:
            yield Problem("table_without_header", f"table {place} has no header cells with a scope")


def _unique_ids(soup: BeautifulSoup) -> Iterator[Problem]:
    counts = Counter(str(element["id"]) for element in soup.find_all(id=True))
    for name, times in counts.items():
        if times > 1:
            yield Problem(
                "name_not_unique",
                f"{times} elements are called {name!r}; give each chart and table its own name",
            )


def _links(soup: BeautifulSoup) -> Iterator[Problem]:
    names = {str(element["id"]) for element in soup.find_all(id=True)}
    for link in soup.find_all("a", href=True):
        target = str(link["href"])
        if target.startswith("#") and target[1:] not in names:
            yield Problem("link_to_nowhere", f"a link leads to {target}, which is not on the page")
        scheme = re.match(r"([^/?#]*?):", "".join(target.split()))
        is_data = target.startswith("data:text/csv")  # the numbers of a table
        if scheme and scheme[1].lower() not in _SCHEMES and not is_data:
            yield Problem(
                "link_of_other_kind",
                f"a link leads to {target[:40]}, which is no page, address or table",
            )


def _self_contained(soup: BeautifulSoup) -> Iterator[Problem]:
    for element in soup.find_all(["script", "iframe", "object", "embed", "base", "form"]):
        if not (element.name == "script" and element.string == SCRIPT and not element.attrs):
            yield Problem("forbidden_element", f"a {element.name}, which a page may not hold")
    for order in soup.find_all("meta", attrs={"http-equiv": True}):
        if order.attrs != _POLICY:
            yield Problem("order_to_browser", "an order to the browser (meta http-equiv)")
    for element in soup.find_all(True):
        loads = _RESOURCES if element.name == "a" else (*_RESOURCES, "href")  # a reader follows a's
        for name in element.attrs:
            if name.startswith("on"):
                yield Problem("script_in_attribute", f"a script in the attribute {name}")
            if name in loads and not str(element[name]).startswith("data:"):
                yield Problem("element_loads", f"{element.name} loads {str(element[name])[:80]}")
    for style in soup.find_all("style"):
        if "@import" in style.get_text() or "url(" in style.get_text():
            yield Problem("style_sheet_loads", "the style sheet loads something")


_RULES: tuple[Callable[[BeautifulSoup], Iterator[Problem]], ...] = (
    _structure,
    _heading_order,
    _tables,
    _unique_ids,
    _links,
    _self_contained,
)
