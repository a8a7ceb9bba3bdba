"""The few pieces of HTML that charts and tables share.

Text is put into markup by :class:`markupsafe.Markup` alone, which escapes it.
"""

import base64
import re
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd
from markupsafe import Markup

_NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FORMULA_INSIDE = re.compile(
    r"([;\t\r\n|])(?=[\"']?[=+@-])"
)  # where another separator begins a cell
_LETTERS = re.compile(r"[a-z0-9]+")
_LONGEST_NAME = 60
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Block:
    """A ready piece of page that a notebook shows by naming it.

    Parameters
    ----------
    html : Markup
        Markup in which all text is escaped already.
    """

    html: Markup

    def _repr_html_(self) -> str:
        return str(self.html)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def check_name(name: str) -> str:
    """Return ``name`` if it may name a file and an element of the page."""
    if not _NAME.fullmatch(name):
        raise ValueError(
            f"The name {name!r} cannot name a file. Use small letters, digits and - only."
        )
    return name


def slug(text: str) -> str:
    """A name for a file and an element, from words.

    Examples
    --------
    >>> slug("Plans in force, January")
    'plans-in-force-january'
    """
    return "-".join(_LETTERS.findall(text.lower()))[:_LONGEST_NAME].strip("-") or "unnamed"


def join(parts: list[Markup]) -> Markup:
    """Put pieces of markup one below the other."""
    return Markup("\n").join(parts)


def region(content: Markup, *, label: str, kind: str) -> Markup:
    """Wrap what may be wider than the screen, so that a keyboard can scroll it."""
    return Markup(
        '<div class="scroll {}" role="region" aria-label="{}" tabindex="0">{}</div>'
    ).format(kind, label, content)


def without_control(text: str) -> str:
    """A text without control characters, which XML does not allow and no one can read."""
    return _CONTROL.sub("", text)


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula.

    Numbers stay numbers, whatever their sign, to ten significant digits. Control
    characters are left out; a formula that would begin where some spreadsheets
    see a new cell is marked as text too.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell(-4), safe_cell("a;=1+1")
    ("'=1+1", -4, "a;'=1+1")
    """
    if isinstance(value, str):
        text = _FORMULA_INSIDE.sub(r"\1'", without_control(value))
        return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(f"{value:.10g}")
    return value


def to_csv(frame: pd.DataFrame) -> bytes:
    """Write a frame as CSV that spreadsheets open safely and with its pounds.

    Returns
    -------
    bytes
        UTF-8 with a byte order mark, one header row, no index.
    """
    safe = frame.astype(object).map(safe_cell)
    safe.columns = [safe_cell(str(column)) for column in frame.columns]
    text = safe.to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def csv_link(frame: pd.DataFrame, *, name: str, about: str) -> Markup:
    """Link to the numbers as a CSV file that the page itself holds."""
    held = base64.b64encode(to_csv(frame)).decode("ascii")
    return Markup(
        '<p class="download"><a download="{}.csv" href="data:text/csv;charset=utf-8;base64,{}">'
        'Download these numbers (CSV)<span class="hidden">: {}</span></a></p>'
    ).format(name, held, about)


Origin = Literal["", "own", "published", "not_people"]
"""Own records; published statistics; what counts no child; or empty, as the page says.

National statistics are in the public domain, and their publisher has dealt with small
numbers; by this mark the check before publishing finds every block that has yet to be.
"""


def check_origin(origin: str) -> None:
    """Refuse an origin that is not known."""
    if origin not in get_args(Origin):
        known = ", ".join(name for name in get_args(Origin) if name)
        raise ValueError(f"Unknown origin {origin!r}. Valid: {known}.")


def mark(origin: str) -> Markup:
    """The attribute of an element that says where its figures come from; none when empty."""
    return Markup(' data-origin="{}"').format(origin) if origin else Markup("")
