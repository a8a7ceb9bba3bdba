"""Sentences on outcomes: a chart's last figures, their directions, and the page's headline.

Each takes rows as the analysis made them. What was tested is called higher, lower
or similar; what could not be tested is set beside the other figure and said so.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sendlib.pages.formats import Format, find_format, number1
from sendlib.present.words.directions import say_direction, worth_of_way
from sendlib.present.words.general import Row, describe_lines, join_words, say_against
from sendlib.present.words.measures import as_printed, inside, name_with_unit, unit_format
from sendlib.present.words.verdicts import cell_verdict, say_verdict

SENTENCES = 3  # measures of a chart that have a sentence each; more are put together
_SIGNS = {"higher": 1.0, "lower": -1.0}
_BASES = {
    "weighted": "In the neighbours' mean a neighbour with more children counts for more",
    "unweighted": "In the neighbours' mean each neighbour counts the same",
}
_FEWEST = 2  # years


def say_way(row: Row, *, unit: str) -> str:
    """Which way a measure goes; a share goes by points a year.

    Parameters
    ----------
    row : Mapping
        As for ``say_direction``, with ``better`` and ``kind``; of an amount, which
        chance does not move, also ``rose`` of ``changes`` years.
    unit : str
        The unit of the measure.
    """
    if row["points"] < _FEWEST:
        return "No earlier year can be compared with it."
    write = _points if unit == "%" else unit_format(unit)
    said = say_direction(row, name="Over the years", better=str(row["better"]), unit=write)
    if row["kind"] != "amount" or row["direction"] in ("rising", "falling"):
        return said
    return (
        f"{said} Counted as it was each year, it rose in {row['rose']} of {row['changes']} years."
    )


def describe_multiples(frame: pd.DataFrame, *, units: Mapping[str, str | Format]) -> str:
    """What small charts of lines show, measure by measure.

    Parameters
    ----------
    frame : pd.DataFrame
        As for ``plot_multiples``.
    units : Mapping[str, str or callable]
        Number format of each measure.
    """
    return " ".join(
        describe_lines(rows, what=inside(str(part)), unit=units[str(part)])
        for part, rows in frame.groupby("part", sort=False)
    )


def describe_dots(frame: pd.DataFrame, *, what: str, unit: str | Format) -> str:
    """What rows of dots show: every value of every area, measure by measure."""
    write = find_format(unit)
    parts = [
        f"{part}: "
        + join_words(
            [f"{name} {write(value)}" for name, value in rows[["name", "value"]].to_numpy()]
        )
        for part, rows in frame.dropna(subset=["value"]).groupby("part", sort=False)
    ]
    return f"Chart of dots, {what}. {'; '.join(parts)}."


def say_measures(rows: Sequence[Row]) -> str:
    """What a chart's last figures say, beside another area and beside their own past.

    Parameters
    ----------
    rows : Sequence[Mapping]
        A row for each measure: ``part``, ``unit``, ``better``, ``kind``,
        ``period``, ``name``, ``value``, ``other_name``, ``other``, ``verdict``
        (missing where not tested) with what ``say_verdict`` needs, ``tested_verdict``
        with ``tested_period`` and its figures (of an earlier year; missing likewise),
        ``direction`` with what ``say_direction`` needs, and ``printed`` with
        ``printed_period`` and ``printed_of`` (the children, where they are others).
    """
    if len(rows) > SENTENCES:
        return _say_together(rows)
    return " ".join(text for row in rows for text in _say_measure(row))


def say_better(rows: Sequence[Row], *, name: str, group: str) -> str:
    """Whether outcomes are getting better, from their tested directions.

    Parameters
    ----------
    rows : Sequence[Mapping]
        A row for each outcome: ``better`` ("higher" or "lower") and ``direction``.
    name, group : str
        The authority, and the children.

    Examples
    --------
    >>> rows = [{"better": "higher", "direction": "rising"},
    ...         {"better": "lower", "direction": "no clear direction"}]
    >>> print(say_better(rows, name="Wiltshire", group="children with an EHC plan"))
    Of 2 outcomes of children with an EHC plan in Wiltshire, 1 is getting better, none worse \
and 1 shows no clear direction.
    """
    if not rows:
        return f"No outcome of {group} in {name} is held here."
    found = [_way(row) for row in rows]
    number = {way: found.count(way) for way in ("better", "worse", "unclear", "too few")}
    parts = [
        f"{_are(number['better'])} getting better",
        f"{number['worse'] or 'none'} worse",
        f"{number['unclear'] or 'none'} {'shows' if number['unclear'] == 1 else 'show'} "
        "no clear direction",
    ]
    if number["too few"]:
        parts.append(
            f"{number['too few']} {'has' if number['too few'] == 1 else 'have'} too few years "
            "that can be compared"
        )
    return f"Of {len(rows)} outcomes of {group} in {name}, {join_words(parts)}."


def say_last(rows: Sequence[Row]) -> str:
    """How many last figures stand better than what they are set beside, and how many of it tests.

    Parameters
    ----------
    rows : Sequence[Mapping]
        A row for each outcome: ``better``, ``value``, ``other``, ``other_name``
        and ``verdict`` (missing where not tested).

    Examples
    --------
    >>> rows = [{"better": "higher", "value": 0.2, "other": 0.1, "other_name": "England",
    ...          "verdict": None}]
    >>> print(say_last(rows))
    By their last figures 1 of 1 stands better than England, none worse and none the same; \
