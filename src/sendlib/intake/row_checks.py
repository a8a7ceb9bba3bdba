"""Checks of every row of a caseload, all at once, and the values they lead to.

Works on text as the readers leave it, so that extracts and returns are judged
alike.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from sendlib.intake.checks import Sighting, left_out, seen
from sendlib.intake.columns import to_dates, to_values, to_years
from sendlib.intake.extract import FLAGS
from sendlib.vocabulary import PlaceType, PrimaryNeed

FIRST_AGE, LAST_AGE = 0, 25
FIRST_PLANS = pd.Timestamp("2014-09-01")
HIGHEST_COST_GBP = 1_000_000
_THURSDAY = 3
MISSING = {"need": PrimaryNeed.NOT_RECORDED.value, "place": PlaceType.NOT_RECORDED.value}
# The ages at which a type of place is likely, first and last.
LIKELY_AGES = {
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


def census_day(january: int) -> date:
    """The third Thursday of a January.

    Examples
    --------
    >>> census_day(2025).isoformat()
    '2025-01-16'
    """
    first = date(january, 1, 1)
    return first + timedelta(days=(_THURSDAY - first.weekday()) % 7 + 14)


def age_at(born: pd.Series, january: pd.Series) -> pd.Series:
    """Completed years on the 31 August before a January.

    Examples
    --------
    >>> born = pd.Series(pd.to_datetime(["2010-08-31", "2010-09-01"]))
    >>> age_at(born, pd.Series([2025, 2025])).tolist()
    [14.0, 13.0]
    """
    after_august = born.dt.month > 8
    years: pd.Series = january.astype("float") - 1 - born.dt.year - after_august
    return years.where(born.notna())


def judge(rows: pd.DataFrame, labels: Mapping[str, str]) -> tuple[pd.DataFrame, list[Sighting]]:
    """The values of every row, and every problem with them."""
    people = pd.DataFrame({"person": rows["person"]}, index=rows.index)
    people["january"] = to_years(rows["january"])
    people["born"], births = _births(rows, people, labels)
    people["age"] = age_at(people["born"], people["january"])
    people["start"], people["end"] = to_dates(rows["start"]), to_dates(rows["end"])
    people["need"], needs = _codes(rows, "need", labels)
    people["place_type"], places = _codes(rows, "place", labels)
    people["cost_gbp"], costs = _costs(rows["cost"], labels["cost"])
    flags = [
        found
        for flag, field in FLAGS.items()
        for found in seen(flag, rows[flag].astype(bool), column=labels.get(field, ""))
    ]
    january = seen("january_unreadable", people["january"].isna(), column=labels["january"])
    not_collected = _not_collected(rows, people["january"], labels["need"])
    found = [*flags, *january, *births, *_ages(people, labels), *needs, *not_collected, *places]
    found += [*_unlikely(people, labels["place"]), *_dates(rows, people, labels)]
    used = people[~left_out(found, rows)]
    return people, [*found, *_repeats(used, rows), *costs]


def _births(
    rows: pd.DataFrame, people: pd.DataFrame, labels: Mapping[str, str]
) -> tuple[pd.Series, list[Sighting]]:
    """Dates of birth: as given, else the 1 March of the year; one for each person."""
    dates, years = to_dates(rows["born"]), to_years(rows["birth_year"])
    from_year = pd.to_datetime(years.map("{:.0f}-03-01".format), format="%Y-%m-%d", errors="coerce")
    born = dates.fillna(from_year.astype(dates.dtype))
    empty = (rows["born"] == "") & (rows["birth_year"] == "")
    last = _last_given(born, people)
    date, year = labels["born"], labels["birth_year"]
    found = [
        *seen("birth_missing", empty, column=date),
        *seen("birth_unreadable", born.isna() & ~empty, column=date),
        *seen("birth_year_only", dates.isna() & born.notna(), column=year),
        *seen("birth_differs_from_year", dates.dt.year.ne(years) & years.notna() & dates.notna(),
              column=year),
        *seen("birth_changes", born.ne(last) & born.notna() & last.notna(), column=date),
    ]  # fmt: skip
    return last.where(born.notna()), found


def _last_given(born: pd.Series, people: pd.DataFrame) -> pd.Series:
    """The date of birth that stands in a person's last January."""
    known = people.assign(born=born).loc[born.notna() & (people["person"] != "")]
    last = known.sort_values("january", kind="stable").groupby("person")["born"].last()
    return people["person"].map(last).astype(born.dtype).fillna(born)


