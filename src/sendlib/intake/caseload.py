"""An authority's own caseload: read, checked and counted, whatever form it comes in."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from sendlib.errors import DataError, ParameterError, Problem, raise_any
from sendlib.intake import extract, sen2_return
from sendlib.intake.checks import Sighting, left_out, seen
from sendlib.intake.counts import add_up, count_costs, count_movements, no_costs, stock_of
from sendlib.intake.report import count_rows, refuse, to_findings
from sendlib.intake.row_checks import judge
from sendlib.intake.salt import SHORTEST_SALT
from sendlib.intake.tables import WORKBOOKS, Table, read_tables
from sendlib.intake.transitions import differing_sides, judge_transitions, read_transitions
from sendlib.intake.urns import list_problems

REFUSE_ABOVE = 0.05
LARGEST_JUMP = 0.5
_TABLES = (".csv", ".txt", *WORKBOOKS)


@dataclass(frozen=True, eq=False)
class OwnCaseload:
    """What an authority's records say, counted; no row is about one person.

    Parameters
    ----------
    kind : str
        ``own``, or ``synthetic`` where the files say that they are invented.
    januaries : tuple[int, ...]
        Census years, in order; two or more.
    stock : pd.DataFrame
        ``census_year``, ``age``, ``need``, ``place_type``, ``plans``.
    movements : pd.DataFrame
        ``census_year`` and ``age`` (of the later January), ``need_from``,
        ``place_from``, ``need_to``, ``place_to``, ``plans``; ``outside`` for no
        plan on that side. Those who stay put are in it; age 26 only leaves.
    costs : pd.DataFrame
        ``census_year``, ``need``, ``place_type``, ``plans_with_cost``,
        ``mean_gbp_per_plan``; may be empty. [£ a year]
    findings : pd.DataFrame
        The report (``report.to_findings``).
    rows : pd.DataFrame
        ``file``, ``rows_read``, ``rows_set_aside``, ``rows_used``.
    """

    kind: Literal["own", "synthetic"]
    januaries: tuple[int, ...]
    stock: pd.DataFrame
    movements: pd.DataFrame
    costs: pd.DataFrame
    findings: pd.DataFrame
    rows: pd.DataFrame


@dataclass(frozen=True, eq=False, repr=False)
class _Files:
    """What the files hold before rows are looked at; emptied once they are."""

    tables: list[Table]
    returns: list[sen2_return.Return]
    sightings: list[Sighting]

    @property
    def forms(self) -> set[str]:
        return {table.form for table in self.tables} | ({"return"} if self.returns else set())

    @property
    def marks(self) -> set[bool]:
        tables = {table.marked for table in self.tables}
        return tables | {each.marked for each in self.returns}

    @property
    def kind(self) -> Literal["own", "synthetic"]:
        return "synthetic" if self.marks == {True} else "own"

    def empty(self) -> None:
        """Let go of references that are not hashed."""
        self.tables.clear()
        self.returns.clear()


def read_caseload(
    paths: Sequence[Path],
    *,
    salt: bytes,
    urns: pd.DataFrame | None = None,
    refuse_above: float = REFUSE_ABOVE,
) -> OwnCaseload:
    """Read an authority's own records in any of the three forms."""
    _check_parameters(paths, salt, urns, refuse_above)
    files = _read_files(paths)
    if files.forms == {"transitions"}:
        return _from_transitions(files, refuse_above)
    return _from_people(files, salt, urns, refuse_above)


def _check_parameters(
    paths: Sequence[Path], salt: bytes, urns: pd.DataFrame | None, refuse_above: float
) -> None:
    problems = []
    if len(salt) < SHORTEST_SALT:
        problems.append(Problem(f"the salt has {len(salt)} bytes", "salt", "take local_salt"))
    if not 0 <= refuse_above <= 1:
        problems.append(Problem(f"{refuse_above} is not a share", "refuse_above", "use 0 to 1"))
    if urns is not None:
        problems += list_problems(urns, "urns")
    raise_any(ParameterError, "Own records cannot be read so.", problems)
    missing = [Problem("there is no such file", path.name) for path in paths if not path.is_file()]
    if not paths:
        missing.append(Problem("no file is named", remedy="name one or more"))
    raise_any(DataError, "The authority's own records cannot be read.", missing)


def _read_files(paths: Sequence[Path]) -> _Files:
    """Open every file; what kind it is shows in its suffix and its headings."""
    files = _Files([], [], [])
    for path in paths:
        if path.suffix.lower() in _TABLES:
            tables, found = read_tables(path)
            files.tables.extend(tables)
        elif path.suffix.lower() == ".xml":
            parsed, found = sen2_return.parse_return(path)
            files.returns.extend([parsed] if parsed else [])
        else:
            found = [Sighting("file_unknown", file=path.name)]
        files.sightings.extend(found)
    mixed = {"forms_mixed": len(files.forms), "kinds_mixed": len(files.marks)}
    files.sightings.extend(Sighting(check) for check, kinds in mixed.items() if kinds > 1)
    return files


