"""Rows of people: read from an extract, and checked alike whatever form they came in."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from sendlib.intake.columns import read_layout, to_dates, to_values, to_years
from sendlib.intake.findings import Findings
from sendlib.vocabulary import PlaceType

EXTRACT = read_layout("extract", "person and January")
TEXTS = ("born", "birth_year", "need", "place", "start", "end", "january")
FIRST_AGE, LAST_AGE = 0, 25
_FIRST_PLANS = pd.Timestamp("2014-09-01")
NOT_RECORDED = "not_recorded"  # of a need and of a place alike
_THURSDAY = 3
_LIKELY_AGES = {  # of a type of place, the first and the last
    PlaceType.MAINSTREAM: (2, 19),
    PlaceType.RESOURCED_PROVISION: (2, 19),
    PlaceType.SEN_UNIT: (2, 19),
    PlaceType.INDEPENDENT_MAINSTREAM: (2, 19),
    PlaceType.STATE_SPECIAL: (1, 20),
    PlaceType.ALTERNATIVE_PROVISION: (3, 17),
    PlaceType.FURTHER_EDUCATION: (14, 25),
    PlaceType.SPECIALIST_POST_16: (15, 25),
    PlaceType.EARLY_YEARS: (0, 5),
    PlaceType.ELECTIVE_HOME_EDUCATION: (3, 18),
    PlaceType.NEET: (15, 25),
}


def hash_references(references: pd.Series, salt: bytes) -> pd.Series:
    """HMAC-SHA256 of each reference, in hexadecimal; an empty one stays empty.

    Spaces around a reference, its case and a ``.0`` that a spreadsheet added
    make no difference.
    """
    same = references.str.strip().str.upper().str.replace(r"^(\d+)\.0$", r"\1", regex=True)
    digests = {
        text: hmac.digest(salt, text.encode(), hashlib.sha256).hex() if text else ""
        for text in same.unique()
    }
    return same.map(digests)


def hide_people(rows: pd.DataFrame, salt: bytes, findings: Findings) -> pd.DataFrame:
    """Rows of extracts with references hashed, before anything else looks at a row."""
    column = EXTRACT.labels["reference"]
    findings.add_rows("reference_empty", rows["reference"] == "", column)
    like_name = rows["reference"].str.contains(r"\s|^[^\W\d]{3,}$", regex=True)
    findings.add_rows("reference_like_name", like_name, column)
    person = hash_references(rows["reference"], salt)
    return rows.assign(person=person)[["file", "row", "person", *TEXTS]]


def census_day(january: int) -> date:
    """The third Thursday of a January."""
    first = date(january, 1, 1)
    return first + timedelta(days=(_THURSDAY - first.weekday()) % 7 + 14)


def age_at(born: pd.Series, january: pd.Series) -> pd.Series:
    """Completed years on the 31 August before a January."""
    after_august = born.dt.month > 8
    years: pd.Series = january.astype("float") - 1 - born.dt.year - after_august
    return years.where(born.notna())


def check_people(rows: pd.DataFrame, labels: Mapping[str, str], findings: Findings) -> pd.DataFrame:
    """The values of every row; what is wrong with them is added to the findings."""
    people = pd.DataFrame({"person": rows["person"]}, index=rows.index)
    people["census_year"] = to_years(rows["january"])
    findings.add_rows("january_unreadable", people["census_year"].isna(), labels["january"])
    people["born"] = _births(rows, people, labels, findings)
    people["age"] = age_at(people["born"], people["census_year"])
    findings.add_rows("age_under_0", people["age"] < FIRST_AGE, labels["born"])
    findings.add_rows("age_over_25", people["age"] > LAST_AGE, labels["born"])
    people["need"] = _codes(rows, "need", labels, findings)
    people["place_type"] = _codes(rows, "place", labels, findings)
    without = (rows["need"] == "").groupby(people["census_year"]).all()
    for year in without.index[without]:
        at, detail = rows.index[people["census_year"] == year], f"January {year:.0f}"
        findings.add("need_not_collected", at=at, column=labels["need"], detail=detail)
    _check_places(people, labels["place"], findings)
    _check_plans(rows, people, labels, findings)
    used = people[~findings.left_out(rows)]
    written = rows.loc[used.index, ["need", "place", "start", "end"]]
    copies = written.assign(**used[["person", "census_year", "born"]]).duplicated()
    findings.add_rows("row_twice", copies)
    plans = used[~copies].duplicated(["person", "census_year"], keep=False)
    findings.add_rows("person_twice", plans)
    return people


def _births(
    rows: pd.DataFrame, people: pd.DataFrame, labels: Mapping[str, str], findings: Findings
) -> pd.Series:
    """Dates of birth: as written, else the 1 March of the year; one for each person."""
    dates, years = to_dates(rows["born"]), to_years(rows["birth_year"])
    from_year = pd.to_datetime(years.map("{:.0f}-03-01".format), format="%Y-%m-%d", errors="coerce")
    born = dates.fillna(from_year.astype(dates.dtype))
    known = people.assign(born=born)[born.notna() & (people["person"] != "")]
    by_person = known.sort_values("census_year", kind="stable").groupby("person")["born"].last()
    last = by_person.reindex(people["person"]).set_axis(people.index).fillna(born)
    empty = (rows["born"] == "") & (rows["birth_year"] == "")
    differs = dates.dt.year.ne(years) & years.notna() & dates.notna()
    findings.add_rows("birth_missing", empty, labels["born"])
    findings.add_rows("birth_unreadable", born.isna() & ~empty, labels["born"])
    findings.add_rows("birth_year_only", dates.isna() & born.notna(), labels["birth_year"])
    findings.add_rows("birth_differs_from_year", differs, labels["birth_year"])
    findings.add_rows("birth_changes", born.ne(last) & born.notna(), labels["born"])
    return last.where(born.notna())


def _codes(
    rows: pd.DataFrame, field: str, labels: Mapping[str, str], findings: Findings
) -> pd.Series:
    values, empty = to_values(rows[field], field), rows[field] == ""
    findings.add_rows(f"{field}_missing", empty, labels[field])
    findings.add_rows(f"{field}_unknown", values.isna() & ~empty, labels[field], rows[field])
    return values.mask(empty, NOT_RECORDED)


def _check_places(people: pd.DataFrame, column: str, findings: Findings) -> None:
    ages = {place.value: span for place, span in _LIKELY_AGES.items()}
    first = people["place_type"].map({place: span[0] for place, span in ages.items()})
    last = people["place_type"].map({place: span[1] for place, span in ages.items()})
    counted = people["age"].between(FIRST_AGE, LAST_AGE)
    unlikely = counted & ((people["age"] < first) | (people["age"] > last))
    findings.add_rows("place_unlikely", unlikely, column, people["place_type"])


def _check_plans(
    rows: pd.DataFrame, people: pd.DataFrame, labels: Mapping[str, str], findings: Findings
) -> None:
    """Whether each plan was in force on census day."""
    start, end = to_dates(rows["start"]), to_dates(rows["end"])
    januaries = people["census_year"].dropna().unique()
    days = pd.Series([census_day(int(year)) for year in januaries], januaries, "datetime64[s]")
    day = days.reindex(people["census_year"]).set_axis(people.index)
    findings.add_rows("birth_after_start", people["born"] > start, labels["born"])
    findings.add_rows("start_unreadable", start.isna() & (rows["start"] != ""), labels["start"])
    findings.add_rows("end_unreadable", end.isna() & (rows["end"] != ""), labels["end"])
    findings.add_rows("start_after_january", start > day, labels["start"])
    findings.add_rows("end_before_january", end < day, labels["end"])
    findings.add_rows("end_before_start", end < start, labels["end"])
    findings.add_rows("start_before_2014", start < _FIRST_PLANS, labels["start"])
