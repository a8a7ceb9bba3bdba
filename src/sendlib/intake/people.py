"""Rows of people: read from an extract, checked alike whatever form they came in, and counted.

Stock and movements are counts of people, or of the transitions layout of witan.send. In that
layout a row is for a person and a pair of Januaries, of which ``calendar-year`` is the first.
An academic year is a national curriculum year: 1 is the year of those who were 5 on the 31
August before, so that an age is the national curriculum year plus 4. ``NONSEND`` stands for no
plan on that side.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd

from sendlib.intake.columns import normalise, read_layout, to_dates, to_values, to_years
from sendlib.intake.findings import Findings
from sendlib.vocabulary import OUTSIDE, PlaceType

EXTRACT = read_layout("extract", "person and January")
TEXTS = ("born", "birth_year", "need", "place", "start", "end", "january")
FIRST_AGE, LAST_AGE = 0, 25
_FIRST_PLANS = pd.Timestamp("2014-09-01")
NOT_RECORDED = "not_recorded"  # of a need and of a place alike
_THURSDAY = 3
AGE_OF_YEAR_NOUGHT = 4
NONSEND = "NONSEND"
_CELL = ["age", "need", "place_type"]
MOVE = ["census_year", "age", "need_from", "place_from", "need_to", "place_to"]
TRANSITIONS = read_layout("transitions", "person and pair of Januaries")
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


def count_movements(people: pd.DataFrame) -> pd.DataFrame:
    """Who stayed, joined, left or moved between each January and the next."""
    pairs = []
    for january in sorted(people["census_year"].unique())[1:]:
        before, after = (
            people.loc[people["census_year"] == year, ["person", *_CELL]]
            for year in (january - 1, january)
        )
        both = before.merge(after, on="person", how="outer", suffixes=("_before", "_after"))
        pair = {
            "census_year": january,
            "age": both["age_after"].fillna(both["age_before"] + 1),
            "need_from": both["need_before"].fillna(OUTSIDE),
            "place_from": both["place_type_before"].fillna(OUTSIDE),
            "need_to": both["need_after"].fillna(OUTSIDE),
            "place_to": both["place_type_after"].fillna(OUTSIDE),
        }
        pairs.append(pd.DataFrame(pair))
    return add_up(pd.concat(pairs, ignore_index=True))


def add_up(moves: pd.DataFrame) -> pd.DataFrame:
    """Rows of people as one count, ``plans``, for each kind of movement, in order."""
    totals = moves.groupby(MOVE).size().rename("plans").reset_index()
    return totals.astype({"census_year": int, "age": int, "plans": int})


def sides(movements: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What movements say of the earlier and of the later January of each pair."""
    earlier = {"census_year": movements["census_year"] - 1, "age": movements["age"] - 1}
    before = movements.assign(**earlier).rename(
        columns={"need_from": "need", "place_from": "place_type"}
    )
    after = movements.rename(columns={"need_to": "need", "place_to": "place_type"})
    return _add_plans(before), _add_plans(after)


def _add_plans(rows: pd.DataFrame) -> pd.DataFrame:
    with_plan = rows[rows["place_type"] != OUTSIDE]
    return with_plan.groupby(["census_year", *_CELL])["plans"].sum().reset_index()


def stock_of(movements: pd.DataFrame) -> pd.DataFrame:
    """The count of every January from movements: ``census_year``, age, need, place, ``plans``."""
    before, after = sides(movements)
    first = before[before["census_year"] == before["census_year"].min()]
    stock: pd.DataFrame = pd.concat([first, after], ignore_index=True)
    return stock.sort_values(["census_year", *_CELL], ignore_index=True)


def check_transitions(rows: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """The movement of every row; what is wrong with one is added to the findings.

    A row left out of one pair of Januaries would be missing from the next, so
    that a code or year that cannot be read refuses the files.
    """
    moves = pd.DataFrame({"census_year": to_years(rows["calendar-year"]) + 1}, index=rows.index)
    findings.add_rows("year_unreadable", moves["census_year"].isna(), "calendar-year")
    outside, ages = {}, {}
    for side, suffix in (("1", "from"), ("2", "to")):
        texts = rows[[f"setting-{side}", f"need-{side}"]].map(normalise)
        outside[side] = (texts == normalise(NONSEND)).any(axis=1)
        for column, field in ((f"setting-{side}", "place"), (f"need-{side}", "need")):
            values, empty = to_values(rows[column], field), rows[column] == ""
            values = values.mask(empty, NOT_RECORDED).mask(outside[side], OUTSIDE)
            findings.add_rows(f"{field}_missing", empty & ~outside[side], column)
            findings.add_rows("transition_code_unknown", values.isna(), column, rows[column])
            moves[f"{field}_{suffix}"] = values
        column = f"academic-year-{side}"
        ages[side] = pd.to_numeric(rows[column], errors="coerce") + AGE_OF_YEAR_NOUGHT
        is_age = ages[side].between(FIRST_AGE, LAST_AGE) & np.equal(ages[side] % 1, 0)
        findings.add_rows("academic_year_unreadable", ~is_age & ~outside[side], column)
    findings.add_rows("outside_twice", outside["1"] & outside["2"], "setting-2")
    stays = ~outside["1"] & ~outside["2"]
    differ = stays & (ages["2"] != ages["1"] + 1)
    findings.add_rows("academic_years_differ", differ, "academic-year-2")
    return moves.assign(age=ages["2"].where(~outside["2"], ages["1"] + 1))


def check_sides(movements: pd.DataFrame, findings: Findings) -> None:
    """Find Januaries at which the pair that ends and the pair that starts count differently."""
    before, after = (side.set_index(["census_year", *_CELL])["plans"] for side in sides(movements))
    shared = set(before.index.get_level_values(0)) & set(after.index.get_level_values(0))
    differ = after.sub(before, fill_value=0).ne(0).groupby(level=0).sum()
    for january in sorted(shared):
        if differ[january]:
            detail = f"January {january}: {differ[january]} combinations of age, need and place"
            findings.add("sides_differ", column="calendar-year", detail=detail)
