"""Sentences made from the numbers that they speak of.

``describe_*`` says what a chart shows to somebody who cannot see it, from the
same frame; ``say_*`` draws one conclusion. No number is typed anywhere, so a
sentence cannot contradict its chart.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sendlib.pages.formats import Format, find_format, signed

Row = Mapping[Any, Any]  # one row of a frame, by column

SIMILAR_PCT = 2.0  # a gap smaller than this share of the other value reads "similar to"


def join_words(words: Sequence[str]) -> str:
    """Words as a list in a sentence.

    Examples
    --------
    >>> join_words(["age", "need", "place"])
    'age, need and place'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def describe_lines(frame: pd.DataFrame, *, what: str, unit: str | Format) -> str:
    """What a chart of lines shows: where each begins and ends.

    Parameters
    ----------
    frame : pd.DataFrame
        As for ``plot_lines``.
    what : str
        What is measured.
    unit : str or callable
        Number format of the values.
    """
    write = find_format(unit)
    known = frame.dropna(subset=["value"])
    parts = []
    for name, line in known.groupby("name", sort=False):
        start, end = line.iloc[0], line.iloc[-1]
        parts.append(
            f"{name} goes from {write(start['value'])} in {_year(start['year'])} "
            f"to {write(end['value'])} in {_year(end['year'])}"
        )
    return f"Line chart of {what}. {'; '.join(parts)}."


def describe_columns(frame: pd.DataFrame, *, what: str, unit: str | Format) -> str:
    """What a chart of columns shows: first, last, highest, and what is missing."""
    write = find_format(unit)
    known = frame.dropna(subset=["value"])
    if known.empty:
        return f"Bar chart of {what}: nothing is available."
    first, last = known.iloc[0], known.iloc[-1]
    top = known.iloc[int(known["value"].abs().to_numpy().argmax())]
    text = (
        f"Bar chart of {what}: {write(first['value'])} in {_year(first['year'])}, "
        f"{write(last['value'])} in {_year(last['year'])}; the largest is "
        f"{write(top['value'])} in {_year(top['year'])}."
    )
    missing = [str(year) for year in frame.loc[frame["value"].isna(), "year"]]
    return f"{text} Not available: {join_words(missing)}." if missing else text


def describe_ranked(frame: pd.DataFrame, *, what: str, unit: str | Format) -> str:
    """What a chart of ranked bars shows: every value, highest first."""
    write = find_format(unit)
    ordered = frame.dropna(subset=["value"]).sort_values("value", ascending=False)
    values = [
        f"{name} {write(value)}"
        for name, value in zip(ordered["area_name"], ordered["value"], strict=True)
    ]
    return f"Bar chart of {what}, highest first: {join_words(values)}."


def describe_change(
    frame: pd.DataFrame, *, what: str, first: str, last: str, unit: str | Format
) -> str:
    """What a chart of pairs shows: each category then and now."""
    write = find_format(unit)
    pairs = [
        f"{name} from {write(then)} to {write(now)}"
        for name, then, now in zip(frame["category"], frame["first"], frame["last"], strict=True)
    ]
    return f"Chart of {what} in {first} and {last}: {'; '.join(pairs)}."


def describe_fan(history: pd.DataFrame, quantiles: pd.DataFrame, *, what: str) -> str:
    """What a fan chart shows: the last count, and the range each year ahead."""
    last = history.iloc[-1]
    ahead = [
        f"{row.census_year:.0f} {row.middle:,.0f} ({row.low:,.0f} to {row.high:,.0f})"
        for row in quantiles.itertuples()
    ]
    return (
        f"Line chart of {what}. The last count is {last['plans']:,.0f} in January "
        f"{last['census_year']:.0f}. Forecast for each January, middle and range: "
        f"{'; '.join(ahead)}."
    )


def describe_contributions(frame: pd.DataFrame, *, what: str) -> str:
    """What a chart of contributions shows: each with its sign, in the order shown."""
    parts = [
        f"{name} {signed(value)}"
        for name, value in zip(frame["category"], frame["value"], strict=True)
    ]
    return f"Bar chart of {what}: {join_words(parts)}."


def describe_vintages(past: pd.DataFrame) -> str:
    """What a chart of earlier forecasts shows: the one made one year ahead each time."""
    first = past[past["horizon"] == 1]
    parts = [
        f"for January {origin + 1} {middle:,.0f} ({low:,.0f} to {high:,.0f}), counted {actual:,.0f}"
        for origin, middle, low, high, actual in zip(
            first["origin"],
            first["forecast"],
            first["q100"],
            first["q900"],
            first["actual"],
            strict=True,
        )
    ]
    return (
        f"Line chart of counts and earlier forecasts. Forecast a year before: {'; '.join(parts)}."
    )


def describe_grid(frame: pd.DataFrame, *, what: str, unit: str | Format) -> str:
    """What a shaded grid shows: the largest cell of each column."""
    write = find_format(unit)
    tops = [
        f"{column}: {frame[column].idxmax()} {write(frame[column].max())}"
        for column in frame.columns
        if frame[column].notna().any()
    ]
    return f"Grid of {what}. The largest in each column: {'; '.join(tops)}."