none of these gaps can be tested.
    """
    held = [row for row in rows if not np.isnan(row["other"])]
    if not held:
        return ""
    ways = [np.sign(row["value"] - row["other"]) * _SIGNS[str(row["better"])] for row in held]
    number = {way: sum(way == found for found in ways) for way in (1.0, -1.0, 0.0)}
    verdicts = [row["verdict"] for row in held]
    real = sum(verdict in ("higher", "lower") for verdict in verdicts)
    judged = real + verdicts.count("similar")
    verb = "stands" if number[1.0] == 1 else "stand"
    names = join_words(sorted({str(row["other_name"]) for row in held}))
    return (
        f"By their last figures {number[1.0] or 'none'} of {len(held)} {verb} better than {names}, "
        f"{number[-1.0] or 'none'} worse and {number[0.0] or 'none'} the same; "
        f"{_say_real(real, judged)}."
    )


def _say_real(real: int, judged: int) -> str:
    if not judged:
        return "none of these gaps can be tested"
    is_ = "are real differences" if real > 1 else "is a real difference"
    gaps = "gap" if judged == 1 else "gaps"
    return f"of {judged} {gaps} that can be tested, {real or 'none'} {is_}"


def say_basis(rows: Sequence[Row]) -> list[str]:
    """How the mean of the neighbours was made, and which lines have no figures.

    Parameters
    ----------
    rows : Sequence[Mapping]
        A row for each measure: ``part``, ``mean_basis``, ``neighbours_held`` and
        ``not_held``.
    """
    parts: dict[str, list[str]] = {}
    for row in rows:
        if row["mean_basis"] in _BASES:
            parts.setdefault(str(row["mean_basis"]), []).append(inside(str(row["part"])))
    said = [
        f"{_BASES[basis]}{f': {join_words(parts[basis])}' if len(parts) > 1 else ''}."
        for basis in sorted(parts)
    ]
    held = sorted({int(row["neighbours_held"]) for row in rows} - {0})
    if held:
        number = join_words([str(held[0]), str(held[-1])]) if len(held) > 1 else str(held[0])
        said.append(f"Neighbours with a figure in the authority's last year: {number}.")
    lacking = {
        f"No figures of {join_words(list(row['not_held']))}: {inside(str(row['part']))}."
        for row in rows
        if row["not_held"]
    }
    return [*said, *sorted(lacking)]


def _say_measure(row: Row) -> list[str]:
    unit = str(row["unit"])
    write = unit_format(unit)
    what = f"{inside(name_with_unit(str(row['part']), unit))} ({row['period']})"
    said = [_say_beside(row, what, write), say_way(row, unit=unit)]
    if not np.isnan(row["printed"]):
        of = f", of {inside(str(row['printed_of']))}" if row["printed_of"] else ""
        said.append(
            f"The strategy printed {as_printed(row['printed'], unit)} for "
            f"{row['printed_period']}{of}."
        )
    return said


def _say_beside(row: Row, what: str, write: Format) -> str:
    other = str(row["other_name"])
    if isinstance(row["verdict"], str):
        return say_verdict(row, name=str(row["name"]), what=what, other=other, unit=write)
    here = f"{row['name']}: {what}"
    if np.isnan(row["other"]):
        return f"{here} {write(row['value'])}; nothing is held to set it beside."
    if row["kind"] == "amount":
        at = f"{here}, at {write(row['value'])},"
        return say_against(at, row["value"], other, row["other"], unit=write)
    tested = _tested_before(row, write)
    return f"{here} {write(row['value'])}, beside {write(row['other'])} in {other} ({tested})."


def _tested_before(row: Row, write: Format) -> str:
    """What the last test said, of an earlier figure that has its count published."""
    if not isinstance(row["tested_verdict"], str):
        return "not tested"
    here, there = write(row["tested_value"]), write(row["tested_other"])
    beside = name_beside(str(row["tested_beside"]))
    if row["tested_verdict"] == "too few":
        said = f"{here} beside {there} in {beside}, too few to say"
    else:
        said = f"{here}, {cell_verdict(row['tested_verdict'], beside)} ({there})"
    return f"not tested; the last that could be, {row['tested_period']}: {said}"


def name_beside(beside: str) -> str:
    """Whose figure a test was beside, as a sentence names it."""
    return "England" if beside == "england" else "the neighbours' mean"


def _say_together(rows: Sequence[Row]) -> str:
    """What differs with its two figures, and how much does not."""
    first = rows[0]
    parts = []
    for verdict in ("higher", "lower"):
        named = [_two_figures(row) for row in rows if row["verdict"] == verdict]
        if named:
            parts.append(f"{verdict} {join_words(named)}")
    for verdict, said in (("similar", "similar"), ("too few", "too few to say")):
        number = sum(row["verdict"] == verdict for row in rows)
        if number:
            parts.append(f"{said} in {number} of {len(rows)} measures")
    if not parts:
        return f"No figure of {first['name']} can be tested against {first['other_name']}."
    return f"{first['name']} beside {first['other_name']}, {first['period']}: {'; '.join(parts)}."


def _two_figures(row: Row) -> str:
    write = unit_format(str(row["unit"]))
    return f"for {inside(str(row['part']))} ({write(row['value'])} against {write(row['other'])})"


def _points(slope: float) -> str:
    return f"{number1(100 * slope)} points"


def _way(row: Row) -> str:
    if row["direction"] == "too few points":
        return "too few"
    return worth_of_way(row["direction"], str(row["better"])) or "unclear"


def _are(number: int) -> str:
    return f"{number or 'none'} {'are' if number > 1 else 'is'}"
