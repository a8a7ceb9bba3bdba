"""The workbook that an authority fills in with its indicators."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from xlsxwriter.worksheet import Worksheet

from sendlib.intake.tables import MARK
from sendlib.intake.workbook import (
    LAST_ROW,
    new_workbook,
    no_formula,
    write_cover,
    write_marked_table,
)
from sendlib.kpi.dates import EXAMPLES
from sendlib.kpi.feed import FIELDS
from sendlib.kpi.register import Register

SHEET = "Feed"
HEADINGS = {field: title for field, (title, _) in FIELDS.items() if field != "synthetic"}
_EXPLAINED: Mapping[str, str] = {
    "authority": "The authority's DfE or ONS code, or its name, in every row.",
    "kpi": "The name of an indicator: one of the sheet KPIs.",
    "period": f"A month as {EXAMPLES['monthly']}, or a quarter of the financial year as "
    f"{EXAMPLES['quarterly']}; the sheet KPIs says which. It must have ended.",
    "value": "Digits only, in the unit of the sheet KPIs; a percentage from 0 to 100. Leave the "
    "row out where there is no figure: do not write 0 for it.",
    "numerator": "For a percentage, what was counted. May be left empty.",
    "denominator": "For a percentage, what it is a share of. May be left empty.",
    "target": "The target of the period, in the unit of the value. May be left empty.",
    "note": "Anything a reader should know. No names of people. May be left empty.",
}
_COVER = (
    "Indicators of the SEND and inclusion strategy",
    "Fill in the sheet Feed: one row for each indicator and period.",
    "Give the whole history each time: a feed takes the place of the one before.",
    "A control chart needs 12 periods of an indicator, and is better with 24.",
    "Give totals only. Nothing about one person belongs in this workbook.",
)
_NUMBERS = ("value", "numerator", "denominator", "target")
_INVENTED = "The figures in this workbook are invented."


def write_template(path: Path, register: Register, *, authority: str = "") -> None:
    """Write the template: Cover, How to fill in, KPIs, Feed.

    Every sheet starts in A1 with a single row of headings or a title and has
    no merged cells; ``Feed`` is marked as a table with its headings.
    """
    _write(path, register, [{}], authority=authority, synthetic=False)


def write_feed(
    values: pd.DataFrame, path: Path, register: Register, *, authority: str, synthetic: bool
) -> None:
    """Write a feed, as CSV or as the filled-in template by the file's ending."""
    titles = {entry.slug: entry.title for entry in register}
    table = values.assign(authority=authority, kpi=values["kpi"].map(titles))[list(HEADINGS)]
    if path.suffix == ".csv":
        named = table.assign(note=table["note"].map(no_formula)).rename(columns=HEADINGS)
        marked = named.assign(**{FIELDS["synthetic"][0]: MARK}) if synthetic else named
        marked.to_csv(path, index=False)
        return
    rows = [{str(name): cell for name, cell in row.items()} for row in table.to_dict("records")]
    _write(path, register, rows, authority=authority, synthetic=synthetic)


def _write(
    path: Path,
    register: Register,
    rows: Sequence[Mapping[str, object]],
    *,
    authority: str,
    synthetic: bool,
) -> None:
    with new_workbook(path, _COVER[0]) as book:
        formats = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        if synthetic:
            write_cover(book.add_worksheet(MARK), (_INVENTED,), formats)
        whose = (f"Authority to write in every row: {authority}",) if authority else ()
        write_cover(book.add_worksheet("Cover"), (*_COVER, *whose), formats)
        explained = [[HEADINGS[field], words] for field, words in _EXPLAINED.items()]
        how = book.add_worksheet("How to fill in")
        write_marked_table(how, ("Column", "What to write"), explained, (22, 100))
        _kpis(book.add_worksheet("KPIs"), register)
        feed = book.add_worksheet(SHEET)
        _feed(feed, rows, len(register.supplied))
        place = list(HEADINGS).index("period")  # as text: a spreadsheet takes 2025-04 for a day
        feed.set_column(place, place, 14, book.add_format({"num_format": "@"}))


def _kpis(sheet: Worksheet, register: Register) -> None:
    rows = [
        [entry.title, entry.frequency, entry.unit, entry.definition, entry.owner]
        for entry in register.supplied
    ]
    headings = ("Name", "How often", "Unit", "What it is", "Owner")
    write_marked_table(sheet, headings, rows, (50, 12, 34, 100, 30))


def _feed(sheet: Worksheet, rows: Sequence[Mapping[str, object]], known: int) -> None:
    """The table to fill in; a KPI is chosen from the sheet of them."""
    texts = [
        ["" if field in _NUMBERS else str(row.get(field, "")) for field in HEADINGS] for row in rows
    ]
    widths = [40 if field in ("kpi", "note") else 14 for field in HEADINGS]
    write_marked_table(sheet, tuple(HEADINGS.values()), texts, widths)
    for place, field in enumerate(HEADINGS):
        if field not in _NUMBERS:
            continue
        for at, row in enumerate(rows, start=1):
            number = row.get(field)
            if isinstance(number, float) and not math.isnan(number):
                sheet.write_number(at, place, number)
    column = list(HEADINGS).index("kpi")
    choice = {"validate": "list", "source": f"=KPIs!$A$2:$A${known + 1}"}
    sheet.data_validation(1, column, LAST_ROW, column, choice)