def say_growth(
    name: str,
    first: float,
    last: float,
    years: tuple[object, object],
    *,
    unit: str | Format = "count",
) -> str:
    """One sentence on the change of a quantity between two years.

    Examples
    --------
    >>> say_growth("Plans in Wiltshire", 1875, 3349, (2013, 2019))
    'Plans in Wiltshire rose by 79% from 1,875 in 2013 to 3,349 in 2019.'
    """
    if np.isnan(first) or np.isnan(last) or first == 0:
        shown = [find_format(unit)(value) for value in (first, last)]
        return f"{name}: {shown[0]} in {years[0]}, {shown[1]} in {years[1]}."
    verb, pct = _moved(first, last)
    write = find_format(unit)
    span = f"from {write(first)} in {years[0]} to {write(last)} in {years[1]}"
    if verb == "stayed the same":
        return f"{name} {verb}, {span}."
    return f"{name} {verb} by {pct:,.0f}% {span}."


def say_growth_over(name: str, amounts: pd.Series, *, unit: str | Format = "count") -> str:
    """One sentence on the change from the first of a series to its last.

    Parameters
    ----------
    name : str
        What has changed.
    amounts : pd.Series
        In order of time; the index says when.
    unit : str or callable
        Number format of the values.

    Examples
    --------
    >>> say_growth_over("Plans", pd.Series({2013: 1875, 2016: 2500, 2019: 3349}))
    'Plans rose by 79% from 1,875 in 2013 to 3,349 in 2019.'
    """
    years = (amounts.index[0], amounts.index[-1])
    return say_growth(name, amounts.iloc[0], amounts.iloc[-1], years, unit=unit)


def say_against(name: str, value: float, other: str, against: float, *, unit: str | Format) -> str:
    """One sentence that sets a value beside another: higher, lower or similar.

    A gap of less than two hundredths of the other value reads "similar to".

    Examples
    --------
    >>> say_against("Wiltshire's 6.2%", 6.2, "England", 5.3, unit="pct1")
    "Wiltshire's 6.2% is higher than England (5.3%)."
    """
    if np.isnan(value) or np.isnan(against):
        return f"{name} cannot be set beside {other}: a figure is not available."
    write = find_format(unit)
    gap = 100 * (value - against) / abs(against) if against else float(np.sign(value)) * 100
    word = "similar to" if abs(gap) < SIMILAR_PCT else "higher than" if gap > 0 else "lower than"
    return f"{name} is {word} {other} ({write(against)})."


def say_rank(compared: pd.DataFrame, *, what: str, unit: str | Format) -> str:
    """One sentence on where an authority stands among its neighbours.

    Parameters
    ----------
    compared : pd.DataFrame
        As made by ``compare.to_peers``.
    what : str
        What is measured.
    unit : str or callable
        Number format of the values.
    """
    own = compared[compared["role"] == "authority"].iloc[0]
    write = find_format(unit)
    if own["ranked"] < 2:
        return f"{own['area_name']} has {what} of {write(own['value'])}; no neighbour is held here."
    place = _place(int(own["rank"]), int(own["ranked"]))
    neighbours = compared.loc[compared["role"] == "neighbour", "value"]
    text = (
        f"{own['area_name']} has {what} of {write(own['value'])}, {place} of "
        f"{own['ranked']} (itself and {own['ranked'] - 1} statistical neighbours, whose middle "
        f"value is {write(neighbours.median())})"
    )
    unknown = int(neighbours.isna().sum())
    return f"{text}; {unknown} could not be ranked." if unknown else f"{text}."


def say_range(name: str, low: float, high: float, middle: float, when: object) -> str:
    """One sentence on a forecast: the range first, then its middle.

    Examples
    --------
    >>> say_range("Plans", 6700, 7700, 7100, "January 2026")
    'Plans in January 2026: between 6,700 and 7,700, with the middle at 7,100.'
    """
    return (
        f"{name} in {when}: between {low:,.0f} and {high:,.0f}, with the middle at {middle:,.0f}."
    )


def say_odds(pct: float) -> str:
    """A percentage of outcomes, as people say it.

    Examples
    --------
    >>> say_odds(80), say_odds(95)
    ('8 outcomes in 10', '95 outcomes in 100')
    """
    return f"{pct / 10:.0f} outcomes in 10" if pct % 10 == 0 else f"{pct:.0f} outcomes in 100"


def say_not_held(what: str, name: str) -> str:
    """One sentence for a section that has nothing to show."""
    return f"No {what} for {name} is held here, so this section is left out."


def _place(rank: int, ranked: int) -> str:
    if rank == 1:
        return "the highest"
    return "the lowest" if rank == ranked else f"{ordinal(rank)} highest"


def ordinal(number: int) -> str:
    """A place in an order.

    Examples
    --------
    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 22)]
    ['1st', '2nd', '3rd', '4th', '11th', '22nd']
    """
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _moved(first: float, last: float) -> tuple[str, float]:
    pct = 100 * (last / first - 1)
    if round(pct) == 0:
        return "stayed the same", 0.0
    return ("rose" if pct > 0 else "fell"), abs(pct)


def _year(year: object) -> str:
    """A year as text; a row of a frame turns whole years into floats."""
    return f"{year:.0f}" if isinstance(year, float) else str(year)
