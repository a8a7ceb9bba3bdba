"""Look at finished pages in a real browser: axe-core and reflow.

Each page is opened as a reader would open it from a mail: from a file, with no
network, and looked at in light, dark and high contrast schemes, wide, and at
320 pixels, which is all that a browser enlarged to 400% shows. It needs Chromium
and the extra ``browser`` (``make browser``), which are imported only when they are
used.
"""

import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sendlib.errors import Problem, PublicationError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = (
    *("chromium", "chromium-browser", "google-chrome"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WIDE = 1280
NARROW = 320

_RULES: dict[str, object] = {
    "all": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "colours": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}

_SIDEWAYS = "the page scrolls sideways"
_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
_OPEN_ALL = "document.querySelectorAll('details').forEach(d => d.open = true)"


@dataclass(frozen=True)
class View:
    """One way of looking at a page; lengths are in CSS pixels."""

    name: str
    width: int = _WIDE
    height: int = 800
    scheme: Literal["light", "dark"] = "light"
    forced_colours: bool = False  # whether the reader's own few colours replace the page's
    rules: Literal["all", "colours", "none"] = "all"


AT_PUBLICATION = (View("light"), View("narrow", width=NARROW, rules="none"))
"""How each pack is looked at before it is published: axe-core once, and reflow once.

Colours are those of the one style sheet, which tests look at in every scheme.
"""


def find_browser() -> str | None:
    """The path of a Chromium, or of a browser built on it; None where none is installed."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def why_not() -> str:
    """What is missing for an audit, and how to get it; empty when nothing is."""
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        return "playwright and axe-core are not installed; get them with: make browser"
    if find_browser() is None:
        return "no Chromium, Chrome or Edge was found; on Debian get one with: apt install chromium"
    return ""


@contextmanager
def open_browser() -> Iterator["Browser"]:
    """Open a headless Chromium for as long as the block lasts."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = find_browser()
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def open_page(browser: "Browser", path: Path, view: View) -> Iterator[tuple["Page", list[str]]]:
    """Open one page in one view, with a list of what it asked for or complained about."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    noise: list[str] = []
    own = path.resolve().as_uri()

    def note_request(request: Any) -> None:
        if request.url != own and not request.url.startswith("data:"):
            noise.append(f"asks for {request.url[:100]}")

    page.on("request", note_request)
    page.on("console", lambda message: noise.append(f"console: {message.text}"))
    set_view(page, view)
    page.goto(own)
    yield page, noise
    context.close()


def set_view(page: "Page", view: View) -> None:
    """Look at an open page in another way; that is a fifth of the work of opening it again."""
    page.set_viewport_size({"width": view.width, "height": view.height})
    colours: Literal["active", "none"] = "active" if view.forced_colours else "none"
    page.emulate_media(color_scheme=view.scheme, forced_colors=colours)


def audit_pages(paths: Sequence[Path]) -> list[Problem]:
    """Everything that a browser finds wrong with finished pages, with all their details open."""
    with ThreadPoolExecutor(1) as own_thread:  # playwright wants one without an event loop
        return own_thread.submit(_audit_all, paths).result()


def _audit_all(paths: Sequence[Path]) -> list[Problem]:
    from playwright.sync_api import Error

    try:
        with open_browser() as browser:
            return [
                Problem("axe_violation", text, path.name)
                for path in paths
                for text in audit(browser, path, AT_PUBLICATION)
            ]
    except Error as error:
        problem = Problem("browser_failed", error.message.strip().partition("\n")[0], "the browser")
        raise PublicationError(
            "The pages could not be looked at in a browser.", [problem]
        ) from error


def audit(
    browser: "Browser", path: Path, views: Sequence[View], *, closed: bool = False
) -> list[str]:
    """What is wrong with a page in each view, with all details open, and with them closed too."""
    with open_page(browser, path, views[0]) as (page, noise):
        found = [f"{view.name}: {text}" for view in views if closed for text in _reflow(page, view)]
        page.evaluate(_OPEN_ALL)
        found += [
            f"{view.name}: with all details open: {text}"
            for view in views
            for text in (*_reflow(page, view), *_violations(page, view))
        ]
    return [*found, *noise]


def _reflow(page: "Page", view: View) -> list[str]:
    set_view(page, view)
    return [_SIDEWAYS] if page.evaluate(_TOO_WIDE) else []


def _violations(page: "Page", view: View) -> list[str]:
    if view.rules == "none":
        return []
    axe = import_module("axe_playwright_python.sync_playwright").Axe()
    options = {"resultTypes": ["violations"], "runOnly": _RULES[view.rules]}
    return [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in axe.run(page, options=options).response["violations"]
        for node in violation["nodes"]
    ]
