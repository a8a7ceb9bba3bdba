"""Columns and cells of an authority's own files, however they are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import pandas as pd

from sendlib.files import read_list
from sendlib.vocabulary import PlaceType, PrimaryNeed, labels

WITHHELD = "a value not shown"
MOST_LETTERS = 20
MANY_ROWS, MANY_DIGITS = 5, 4
_DATE_FORMS = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%d %b %Y",
    "%d %B %Y",
    "%d-%b-%Y",
    "%Y-%b-%d",
)
_TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}.*$|Z$")
_EXCEL_DAY_NOUGHT = pd.Timestamp("1899-12-30")
_EXCEL_DAYS = (20_000, 80_000)  # 1954 to 2119
_NUMBER = (
    r"^(?P<open>\()?(?P<sign>-)?£?\s*(?P<rest>-?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?)\s*%?\)?$"
)
_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /\-&()]*")


@dataclass(frozen=True)
class Layout:
    """The columns of one kind of file, as ``columns.csv`` lists them."""

    name: str
    row: str  # what a row of the file is for
    columns: Mapping[str, Mapping[str, str]]  # label, names, needed, kind and help, by field

    @property
    def labels(self) -> dict[str, str]:
        """The heading of each field."""
        return {field: column["label"] for field, column in self.columns.items()}

    @property
    def template(self) -> dict[str, str]:
        """The headings of the template, by field; it has those that say what to write."""
        return {field: label for field, label in self.labels.items() if self.columns[field]["help"]}

    @property
    def explained(self) -> list[list[str]]:
        """Each heading of the template, and what to write below it."""
        return [[label, self.columns[field]["help"]] for field, label in self.template.items()]

    def field_of(self, heading: str) -> str | None:
        """The field that a heading stands for, whatever its case and punctuation."""
        return self._field_by_name.get(normalise(heading))

    @cached_property
    def _field_by_name(self) -> dict[str, str]:
        return {
            normalise(name): field
            for field, column in self.columns.items()
            for name in (field, column["label"], *filter(None, column["names"].split("; ")))
        }


def read_layout(name: str, row: str) -> Layout:
    """The layout of that name."""
    columns = read_list("intake", "columns.csv")
    mine = columns[columns["layout"] == name].set_index("field")
    return Layout(name, row, {str(field): dict(column) for field, column in mine.iterrows()})


def normalise(text: str) -> str:
    """Letters and digits only, in lower case: what names and codes are matched by."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


@cache
def code_list(field: str) -> pd.DataFrame:
    """Every spelling that is taken for a code of ``need`` or ``place``."""
    members = PrimaryNeed if field == "need" else PlaceType
    own = [
        (written, value, "")
        for value, label in labels(members).items()
        for written in (value, label)
    ]
    more = read_list("intake", "codes.csv")
    rows = more.loc[more["field"] == field, ["written", "value", "note"]]
    return pd.concat([pd.DataFrame(own, columns=rows.columns), rows], ignore_index=True)


def to_values(text: pd.Series, field: str) -> pd.Series:
    """Our value for each code; missing where a code is empty or not known."""
    codes = code_list(field)
    known = dict(zip(codes["written"].map(normalise), codes["value"], strict=True))
    return text.map({written: known.get(normalise(written)) for written in text.unique()})


def to_dates(text: pd.Series) -> pd.Series:
    """Dates from text; missing where it is empty or cannot be read.

    The day comes before the month wherever the year comes last. A number from
    20,000 to 80,000 is a day as Excel counts them.
    """
    written = pd.Series(text.unique(), dtype="str")
    stripped = written.str.replace(_TIME_OF_DAY, "", regex=True)
    dates = pd.Series(pd.NaT, index=written.index, dtype="datetime64[s]")
    for form in _DATE_FORMS:
        left = dates.isna() & (stripped != "")
        if not left.any():
            break
        parsed = pd.to_datetime(stripped[left], format=form, errors="coerce")
        dates = dates.fillna(parsed.astype("datetime64[s]"))
    days = pd.to_numeric(stripped, errors="coerce")
    days = days.where(days.between(*_EXCEL_DAYS)).dropna().astype(int)
    serial = (_EXCEL_DAY_NOUGHT + pd.to_timedelta(days, unit="D")).astype("datetime64[s]")
    dates = dates.fillna(serial)
    return text.map(dict(zip(written, dates, strict=True))).astype("datetime64[s]")


def to_numbers(text: pd.Series) -> pd.Series:
    """Numbers from digits, with commas, a pound or a percentage sign; missing for anything else.

    Brackets are a minus, as accountants write it.
    """
    parts = text.str.extract(_NUMBER)
    numbers = parts["rest"].str.replace(",", "").astype("float64")
    return numbers * (1.0 - 2.0 * (parts["open"].notna() | parts["sign"].notna()))


def to_years(text: pd.Series) -> pd.Series:
    """Whole years from 1900 to 2100; missing for anything else. A date gives its year."""
    years = pd.to_numeric(text, errors="coerce")
    years = years.fillna(to_dates(text.where(years.isna(), "")).dt.year)
    return years.where(years.between(1900, 2100) & (years % 1 == 0))


def redact(code: str, rows: int) -> str:
    """A code that ``rows`` rows have, as a report may show it, or that it is not shown.

    A name or a date may stand in the wrong column. So nothing with four digits is
    shown, and a code of fewer than five rows only if it is up to six capitals.
    """
    if code in {*PrimaryNeed, *PlaceType}:
        return code
    cut = code.strip()[:MOST_LETTERS]
    digits = sum(letter.isdigit() for letter in code)
    harmless = _HARMLESS.fullmatch(cut) and digits < MANY_DIGITS
    is_code = rows >= MANY_ROWS or re.fullmatch(r"[A-Z]{1,6}", cut)
    return cut if harmless and is_code else WITHHELD
