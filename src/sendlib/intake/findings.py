"""What is wrong with an authority's files: where, how grave it is, and how to mend it.

``checks.csv`` lists the checks. A finding holds positions and codes, and a code is
reported only where ``columns.redact`` lets it through; no other value of a person is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import pandas as pd

from sendlib.errors import DataError, OutputError, ParameterError, Problem, did_you_mean, raise_any
from sendlib.files import read_list, write_private
from sendlib.intake.columns import redact
from sendlib.intake.workbook import no_formula

Severity = Literal["refuse", "confirm", "set aside", "advice"]
ROWS_NAMED = 8
_MOST_LETTERS = 40


@dataclass(frozen=True)
class _Check:
    """One thing that may be wrong with an authority's records."""

    name: str
    severity: (
        Severity  # refuse: nothing is read, nor with confirm until a person confirms it;
        # set aside: the row is left out; advice: it is used
    )
    takes_person: bool  # the person's other rows go too, so that nobody seems to leave and return
    what: str
    remedy: str


@cache
def checks() -> dict[str, _Check]:
    """Every check by its name, in the order of ``checks.csv``."""
    return {
        name: _Check(name, severity, takes_person == "yes", what, remedy)
        for name, severity, takes_person, what, remedy in read_list(
            "intake", "checks.csv"
        ).to_numpy()
    }


@dataclass(frozen=True, eq=False)
class Finding:
    """Where a check found something: rows of a frame, or a whole file."""

    check: _Check
    at: pd.Index | None = None
    file: str = ""  # where no rows are named
    column: str = ""  # as the template or the return names it
    codes: pd.Series | None = field(default=None, repr=False)  # those found, on ``at``
    detail: str = ""
    words: Mapping[str, object] = field(default_factory=dict)  # for the texts of the check


class ReportLine(NamedTuple):
    """A line of the report: one check in one file and column, for one code."""

    check: str
    severity: Severity
    what: str
    file: str
    row: str  # the first rows by number, and how many more there are
    column: str
    found: str
    remedy: str
    rows_affected: int = 0
    rows_share: float = 0.0


class CaseloadError(DataError):
    """An authority's records cannot be used; ``findings`` and ``rows`` are for the report."""

    def __init__(
        self, headline: str, problems: Sequence[Problem], findings: pd.DataFrame, rows: pd.DataFrame
    ) -> None:
        super().__init__(headline, problems)
        self.findings = findings
        self.rows = rows


class Findings(list[Finding]):
    """Everything that the checks found; ``confirmed`` names what a person vouches for."""

    def __init__(self, confirmed: Collection[str] = ()) -> None:
        super().__init__()
        self.confirmed = frozenset(confirmed)
        may_be = [name for name, check in checks().items() if check.severity == "confirm"]
        unknown = [
            Problem("not_to_confirm", f"{name!r}", "confirm", did_you_mean(name, may_be))
            for name in sorted(self.confirmed.difference(may_be))
        ]
        raise_any(ParameterError, "That cannot be confirmed.", unknown)

    def forbids(self, check: _Check) -> bool:
        """Whether nothing may be used because of a check."""
        unconfirmed = check.severity == "confirm" and check.name not in self.confirmed
        return check.severity == "refuse" or unconfirmed

    def add(self, check: str, **where: Any) -> None:
        """A finding on a whole file, or on all of them."""
        self.append(Finding(checks()[check], **where))

    def add_rows(
        self, check: str, mask: pd.Series, column: str = "", codes: pd.Series | None = None
    ) -> None:
        """A finding on the rows where a mask is true; none when it is nowhere."""
        at = mask.index[mask]
        if len(at):
            found = None if codes is None else codes[at]
            self.append(Finding(checks()[check], at, column=column, codes=found))

    def grave(self, rows: pd.DataFrame) -> list[Problem]:
        """Every problem of rows that are used whole or not at all."""
        grave = Findings(self.confirmed)
        grave += [x for x in self if x.check.severity == "set aside" or self.forbids(x.check)]
        return grave.problems(rows, "refuse", "set aside", "confirm")

    def advice(self, rows: pd.DataFrame) -> tuple[Problem, ...]:
        """What deserves a look in rows that are used, or was confirmed."""
        return tuple(self.problems(rows, "confirm", "advice"))

    def left_out(self, rows: pd.DataFrame) -> pd.Series:
        """Which rows are not used: those set aside, and other rows of some of their people."""
        out, persons = (pd.Series(False, index=rows.index) for _ in range(2))
        for finding in self:
            if finding.check.severity == "set aside" and finding.at is not None:
                out[finding.at] = True
                persons[finding.at] |= finding.check.takes_person
        if "person" not in rows:
            return out
        people = rows.loc[persons & (rows["person"] != ""), "person"].unique()
        return out | rows["person"].isin(list(people))

    def refuse(self, rows: pd.DataFrame, out: pd.Series) -> None:
        """Raise with every problem when one of them forbids using the files."""
        if any(self.forbids(finding.check) for finding in self):
            grave = [line for line in self._lines(rows) if line.severity != "advice"]
            headline = "The authority's own records cannot be used."
            problems = [_to_problem(line) for line in grave]
            raise CaseloadError(headline, problems, self.report(rows), count_rows(rows, out))

    def report(self, rows: pd.DataFrame) -> pd.DataFrame:
        """One line for each check, file, column and code, the gravest first."""
        return pd.DataFrame(self._lines(rows), columns=list(ReportLine._fields))

    def _lines(self, rows: pd.DataFrame) -> list[ReportLine]:
        gravity = get_args(Severity).index
        lines = dict.fromkeys(line for finding in self for line in _to_lines(finding, rows))
        return sorted(lines, key=lambda line: (gravity(line.severity), -line.rows_affected))

    def problems(self, rows: pd.DataFrame, *severities: Severity) -> list[Problem]:
        """One problem for each row and check, in the order of the rows, with the cell's text."""
        found = []
        for finding in self:
            if finding.check.severity not in severities:
                continue
            if finding.at is None:
                found.append((-1, _problem(finding, finding.file, finding.words)))
                continue
            for at in finding.at:
                row = rows.loc[at]
                cell = "" if finding.codes is None else str(finding.codes[at])
                cut = cell if len(cell) <= _MOST_LETTERS else f"{cell[:_MOST_LETTERS]}..."
                words = {**row, **finding.words, "cell": repr(cut)}
                found.append((at, _problem(finding, f"{row['file']}, row {row['row']}", words)))
        return [problem for _, problem in sorted(found, key=lambda each: each[0])]


