"""Counts of people: stock, movements and costs; nothing about one person is left in them."""

import pandas as pd

from sendlib.vocabulary import FEWEST_SHOWN, OUTSIDE

CELL = ["age", "need", "place_type"]
MOVE = ["census_year", "age", "need_from", "place_from", "need_to", "place_to"]


def count_movements(people: pd.DataFrame) -> pd.DataFrame:
    """Who stayed, joined, left or moved between each January and the next."""
    januaries = sorted(people["census_year"].unique())
    pairs = [_pair(people, year) for year in januaries[1:]]
    return add_up(pd.concat(pairs, ignore_index=True))


def _pair(people: pd.DataFrame, january: int) -> pd.DataFrame:
    states = ["person", *CELL]
    before = people.loc[people["census_year"] == january - 1, states]
    after = people.loc[people["census_year"] == january, states]
    both = before.merge(after, on="person", how="outer", suffixes=("_before", "_after"))
    return pd.DataFrame(
        {
            "census_year": january,
            "age": both["age_after"].fillna(both["age_before"] + 1),
            "need_from": both["need_before"].fillna(OUTSIDE),
            "place_from": both["place_type_before"].fillna(OUTSIDE),
            "need_to": both["need_after"].fillna(OUTSIDE),
            "place_to": both["place_type_after"].fillna(OUTSIDE),
        }
    )


def add_up(moves: pd.DataFrame) -> pd.DataFrame:
    """Rows of people or of counts as one count for each kind of movement, in order."""
    counted = moves.assign(plans=1) if "plans" not in moves else moves
    totals = pd.DataFrame(counted.groupby(MOVE)["plans"].sum()).reset_index()
    return totals.astype({"census_year": int, "age": int, "plans": int})


def sides(movements: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What movements say of the earlier and of the later January of each pair."""
    before = movements.assign(
        census_year=movements["census_year"] - 1, age=movements["age"] - 1
    ).rename(columns={"need_from": "need", "place_from": "place_type"})
    after = movements.rename(columns={"need_to": "need", "place_to": "place_type"})
    return _side(before), _side(after)


def _side(rows: pd.DataFrame) -> pd.DataFrame:
    held = rows[rows["place_type"] != OUTSIDE]
    totals = pd.DataFrame(held.groupby(["census_year", *CELL])["plans"].sum())
    return totals.reset_index()


def stock_of(movements: pd.DataFrame) -> pd.DataFrame:
    """The count of every January from movements: ``census_year``, age, need, place, ``plans``."""
    before, after = sides(movements)
    first = before[before["census_year"] == before["census_year"].min()]
    stock: pd.DataFrame = pd.concat([first, after], ignore_index=True)
    return stock.sort_values(["census_year", *CELL], ignore_index=True)


def count_costs(people: pd.DataFrame) -> pd.DataFrame:
    """The mean cost of a plan, where five or more plans have one."""
    by_cell = people.dropna(subset=["cost_gbp"]).groupby(["census_year", "need", "place_type"])
    means = pd.DataFrame(
        {
            "plans_with_cost": by_cell["cost_gbp"].size(),
            "mean_gbp_per_plan": by_cell["cost_gbp"].mean(),
        }
    ).reset_index()
    enough: pd.DataFrame = means[means["plans_with_cost"] >= FEWEST_SHOWN]
    return enough.reset_index(drop=True)


def no_costs() -> pd.DataFrame:
    """The columns of costs without a row, for forms that have none."""
    return count_costs(pd.DataFrame(columns=["census_year", "need", "place_type", "cost_gbp"]))
