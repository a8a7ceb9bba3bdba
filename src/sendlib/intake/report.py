"""The report that an analyst can send back: what is wrong, where, and how to mend it.

No reference, date, cost or name is in it; a code only where ``columns.shown``
lets it through.
"""

from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sendlib.errors import DataError, Problem
from sendlib.intake.checks import Sighting, checks, refused
from sendlib.intake.columns import shown
from sendlib.intake.workbook import no_formula

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
_GRAVEST_FIRST = {"refuse": 0, "set aside": 1, "advice": 2}


class CaseloadError(DataError):
    """An authority's records cannot be used; the findings say why.

    Parameters
    ----------
    headline : str
        One sentence that says what could not be done.
    problems : Sequence[Problem]
        The findings, as problems.
    findings : pd.DataFrame
        The report, which ``write_report`` can save.
    rows : pd.DataFrame
        Rows read, set aside and used, by file.
    """

    def __init__(
        self,
        headline: str,
        problems: Sequence[Problem],
        findings: pd.DataFrame,
        rows: pd.DataFrame,
    ) -> None:
        super().__init__(headline, problems)
        self.findings = findings
        self.rows = rows


def to_findings(sightings: Sequence[Sighting], rows: pd.DataFrame) -> pd.DataFrame:
    """Sightings as one line for each check, file, column and code."""
    lines = [line for sighting in sightings for line in _lines(sighting, rows)]
    findings = pd.DataFrame(lines, columns=list(FINDINGS)).drop_duplicates()
    gravity = findings["severity"].map(_GRAVEST_FIRST)
    order = pd.DataFrame({"gravity": gravity, "rows": -findings["rows_affected"]})
    ordered = order.sort_values(["gravity", "rows"], kind="stable").index
    return findings.loc[ordered].reset_index(drop=True)


def _lines(sighting: Sighting, rows: pd.DataFrame) -> list[dict[str, object]]:
    check = checks()[sighting.check]
    said = {
        "check": check.name,
        "severity": check.severity,
        "what": check.what,
        "file": sighting.file,
        "row": "",
        "column": sighting.column,
        "found": sighting.detail,
        "remedy": check.remedy,
        "rows_affected": 0,
        "rows_share": 0.0,
    }
    if sighting.at is None:
        return [said]
    at = rows.loc[sighting.at, ["file", "row"]].assign(found=_shown(sighting))
    return [
        said
        | {"file": file, "row": _named(group["row"]), "found": found}
        | {"rows_affected": len(group), "rows_share": len(group) / len(rows)}
        for (file, found), group in at.groupby(["file", "found"], sort=False)
    ]


def _shown(sighting: Sighting) -> pd.Series | str:
    if sighting.codes is None:
        return sighting.detail
    counts = sighting.codes.value_counts()
    return sighting.codes.map({code: shown(str(code), int(n)) for code, n in counts.items()})


def _named(rows: pd.Series) -> str:
    """The first rows by number, and how many more there are."""
    numbers = sorted({int(row) for row in rows})
    more = len(numbers) - ROWS_NAMED
    named = ", ".join(str(number) for number in numbers[:ROWS_NAMED])
    return f"{named} and {more} more" if more > 0 else named


def to_problems(findings: pd.DataFrame) -> list[Problem]:
    """Findings that refuse the files or set rows aside, as problems of an error."""
    grave = findings[findings["severity"] != "advice"]
    return [
        Problem(_found(line), _where(line), str(line["remedy"]))
        for line in grave.to_dict("records")
    ]


def _found(line: Mapping[Hashable, Any]) -> str:
    code = f" ({line['found']})" if line["found"] else ""
    if not line["rows_affected"]:
        return f"{line['what']}{code}"
    noun = "row" if line["rows_affected"] == 1 else "rows"
    return f"{line['what']}{code}; {line['rows_affected']:,} {noun}, {line['rows_share']:.1%}"


def _where(line: Mapping[Hashable, Any]) -> str:
    rows = f"row {line['row']}" if line["rows_affected"] == 1 else f"rows {line['row']}"
    column = f"column {line['column']}" if line["column"] else ""
    return ", ".join(filter(None, [str(line["file"]), rows if line["row"] else "", column]))


def refuse(sightings: Sequence[Sighting], rows: pd.DataFrame, by_file: pd.DataFrame) -> None:
    """Raise with every problem when one of them forbids using the files."""
    if refused(sightings):
        findings = to_findings(sightings, rows)
        headline = "The authority's own records cannot be used."
        raise CaseloadError(headline, to_problems(findings), findings, by_file)


def count_rows(rows: pd.DataFrame, out: pd.Series) -> pd.DataFrame:
    """Rows read, set aside and used: ``file``, ``rows_read``, ``rows_set_aside``, ``rows_used``."""
    by_file = out.groupby(rows["file"], sort=False).agg(["size", "sum"]).reset_index()
    by_file.columns = pd.Index(["file", "rows_read", "rows_set_aside"])
    by_file = by_file.astype({"rows_read": int, "rows_set_aside": int})
    return by_file.assign(rows_used=by_file["rows_read"] - by_file["rows_set_aside"])


def write_report(findings: pd.DataFrame, rows: pd.DataFrame, path: Path) -> None:
    """Save the findings, with the totals below them, as CSV."""
    names = ("rows_read", "rows_set_aside", "rows_used")
    total = {name: int(rows[name].sum()) for name in names}
    read = max(total["rows_read"], 1)
    totals = [
        {"check": "total", "what": name.replace("_", " "), "rows_affected": count,
         "rows_share": count / read}
        for name, count in total.items()
    ]  # fmt: skip
    table = pd.concat([findings, pd.DataFrame(totals, columns=findings.columns)], ignore_index=True)
    text = table.select_dtypes(exclude="number").columns
    table[text] = table[text].fillna("").map(no_formula)
    table.to_csv(path, index=False)
