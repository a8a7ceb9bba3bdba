"""The few pieces of HTML that charts and tables share; :class:`markupsafe.Markup` escapes text."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape
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


def content_policy(script: str = "") -> str:
    """What a page may load and run: itself, with this script or none."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    runs = f"sha256-{digest}" if script else "none"
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src '{runs}'; base-uri 'none'; form-action 'none'"
    )


SCRIPT = files("sendlib.pages").joinpath("what_if.js").read_text(encoding="utf-8")
"""The one script that a page of a pack may hold."""
CONTENT_POLICY = content_policy(SCRIPT)
"""What tells a browser to run no other on it."""


@cache
def templates(*folders: tuple[str, str]) -> Environment:
    """The templates in folders of packages, the first before the others; a gap is an error."""
    return Environment(
        loader=ChoiceLoader([PackageLoader(*folder) for folder in folders]),
        autoescape=select_autoescape(["html.j2", "xml.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(part: str, *values: object) -> Markup:
    """A part of a page, by the name of its macro in ``template/blocks.html.j2``."""
    blocks = templates(("sendlib.pages", "template")).get_template("blocks.html.j2")
    return Markup(getattr(blocks.module, part)(*values))  # noqa: S704


def slug(text: str) -> str:
    """A name for a file and an element, from words."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return "-".join(words)[:_LONGEST_NAME].strip("-") or "unnamed"


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
