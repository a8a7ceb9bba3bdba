"""Columns and cells of an authority's own files, however they are written.

Names are matched without regard to case or punctuation. Dates may be ISO, UK
or Excel's own; codes of need and place may be ours, the department's or common
words (``own/codes.csv``).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

import pandas as pd

from sendlib.vocabulary import PlaceType, PrimaryNeed, labels

NOT_SHOWN = "a value not shown"
SHOWN_LETTERS = 20
MANY_ROWS, MANY_DIGITS = 5, 4
FIELDS: Mapping[str, tuple[str, Sequence[str]]] = {
    # our name: what the template calls it, and what else it may be called
    "reference": (
        "Person reference",
        ("reference", "person", "person id", "pupil reference", "child id", "id", "upn"),
    ),
    "born": ("Date of birth", ("dob", "birth date", "born", "person birth date")),
    "birth_year": ("Year of birth", ("birth year", "yob")),
    "need": ("Need", ("primary need", "main need", "sen need", "sen type", "need code")),
    "place": (
        "Placement",
        ("place", "place type", "placement type", "setting", "setting type", "sen setting"),
    ),
    "start": ("Plan start", ("plan start date", "ehcp start", "ehc plan start date", "start date")),
    "end": ("Plan end", ("plan end date", "ehcp end", "cease date", "plan ceased", "end date")),
    "january": ("January", ("census year", "census", "january counted", "snapshot")),
    "cost": ("Cost", ("annual cost", "cost gbp", "cost a year", "yearly cost", "cost £")),
    "synthetic": ("Synthetic", ()),
}
REQUIRED = ("reference", "need", "place", "start", "end", "january")
BIRTH = ("born", "birth_year")
TRANSITION_FIELDS = (
    "calendar-year",
    "setting-1",
    "need-1",
    "academic-year-1",
    "setting-2",
    "need-2",
    "academic-year-2",
)
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
_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9 /\-&()]*")


def plain(text: str) -> str:
    """Letters and digits only, in lower case: what names and codes are matched by.

    Examples
    --------
    >>> plain("Date of Birth"), plain("date_of-birth ")
    ('dateofbirth', 'dateofbirth')
    """
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def by_name(fields: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, str]:
    """Fields by every name that a column of them may have, plain: see ``FIELDS``."""
    return {
        plain(name): field
        for field, (label, others) in fields.items()
        for name in (field, label, *others)
    }


_FIELD_OF = by_name(FIELDS)
_TRANSITION_FIELD_OF = {plain(name): name for name in (*TRANSITION_FIELDS, "synthetic")}


def field_of(header: str) -> str | None:
    """Which of our fields a column's name stands for; None when it is not one.

    Examples
    --------
    >>> field_of("DOB"), field_of("EHCP-start"), field_of("Surname")
    ('born', 'start', None)
    """
    return _FIELD_OF.get(plain(header))


def transition_field(header: str) -> str | None:
    """The transitions layout's name of a column; None when it has none.

    Examples
    --------
    >>> transition_field("Calendar Year"), transition_field("setting 3")
    ('calendar-year', None)
    """
    return _TRANSITION_FIELD_OF.get(plain(header))


@cache
def accepted(field: str) -> pd.DataFrame:
    """Every spelling that is taken for a code of ``need`` or ``place``."""
    members = PrimaryNeed if field == "need" else PlaceType
    own = [
        (written, value, "")
        for value, label in labels(members).items()
        for written in (value, label)
    ]
    with (files("sendlib.intake") / "codes.csv").open(encoding="utf-8") as source:
        more = pd.read_csv(source, dtype=str, keep_default_na=False)
    rows = more.loc[more["field"] == field, ["written", "value", "note"]]
    return pd.concat([pd.DataFrame(own, columns=rows.columns), rows], ignore_index=True)


@cache
def _value_of(field: str) -> dict[str, str]:
    table = accepted(field)
    return dict(zip(table["written"].map(plain), table["value"], strict=True))


def to_values(text: pd.Series, field: str) -> pd.Series:
    """Our value for each code; missing where a code is empty or not known."""
    known = _value_of(field)
    return text.map({written: known.get(plain(written)) for written in text.unique()})


def to_dates(text: pd.Series) -> pd.Series:
    """Dates from text; missing where it is empty or cannot be read.

    The day comes before the month wherever the year comes last. A number from
    20,000 to 80,000 is a day as Excel counts them.

    Examples
    --------
    >>> to_dates(pd.Series(["2014-09-01", "1/9/2014", "41883"])).dt.year.tolist()
    [2014, 2014, 2014]
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


def to_years(text: pd.Series) -> pd.Series:
    """Whole years from 1900 to 2100; missing for anything else. A date gives its year."""
    years = pd.to_numeric(text, errors="coerce")
    years = years.fillna(to_dates(text.where(years.isna(), "")).dt.year)
    return years.where(years.between(1900, 2100) & (years % 1 == 0))


def shown(code: str, rows: int) -> str:
    """A code as a report may show it, or that it is not shown.

    A code that stands in five rows or more is shown, cut to 20 letters, when
    it is made of letters, digits, space and ``/ - & ( )``. One that stands in
    fewer is shown only if it looks like a code: up to six capitals. Nothing
    with four digits is: it could be a date or a reference in the wrong column.
    Our own values are always shown.

    Examples
    --------
    >>> shown("MLDX", 1), shown("Jane", 1), shown("Mainstraem school", 40)
    ('MLDX', 'a value not shown', 'Mainstraem school')
    """
    if code in {*PrimaryNeed, *PlaceType}:
        return code
    cut = code.strip()[:SHOWN_LETTERS]
    digits = sum(letter.isdigit() for letter in code)
    harmless = _HARMLESS.fullmatch(cut) and digits < MANY_DIGITS
    is_code = rows >= MANY_ROWS or re.fullmatch(r"[A-Z]{1,6}", cut)
    return cut if harmless and is_code else NOT_SHOWN


def twice(names: Iterable[str | None]) -> list[str]:
    """Fields that more than one column stands for, each once."""
    known = [name for name in names if name is not None]
    return sorted({name for name in known if known.count(name) > 1})
