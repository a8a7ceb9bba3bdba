"""Look at finished pages in a real browser: axe-core and reflow.

Each page is opened as a reader would open it from a mail: from a file, with no
network, in light, dark and high contrast schemes, wide, at 320 pixels and
enlarged to 400%. It needs Chromium and the extra ``browser`` (``make browser``),
which are imported only when they are used.
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

from sendlib.errors import GateError, Problem

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
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
    scale: int = 1  # 4 and a narrow window is a browser enlarged to 400%
    rules: Literal["all", "colours", "none"] = "all"


AT_PUBLICATION = (View("light"), View("narrow", width=NARROW, rules="none"))
"""How each pack is looked at before it is published: axe-core once, and reflow once.

Colours are those of the one style sheet, which tests look at in every scheme.
"""


def find_browser() -> str | None:
    """The path of a Chromium; None where none is installed."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def why_not() -> str:
    """What is missing for an audit, and how to get it; empty when nothing is."""
    if find_spec("playwright") is None or find_spec("axe_playwright_python") is None:
        return "playwright and axe-core are not installed; get them with: make browser"
    if find_browser() is None:
        return "no Chromium was found; get it with: apt install chromium"
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
    context = browser.new_context(
        viewport={"width": view.width, "height": view.height},
        color_scheme=view.scheme,
        forced_colors="active" if view.forced_colours else "none",
        device_scale_factor=view.scale,
        offline=True,
    )
    page = context.new_page()
    noise: list[str] = []
    own = path.resolve().as_uri()

    def note_request(request: Any) -> None:
        if request.url != own and not request.url.startswith("data:"):
            noise.append(f"asks for {request.url[:100]}")

    page.on("request", note_request)
    page.on("console", lambda message: noise.append(f"console: {message.text}"))
    page.goto(own)
    yield page, noise
    context.close()


def audit_pages(paths: Sequence[Path], views: Sequence[View] = AT_PUBLICATION) -> list[Problem]:
    """Everything that a browser finds wrong with finished pages, with all their details open."""
    with ThreadPoolExecutor(1) as own_thread:  # playwright wants one without an event loop
        return own_thread.submit(_audit_all, paths, views).result()


def _audit_all(paths: Sequence[Path], views: Sequence[View]) -> list[Problem]:
    from playwright.sync_api import Error

    try:
        with open_browser() as browser:
            return [
                Problem("axe_violation", f"{view.name}: {text}", path.name)
                for path in paths
                for view in views
                for text in audit(browser, path, view)
            ]
    except Error as error:
        problem = Problem("browser_failed", error.message.strip().partition("\n")[0], "the browser")
        raise GateError("The pages could not be looked at in a browser.", [problem]) from error


def audit(browser: "Browser", path: Path, view: View, *, closed: bool = False) -> list[str]:
    """What is wrong with a page in one view, with all details open, and with them closed too."""
    with open_page(browser, path, view) as (page, noise):
        found = [_SIDEWAYS] if closed and page.evaluate(_TOO_WIDE) else []
        page.evaluate(_OPEN_ALL)
        opened = [_SIDEWAYS] if page.evaluate(_TOO_WIDE) else []
        if view.rules != "none":
            axe = import_module("axe_playwright_python.sync_playwright").Axe()
            options = {"resultTypes": ["violations"], "runOnly": _RULES[view.rules]}
            opened += [
                f"{violation['id']}: {node['html'][:120]}"
                for violation in axe.run(page, options=options).response["violations"]
                for node in violation["nodes"]
            ]
    return [*found, *(f"with all details open: {text}" for text in opened), *noise]
