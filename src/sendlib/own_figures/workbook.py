"""The workbook of an authority's own figures of money: its template, and what is read from it.

Everything that is wrong is said at once with its sheet and row, and nothing is stored while
there is any. Amounts become pounds; plans become a scenario of the authority's own.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from sendlib.errors import DataError, Problem, raise_any
from sendlib.finance import own
from sendlib.finance.known import KnownMoney
from sendlib.finance.levers import CHECKERS
from sendlib.intake.columns import normalise
from sendlib.intake.files import File, join_rows, missing_files, read_file, to_tables
from sendlib.intake.findings import Findings
from sendlib.intake.store import COLUMNS, FIGURES, TABLE
from sendlib.intake.workbook import Choices, Fillable, Form, write_form
from sendlib.own_figures.checks import (
    ALL,
    AMOUNTS,
    MITIGATIONS,
    SEATS,
    SHEETS,
    TERMS,
    TOP_UPS,
    UNITS,
    Rows,
    check_amounts,
    check_cells,
    check_months,
    lines,
)
from sendlib.own_figures.plan import ACTIONS, OwnPlan, effect_of
from sendlib.periods import financial_year
from sendlib.project import Project
from sendlib.scenarios import FIRST_YEAR, LAST_YEAR, Change, save_changes
from sendlib.vocabulary import PlaceType, labels

_LEVERS = "see docs/reference/levers.md"
_UNSAID = "not said"
_SPECIAL, _INDEPENDENT = PlaceType.STATE_SPECIAL.value, PlaceType.INDEPENDENT_SPECIAL.value
_HEADLINE = "The own figures cannot be used; nothing was stored."
_COVER = (
    "Own figures of high needs",
    "Fill in the sheets that you have figures for, and leave the others as they are.",
    "Outturn, allocation, balances and places stand in place of published figures of the same "
    "year; budget, monitoring and progress stand beside what is projected; seats, top-ups and "
    "mitigations become a scenario of your own.",
    "Every amount has its unit beside it: £, £k or £m. Costs and income have no sign, and a "
    "deficit has a minus. Give the total of a sheet as well as its parts.",
    "Give the whole workbook each time: it takes the place of the one before.",
    "Give totals only. Nothing about one person belongs in this workbook.",
)


@dataclass(frozen=True, eq=False)
class OwnWorkbook:
    """What a workbook holds: figures as ``own_figure`` has them, and the plan."""

    values: pd.DataFrame
    plan: OwnPlan
    advice: tuple[Problem, ...]
    synthetic: bool


def write_template(path: Path) -> None:
    """Write the workbook that an authority fills in."""
    places = [("Kind of place", label, "") for label in (ALL, *labels(PlaceType).values())]
    terms = [("Term", term, "Of the sheet Progress") for term in TERMS]
    codes = [*lines()[["sheet", "label", "what"]].to_numpy().tolist(), *places, *terms]
    codes += [("Effect on", action, "Of the sheet Mitigations") for action in ACTIONS]
    kinds = [kind for kind, *_ in codes]

    def choice(kind: str) -> dict[str, object]:
        first = kinds.index(kind) + 2
        source = f"=Lines!$B${first}:$B${first + kinds.count(kind) - 1}"
        return {"validate": "list", "source": source}

    chosen: Choices = {
        "unit": {"validate": "list", "source": [*UNITS]},
        "place": choice("Kind of place"),
        "to_place": choice("Kind of place"),
        "term": choice("Term"),
        "action": choice("Effect on"),
    }

    def sheet(name: str) -> Fillable:
        own_lines: Choices = {"line": choice(name)} if name in AMOUNTS else {}
        return Fillable(SHEETS[name], name, {**chosen, **own_lines})

    first, *more = map(sheet, SHEETS)
    form = Form(
        *(first.layout, first.sheet, first.choices),
        cover=_COVER,
        codes="Lines",
        code_headings=("Sheet or column", "Write", "What it is"),
        code_rows=codes,
        more=more,
    )
    write_form(form, path)


def read_figures(
    path: Path,
    *,
    project: Project,
    known: KnownMoney,
    today: date,
    confirmed: Collection[str] = (),
) -> OwnWorkbook:
    """Read a workbook that was filled in.

    Parameters
    ----------
    path : Path
        The workbook.
    project : Project
        Whose scenarios the plan builds on.
    known : KnownMoney
        What is published of the authority: amounts far from it are in another unit.
    today : date
        Years and months must be over before it.
    confirmed : Collection[str]
        Checks whose finding a person vouches for.

    Raises
    ------
    DataError
        With every problem and its sheet and row; nothing is stored while there is any.
    """
    raise_any(DataError, _HEADLINE, missing_files(path))
    findings = Findings(confirmed)
    file = read_file(path, findings)
    tables = [table for sheet in _filled(file) for table in to_tables(*sheet, findings)]
    if not tables and not findings:
        findings.add("own_nothing_filled", file=path.name, words={"sheets": ", ".join(SHEETS)})
    raise_any(DataError, _HEADLINE, findings.grave(pd.DataFrame()))
    joined = join_rows(tables, findings)
    fields = dict.fromkeys(field for layout in SHEETS.values() for field in layout.columns)
    texts = {field: joined[field].fillna("") if field in joined else "" for field in fields}
    sheet = joined["file"].str.rpartition(", sheet ")[2]
    rows = Rows(joined.assign(**texts, sheet=sheet), findings)
    check_cells(rows)
    check_months(rows, today)
    check_amounts(rows, known, today)
    plan = _plan(rows.without_wrong_numbers())
    for row, problem in plan.faults(project):
        field = problem.where.rpartition(", ")[2]
        words = {"problem": f"{field}: {problem.found}", "remedy": problem.remedy or _LEVERS}
        findings.add("own_lever_unlawful", at=pd.Index([row]), words=words)
    raise_any(DataError, _HEADLINE, findings.grave(rows.rows))
    return OwnWorkbook(_values(rows.rows), plan, findings.advice(rows.rows), file.synthetic)


def _filled(file: File) -> list[tuple[File, list[Any]]]:
    """Each sheet of the template that has rows, as a file of its own, with its layout."""
    names = {normalise(name): name for name in SHEETS}
    return [
        (File(file.path, [(f"{file.path.name}, sheet {name}", cells)], file.synthetic), [layout])
        for title, (_, cells) in zip(file.titles, file.sheets, strict=True)
        if (name := names.get(normalise(title)))
        and (layout := SHEETS[name])
        and any(str(cell).strip() for row in cells[1:] for cell in row)
    ]


def _values(rows: pd.DataFrame) -> pd.DataFrame:
    """Figures in pounds, plans and requests, a row for each."""
    amounts = rows[rows["sheet"].isin([*AMOUNTS, own.PLACES, own.PROGRESS])]
    item = amounts["line_read"].mask(amounts["line_read"] == "", amounts["place_read"])
    item = item.mask(amounts["sheet"] == own.PROGRESS, amounts["term_read"])
    frames = [amounts.assign(item=item, value=amounts["gbp"], note=amounts["evidence"], month="")]
    months = rows[rows["sheet"] == own.MONTHS]
    for term in own.TERMS_OF_MONTHS:
        value = months["gbp"] if term == "spend" else months[f"{term}_number"]
        frames.append(months.assign(item=term, value=value, note="", month=months["month_read"]))
    every = pd.concat(frames, ignore_index=True).rename(columns={"fy": "financial_year"})
    return every.dropna(subset=["value"])[list(COLUMNS)].reset_index(drop=True)


def _plan(rows: pd.DataFrame) -> OwnPlan:
    """Seats, top-ups and mitigations as parts of a scenario.

    A cell that cannot be read has something lawful in its place, so that what else is wrong with
    its row is found as well; where nothing can be checked without it, the row is left out.
    """
    plan = OwnPlan()
    for at, row in rows[rows["sheet"] == TOP_UPS].dropna(subset=["uplift_number"]).iterrows():
        places = {} if row["place_read"] in (ALL, "") else {"places": [row["place_read"]]}
        start = int(row["fy"][:4] or LAST_YEAR)
        record = {"pct": float(row["uplift_number"]), "from_year": start, **places}
        plan.top_ups.append((int(str(at)), record, row["evidence"] or _UNSAID))
    seats = rows[rows["sheet"] == SEATS].dropna(subset=["september_number", "seats_number"])
    for name, opened in seats.groupby("name", sort=False):
        plan.mitigations.append(([int(opened.index[0])], _seats(str(name), opened)))
    effects = rows[(rows["sheet"] == MITIGATIONS) & (rows["action_read"] != "")]
    for name, each in effects.dropna(subset=["size_number"]).groupby("name", sort=False):
        plan.mitigations.append((each.index.tolist(), _mitigation(str(name), each)))
    return plan


def _seats(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    """Seats of one name as a mitigation that opens them."""
    first, ordered = rows.iloc[0], rows.sort_values("september_number")
    septembers = ordered["september_number"].astype(int)
    seats = dict(
        zip(septembers.tolist(), ordered["seats_number"].astype(int).tolist(), strict=True)
    )
    start = min(max(min(seats) + 1, FIRST_YEAR), LAST_YEAR)  # the seats say what is wrong with it
    done = _done(name, first, start=start, confidence=100.0)
    record: dict[str, Any] = {"place": first["place_read"] or _SPECIAL, "seats": seats}
    capital = ordered["capital_number"].dropna()
    if len(capital):
        each = float(capital.iloc[0])
        opened = ordered["seats_number"].diff().fillna(ordered["seats_number"])
        done["investment_gbp"] = {
            financial_year(year): each * float(new)
            for year, new in zip(septembers, opened, strict=True)
            if FIRST_YEAR <= year <= LAST_YEAR
        }
    return {**done, "effects": [{"lever": "cohort.added_places", "record": record}]}


def _mitigation(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    """Effects of one workstream as a mitigation."""
    first = rows.iloc[0]
    start = int(_or(first["start_number"], LAST_YEAR))
    done = _done(name, first, start=start, confidence=float(_or(first["confidence_number"], 100)))
    done["phased_over"] = int(_or(first["phased_over_number"], 1))
    if not pd.isna(first["gbp"]):
        done["investment_gbp"] = {financial_year(start - 1): float(first["gbp"])}
    effects = rows[["action_read", "place_read", "to_place_read", "size_number"]]
    return {**done, "effects": [_effect(*row) for row in effects.itertuples(index=False)]}


def _effect(action: str, place: str, to_place: str, size: float) -> dict[str, Any]:
    """An effect, with a kind of place that is not the other where one cannot be read."""
    stand_ins = [each for each in (_SPECIAL, _INDEPENDENT) if each not in (place, to_place)]
    return effect_of(action, place or stand_ins[0], to_place or stand_ins[-1], size)


def _or(number: float, otherwise: float) -> float:
    return otherwise if pd.isna(number) else number


def _done(name: str, row: pd.Series, *, start: int, confidence: float) -> dict[str, Any]:
    named = {"name": name or _UNSAID, "owner": row["owner"], "evidence": row["evidence"] or _UNSAID}
    return {**named, "start": start, "confidence_pct": confidence}


def plan_slug(area_code: str) -> str:
    """The name of an authority's own scenario."""
    return f"own_plan_{area_code}"


def store_figures(
    project: Project, area_code: str, workbook: OwnWorkbook, *, name: str, today: date
) -> Path | None:
    """Write the plan as a scenario and store the figures; gives the scenario's file, if any."""
    path, plan = None, workbook.plan
    if plan:
        content = plan.content(f"Own plan of {name}")
        content["changes"] = [Change(**each) for each in content["changes"]]
        content |= {"overwrite": True, "checkers": CHECKERS}
        path = save_changes(project, plan_slug(area_code), **content)
    note = {"synthetic": workbook.synthetic, "read_on": today.isoformat()}
    FIGURES.save(project, area_code, {TABLE: workbook.values}, note)
    return path