def _ages(people: pd.DataFrame, labels: Mapping[str, str]) -> list[Sighting]:
    return [
        *seen("birth_after_start", people["born"] > people["start"], column=labels["born"]),
        *seen("age_under_0", people["age"] < FIRST_AGE, column=labels["born"]),
        *seen("age_over_25", people["age"] > LAST_AGE, column=labels["born"]),
    ]


def _codes(
    rows: pd.DataFrame, field: str, labels: Mapping[str, str]
) -> tuple[pd.Series, list[Sighting]]:
    values, empty = to_values(rows[field], field), rows[field] == ""
    told = rows["place_by_urn"].astype(bool) if field == "place" else False
    found = [
        *seen(f"{field}_missing", empty & ~told, column=labels[field]),
        *seen(f"{field}_unknown", values.isna() & ~empty, column=labels[field], codes=rows[field]),
    ]
    return values.mask(empty, MISSING[field]), found


def _not_collected(rows: pd.DataFrame, january: pd.Series, column: str) -> list[Sighting]:
    """One sighting for each January none of whose rows has a need."""
    without = (rows["need"] == "").groupby(january).all()
    return [
        Sighting("need_not_collected", rows.index[january == year], column=column,
                 detail=f"January {year:.0f}")
        for year in without.index[without]
    ]  # fmt: skip


def _unlikely(people: pd.DataFrame, column: str) -> list[Sighting]:
    ages = {place.value: ages for place, ages in LIKELY_AGES.items()}
    first = people["place_type"].map({place: span[0] for place, span in ages.items()})
    last = people["place_type"].map({place: span[1] for place, span in ages.items()})
    counted = people["age"].between(FIRST_AGE, LAST_AGE)
    unlikely = counted & ((people["age"] < first) | (people["age"] > last))
    return seen("place_unlikely", unlikely, column=column, codes=people["place_type"])


def _dates(rows: pd.DataFrame, people: pd.DataFrame, labels: Mapping[str, str]) -> list[Sighting]:
    start, end = people["start"], people["end"]
    days = {
        year: pd.Timestamp(census_day(int(year))) for year in people["january"].dropna().unique()
    }
    day = people["january"].map(days)
    return [
        *seen("start_unreadable", start.isna() & (rows["start"] != ""), column=labels["start"]),
        *seen("end_unreadable", end.isna() & (rows["end"] != ""), column=labels["end"]),
        *seen("start_after_january", start > day, column=labels["start"]),
        *seen("end_before_january", end < day, column=labels["end"]),
        *seen("end_before_start", end < start, column=labels["end"]),
        *seen("start_before_2014", start < FIRST_PLANS, column=labels["start"]),
    ]


def _repeats(people: pd.DataFrame, rows: pd.DataFrame) -> list[Sighting]:
    """Rows that say the same twice, and people with two plans in one January."""
    written = rows.loc[people.index, ["need", "place", "start", "end", "cost"]]
    copies = written.assign(**people[["person", "january", "born"]]).duplicated()
    others = people.loc[~copies].duplicated(["person", "january"], keep=False)
    return [*seen("row_twice", copies), *seen("person_twice", others)]


def _costs(text: pd.Series, column: str) -> tuple[pd.Series, list[Sighting]]:
    amounts = pd.to_numeric(text.str.replace(r"[£,\s]", "", regex=True), errors="coerce")
    plausible = amounts.between(0, HIGHEST_COST_GBP)
    found = [
        *seen("cost_unreadable", amounts.isna() & (text != ""), column=column),
        *seen("cost_implausible", amounts.notna() & ~plausible, column=column),
    ]
    return amounts.where(plausible), found
