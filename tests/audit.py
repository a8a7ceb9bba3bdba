"""The audit of ``sendlib.packs.axe`` for tests: skips without a browser, presses Tab."""

import os

import pytest
from playwright.sync_api import Page

from sendlib.packs import axe
from sendlib.packs.axe import NARROW, View, audit, open_page, set_view

__all__ = ["VIEWS", "View", "audit", "open_browser", "open_page", "set_view", "tab_through"]

VIEWS = (
    View("light"),
    View("dark", scheme="dark", rules="colours"),
    View("high contrast", forced_colours=True, rules="colours"),
    View("narrow", width=NARROW),
    View("narrow and dark", width=NARROW, scheme="dark", rules="none"),
    View("1280 by 1024 enlarged to 400%", width=NARROW, height=256, rules="none"),
)

REQUIRE = "SENDLIB_REQUIRE_BROWSER"

_UNFOCUSED = """
() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2;
}
"""


def open_browser():
    """A headless Chromium."""
    skip_without_a_browser()
    return axe.open_browser()


def skip_without_a_browser() -> None:
    """Skip the test where there is no browser, or fail if it must run."""
    lacking = axe.why_not()
    if lacking and os.environ.get(REQUIRE) == "1":
        pytest.fail(lacking)
    if lacking:
        pytest.skip(lacking)


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
