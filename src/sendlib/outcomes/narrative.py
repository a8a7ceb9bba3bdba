"""What a page says of the strategy's measures: their names, figures, tests and directions.

Measures are as made by ``compare.describe`` of ``StrategyCharts.measures``.
"""

from typing import Any

import pandas as pd

from sendlib.pages.formats import MINUS, find_format
from sendlib.pages.narrative import inside, join_words
from sendlib.vocabulary import ChildGroup, labels

UNIT_WORDS = {
    "%": "share1",
    "per 10,000 residents aged 0 to 17": "per_10k",
    "£ per resident aged 0 to 17": "gbp",
    "score": "number2",
}
"""Number format of each unit; shares and rates are of each person."""

_NEED_NO_UNIT = ("%", "score", "points")  # a figure or a name says them by itself
_SIGNS = {"higher": 1.0, "lower": -1.0}


def measure_name(part: str, unit: str = "%", *, children: str = "") -> str:
    """A measure with its unit, where its figures do not say it, and with its children.

    Examples
    --------
    >>> measure_name("Requests", "per 10,000 residents aged 0 to 17", children="all")
    'Requests, per 10,000 residents aged 0 to 17'
    >>> measure_name("Progress 8", "score", children="ehcp")
    'Progress 8, children with an EHC plan'
    """
    named = part if unit in _NEED_NO_UNIT else f"{part}, {unit}"
    return named if children in ("", "all") else f"{named}, {_children(children)}"


def _children(group: str) -> str:
    return inside(labels(ChildGroup)[group])


def as_published(value: float, unit: str) -> str:
    """A figure with the digits that the strategy published, two decimal places at most.

    Examples
    --------
    >>> as_published(6.51, "%"), as_published(79.0, "%"), as_published(-0.92, "score")
    ('6.51%', '79%', '−0.92')
    """
    return f"{round(value, 2):g}{'%' if unit == '%' else ''}".replace("-", MINUS)


def published_cells(rows: pd.DataFrame, column: str) -> list[str]:
    """What the strategy published of each measure, when, and of whom if of others."""
    cells = []
    for row in rows.to_dict("records"):
        value = row[column] * (100 if row["unit"] == "%" else 1)
        others = f", {inside(row['published_of'])}" if row.get("published_of") else ""
        said = f"{as_published(value, row['unit'])} ({row['published_period']}{others})"
        cells.append("none" if pd.isna(value) else said)
    return cells


def measure_rows(measures: pd.DataFrame) -> pd.DataFrame:
    """A row for each measure: last figures, test result, direction, the strategy's figure."""
    rows = measures.to_dict("records")
    columns = {
        measures["name"].iloc[0] if rows else "Authority": "value",
        "Neighbours' mean": "neighbours",
        "England": "england",
    }
    figures = {
        heading: [find_format(row["format"])(row[column]) for row in rows]
        for heading, column in columns.items()
    }
    frame = pd.DataFrame(
        {
            "Measure": [measure_name(row["part"], children=row["group"]) for row in rows],
            "Period": measures["period"],
            **figures,
            "Test": measures["test"],
            "Direction": measures["trend"],
            "The strategy": published_cells(measures, "published"),
        }
    )
    frame.attrs["why"] = "No outcome is available for this authority."
    return frame


def outcomes_now(measures: pd.DataFrame, *, name: str, group: str) -> str:
    """How the latest outcomes of a group compare with England's, and which way they go."""
    whose = f"outcomes of {_children(group)} in {name}"
    own = measures[(measures["group"] == group) & measures["better"].isin(list(_SIGNS))]
    if own.empty:
        return f"No {whose} are available."
    better, worse = (own["trend"].str.endswith(f": {way}").sum() for way in ("better", "worse"))
    few = (own["direction"] == "too few points").sum()
    rest = f"; {few} {'has' if few == 1 else 'have'} too few years to test" if few else ""
    return (
        f"{_compared(own, whose)} by their latest figures. Over the years {better or 'none'} "
        f"improved and {worse or 'none'} worsened by more than chance{rest}."
    )


def findings(measures: pd.DataFrame, lines: pd.DataFrame) -> dict[str, Any]:
    """The title of a picture of some charts and the notes below it, as a chart takes them.

    ``measures`` are those of ``compare.describe``, ``lines`` those of ``StrategyCharts.lines``.
    """
    rows = measures[measures["number"].isin(lines["chart"].unique())]
    return {"title": finding(rows), "notes": notes(rows)}


def finding(rows: pd.DataFrame) -> str:
    """What the measures of some charts say in few words, for the title of their picture.

    Outcomes are counted by whether they are better; of other measures with tests, how many
    differ is said; otherwise the first has its figure. Nothing without a measure.
    """
    if rows.empty:
        return ""
    outcomes = rows[rows["better"].isin(list(_SIGNS))]
    if len(outcomes):
        return _compared(outcomes, "measures")
    tested = rows["result"].isin(["higher", "lower", "similar", "too few"])
    if tested.sum() > len(rows) / 2:
        differ = rows["result"].isin(["higher", "lower"]).sum()
        verb = "differ" if differ > 1 else "differs"
        return (
            f"{differ or 'None'} of {tested.sum()} shares {verb} from {_others(rows)} by more than "
            "chance"
        )
    first = rows.iloc[0]
    write = find_format(first["format"])
    own, other = write(first["value"]), write(first["other"])
    return f"{first['part']}: {own}, {first['other_name']} {other}"


def notes(rows: pd.DataFrame) -> list[str]:
    """What tests and directions say of the measures of some charts, and how means were made."""
    said, moving = [], []
    for row in rows.to_dict("records"):
        if row["result"] in ("higher", "lower"):
            value = find_format(row["format"])(row["value"])
            value += f" {row['unit']}" * row["unit"].startswith("per ")
            said.append(f"{row['part']} ({row['period']}): {value}, {row['test']}.")
        if row["direction"] in ("rising", "falling"):
            moving.append(f"{inside(row['part'])} ({row['trend']})")
    if moving:
        said.append(f"By more than chance over the years: {join_words(moving)}.")
    weighted = rows["mean_basis"] == "weighted"
    equal = rows["mean_basis"] == "unweighted"
    if weighted.any() or equal.any():
        counts = sorted({int(count) for count in rows["neighbours_available"]} - {0})
        how = "those with more children count for more" if weighted.any() else ""
        if weighted.any() and equal.any():
            how += f", except for {join_words([*map(inside, rows['part'][equal])])}, where "
        how += "each counts the same" * bool(equal.any())
        said.append(f"The neighbours' mean is of {' or '.join(map(str, counts))}; {how}.")
    lacking = rows[rows["not_available"].map(len) > 0]
    return said + [
        f"No figures of {join_words(list(row['not_available']))}: {inside(row['part'])}."
        for row in lacking.to_dict("records")
    ]


def _compared(rows: pd.DataFrame, what: str) -> str:
    sign = rows["better"].map(_SIGNS).astype(float)
    gap = sign * (rows["value"].astype(float) - rows["other"].astype(float))
    better, worse = int((gap > 0).sum()), int((gap < 0).sum())
    verbs = ["is" if number < 2 else "are" for number in (better, worse)]
    return (
        f"{better or 'None'} of {len(rows)} {what} {verbs[0]} better than {_others(rows)}; "
        f"{worse or 'none'} {verbs[1]} worse"
    )


def _others(rows: pd.DataFrame) -> str:
    """Whose figures the measures are compared with."""
    names = sorted(set(rows.dropna(subset=["other"])["other_name"]))
    return " or ".join(names) or "England"
