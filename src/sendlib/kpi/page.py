"""The page of the register, ``docs/indicators.md``, made from its one file."""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined

from sendlib.kpi.register import Indicator, Register

_WAYS = {"higher": "Higher is better", "lower": "Lower is better", "neither": "Neither way"}
_SOURCES = {
    "published": "published",
    "supplied": "supplied by the authority",
    "not_available": "not available",
}


def write_page(register: Register) -> str:
    """The register as Markdown: one table of all, then each indicator in full."""
    pages = Environment(  # Markdown, not HTML
        loader=PackageLoader("sendlib.kpi"),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701
    )
    return pages.get_template("indicators.md").render(
        register=register,
        promised=register.promised,
        sections=dict.fromkeys(entry.section for entry in register),
        ways=_WAYS,
        sources=_SOURCES,
        count=_count,
        anchor=_anchor,
    )


def _count(entries: Register | tuple[Indicator, ...], field: str, value: str) -> int:
    return sum(getattr(entry, field) == value for entry in entries)


def _anchor(title: str) -> str:
    """How a heading is linked to: small letters, digits and hyphens."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
