"""An authority's own caseload: read, checked and counted, whatever form it comes in."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import pandas as pd

from sendlib.errors import DataError, raise_any
from sendlib.intake import people, sen2_return
from sendlib.intake.blade import read_blades
from sendlib.intake.files import WORKBOOKS, File, join_rows, missing_files, read_file, to_tables
from sendlib.intake.findings import Findings, count_rows
from sendlib.intake.store import Store
from sendlib.project import Project
from sendlib.vocabulary import OUTSIDE

REFUSE_ABOVE = 0.05
LARGEST_JUMP = 0.5
FEWEST_STAY = 0.5  # of those in a January, in the next
LARGEST_FALL = 0.1  # from a January to the next, and the largest distance from what is published
MOST_MISSING = 0.5  # of the placements of a January
FEWEST_JUDGED = 50  # plans in a January: of fewer, chance takes or leaves any share
OWN = Store("own", "caseload of the authority's own", "sendlib cohort fit --la {} --caseload FILE")
_TABLES = ("stock", "movements", "findings", "rows")


@dataclass(frozen=True, eq=False)
class OwnCaseload:
    """What an authority's records say, counted; no row is about one person."""

    kind: Literal["own", "synthetic"]  # synthetic where the files say that they are invented
    januaries: tuple[int, ...]  # census years, in order; two or more
    stock: pd.DataFrame  # census_year, age, need, place_type, plans
    movements: pd.DataFrame  # movements.MOVE and plans; outside for no plan on that side
    findings: pd.DataFrame  # as Findings.report
    rows: pd.DataFrame  # file, rows_read, rows_set_aside, rows_used


def read_caseload(
    paths: Sequence[Path],
    *,
    salt: bytes,
    urns: pd.DataFrame | None = None,
    refuse_above: float = REFUSE_ABOVE,
    confirmed: Collection[str] = (),
    published: Mapping[int, float] | None = None,
) -> OwnCaseload:
    """Read an authority's own records in any of the three forms.

    Parameters
    ----------
    paths : Sequence[Path]
        Files of one form: extracts (CSV or workbooks), SEN2 returns (XML), or
        transitions (CSV).
    salt : bytes
        What references are hashed with; take ``local_salt``.
    urns : pd.DataFrame, optional
        As read by ``read_urns``; for returns, which name places by number.
    refuse_above : float
        The share of rows left out above which nothing is used.
    confirmed : Collection[str]
        Checks on the records as a whole whose finding a person vouches for.
    published : Mapping[int, float], optional
        The plans that are published of the authority, by January. [plans]

    Raises
    ------
    CaseloadError
        With everything that is wrong with the files, if they cannot be used.
    """
    raise_any(DataError, "The authority's own records cannot be read.", missing_files(*paths))
    findings = Findings(confirmed)
    rows, form, kind = _read_rows(paths, salt, urns, findings)
    if rows.empty:
        findings.refuse(rows, pd.Series(False, index=rows.index))
    if form == "transitions":
        checked = people.check_transitions(rows, findings)
    else:
        labels = sen2_return.LABELS if form == "return" else people.EXTRACT.labels
        checked = people.check_people(rows, labels, findings)
    out = findings.left_out(rows)
    used = checked[~out].dropna(subset=["census_year"])
    share = float(out.mean())
    if len(used) or share <= refuse_above:  # else what is wrong with the rows says why
        _check_januaries(used, form, findings)
    _check_placements(rows, checked, form, findings)
    if share > refuse_above:
        detail = f"{int(out.sum()):,} of {len(out):,}, {share:.1%}; at most {refuse_above:.1%}"
        findings.add("too_many", detail=detail)
    findings.refuse(rows, out)
    used = used.astype({"census_year": int, "age": int})
    moves = people.add_up(used) if form == "transitions" else people.count_movements(used)
    if form == "transitions":
        people.check_sides(moves, findings)
        findings.refuse(rows, out)
    stock = people.stock_of(moves)
    totals = stock.groupby("census_year")["plans"].sum()
    for year in totals.index[totals.pct_change().abs() > LARGEST_JUMP]:
        findings.add("count_jumps", detail=f"January {year}")
    _check_as_a_whole(totals, moves, published or {}, findings)
    findings.refuse(rows, out)
    return OwnCaseload(
        kind=kind,
        januaries=tuple(int(year) for year in totals.index),
        stock=stock,
        movements=moves,
        findings=findings.report(rows),
        rows=count_rows(rows, out),
    )


