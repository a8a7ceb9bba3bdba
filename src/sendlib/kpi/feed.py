"""Feeds of indicators that an authority supplies: read whole or not at all.

Every problem is told with its row, and nothing is loaded while there is any.
What only deserves a look (a gap, rows out of order, too few values for a chart)
is advice, and the feed is used.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from sendlib.errors import DataError, Problem, raise_any
from sendlib.intake.checks import checks
from sendlib.intake.columns import by_name, plain, twice
from sendlib.intake.tables import KNOWN_AT_LEAST, MARK, Table, read_tables
from sendlib.kpi.cells import Line, Scope, label, read_line
from sendlib.kpi.control import FEWEST
from sendlib.kpi.dates import later, period_name
from sendlib.kpi.register import Register

FIELDS: Mapping[str, tuple[str, Sequence[str]]] = MappingProxyType(
    {
        # our name: what the template calls it, and what else it may be called
        "authority": ("Authority", ("la", "la code", "local authority", "authority code")),
        "kpi": ("KPI", ("indicator", "measure", "kpi name")),
        "period": ("Period", ("month", "quarter", "month or quarter")),
        "value": ("Value", ("result", "actual", "figure")),
        "numerator": ("Numerator", ()),
        "denominator": ("Denominator", ()),
        "target": ("Target", ("goal",)),
        "note": ("Note", ("notes", "comment", "comments")),
        "synthetic": ("Synthetic", ()),
    }
)
_FIELD_OF = by_name(FIELDS)
REQUIRED = ("authority", "kpi", "period", "value")
COLUMNS = ("kpi", "period", "period_end", "value", "numerator", "denominator", "target", "note")
_REMEDIES = {
    "no_rows": "give one row for each KPI and period",
    "no_header": "put the headings of the template in row 1: "
    + ", ".join(title for title, _ in FIELDS.values() if title != "Synthetic"),
}
_SHARE = 1.0  # percentages of which none is higher may be shares by mistake


@dataclass(frozen=True, eq=False)
class Feed:
    """The indicators of one authority, as it supplied them.

    Parameters
    ----------
    values : pd.DataFrame
        One row for each indicator and period, in their order: ``kpi`` (short
        name), ``period``, ``period_end``, ``value`` (in the register's unit),
        ``numerator``, ``denominator``, ``target``, ``note``.
    advice : tuple[Problem, ...]
        What deserves a look.
    synthetic : bool
        Whether the file says that its figures are invented.
    """

    values: pd.DataFrame
    advice: tuple[Problem, ...]
    synthetic: bool

    def whose(self, name: str) -> str:
        """Whose figures they are, as a page says it of the authority of that name."""
        return f"an invented feed for {name}" if self.synthetic else name

    def source(self, name: str) -> str:
        """Where the figures come from, as a page says it of the authority of that name."""
        if self.synthetic:
            return "Invented by sendlib."
        if self.values.empty:
            return "Register of indicators of the strategies."
        return f"{name}'s own records, as supplied in its feed."


def read_feed(path: Path, *, authority: Collection[str], register: Register, today: date) -> Feed:
    """Read a feed as CSV or as the filled-in template."""
    headline = "The KPI feed cannot be used; nothing was loaded."
    if not path.is_file():
        raise_any(DataError, headline, [Problem("no such file", str(path), "check the path")])
    tables, sightings = read_tables(path, is_known=_is_feed)
    told = [
        (seen.check, Problem(checks()[seen.check].what, seen.file, _remedy(seen.check)))
        for seen in sightings
    ]
    problems = [problem for check, problem in told if checks()[check].severity == "refuse"]
    advice = [problem for check, problem in told if checks()[check].severity == "advice"]
    wrong = [problem for table in tables for problem in _heading_problems(table)]
    raise_any(DataError, headline, [*problems, *wrong])
    scope = Scope(register, authority, today)
    lines = [line for table in tables for line in _lines(table, scope)]
    problems = [problem for line in lines for problem in line.problems]
    raise_any(DataError, headline, [*problems, *_repeated(lines), *_unmarked(tables)])
    synthetic = any(table.marked for table in tables)
    return Feed(_frame(lines), (*advice, *_advice(lines)), synthetic)


def no_values() -> pd.DataFrame:
    """The values of a feed that holds none: the columns of ``Feed.values`` and no row."""
    numbers = dict.fromkeys(("value", "numerator", "denominator", "target"), "float64")
    return _frame([]).astype(numbers)


def _remedy(check: str) -> str:
    return _REMEDIES.get(check, checks()[check].remedy)


def field_of(header: str) -> str | None:
    """Which field of a feed a column's name stands for; None when it is not one.

    Examples
    --------
    >>> field_of("LA code"), field_of("Comments"), field_of("Colour")
    ('authority', 'note', None)
    """
    return _FIELD_OF.get(plain(header))


def _is_feed(table: Table) -> bool:
    known = {field_of(name) for name in table.headings} - {None, "note"}
    return len(known & set(REQUIRED)) >= KNOWN_AT_LEAST or "kpi" in known


def _heading_problems(table: Table) -> Iterator[Problem]:
    fields = [field_of(name) for name in table.headings]
    for field in REQUIRED:
        if field not in fields:
            found = f"the column {FIELDS[field][0]} is missing"
            yield Problem(found, f"{table.file}, row 1", "add it as the template names it")
    for field in twice(fields):
        found = f"more than one column stands for {FIELDS[field][0]}"
        yield Problem(found, f"{table.file}, row 1", "keep one of them")


def _lines(table: Table, scope: Scope) -> Iterator[Line]:
    place_of = {field_of(name): place for place, name in enumerate(table.headings)}
    for row in table.rows.to_dict("records"):
        cells = {
            field: str(row[place_of[field]]).strip() if field in place_of else ""
            for field in FIELDS
        }
        where = f"{table.file}, row {row['row']}"
        line = read_line(cells, where, scope)
        yield line if not row["ragged"] else _ragged(line)


def _ragged(line: Line) -> Line:
    what = checks()["ragged"]
    problems = (Problem(what.what, line.where, what.remedy), *line.problems)
    return replace(line, problems=problems)


def _key(line: Line) -> tuple[str, date] | None:
    """What a line is about; None if that cannot be read."""
    if line.indicator is None or line.end is None:
        return None
    return line.indicator.slug, line.end


def _repeated(lines: Sequence[Line]) -> Iterator[Problem]:
    """Lines about an indicator and period of which an earlier line spoke."""
    first: dict[tuple[str, date], str] = {}
    for line in lines:
        key = _key(line)
        if key is None or line.indicator is None:
            continue
        if key in first:
            found = f"{line.indicator.title}, {label(line)} stands there already: {first[key]}"
            yield Problem(found, line.where, "keep one of them")
        first.setdefault(key, line.where)


def _unmarked(tables: Sequence[Table]) -> Iterator[Problem]:
    """Rows that do not say that they are invented, beside some that do."""
    for table in tables:
        places = [at for at, name in enumerate(table.headings) if field_of(name) == "synthetic"]
        if not table.marked or not places:
            continue
        real = table.rows[table.rows[places[0]] != MARK]
        for row in real["row"]:
            found = "a row without the mark beside invented ones"
            yield Problem(found, f"{table.file}, row {row}", checks()["kinds_mixed"].remedy)


def _advice(lines: Sequence[Line]) -> Iterator[Problem]:
    """Gaps, rows out of order, shares for percentages, and too few values, by indicator."""
    by_kpi = sorted(lines, key=lambda line: line.indicator.slug if line.indicator else "")
    for _, group in groupby(by_kpi, key=lambda line: line.indicator):
        yield from _advice_on(list(group))


def _advice_on(lines: Sequence[Line]) -> Iterator[Problem]:
    indicator = lines[0].indicator
    ends = [line.end for line in lines if line.end is not None]
    if indicator is None or not ends:
        return
    for line, (before, end) in zip(lines[1:], pairwise(ends), strict=True):
        if end < before:
            found = f"{indicator.title}: {label(line)} stands after a later period"
            yield Problem(found, line.where, "the rows were put in order")
    for before, end in pairwise(sorted(ends)):
        missing = later(before, indicator.frequency)
        if missing < end:
            last = later(end, indicator.frequency, -1)
            span = [period_name(each, indicator.frequency) for each in (missing, last)]
            found = f"{indicator.title}: nothing from {span[0]} to {span[1]}"
            yield Problem(found, lines[0].where.rpartition(", ")[0], "add the figures if held")
    if indicator.kind == "percentage" and max(line.numbers["value"] for line in lines) <= _SHARE:
        found = f"{indicator.title}: no percentage is over {_SHARE:g}"
        yield Problem(found, lines[0].where, "write 92.5 for 92.5%, not 0.925")
    if len(lines) < FEWEST:
        found = f"{indicator.title}: {len(lines)} of the {FEWEST} values that a control chart needs"
        yield Problem(found, lines[0].where.rpartition(", ")[0])


def _frame(lines: Sequence[Line]) -> pd.DataFrame:
    rows = [
        {
            "kpi": line.indicator.slug if line.indicator else "",
            "period": label(line),
            "period_end": line.end,
            **line.numbers,
            "note": line.note,
        }
        for line in lines
    ]
    values = pd.DataFrame(rows, columns=list(COLUMNS))
    values["period_end"] = values["period_end"].astype("datetime64[ms]")
    return values.sort_values(["kpi", "period_end"], ignore_index=True)