def _from_people(
    files: _Files, salt: bytes, urns: pd.DataFrame | None, refuse_above: float
) -> OwnCaseload:
    """Follow people from January to January."""
    extracts = [table for table in files.tables if table.form == "extract"]
    rows, found = extract.read_extract(extracts, salt=salt)
    labels = extract.LABELS
    if files.returns and rows.empty:
        labels, rows = (
            sen2_return.LABELS,
            sen2_return.read_returns(files.returns, salt=salt, urns=urns),
        )
    _refuse_without_rows(rows, [*files.sightings, *found])
    kind = files.kind
    files.empty()
    people, judged = judge(rows, labels)
    people["census_year"] = people["january"]
    sightings = [*files.sightings, *found, *judged]
    out = left_out(sightings, rows)
    used = people[~out].astype({"census_year": int, "age": int})
    years = sorted(used["census_year"].unique().tolist())
    sightings += [*_shares(out, refuse_above), *_gaps(years), *_returners(used)]
    refuse(sightings, rows, count_rows(rows, out))
    return _caseload(_Found(kind, rows, out, sightings), count_movements(used), count_costs(used))


def _from_transitions(files: _Files, refuse_above: float) -> OwnCaseload:
    """Add up movements that are given as such."""
    rows, found = read_transitions(files.tables)
    _refuse_without_rows(rows, [*files.sightings, *found])
    moves, judged = judge_transitions(rows)
    sightings = [*files.sightings, *found, *judged]
    out = left_out(sightings, rows)
    years = sorted(moves.loc[~out, "census_year"].dropna().astype(int).unique().tolist())
    before = [years[0] - 1] if years else []
    sightings += [*_shares(out, refuse_above), *_gaps([*before, *years])]
    refuse(sightings, rows, count_rows(rows, out))
    movements = add_up(moves[~out])
    sightings += differing_sides(movements)
    refuse(sightings, rows, count_rows(rows, out))
    return _caseload(_Found(files.kind, rows, out, sightings), movements, no_costs())


@dataclass(frozen=True, eq=False, repr=False)
class _Found:
    """What was read and what was found in it."""

    kind: Literal["own", "synthetic"]
    rows: pd.DataFrame
    out: pd.Series
    sightings: list[Sighting]


def _caseload(found: _Found, movements: pd.DataFrame, costs: pd.DataFrame) -> OwnCaseload:
    stock = stock_of(movements)
    years = tuple(int(year) for year in sorted(stock["census_year"].unique()))
    sightings = [*found.sightings, *_jumps(stock)]
    return OwnCaseload(
        kind=found.kind,
        januaries=years,
        stock=stock,
        movements=movements,
        costs=costs,
        findings=to_findings(sightings, found.rows),
        rows=count_rows(found.rows, found.out),
    )


def _refuse_without_rows(rows: pd.DataFrame, sightings: list[Sighting]) -> None:
    """Stop where no row can be judged, or rows of different forms were given."""
    whole = pd.Series(False, index=rows.index)
    mixed = any(sighting.check in ("forms_mixed", "kinds_mixed") for sighting in sightings)
    if rows.empty or mixed:
        refuse(sightings, rows, count_rows(rows, whole))


def _shares(out: pd.Series, refuse_above: float) -> list[Sighting]:
    share = float(out.mean())
    if share <= refuse_above:
        return []
    detail = f"{int(out.sum()):,} of {len(out):,}, {share:.1%}; at most {refuse_above:.1%}"
    return [Sighting("too_many", detail=detail)]


def _gaps(years: Sequence[int]) -> list[Sighting]:
    if len(years) < 2:
        return [Sighting("one_january", detail=", ".join(str(year) for year in years))]
    missing = sorted(set(range(years[0], years[-1])) - set(years))
    return [Sighting("january_gap", detail=f"January {year}") for year in missing]


def _returners(used: pd.DataFrame) -> list[Sighting]:
    """Rows of a person who had no plan in the January before, but had one earlier."""
    ordered = used.sort_values(["person", "census_year"])
    again = ordered.groupby("person")["census_year"].diff() > 1
    return seen("returner", again)


def _jumps(stock: pd.DataFrame) -> list[Sighting]:
    totals = stock.groupby("census_year")["plans"].sum()
    change = totals.pct_change().abs()
    return [
        Sighting("count_jumps", detail=f"January {year}")
        for year in change.index[change > LARGEST_JUMP]
    ]
