"""What the charts of flows, bridges, ranges and bands show, in words.

The twins of ``plot_flows``, ``plot_bridge``, ``plot_fans``, ``plot_ranges`` and
``plot_bands``, each from the same frame as its chart.
"""

import pandas as pd

from sendlib.pages.formats import Format, count, find_format, with_sign
from sendlib.present.charts.flows import JOINED, LEFT, kind_of_flow
from sendlib.present.charts.ranges import range_texts, with_limit
from sendlib.present.words.general import join_words

LARGEST = 5  # flows that are named one by one


def describe_flows(frame: pd.DataFrame, *, what: str) -> str:
    """What a chart of flows shows: how many stayed, and the largest changes.

    Parameters
    ----------
    frame : pd.DataFrame
        As for ``plot_flows``.
    what : str
        What flows, such as "plans between January 2025 and January 2026".

    Examples
    --------
    >>> describe_flows(
    ...     pd.DataFrame({"start": ["A", "A"], "end": ["A", "B"], "value": [5, 3]}), what="plans"
    ... )
    'Chart of flows of plans: 5 stayed and 3 changed. Largest: A to B 3.'
    """
    rows = frame.assign(
        kind=[kind_of_flow(*pair) for pair in zip(frame["start"], frame["end"], strict=True)]
    )
    totals = rows.groupby("kind")["value"].sum()
    shares = [
        f"{count(totals[kind])} {kind.lower()}"
        for kind in ("Stayed", "Changed", JOINED, LEFT)
        if kind in totals.index
    ]
    text = f"Chart of flows of {what}: {join_words(shares)}."
    changes = rows[(rows["kind"] != "Stayed") & (rows["value"] > 0)]
    largest = changes.sort_values("value", ascending=False, kind="stable").head(LARGEST)
    named = [
        f"{_flow(start, end)} {count(value)}"
        for start, end, value in largest[["start", "end", "value"]].to_numpy()
    ]
    return f"{text} Largest: {'; '.join(named)}." if named else text


def describe_bridge(frame: pd.DataFrame, *, what: str, unit: str | Format) -> str:
    """What a bridge shows: every total, and every step with its sign.

    Parameters
    ----------
    frame : pd.DataFrame
        As for ``plot_bridge``.
    what : str
        What is bridged.
    unit : str or callable
        Number format of the values.
    """
    write = find_format(unit)
    signed = with_sign(write)
    parts = [
        f"{name} {write(value) if kind == 'total' else signed(value)}"
        for name, value, kind in frame[["category", "value", "kind"]].to_numpy()
    ]
    return f"Bridge chart of {what}: {'; '.join(parts)}."


def describe_fans(
    frame: pd.DataFrame, *, what: str, unit: str | Format = "count", limit_label: str = "limit"
) -> str:
    """What panels of fans show: each name's last count, last range and limit.

    Parameters
    ----------
    frame : pd.DataFrame
        As for ``plot_fans``.
    what : str
        What is counted.
    unit : str or callable
        Number format of the values.
    limit_label : str
        What the limit is, such as "places".
    """
    parts = [
        f"{name}: {_fan(rows.sort_values('census_year'), unit, limit_label)}"
        for name, rows in frame.groupby("name", sort=False)
    ]
    return f"Line charts of {what}, with the range ahead. {'; '.join(parts)}."


def describe_ranges(frame: pd.DataFrame, *, what: str, unit: str | Format) -> str:
    """What a chart of ranges shows: each middle with its range, in the order shown.

    Parameters
    ----------
    frame : pd.DataFrame
        As for ``plot_ranges``.
    what : str
        What is measured.
    unit : str or callable
        Number format of the values.
    """
    texts = zip(frame["category"], range_texts(frame, unit), strict=True)
    parts = [f"{name} {text}" for name, text in texts]
    return f"Chart of ranges of {what}, middle and range: {'; '.join(parts)}."


def describe_bands(
    history: pd.DataFrame,
    bands: pd.DataFrame,
    *,
    what: str,
    unit: str | Format,
    range_labels: tuple[str, str],
    thresholds: pd.DataFrame | None = None,
    marks: pd.DataFrame | None = None,
) -> str:
    """What a chart of bands shows: the last known value, and both ranges each year.

    Parameters
    ----------
    history, bands, thresholds, marks : pd.DataFrame
        As for ``plot_bands``.
    what : str
        What is measured.
    unit : str or callable
        Number format of the values.
    range_labels : tuple of str
        What the outer and the inner band are.
    """
    write = find_format(unit)
    known = history.dropna(subset=["value"]).iloc[-1:]
    said = [
        f"The last known is {write(value)} in {year}."
        for year, value in known[["year", "value"]].to_numpy()
    ]
    outer, inner = range_labels
    ahead = [
        f"{year} {wide}, {inner} {write(low)} to {write(high)}"
        for year, wide, low, high in zip(
            bands["year"],
            range_texts(bands, unit),
            bands["inner_low"],
            bands["inner_high"],
            strict=True,
        )
    ]
    return " ".join(
        [
            f"Line chart of {what}.",
            *said,
            f"Ahead, middle and {outer}: {'; '.join(ahead)}.",
            *_others(thresholds, marks, write),
        ]
    )


def _flow(start: str, end: str) -> str:
    return {JOINED: f"joined {end}", LEFT: f"left {start}"}.get(
        kind_of_flow(start, end), f"{start} to {end}"
    )


def _fan(rows: pd.DataFrame, unit: str | Format, limit_label: str) -> str:
    write = find_format(unit)
    counted = rows.dropna(subset=["counted"]).iloc[-1:]
    ahead = rows.dropna(subset=["middle"]).iloc[-1:]
    said = [
        f"{write(value)} in {year:.0f}"
        for year, value in counted[["census_year", "counted"]].to_numpy(dtype=float)
    ]
    for year, text in zip(ahead["census_year"], range_texts(ahead, unit), strict=True):
        said.append(f"{text} in {year:.0f}")
    for limit in with_limit(rows)["limit"].iloc[-1:]:
        said.append(f"{limit_label} {write(limit)}")
    return ", ".join(said)


def _others(
    thresholds: pd.DataFrame | None, marks: pd.DataFrame | None, write: Format
) -> list[str]:
    """Sentences on the lines across the chart and on the figures of others."""
    said = []
    if thresholds is not None and len(thresholds):
        lines = thresholds[["label", "value"]].to_numpy()
        said.append(f"Lines: {'; '.join(f'{label} at {write(value)}' for label, value in lines)}.")
    if marks is not None and len(marks):
        points = marks[["label", "value", "year"]].to_numpy()
        named = [f"{label}, {write(value)} in {year}" for label, value, year in points]
        said.append(f"Marked: {'; '.join(named)}.")
    return said
