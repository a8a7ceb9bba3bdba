"""What is held, what is missing and why, and where published figures disagree."""

import pandas as pd

from sendlib.areas import PeerGroup
from sendlib.vocabulary import ENGLAND, TOTAL, ValueStatus

_YEAR_COLUMNS = ("census_year", "calendar_year", "financial_year", "year", "balance_date")


def held_years(frame: pd.DataFrame, area_code: str) -> pd.Series:
    """The years in which a table has any figure for an area.

    Returns
    -------
    pd.Series
        Sorted, as text; empty where the area is not in the table.
    """
    column = next(name for name in _YEAR_COLUMNS if name in frame)
    mine = frame[frame["area_code"] == area_code].drop_duplicates(column).sort_values(column)
    if column == "balance_date":
        return pd.Series([f"{date:%d %B %Y}" for date in mine[column]], dtype="str")
    return pd.Series([str(year) for year in mine[column]], dtype="str")


def coverage(tables: dict[str, pd.DataFrame], group: PeerGroup) -> pd.DataFrame:
    """For each table: the years held for the authority, its peers held, England.

    Returns
    -------
    pd.DataFrame
        ``table``, ``first``, ``last``, ``periods``, ``neighbours_held``,
        ``england_held``; an authority that is not in a table has no first and
        no last period.
    """
    rows = []
    for name, frame in tables.items():
        years = held_years(frame, group.area_code)
        held = set(frame["area_code"])
        rows.append(
            {
                "table": name,
                "first": years.iloc[0] if len(years) else None,
                "last": years.iloc[-1] if len(years) else None,
                "periods": len(years),
                "neighbours_held": sum(code in held for code in group.neighbours),
                "england_held": ENGLAND in held,
            }
        )
    return pd.DataFrame(rows)


def status_counts(tables: dict[str, pd.DataFrame], area_code: str) -> pd.DataFrame:
    """How many figures of an area are published, and why the others are not.

    Returns
    -------
    pd.DataFrame
        Index table, columns the statuses that occur, in the list's order. [figures]
    """
    counts = {
        name: frame.loc[frame["area_code"] == area_code, "value_status"].value_counts()
        for name, frame in tables.items()
        if "value_status" in frame
    }
    wide = pd.DataFrame(counts).T.fillna(0).astype("int64")
    return wide[[status.value for status in ValueStatus if status.value in wide]]


def disagreeing_totals(total_by_table: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Januaries in which one release prints two totals of plans for an area.

    Returns
    -------
    pd.DataFrame
        ``census_year``, ``source_id``, ``by_age``, ``by_setting`` [plans],
        ``difference`` (by setting less by age).
    """
    mine = total_by_table[total_by_table["area_code"] == area_code]
    wide = mine.pivot(index=["census_year", "source_id"], columns="table", values="plans")
    both = wide.reindex(columns=["age", "caseload"]).dropna()
    both = both.set_axis(["by_age", "by_setting"], axis=1)
    both["difference"] = both["by_setting"] - both["by_age"]
    return both[both["difference"] != 0].reset_index().rename_axis(columns=None)


def parts_against_total(caseload: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """Plans by setting, added up, beside the published total of each January.

    Returns
    -------
    pd.DataFrame
        ``census_year``, ``total``, ``added`` (settings with a figure), ``left``
        (total less added), ``not_known`` (settings whose figure is missing
        though it was collected).
    """
    rows = caseload[
        (caseload["area_code"] == area_code)
        & (caseload["age_band"] == TOTAL)
        & (caseload["primary_need"] == TOTAL)
    ]
    total = rows[rows["place_type"] == TOTAL].set_index("census_year")["plans"]
    parts = rows[rows["place_type"] != TOTAL]
    unknown = parts["plans"].isna() & (parts["value_status"] != ValueStatus.NOT_COLLECTED)
    groups = parts.assign(unknown=unknown).groupby("census_year")
    added = groups["plans"].sum(min_count=1)
    frame = pd.DataFrame({"total": total, "added": added, "left": total - added})
    return frame.assign(not_known=groups["unknown"].sum()).reset_index()


def reorganised(areas: pd.DataFrame) -> pd.DataFrame:
    """Authorities that ended, their last January, and those that followed.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``area_name``, ``last_census``, ``followed_by``.
    """
    names = areas.set_index("area_code")["area_name"]
    ended = areas[areas["successors"] != ""].sort_values(["last_census", "area_name"])
    followed = ended["successors"].apply(
        lambda codes: ", ".join(names[code] for code in codes.split(";"))
    )
    frame = ended[["area_code", "area_name"]].assign(
        last_census=ended["last_census"].astype("int64"), followed_by=followed
    )
    return frame.reset_index(drop=True)
