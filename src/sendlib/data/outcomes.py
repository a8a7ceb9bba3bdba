"""Files of outcomes: what they look like, which area and group a row is about, one tidy table.

A row is an area, a year and a group of children; in two files also one of
several outcomes. Most files give an authority's name and no code. A name that two
authorities have had is that of the one which existed in the January of the school
year. The publisher's own ``time_period`` has to be that year. Labels are mapped in
``crosswalks.csv``, by layout.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from pydantic import TypeAdapter

from sendlib.data.crosswalks import code_of_gss, read_layouts, to_standard
from sendlib.data.text_tables import cell
from sendlib.errors import Problem, did_you_mean
from sendlib.periods import academic_year_end
from sendlib.tidy import existed
from sendlib.vocabulary import ENGLAND, SUBTOTAL, AreaLevel, ValueStatus


@dataclass(frozen=True)
class ValueColumns:
    """Where a file has a value; of several columns, the first that has one."""

    columns: Sequence[str]
    outcome: str = ""  # empty where each row names its own
    unit: str = "%"
    numerator: str = ""
    denominator: str = ""
    limits: tuple[str, ...] = ()  # columns of its lower and upper confidence limit


@dataclass(frozen=True)
class OutcomeFile:
    """The columns of one file of outcomes, and what they say."""

    group: str  # column that names the children
    figures: Sequence[ValueColumns]
    outcome: Sequence[str] = ()  # columns that together name the outcome of a row
    codes: str = ""  # column of nine-character codes; else authorities go by their names only
    cohort: str = ""  # column that counts the children, where two authorities may share a name
    negative: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """Columns that hold numbers or symbols."""
        each = [(*one.columns, one.numerator, one.denominator, *one.limits) for one in self.figures]
        return tuple(dict.fromkeys(name for names in each for name in names if name))

    @property
    def key(self) -> tuple[str, ...]:
        """Columns whose values together name one row."""
        more = [name for name in (self.codes, *self.outcome, self.cohort) if name]
        return ("geographic_level", "region_name", "la_name", "academic_year", self.group, *more)


OUTCOME_FILES = TypeAdapter(dict[str, OutcomeFile]).validate_python(read_layouts("outcomes"))
_PARTS_OF_LONDON = ("Inner London", "Outer London")
_KEY = ["area_code", "academic_year", "outcome", "group"]


def code_outcomes(
    frame: pd.DataFrame, layout: str, areas: pd.DataFrame, *, where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """A file of outcomes with standard terms beside the publisher's columns.

    Rows of the two parts of London, and of labels that a crosswalk calls a
    subtotal, are left out.
    """
    file = OUTCOME_FILES[layout]
    part_of_london = frame["region_name"].isin(_PARTS_OF_LONDON)
    rows = frame[(frame["geographic_level"] != "Regional") | ~part_of_london]
    area_code, problems = _area_codes(rows, file, areas, where)
    group, found = to_standard(rows[file.group], release=layout, field="group_label", where=where)
    problems += found
    outcome = pd.Series("", index=rows.index)
    if file.outcome:
        first, *others = file.outcome
        label = rows[first].str.cat(rows[others], sep=" | ").rename(first)
        outcome, found = to_standard(label, release=layout, field="outcome_label", where=where)
        problems += found
    coded = rows.assign(area_code=area_code, group=group, outcome=outcome)
    coded = coded[(coded["group"] != SUBTOTAL) & (coded["outcome"] != SUBTOTAL)]
    if file.cohort:
        coded = _separate_namesakes(coded, file.cohort, areas)
    return coded, [*problems, *_other_periods(rows, where), *_outside_limits(coded, file, where)]


def _other_periods(rows: pd.DataFrame, where: str) -> Iterator[Problem]:
    """Years, as the compiler of the file writes them, that are not the publisher's own period."""
    stated = rows["time_period"].str.removesuffix(".0")
    for row in rows.index[stated != rows["academic_year"].str.replace("/", "")]:
        found = f"{rows.loc[row, 'academic_year']}, where time_period is {stated[row]}"
        remedy = "compare the file with what was published: one of the two is wrong"
        place = cell(where, row, "academic_year")
        yield Problem("year_unlike_its_period", found, place, remedy)


