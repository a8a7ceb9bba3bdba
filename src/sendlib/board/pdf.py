"""Print finished pages to PDF: tagged for screen readers, with a bookmark for every heading.

The PDF is the same page, printed by Chromium, so there is nothing that could say
something else. It needs Chromium and the extra ``browser``, as the audit does.
"""

from collections.abc import Sequence
from pathlib import Path

from sendlib.errors import GateError, Problem
from sendlib.packs import axe

_FOOTER = (
    '<p style="font: 8pt sans-serif; width: 100%; text-align: center; margin: 0">'
    'Page <span class="pageNumber"></span> of <span class="totalPages"></span></p>'
)
_NO_HEADER = "<span></span>"
_MARGIN = {"top": "15mm", "bottom": "18mm", "left": "15mm", "right": "15mm"}


def print_pages(pages: Sequence[Path]) -> dict[str, bytes]:
    """Each page as a PDF of A4 sheets, by file name."""
    lacking = axe.why_not()
    if lacking:
        raise GateError("No PDF could be made.", [Problem(lacking, "pdf", "or set pdf: false")])
    with axe.open_browser() as browser:
        context = browser.new_context(offline=True)
        sheet = context.new_page()
        printed = {}
        for page in pages:
            sheet.goto(page.resolve().as_uri())
            printed[f"{page.stem}.pdf"] = sheet.pdf(
                format="A4",
                tagged=True,
                outline=True,
                print_background=True,
                display_header_footer=True,
                header_template=_NO_HEADER,
                footer_template=_FOOTER,
                margin=_MARGIN,  # type: ignore[arg-type]
            )
    return printed
