"""What is wrong with an authority's files: where, how grave it is, and how to mend it.

``checks.csv`` lists the checks. A finding holds positions and codes, and a code is
reported only where ``columns.redact`` lets it through; no other value of a person is.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from sendlib.errors import DataError, Problem
from sendlib.intake.columns import redact
from sendlib.intake.workbook import no_formula

Severity = Literal["refuse", "set aside", "advice"]
FINDINGS = (
    "check",
    "severity",
    "what",
    "file",
    "row",
    "column",
    "found",
    "remedy",
    "rows_affected",
    "rows_share",
)
ROWS_NAMED = 8
_MOST_LETTERS = 40
_BY_GRAVITY = ("refuse", "set aside", "advice")


@dataclass(frozen=True)
class Check:
    """One thing that may be wrong with an authority's records."""

    name: str
    severity: (
        Severity  # refuse: nothing is read; set aside: the row is left out; advice: it is used
    )
    takes_person: bool  # the person's other rows go too, so that nobody seems to leave and return
    what: str
    remedy: str


@cache
def checks() -> dict[str, Check]:
    """Every check by its name, in the order of ``checks.csv``."""
    with (files("sendlib.intake") / "checks.csv").open(encoding="utf-8") as source:
        table = pd.read_csv(source, dtype=str, keep_default_na=False)
    table["takes_person"] = table["takes_person"] == "yes"
    columns = table.rename(columns={"check": "name"}).to_dict("records")
    return {row["name"]: Check(**{str(name): row[name] for name in row}) for row in columns}


@dataclass(frozen=True, eq=False)
class Finding:
    """Where a check found something: rows of a frame, or a whole file."""

    check: Check
    at: pd.Index | None = None
    file: str = ""  # where no rows are named
    column: str = ""  # as the template or the return names it
    codes: pd.Series | None = field(default=None, repr=False)  # those found, on ``at``
    detail: str = ""
    words: Mapping[str, object] = field(default_factory=dict)  # for the texts of the check


class CaseloadError(DataError):
    """An authority's records cannot be used; ``findings`` and ``rows`` are for the report."""

    def __init__(
        self, headline: str, problems: Sequence[Problem], findings: pd.DataFrame, rows: pd.DataFrame
    ) -> None:
        super().__init__(headline, problems)
        self.findings = findings
        self.rows = rows


class Findings(list[Finding]):
    """Everything that the checks have found so far."""

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

    def has(self, *names: str, severity: Severity | None = None) -> bool:
        """Whether any of these checks, or any check so grave, found something."""
        return any(each.check.name in names or each.check.severity == severity for each in self)

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
        if self.has(severity="refuse"):
            report = self.report(rows)
            grave = report[report["severity"] != "advice"].to_dict("records")
            problems = [Problem(_what(line), _where(line), str(line["remedy"])) for line in grave]
            headline = "The authority's own records cannot be used."
            raise CaseloadError(headline, problems, report, count_rows(rows, out))

    def report(self, rows: pd.DataFrame) -> pd.DataFrame:
        """One line for each check, file, column and code, the gravest first."""
        lines = [line for finding in self for line in _lines(finding, rows)]
        report = pd.DataFrame(lines, columns=list(FINDINGS)).drop_duplicates()
        gravity = report["severity"].map(_BY_GRAVITY.index)
        order = pd.DataFrame({"gravity": gravity, "rows": -report["rows_affected"]})
        ordered = order.sort_values(["gravity", "rows"], kind="stable").index
        return report.loc[ordered].reset_index(drop=True)

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
                words = {**row, "cell": repr(cut)}
                found.append((at, _problem(finding, f"{row['file']}, row {row['row']}", words)))
        return [problem for _, problem in sorted(found, key=lambda each: each[0])]


def _problem(finding: Finding, where: str, words: Mapping[str, object]) -> Problem:
    check = finding.check
    place = f"{where}, column {finding.column}" if finding.column else where
    detail = f" ({finding.detail})" if finding.detail else ""
    return Problem(f"{check.what.format(**words)}{detail}", place, check.remedy.format(**words))


def _lines(finding: Finding, rows: pd.DataFrame) -> list[dict[str, object]]:
    check = finding.check
    line = {
        "check": check.name,
        "severity": check.severity,
        "what": check.what.format(**finding.words),
        "file": finding.file,
        "row": "",
        "column": finding.column,
        "found": finding.detail,
        "remedy": check.remedy.format(**finding.words),
        "rows_affected": 0,
        "rows_share": 0.0,
    }
    if finding.at is None:
        return [line]
    found: pd.Series | str = finding.detail
    if finding.codes is not None:
        counts = finding.codes.value_counts()
        found = finding.codes.map({code: redact(str(code), int(n)) for code, n in counts.items()})
    by_code = rows.loc[finding.at, ["file", "row"]].assign(found=found)
    return [
        line
        | {"file": file, "row": _numbers(group["row"]), "found": code}
        | {"rows_affected": len(group), "rows_share": len(group) / len(rows)}
        for (file, code), group in by_code.groupby(["file", "found"], sort=False)
    ]


def _numbers(rows: pd.Series) -> str:
    """The first rows by number, and how many more there are."""
    numbers = sorted({int(row) for row in rows})
    more = len(numbers) - ROWS_NAMED
    first = ", ".join(str(number) for number in numbers[:ROWS_NAMED])
    return f"{first} and {more} more" if more > 0 else first


def _what(line: Mapping[Hashable, Any]) -> str:
    code = f" ({line['found']})" if line["found"] else ""
    if not line["rows_affected"]:
        return f"{line['what']}{code}"
    noun = "row" if line["rows_affected"] == 1 else "rows"
    return f"{line['what']}{code}; {line['rows_affected']:,} {noun}, {line['rows_share']:.1%}"


def _where(line: Mapping[Hashable, Any]) -> str:
    rows = f"row {line['row']}" if line["rows_affected"] == 1 else f"rows {line['row']}"
    column = f"column {line['column']}" if line["column"] else ""
    return ", ".join(filter(None, [str(line["file"]), rows if line["row"] else "", column]))


def count_rows(rows: pd.DataFrame, out: pd.Series) -> pd.DataFrame:
    """Rows read, set aside and used: ``file``, ``rows_read``, ``rows_set_aside``, ``rows_used``."""
    by_file = out.groupby(rows["file"], sort=False).agg(["size", "sum"]).reset_index()
    by_file.columns = pd.Index(["file", "rows_read", "rows_set_aside"])
    by_file = by_file.astype({"rows_read": int, "rows_set_aside": int})
    return by_file.assign(rows_used=by_file["rows_read"] - by_file["rows_set_aside"])


def write_report(findings: pd.DataFrame, rows: pd.DataFrame, path: Path) -> None:
    """Save the findings, with the totals below them, as CSV that an analyst can send back."""
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
    table.to_csv(path, index=False)