def _read_rows(
    paths: Sequence[Path], salt: bytes, urns: pd.DataFrame | None, findings: Findings
) -> tuple[pd.DataFrame, str, Literal["own", "synthetic"]]:
    """The rows of all files with their references hashed, of which form they are, and whose."""
    files: list[File] = []
    returns: list[sen2_return.Sen2Return] = []
    for path in paths:
        if path.suffix.lower() in (".csv", ".txt", *WORKBOOKS):
            files.append(read_file(path, findings))
        elif path.suffix.lower() == ".xml":
            returns += sen2_return.parse_return(path, findings)
        else:
            findings.add("file_unknown", file=path.name)
    blades, others = read_blades(files, findings)
    returns += blades
    layouts = people.TRANSITIONS, people.EXTRACT
    tables = [table for file in others for table in to_tables(file, layouts, findings)]
    forms = {table.layout.name for table in tables} | ({"return"} if returns else set())
    marks = {table.synthetic for table in tables} | {each.synthetic for each in returns}
    if len(forms) > 1:
        findings.add("forms_mixed")
    if len(marks) > 1:
        findings.add("kinds_mixed")
    kind: Literal["own", "synthetic"] = "synthetic" if marks == {True} else "own"
    form = forms.pop() if len(forms) == 1 and len(marks) == 1 else ""
    if not form:
        return pd.DataFrame(columns=["file", "row"]), form, kind
    if form == "return":
        return sen2_return.read_returns(returns, salt, urns, findings), form, kind
    rows = join_rows(tables, findings)
    return people.hide_people(rows, salt, findings) if form == "extract" else rows, form, kind


def _check_januaries(used: pd.DataFrame, form: str, findings: Findings) -> None:
    years = sorted(used["census_year"].astype(int).unique().tolist())
    if form == "transitions" and years:
        years = [years[0] - 1, *years]
    if len(years) < 2:
        findings.add("one_january", detail=", ".join(map(str, years)))
        return
    for year in sorted(set(range(years[0], years[-1])) - set(years)):
        findings.add("january_gap", detail=f"January {year}")
    if form != "transitions":
        ordered = used.sort_values(["person", "census_year"])
        findings.add_rows("returner", ordered.groupby("person")["census_year"].diff() > 1)


def _check_placements(
    rows: pd.DataFrame, checked: pd.DataFrame, form: str, findings: Findings
) -> None:
    """Find Januaries of which most placements are missing."""
    if form == "transitions":
        return
    missing = (rows["place"] == "").groupby(checked["census_year"]).agg(["mean", "size"])
    judged = missing.loc[missing["size"] >= FEWEST_JUDGED, "mean"]
    for year, share in judged[judged > MOST_MISSING].items():
        findings.add("places_missing", detail=f"January {year:.0f}: {share:.0%}")


def _check_as_a_whole(
    totals: pd.Series, moves: pd.DataFrame, published: Mapping[int, float], findings: Findings
) -> None:
    """Find what no row shows: people who lost their reference, and Januaries cut short."""
    before = moves[moves["place_from"] != OUTSIDE]
    stays = before.assign(stays=before["plans"] * (before["place_to"] != OUTSIDE))
    by_year = stays.groupby("census_year")[["stays", "plans"]].sum()
    staying = (by_year["stays"] / by_year["plans"])[by_year["plans"] >= FEWEST_JUDGED]
    for year, share in staying[staying < FEWEST_STAY].items():
        findings.add("few_stay", detail=f"January {int(str(year)) - 1} to {year}: {share:.0%}")
    for (_, before), (year, now) in pairwise(totals.items()):
        if before >= FEWEST_JUDGED and before - now >= LARGEST_FALL * before:
            findings.add("january_short", detail=f"January {year}: {1 - now / before:.0%} fewer")
    for year in sorted(set(totals.index) & set(published)):
        if abs(totals[year] / published[year] - 1) >= LARGEST_FALL:
            detail = f"January {year}: {totals[year]:,} here, {published[year]:,.0f} published"
            findings.add("unlike_published", detail=detail)


def save_caseload(project: Project, area_code: str, caseload: OwnCaseload) -> Path:
    """Save the counts of an authority in place of those before; gives their folder.

    Counts of one place and age may be small, so that pages show sums of them only.
    """
    tables = {name: getattr(caseload, name) for name in _TABLES}
    note = {"kind": caseload.kind, "januaries": list(caseload.januaries)}
    return OWN.save(project, area_code, tables, note)


def load_caseload(project: Project, area_code: str) -> OwnCaseload:
    """The counts saved of an authority."""
    tables, note = OWN.load(project, area_code)
    named = {name: tables[name] for name in _TABLES}
    return OwnCaseload(kind=note["kind"], januaries=tuple(note["januaries"]), **named)