def _outside_limits(coded: pd.DataFrame, file: OutcomeFile, where: str) -> Iterator[Problem]:
    """Values that are not between the confidence limits published beside them."""
    for figure in file.figures:
        if figure.limits:
            (value, (low, high)) = figure.columns[0], figure.limits
            outside = (coded[value] < coded[low]) | (coded[value] > coded[high])
            for row, numbers in coded.loc[outside, [value, low, high]].iterrows():
                found = "{:g}, with limits of {:g} and {:g}".format(*numbers)
                remedy = "compare the file with what was published: columns may have changed places"
                yield Problem("value_outside_its_limits", found, cell(where, row, value), remedy)


def tidy_outcomes(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Table ``outcome`` from the coded files.

    A percentage is the department's where it has decimals, otherwise its whole
    number. Counts of regions are rounded to ten where the file rounds them.
    """
    parts = []
    for layout, file in OUTCOME_FILES.items():
        for figure in file.figures if layout in frames else ():
            frame = frames[layout]
            value = frame[list(figure.columns)].bfill(axis=1).iloc[:, 0]
            reason = frame[f"{figure.columns[-1]}_status"]  # the last column says why none has one
            missing = pd.Series(float("nan"), index=frame.index)
            parts.append(
                pd.DataFrame(
                    {
                        "area_code": frame["area_code"],
                        "academic_year": frame["academic_year"],
                        "outcome": figure.outcome or frame["outcome"],
                        "group": frame["group"],
                        "value": value,
                        "numerator": frame.get(figure.numerator, missing),
                        "denominator": frame.get(figure.denominator, missing),
                        "unit": figure.unit,
                        "value_status": reason.mask(value.notna(), ValueStatus.REPORTED.value),
                        "source_id": f"dfe_{layout}",
                    }
                )
            )
    return pd.concat(parts).sort_values(_KEY, ignore_index=True)


def _area_codes(
    rows: pd.DataFrame, file: OutcomeFile, areas: pd.DataFrame, where: str
) -> tuple[pd.Series, list[Problem]]:
    """The code of every row's area; missing, with a problem, where none has its name."""
    level = rows["geographic_level"]
    authorities = areas[areas["area_level"] == AreaLevel.AUTHORITY]
    regions = areas[areas["area_level"] == AreaLevel.REGION]
    code_of_region = dict(zip(regions["area_name"], regions["area_code"], strict=True))
    code = _authority_codes(rows, file, authorities).where(level == "Local authority")
    code = code.mask(level == "Regional", rows["region_name"].map(code_of_region))
    code = code.mask(level == "National", ENGLAND)
    named = {
        "Local authority": (file.codes or "la_name", list(authorities["area_name"])),
        "Regional": ("region_name", list(regions["area_name"])),
    }
    problems = []
    for row in code.index[code.isna()]:
        other = ("geographic_level", ["National", "Regional", "Local authority"])
        column, valid = named.get(str(level[row]), other)
        found = str(rows.loc[row, column])
        remedy = did_you_mean(found, valid) or "name it as data/raw/reference/areas.csv does"
        problems.append(
            Problem(
                "unknown_area_code", f"{found!r} is not known", cell(where, row, column), remedy
            )
        )
    return code, problems


def _authority_codes(rows: pd.DataFrame, file: OutcomeFile, areas: pd.DataFrame) -> pd.Series:
    """Codes of the authorities that rows name, by nine-character code or by name and year."""
    if file.codes:
        return code_of_gss(rows[file.codes], areas)
    key = ["la_name", "academic_year"]
    asked = rows[key].drop_duplicates()
    january = asked["academic_year"].map(academic_year_end)
    found = asked.assign(january=january).merge(areas, left_on="la_name", right_on="area_name")
    dated = found[["first_census", "last_census"]].apply(pd.to_numeric)
    there = existed(dated, found["january"])
    best = found.assign(there=there).sort_values("there").drop_duplicates(key, keep="last")
    code = best.set_index(key)["area_code"].reindex(pd.MultiIndex.from_frame(rows[key]))
    return pd.Series(code.to_numpy(), index=rows.index)


def _separate_namesakes(coded: pd.DataFrame, cohort: str, areas: pd.DataFrame) -> pd.DataFrame:
    """Give a second, smaller row of one name to the former authority of that name.

    Dorset's row of 2019/20 stands beside that of the few whom the county before
    its reorganisation still had.
    """
    ended = areas[areas["successors"] != ""]
    former = coded["la_name"].map(dict(zip(ended["area_name"], ended["area_code"], strict=True)))
    ordered = coded.sort_values(cohort, ascending=False, kind="stable")
    second = ordered.duplicated(_KEY).reindex(coded.index)
    return coded.assign(area_code=coded["area_code"].mask(second & former.notna(), former))
