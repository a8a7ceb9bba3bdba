"""Say of every row of a file of outcomes which area, group and outcome it is about.

Most files give an authority's name and no code. A name that two authorities
have had is that of the one which existed in the January of the school year.
"""

from collections.abc import Hashable, Mapping, Sequence

import pandas as pd

from sendlib.data.crosswalks import to_standard
from sendlib.data.outcome_layouts import OUTCOME_FILES, OutcomeFile
from sendlib.data.symbols import cell
from sendlib.errors import Problem, did_you_mean
from sendlib.periods import academic_year_end
from sendlib.vocabulary import ENGLAND, SUBTOTAL, AreaLevel

NATIONAL, REGIONAL, LOCAL = "National", "Regional", "Local authority"
_LEVELS = (NATIONAL, REGIONAL, LOCAL)
_PARTS_OF_LONDON = ("Inner London", "Outer London")
_ROW = ["area_code", "academic_year", "group", "outcome"]


def code_outcomes(
    frames: Mapping[str, pd.DataFrame], areas: pd.DataFrame, *, where: Mapping[str, str]
) -> tuple[dict[str, pd.DataFrame], list[Problem]]:
    """The files of outcomes with standard terms beside the publisher's columns.

    Rows of the two parts of London, and of labels that a crosswalk calls a
    subtotal, are left out.
    """
    coded = {}
    problems: list[Problem] = []
    for layout in OUTCOME_FILES:
        if layout in frames:
            name = where.get(layout, layout)
            coded[layout], found = _coded(frames[layout], layout, areas, name)
            problems += found
    return coded, problems


def _coded(
    frame: pd.DataFrame, layout: str, areas: pd.DataFrame, where: str
) -> tuple[pd.DataFrame, list[Problem]]:
    file = OUTCOME_FILES[layout]
    part_of_london = frame["region_name"].isin(_PARTS_OF_LONDON)
    kept = frame[(frame["geographic_level"] != REGIONAL) | ~part_of_london]
    area_code, problems = _area_codes(kept, file, areas, where)
    terms, unknown = _terms(kept, file, layout, where)
    coded = kept.assign(area_code=area_code, **terms)
    wanted = (coded["group"] != SUBTOTAL) & (coded["outcome"] != SUBTOTAL)
    told_apart = _tell_namesakes_apart(coded[wanted], file, areas)
    return told_apart, [*problems, *unknown, *_repeated(told_apart, where)]


def _terms(
    rows: pd.DataFrame, file: OutcomeFile, layout: str, where: str
) -> tuple[dict[str, pd.Series], list[Problem]]:
    """Group and outcome of every row in standard terms."""
    group, problems = to_standard(
        rows[file.group], release=layout, field="group_label", where=where
    )
    if not file.outcome:
        return {"group": group, "outcome": pd.Series("", index=rows.index)}, problems
    first, *others = file.outcome
    label = rows[first].str.cat(rows[others], sep=" | ")
    outcome, unknown = to_standard(
        label.rename(first), release=layout, field="outcome_label", where=where
    )
    return {"group": group, "outcome": outcome}, [*problems, *unknown]


def _area_codes(
    rows: pd.DataFrame, file: OutcomeFile, areas: pd.DataFrame, where: str
) -> tuple[pd.Series, list[Problem]]:
    """The code of every row's area; missing, with a problem, where none has its name."""
    level = rows["geographic_level"]
    is_authority = areas["area_level"] == AreaLevel.AUTHORITY
    regions = areas[areas["area_level"] == AreaLevel.REGION]
    region = rows["region_name"].map(
        dict(zip(regions["area_name"], regions["area_code"], strict=True))
    )
    own = _authorities(rows, file, areas[is_authority])
    code = own.where(level == LOCAL).mask(level == REGIONAL, region)
    code = code.mask(level == NATIONAL, ENGLAND)
    local = file.codes[0] if file.codes else "la_name"
    named = {
        LOCAL: (local, areas.loc[is_authority, "area_name"].to_list()),
        REGIONAL: ("region_name", regions["area_name"].to_list()),
    }
    other = ("geographic_level", list(_LEVELS))
    lacking = rows[code.isna()]
    problems = [
        _unknown(record, *named.get(record["geographic_level"], other), row=row, where=where)
        for row, record in zip(lacking.index, lacking.to_dict("records"), strict=True)
    ]
    return code, problems


def _unknown(
    record: Mapping[Hashable, object],
    column: str,
    valid: Sequence[str],
    *,
    row: Hashable,
    where: str,
) -> Problem:
    found = str(record[column])
    remedy = did_you_mean(found, valid) or "name it as data/raw/reference/areas.csv does"
    return Problem(f"{found!r} is not known", cell(where, row, column), remedy)


def _authorities(rows: pd.DataFrame, file: OutcomeFile, areas: pd.DataFrame) -> pd.Series:
    """Codes of the authorities that rows name, by nine-character code or by name and year."""
    if file.codes:
        every_code = (areas["gss_code"] + ";" + areas["former_gss_codes"]).str.split(";")
        each = areas.assign(gss=every_code).explode("gss")
        return rows[file.codes[0]].map(dict(zip(each["gss"], each["area_code"], strict=True)))
    asked = rows[["la_name", "academic_year"]].drop_duplicates()
    january = asked["academic_year"].map(academic_year_end)
    found = asked.assign(january=january).merge(areas, left_on="la_name", right_on="area_name")
    first, last = (pd.to_numeric(found[name]) for name in ("first_census", "last_census"))
    there = (first <= found["january"]) & ~(last < found["january"])
    best = (
        found.assign(there=there)
        .sort_values("there")
        .drop_duplicates(["la_name", "academic_year"], keep="last")
    )
    code = best.set_index(["la_name", "academic_year"])["area_code"]
    wanted = pd.MultiIndex.from_frame(rows[["la_name", "academic_year"]])
    return pd.Series(code.reindex(wanted).to_numpy(), index=rows.index)


def _tell_namesakes_apart(
    coded: pd.DataFrame, file: OutcomeFile, areas: pd.DataFrame
) -> pd.DataFrame:
    """Give a second, smaller row of one name to the former authority of that name.

    Dorset's row of 2019/20 stands beside that of the few whom the county before
    its reorganisation still had.
    """
    if not file.cohort:
        return coded
    ended = areas[areas["successors"] != ""]
    former = coded["la_name"].map(dict(zip(ended["area_name"], ended["area_code"], strict=True)))
    ordered = coded.sort_values(file.cohort, ascending=False, kind="stable")
    second = ordered.duplicated(_ROW).reindex(coded.index)
    return coded.assign(area_code=coded["area_code"].mask(second & former.notna(), former))


def _repeated(coded: pd.DataFrame, where: str) -> list[Problem]:
    again = coded[coded["area_code"].notna() & coded.duplicated(_ROW)]
    return [
        Problem(
            f"{name or level} has a second row for {group}, {year}",
            cell(where, row),
            "keep one row for each area, year and group",
        )
        for row, name, level, group, year in zip(
            again.index,
            again["la_name"],
            again["geographic_level"],
            again["group"],
            again["academic_year"],
            strict=True,
        )
    ]
