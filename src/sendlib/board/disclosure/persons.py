"""What would name a person, wherever a pack says it: no page has a use for such a thing."""

import re
from collections.abc import Iterator

from sendlib.board.disclosure.shown import Shown
from sendlib.errors import Problem
from sendlib.intake.columns import normalise
from sendlib.intake.people import EXTRACT

_PUPIL_NUMBER = re.compile(r"\b[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]\b")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b")
_OF_PERSONS = ("reference", "born")
_NAMES = {
    normalise(name)
    for name in ("surname", "forename", "first name", "last name", "full name", "child name",
                 "pupil name", "nhs number", "unique pupil number", "postcode", "home postcode")
}  # fmt: skip
_REMEDY = "no row about a person leaves data/private; show counts"


def person_problems(shown: Shown) -> Iterator[Problem]:
    """Columns about single persons, pupil numbers and postcodes, own records or not."""
    for grid in shown.grids:
        for heading in dict.fromkeys((*grid.headings, *(grid.held[0] if grid.held else ()))):
            if names_persons(heading):
                yield Problem(f"a column {heading}", f"{shown.page}, table {grid.name}", _REMEDY)
        cells = [cell for row in (*grid.heads, *grid.cells, *grid.held) for cell in row]
        if any(_POSTCODE.search(cell) for cell in cells):
            remedy = "leave it out, or give the area's name"
            yield Problem("a full postcode", f"{shown.page}, table {grid.name}", remedy)
    yield from number_problems(shown.everything, shown.page)


def names_persons(heading: str) -> bool:
    """Whether a column of this name holds something of single persons.

    Examples
    --------
    >>> names_persons("Date of birth"), names_persons("Plans")
    (True, False)
    """
    return EXTRACT.field_of(heading) in _OF_PERSONS or normalise(heading) in _NAMES


def number_problems(text: str, where: str) -> Iterator[Problem]:
    """Unique pupil numbers in a text; they are not repeated."""
    if _PUPIL_NUMBER.search(text):
        yield Problem("a unique pupil number", where, _REMEDY)
