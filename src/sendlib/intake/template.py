"""The workbook that an authority fills in."""

from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sendlib.intake.columns import FIELDS, accepted
from sendlib.intake.workbook import LAST_ROW, new_workbook, write_cover, write_marked_table
from sendlib.intake.write import SHEET

HEADINGS = tuple(label for field, (label, _) in FIELDS.items() if field != "synthetic")
_EXPLAINED = {
    "reference": "A number or code that stays the same from year to year. Not a name. "
    "It is hashed on this machine as it is read and kept nowhere.",
    "born": "Date of birth, such as 31/03/2012. Leave it empty if only the year may be shared.",
    "birth_year": "Year of birth, such as 2012. Needed only without a date of birth.",
    "need": "The primary need: a code of the sheet Codes.",
    "place": "The type of placement on census day: a code of the sheet Codes.",
    "start": "The day the plan was first issued.",
    "end": "The day the plan ended. Empty while it is in force.",
    "january": "The year of the January count in which the person had a plan, such as 2025.",
    "cost": "What the placement costs in a year, in pounds. May be left empty.",
}
_COVER = (
    "Caseload of education, health and care plans",
    "This workbook holds records of people. Keep it where such records may be kept.",
    "Fill in the sheet Caseload: one row for each person and January, for two Januaries or more.",
    "The January count is taken on the third Thursday of January.",
    "Only counts by age, need and place leave the reader; no row about a person does.",
)
_DATES = ("born", "start", "end")
_LISTS = {"need": "need", "place": "place"}


def write_template(path: Path) -> None:
    """Write the template: Cover, How to fill in, Codes, Caseload.

    Every sheet starts in A1 with a single row of headings or a title and has
    no merged cells; ``Caseload`` is marked as a table with its headings.
    """
    with new_workbook(path, _COVER[0]) as book:
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        write_cover(book.add_worksheet("Cover"), _COVER, (bold, wrap))
        rows = [[FIELDS[field][0], words] for field, words in _EXPLAINED.items()]
        write_marked_table(
            book.add_worksheet("How to fill in"), ("Column", "What to write"), rows, (22, 80)
        )
        _codes(book.add_worksheet("Codes"))
        _caseload(book.add_worksheet(SHEET), book.add_format({"num_format": "yyyy-mm-dd"}))


def _codes(sheet: Worksheet) -> None:
    rows = [
        [FIELDS[field][0], row["written"], row["value"], row["note"]]
        for field in ("need", "place")
        for row in accepted(field).to_dict("records")
    ]
    write_marked_table(sheet, ("Column", "Accepted", "Read as", "Note"), rows, (14, 46, 26, 60))


def _caseload(sheet: Worksheet, day: Format) -> None:
    write_marked_table(sheet, HEADINGS, [[""] * len(HEADINGS)], [20] * len(HEADINGS))
    for column, field in enumerate(_EXPLAINED):
        if field in _DATES:
            sheet.set_column(column, column, 20, day)
        if field in _LISTS:
            sheet.data_validation(1, column, LAST_ROW, column, _choice(field))


def _choice(field: str) -> dict[str, object]:
    """A list to choose from; other accepted codes may be typed or pasted."""
    values = accepted(field)["value"].drop_duplicates().tolist()
    codes = [str(value).upper() if len(str(value)) <= 4 else str(value) for value in values]
    short = codes if len(",".join(codes)) <= 255 else []
    if not short:
        return {"validate": "any", "input_message": "A code of the sheet Codes."}
    return {"validate": "list", "source": short, "error_type": "information"}
