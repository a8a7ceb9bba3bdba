"""Stock and movements as counts: of people, or of the transitions layout of witan.send.

In that layout a row is for a person and a pair of Januaries, of which
``calendar-year`` is the first. An academic year is a national curriculum year: 1
is the year of those who were 5 on the 31 August before, so that an age is the
national curriculum year plus 4. ``NONSEND`` stands for no plan on that side.
"""

import numpy as np
import pandas as pd

from sendlib.intake.columns import normalise, read_layout, to_values, to_years
from sendlib.intake.findings import Findings
from sendlib.intake.people import FIRST_AGE, LAST_AGE, NOT_RECORDED
from sendlib.vocabulary import OUTSIDE

AGE_OF_YEAR_NOUGHT = 4
NONSEND = "NONSEND"
_CELL = ["age", "need", "place_type"]
MOVE = ["census_year", "age", "need_from", "place_from", "need_to", "place_to"]
TRANSITIONS = read_layout("transitions", "person and pair of Januaries")


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
