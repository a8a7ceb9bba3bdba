"""What a page says of the strategy's measures: their last figures, tests and directions."""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sendlib.outcomes.words import children_of, measure_name, published_cells
from sendlib.pages.formats import find_format
from sendlib.pages.narrative import inside, join_words

Row = Mapping[Hashable, Any]
_SIGNS = {"higher": 1.0, "lower": -1.0}


def measure_rows(measures: pd.DataFrame) -> pd.DataFrame:
    """Where each measure stands: last figures, test result, direction, the strategy's figure.

    Parameters
    ----------
    measures : pd.DataFrame
        As made by ``compare.describe``, of one authority.

    Returns
    -------
    pd.DataFrame
        A row for each measure.
    """
    rows = measures.to_dict("records")
    frame = pd.DataFrame(
        {
            "Measure": [measure_name(row["part"], children=row["group"]) for row in rows],
            "Period": measures["period"],
            **{
                heading: [find_format(row["format"])(row[column]) for row in rows]
                for heading, column in (
                    (measures["name"].iloc[0] if rows else "Authority", "value"),
                    ("Neighbours' mean", "neighbours"),
                    ("England", "england"),
                )
            },
            "Test": measures["test"],
            "Direction": measures["trend"],
            "The strategy": published_cells(measures, "printed"),
        }
    )
    frame.attrs["why"] = "No outcome is available for this authority."
    return frame


def outcomes_now(measures: pd.DataFrame, *, name: str, group: str) -> str:
    """How the latest outcomes of a group compare with England's, and which way they go.

    Parameters
    ----------
    measures : pd.DataFrame
        As made by ``compare.describe``.
    name, group : str
        The authority, and a value of ``ChildGroup``.
    """
    whose = f"outcomes of {children_of(group)} in {name}"
    own = measures[(measures["group"] == group) & measures["better"].isin(list(_SIGNS))]
    if own.empty:
        return f"No {whose} are available."
    return f"{_compared(own, whose)} by their latest figures. {_ways(own)}"


def finding(measures: pd.DataFrame, *numbers: int) -> str:
    """What the measures of some charts say in few words, for the title of their picture.

    Outcomes are counted by whether they are better; of other measures with tests, how many
    differ is said; otherwise the first has its figure. Nothing without a measure.
    """
    rows = measures[measures["number"].isin(numbers)]
    if rows.empty:
        return ""
    outcomes = rows[rows["better"].isin(list(_SIGNS))]
    if len(outcomes):
        return _compared(outcomes, "measures")
    tested = rows["result"].isin(["higher", "lower", "similar", "too few"])
    if tested.sum() > len(rows) / 2:
        differ = rows["result"].isin(["higher", "lower"]).sum()
        return f"{differ} of {tested.sum()} shares differ from {_others(rows)} by more than chance"
    first = rows.iloc[0]
    write = find_format(first["format"])
    return (
        f"{first['part']}: {write(first['value'])}, {first['other_name']} {write(first['other'])}"
    )


def findings(measures: pd.DataFrame, lines: pd.DataFrame) -> dict[str, Any]:
    """The title of a picture of some charts and the notes below it, as a chart takes them.

    Parameters
    ----------
    measures : pd.DataFrame
        As made by ``compare.describe``.
    lines : pd.DataFrame
        As made by ``StrategyCharts.lines``.
    """
    numbers = lines["chart"].unique().tolist() if len(lines) else []
    return {"title": finding(measures, *numbers), "notes": notes(measures, *numbers)}


def notes(measures: pd.DataFrame, *numbers: int) -> list[str]:
    """What tests and directions say of the measures of some charts, and how means were made.

    Parameters
    ----------
    measures : pd.DataFrame
        As made by ``compare.describe``.
    *numbers : int
        Numbers of the strategy's charts.
    """
    rows = measures[measures["number"].isin(numbers)]
    said = [
        f"{row['part']} ({row['period']}): {_written(row)}, {row['test']}."
        for row in rows.to_dict("records")
        if row["result"] in ("higher", "lower")
    ]
    moving = [
        f"{inside(row['part'])} ({row['trend']})"
        for row in rows.to_dict("records")
        if row["direction"] in ("rising", "falling")
    ]
    if moving:
        said.append(f"By more than chance over the years: {join_words(moving)}.")
    return [*said, *_basis(rows)]


def _written(row: Row) -> str:
    return find_format(row["format"])(row["value"])


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


def _ways(rows: pd.DataFrame) -> str:
    better = rows["trend"].str.endswith(": better").sum()
    worse = rows["trend"].str.endswith(": worse").sum()
    few = (rows["direction"] == "too few points").sum()
    said = f"Over the years {better or 'none'} improved and {worse or 'none'} worsened"
    rest = f"; {few} {'has' if few == 1 else 'have'} too few years to test" if few else ""
    return f"{said} by more than chance{rest}."


def _basis(rows: pd.DataFrame) -> list[str]:
    """How many neighbours the mean is of, and which lines have no figures."""
    weighed = rows[rows["mean_basis"] == "weighted"]
    equal = rows[rows["mean_basis"] == "unweighted"]
    said = []
    if len(weighed) or len(equal):
        counts = sorted({int(count) for count in rows["neighbours_held"]} - {0})
        how = "each counts the same" if weighed.empty else "those with more children count for more"
        if len(weighed) and len(equal):
            named = join_words([inside(part) for part in equal["part"]])
            how = f"{how}, except for {named}, where each counts the same"
        said.append(f"The neighbours' mean is of {join_words(list(map(str, counts)))}; {how}.")
    lacking = rows[rows["not_held"].map(len) > 0]
    return said + [
        f"No figures of {join_words(list(row['not_held']))}: {inside(row['part'])}."
        for row in lacking.to_dict("records")
    ]
