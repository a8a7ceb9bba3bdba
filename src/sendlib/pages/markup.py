"""The few pieces of HTML that charts and tables share; :class:`markupsafe.Markup` escapes text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

_LONGEST_NAME = 60
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FORMULA_INSIDE = re.compile(
    r"([;\t\r\n|])(?=[\"']?[=+@-])"
)  # where another separator begins a cell

ALT_AT_LEAST = 30
"""How long the description of a picture has to be to say anything. [characters]"""

Origin = Literal["", "own", "published", "not_people"]
"""Own records; published statistics; what counts no child; or empty, as the page says.

National statistics are in the public domain, and their publisher has dealt with small
numbers; by this mark the check before publishing finds every block that has yet to be.
"""


@dataclass(frozen=True)
class Block:
    """A piece of page that a notebook shows by naming it, with data for whoever collects them."""

    html: Markup
    data: Mapping[str, object] = field(default_factory=dict)

    def _repr_html_(self) -> str:
        return str(self.html)

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Offer the markup and the data."""
        return {"text/html": str(self.html), **self.data}

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def slug(text: str) -> str:
    """A name for a file and an element, from words."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(words)[:_LONGEST_NAME].strip("-") or "unnamed"


def join(parts: list[Markup]) -> Markup:
    """Put pieces of markup one below the other."""
    return Markup("\n").join(parts)


def without_control(text: str) -> str:
    """A text without control characters, which XML does not allow and no one can read."""
    return _CONTROL.sub("", text)


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula; numbers have ten significant digits."""
    if isinstance(value, str):
        text = _FORMULA_INSIDE.sub(r"\1'", without_control(value))
        return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(f"{value:.10g}")
    return value


def mark(origin: str) -> Markup:
    """The attribute of an element that says where its figures come from; none when empty."""
    return Markup(' data-origin="{}"').format(origin) if origin else Markup("")
