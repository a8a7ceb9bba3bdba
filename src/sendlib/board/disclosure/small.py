"""Small counts in a table, a sentence or a picture, and withheld ones that are given away."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from sendlib.board.disclosure.shown import Grid, Shown
from sendlib.disclosure import can_be_recovered, with_totals
from sendlib.errors import ParameterError, Problem
from sendlib.vocabulary import TOTAL

WITHHELD = "[c]"
_REMEDY = "withhold it with disclosure.protect, or join it with another"
_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_PERCENTAGE = re.compile(r"(\d+(?:\.(\d+))?)%")
_NO_COUNT = re.compile(
    r"(years?|ages?|rank|weeks?|months?|days?|terms?|horizon|quarter|level|years? ahead)", re.I
)
_SUM = re.compile(r"(total|all)\b.*|.*\btotal", re.I)
_WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
          "nine": 9}  # fmt: skip
_NUMBER = rf"\b(\d[\d,]*(?:\.\d+)?|{'|'.join(_WORDS)})"
_PEOPLE = (
    r"(?:plans?|child(?:ren)?|pupils?|learners?|students?|people|persons?|boys?|girls?|requests?"
    r"|assessments?|appeals?|mediations?|complaints?|exclusions?|suspensions?|cases?|places?"
    r"|tribunals?|joined|left|stayed|changed|moved|joiners?|leavers?)"
)
_COUNTED = re.compile(
    rf"(?<!in )(?<!than )(?<!below ){_NUMBER}\s+(?:of\s+(?:the\s+)?\d+\s+)?"
    rf"(?:[a-z-]+\s+){{0,2}}?{_PEOPLE}\b",
    re.I,
)
_NAMED = re.compile(r"\b(?:key stage|year|quarter|tier|band|level|january) \d+", re.I)
_HARMLESS = re.compile(
    r"\bages? \d+(?: (?:to|and) \d+)?|\d+ to \d+ (?:years?|year olds)|\d+ (?:years?|months?|weeks?|"
    r"days?|quarters?|terms?|points?|values?|of \d+|in \d{1,2}|out of \d+)\b|\bin \d{1,2}\b|"
    r"(?:below|than) \d+|\bQ\d\b|"
    r"\d+ (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*|\d{4}[-/]\d{2}|[£+−-]\d[\d,.]*|"
    r"\d[\d,.]*\s?(?:%|per cent)",
    re.I,
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_ALONE = re.compile(r"(?<![\w.])(\d+)(?![\w%]|\.\d)")


def is_small(text: str, fewest: int) -> bool:
    """Whether a text is a whole number from one to below ``fewest``.

    Examples
    --------
    >>> is_small("4", 5), is_small("0", 5), is_small("4%", 5), is_small("1,204", 5)
    (True, False, False, False)
    """
    return bool(_WHOLE.fullmatch(text)) and 0 < int(text.replace(",", "")) < fewest


def grid_problems(shown: Shown, *, fewest: int) -> Iterator[Problem]:
    """Everything that the tables of own records on a page tell and should not."""
    for grid in shown.grids:
        if grid.own:
            where = f"{shown.page}, table {grid.name}"
            yield from _cell_problems(grid, where, fewest)
            yield from _share_problems(grid, where, fewest)
            if gives_away(grid, fewest=fewest):
                found = f"withheld cells can be told to within {fewest} from the totals"
                yield Problem(found, where, "withhold more with disclosure.protect")


def _cell_problems(grid: Grid, where: str, fewest: int) -> Iterator[Problem]:
    for row, cells in enumerate(grid.cells):
        for column, text in enumerate(cells):
            heading = grid.columns[column] if column < len(grid.columns) else f"{column + 1}"
            held = _held_beside(grid, row, column)
            if _tells_small(text, held, heading, fewest):
                found = f"a count below {fewest} in {heading}"
                yield Problem(found, f"{where}, {grid.label(row)}", _REMEDY)
    for row, texts in enumerate(grid.heads):
        if any(tells_count(text, fewest) for text in texts):
            yield Problem(f"a count below {fewest} names a row", f"{where}, row {row + 1}", _REMEDY)


def _held_beside(grid: Grid, row: int, column: int) -> str:
    """What the CSV link holds for a cell; empty where it has another shape."""
    at = column + len(grid.heads[row])
    same = len(grid.held) == len(grid.cells) + 1 and at < len(grid.held[row + 1])
    return grid.held[row + 1][at] if same else ""


def _tells_small(text: str, held: str, heading: str, fewest: int) -> bool:
    if _NO_COUNT.fullmatch(heading):
        return False
    if _WHOLE.fullmatch(text):
        return is_small(text, fewest) or 0 < _number(held) < fewest
    if text == WITHHELD or not re.search(r"[a-z]", text, re.I):
        return text == WITHHELD and not np.isnan(_number(held))
    return stands_alone(text, fewest)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _share_problems(grid: Grid, where: str, fewest: int) -> Iterator[Problem]:
    """Percentages that, with a count beside them, can only be of a small number."""
    for row, cells in enumerate(grid.cells):
        counts = [int(text.replace(",", "")) for text in cells if _WHOLE.fullmatch(text)]
        for column, text in enumerate(cells):
            match = _PERCENTAGE.fullmatch(text)
            if match and any(_is_of_few(match, count, fewest) for count in counts):
                found = (
                    f"{grid.columns[column]} with a count beside it tells a count below {fewest}"
                )
                yield Problem(found, f"{where}, {grid.label(row)}", "withhold the percentage too")


def _is_of_few(match: re.Match[str], count: int, fewest: int) -> bool:
    """Whether every number that has this percentage of a count is small."""
    half = 0.5 * 10.0 ** -len(match[2] or "")
    low, high = (count * (float(match[1]) + side * half) / 100 for side in (-1, 1))
    likely = range(max(int(np.ceil(low)), 0), int(np.floor(high)) + 1)
    return len(likely) > 0 and all(0 < number < fewest for number in likely)


def gives_away(grid: Grid, *, fewest: int) -> bool:
    """Whether a withheld cell of a table can be told from the totals it is shown with."""
    table = to_counts(grid)
    if table.empty or not table.isna().any(axis=None):
        return False
    full = _with_both_totals(table)
    if full is None:
        return False
    try:
        return can_be_recovered(full, fewest=fewest)
    except ParameterError:  # what is called a total is not the sum of the rest
        return False


def to_counts(grid: Grid) -> pd.DataFrame:
    """The columns of a table that hold counts: numbers, missing where withheld. [count]"""
    columns = {
        heading: [_count(cells[at]) for cells in grid.cells]
        for at, heading in enumerate(grid.columns)
        if all(
            at < len(cells) and (cells[at] == WITHHELD or _WHOLE.fullmatch(cells[at]))
            for cells in grid.cells
        )
        and not _NO_COUNT.fullmatch(heading)
    }
    index = [", ".join(head) for head in grid.heads]
    return pd.DataFrame(columns, index=index, dtype="float64")


def _count(text: str) -> float:
    return float("nan") if text == WITHHELD else float(text.replace(",", ""))


def _with_both_totals(table: pd.DataFrame) -> pd.DataFrame | None:
    """The table with its totals last; those it has not are added up where nothing is withheld."""
    rows = [name for name in table.index if _SUM.fullmatch(str(name))]
    columns = [name for name in table.columns if _SUM.fullmatch(str(name))]
    if not (rows or columns) or len(rows) > 1 or len(columns) > 1 or not table.index.is_unique:
        return None
    inside = table.drop(index=rows, columns=columns)
    full = with_totals(inside.astype("float64"))
    full.loc[TOTAL] = full.loc[TOTAL].where(
        ~inside.isna().any().reindex(full.columns, fill_value=False)
    )
    full[TOTAL] = inside.sum(axis=1, skipna=False).reindex(full.index)
    if rows:
        full.iloc[-1, :-1] = table.loc[rows[0], inside.columns]
    if columns:
        full.loc[inside.index, TOTAL] = table.loc[inside.index, columns[0]]
    across, down = full.iloc[-1, :-1], full.iloc[:-1, -1]
    known = across if across.notna().all() else down
    full.loc[TOTAL, TOTAL] = known.sum(skipna=False)
    if rows and columns:
        full.loc[TOTAL, TOTAL] = table.loc[rows[0], columns[0]]
    return full


def tells_count(text: str, fewest: int) -> bool:
    """Whether a sentence tells of a few children, plans or cases.

    Examples
    --------
    >>> tells_count("Of these, 3 young people moved.", 5), tells_count("one in 4 children", 5)
    (True, False)
    """
    said = (match[1].lower() for match in _COUNTED.finditer(_NAMED.sub(" ", text)))
    return any(0 < _WORDS.get(number, _number(number.replace(",", ""))) < fewest for number in said)


def stands_alone(text: str, fewest: int) -> bool:
    """Whether a small whole number stands in a text that is not an age, a time, or a share.

    Examples
    --------
    >>> stands_alone("Largest: A to B 3.", 5), stands_alone("ages 0 to 4: 120; 2 of 3 years", 5)
    (True, False)
    """
    plain = _THOUSANDS.sub("", text)
    left = _HARMLESS.sub(" ", _NAMED.sub(" ", plain))
    return any(is_small(match[1], fewest) for match in _ALONE.finditer(left))


def word_problems(shown: Shown, *, fewest: int) -> Iterator[Problem]:
    """Sentences about own records that tell of a few."""
    for text in dict.fromkeys(shown.words):
        if tells_count(text, fewest) or is_small(text, fewest):
            said = re.sub(r"\d", "#", text)[:60]
            yield Problem(f"words tell a count below {fewest}: {said!r}", shown.page, _REMEDY)


def label_problems(shown: Shown, *, fewest: int) -> Iterator[Problem]:
    """Charts of own records whose description or labels tell of a few."""
    few = [name for name, text in shown.labels if _tells(text, fewest)]
    for name in dict.fromkeys(few):
        found = f"a count below {fewest} in the words or the labels of the chart"
        yield Problem(found, f"{shown.page}, chart {name}", _REMEDY)


def _tells(text: str, fewest: int) -> bool:
    return tells_count(text, fewest) or stands_alone(text, fewest)
