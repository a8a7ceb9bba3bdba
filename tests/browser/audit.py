"""An audit of finished pages in a real browser.

Each page is opened as a reader would open it from a mail: from a file, in
light, dark and high contrast schemes, wide and at 320 pixels.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

REQUIRE = "SENDLIB_REQUIRE_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE = 1280
NARROW = 320
SMALLEST_TARGET = 24
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}

_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_UNREACHABLE = """
() => [...document.querySelectorAll('*')]
  .filter(e => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX))
  .filter(e => e.scrollWidth > e.clientWidth && !(e.tabIndex === 0 && e.getAttribute('aria-label')))
  .map(e => e.outerHTML.slice(0, 120))
"""
_SMALL_TARGETS = """
(least) => [...document.querySelectorAll('a, summary, button')]
  .filter(e => e.getClientRects().length && !e.closest('p:not(.download, .brand), li:not(nav li)'))
  .filter(e => !e.classList.contains('skip'))
  .filter(e => e.getBoundingClientRect().height < least || e.getBoundingClientRect().width < least)
  .map(e => e.outerHTML.slice(0, 120))
"""
_UNFOCUSED = """
() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2;
}
"""


@dataclass(frozen=True)
class View:
    """One way of looking at a page."""

    name: str
    width: int = WIDE
    scheme: str = "light"
    forced_colours: bool = False


VIEWS = (
    View("light"),
    View("dark", scheme="dark"),
    View("high contrast", forced_colours=True),
    View("narrow", width=NARROW),
    View("narrow and dark", width=NARROW, scheme="dark"),
)


def find_browser() -> str:
    """The path of a Chromium; without one the test is skipped, or fails if it must run."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    message = "No Chromium was found. Get it with: apt install chromium"
    if os.environ.get(REQUIRE) == "1":
        pytest.fail(message)
    pytest.skip(message)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Open a headless Chromium for as long as the block lasts."""
    path = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser, path: Path, view: View) -> Iterator[tuple[Page, list[str]]]:
    """Open one page in one view, with a list of what it asked for or complained about."""
    context = browser.new_context(
        viewport={"width": view.width, "height": 800},
        color_scheme=view.scheme,
        forced_colors="active" if view.forced_colours else "none",
        offline=True,
    )
    page = context.new_page()
    noise: list[str] = []
    own = path.resolve().as_uri()
    page.on("request", lambda r: noise.append(f"asks for {r.url[:100]}") if _is_new(r, own) else 0)
    page.on("console", lambda message: noise.append(f"console: {message.text}"))
    page.goto(own)
    yield page, noise
    context.close()


def _is_new(request, own: str) -> bool:
    return request.url != own and not request.url.startswith("data:")


def audit_page(browser: Browser, path: Path, views: tuple[View, ...] = VIEWS) -> list[str]:
    """Everything that is wrong with one page, in all views; empty when all is well."""
    problems = []
    for view in views:
        with open_page(browser, path, view) as (page, noise):
            found = [*_look(page), *_axe(page), *noise]
            page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            found += [f"with all details open: {text}" for text in (*_look(page), *_axe(page))]
        problems += [f"{path.name}, {view.name}: {text}" for text in found]
    return problems


def _look(page: Page) -> list[str]:
    problems = ["the page scrolls sideways"] if page.evaluate(_TOO_WIDE) else []
    problems += [f"no keyboard can scroll {part}" for part in page.evaluate(_UNREACHABLE)]
    small = page.evaluate(_SMALL_TARGETS, SMALLEST_TARGET)
    return problems + [f"a small target: {part}" for part in small]


def _axe(page: Page) -> list[str]:
    results = Axe().run(page, options=AXE_OPTIONS)
    return [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]


def tab_through(page: Page, most: int = 60) -> list[str]:
    """Press Tab until the focus comes round; the focused elements that show no focus."""
    unseen = []
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        if page.evaluate(_UNFOCUSED):
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    return unseen
