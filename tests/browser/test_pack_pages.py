"""Every page of the real pack, in a real browser: light, dark, forced colours, narrow."""

import pytest

import audit

pytestmark = pytest.mark.browser


def test_every_page_of_the_pack_is_accessible_and_asks_for_nothing(pack):
    with audit.open_browser() as browser:
        problems = {
            page.name: audit.audit_page(browser, page) for page in sorted(pack.glob("*.html"))
        }
    assert {name: found for name, found in problems.items() if found} == {}