def _problem(finding: Finding, where: str, words: Mapping[str, object]) -> Problem:
    check = finding.check
    place = f"{where}, column {finding.column}" if finding.column else where
    detail = f" ({finding.detail})" if finding.detail else ""
    return Problem(
        check.name, f"{check.what.format(**words)}{detail}", place, _remedy(check, words)
    )


def _remedy(check: _Check, words: Mapping[str, object]) -> str:
    """What to do, and how to confirm it where that may be done."""
    way = f"; if it is right, confirm it with --confirm {check.name}"
    return check.remedy.format(**words) + way * (check.severity == "confirm")


def _to_lines(finding: Finding, rows: pd.DataFrame) -> list[ReportLine]:
    check, words = finding.check, finding.words
    what, remedy = check.what.format(**words), _remedy(check, words)
    texts = (finding.file, "", finding.column, finding.detail, remedy)
    line = ReportLine(check.name, check.severity, what, *texts)
    if finding.at is None:
        return [line]
    found: pd.Series | str = finding.detail
    if finding.codes is not None:
        counts = finding.codes.value_counts()
        found = finding.codes.map({code: redact(str(code), int(n)) for code, n in counts.items()})
    lines = []
    by_code = rows.loc[finding.at, ["file", "row"]].assign(found=found)
    for (file, code), group in by_code.groupby(["file", "found"], sort=False):
        numbers = sorted({int(row) for row in group["row"]})
        row = ", ".join(map(str, numbers[:ROWS_NAMED]))
        if len(numbers) > ROWS_NAMED:
            row += f" and {len(numbers) - ROWS_NAMED} more"
        line = line._replace(file=str(file), row=row, found=str(code), rows_affected=len(group))
        lines.append(line._replace(rows_share=len(group) / len(rows)))
    return lines


def _to_problem(line: ReportLine) -> Problem:
    found, place, count = line.what, [line.file], line.rows_affected
    if line.found:
        found += f" ({line.found})"
    if count:
        found += f"; {count:,} {'row' if count == 1 else 'rows'}, {line.rows_share:.1%}"
        place.append(f"{'row' if count == 1 else 'rows'} {line.row}")
    if line.column:
        place.append(f"column {line.column}")
    return Problem(line.check, found, ", ".join(filter(None, place)), line.remedy)


def count_rows(rows: pd.DataFrame, out: pd.Series) -> pd.DataFrame:
    """Rows read, set aside and used: ``file``, ``rows_read``, ``rows_set_aside``, ``rows_used``."""
    by_file = out.groupby(rows["file"], sort=False).agg(["size", "sum"]).reset_index()
    by_file.columns = pd.Index(["file", "rows_read", "rows_set_aside"])
    by_file = by_file.astype({"rows_read": int, "rows_set_aside": int})
    return by_file.assign(rows_used=by_file["rows_read"] - by_file["rows_set_aside"])


def write_report(findings: pd.DataFrame, rows: pd.DataFrame, path: Path) -> None:
    """Save the findings, with the totals below them, as CSV that only its owner may read.

    A folder that is not there is made; OutputError says why the file could not be written.
    """
    totals = rows[["rows_read", "rows_set_aside", "rows_used"]].sum()
    below = pd.DataFrame(
        {
            "check": "total",
            "what": totals.index.str.replace("_", " "),
            "rows_affected": totals.to_numpy(),
            "rows_share": totals.to_numpy() / max(totals["rows_read"], 1),
        },
        columns=findings.columns,
    )
    table = pd.concat([findings, below], ignore_index=True)
    text = table.select_dtypes(exclude="number").columns
    table[text] = table[text].fillna("").map(no_formula)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, table.to_csv(index=False).encode())
    except OSError as error:
        found = (error.strerror or str(error)).lower()
        problem = Problem("report_not_written", found, str(path), "name a file that may be written")
        raise OutputError("The report could not be written.", [problem]) from error
