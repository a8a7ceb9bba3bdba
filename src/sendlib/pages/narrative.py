"""Sentences made from the numbers that they speak of, so that none can contradict its chart.

Each takes a frame as it is drawn and gives one sentence, or nothing where there is no
figure: what is missing is said by the chart in the sentence's place. Everywhere ``unit`` is
how numbers are written, by the name of a format or by a function; otherwise as the frame says.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sendlib.pages.columns import read_columns
from sendlib.pages.formats import Format, count, find_format, signed


def join_words(words: Sequence[str]) -> str:
    """Words as a list in a sentence."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def ordinal(number: int) -> str:
    """A position in an order: 1st, 2nd, 11th."""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def inside(name: str) -> str:
    """A name inside a sentence; Progress 8 and other proper names keep their capital."""
    proper = name.split(" ", 1)[0] in ("Progress", "Attainment", "Level", "SEN", "EHC")
    return name if proper else name[:1].lower() + name[1:]


_FEW = 10  # from fewer, a percentage says more than there is


def growth(name: str, amounts: pd.Series, *, unit: str | Format = "count") -> str:
    """One sentence on the change from the first of a series to its last; none without a value.

    Examples
    --------
    >>> growth("Plans", pd.Series({2013: 1875, 2016: 2500, 2019: 3349}))
    'Plans rose by 79% from 1,875 in 2013 to 3,349 in 2019.'
    """
    known, write = amounts.dropna(), find_format(unit)
    if known.empty:
        return ""
    if len(known) == 1:
        return f"{name}: {write(known.iloc[0])} in {known.index[0]}; no other year is available."
    (start, first), *_, (end, last) = known.items()
    span = f"from {write(first)} in {start} to {write(last)} in {end}"
    if first == 0:
        return f"{name}: {span}."
    pct = 100 * (last / first - 1)
    if round(pct) == 0:
        return f"{name} stayed the same, {span}."
    is_of_few = write is count and first < _FEW
    by = "" if is_of_few else f" by {abs(pct):,.0f}%"
    return f"{name} {'rose' if pct > 0 else 'fell'}{by} {span}."


def compare(peers: pd.DataFrame, what: str, *, unit: str | Format | None = None) -> str:
    """A title: an authority, its rank, the median of its neighbours, and England.

    ``peers`` are as ``compare.to_peers`` makes them; ``what`` stands after the number.

    Examples
    --------
    >>> names, roles = ["Wiltshire", "England"], ["authority", "england"]
    >>> rows = {"area_name": names, "role": roles, "share": [0.3, 0.4], "rank": 1, "ranked": 1}
    >>> compare(pd.DataFrame(rows), "of plans are on time")
    'Wiltshire: 30.0% of plans are on time; England 40.0%'
    """
    if peers.empty:
        return ""
    flat, columns = read_columns(peers, unit, where="narrative.compare", x="area_name")
    own, others = flat.iloc[0], flat.set_index("role")[columns.y]
    text = f"{own['area_name']}: {columns.write(own[columns.y])} {what}"
    if (ranked := int(own["ranked"])) > 1:
        place = {1: "the highest", ranked: "the lowest"}
        rank = int(own["rank"])
        text += f", {place.get(rank, f'{ordinal(rank)} highest')} of {ranked}"
    middle = others[others.index == "neighbour"].median()
    ends = {"neighbours": middle, "England": others.get("england", np.nan)}
    known = [f"{name} {columns.write(value)}" for name, value in ends.items() if pd.notna(value)]
    return "; ".join([text, *[", ".join(known)] * bool(known)])


def gains(frame: pd.DataFrame) -> str:
    """Which two rows of a pivot grew most from the first column to the last, and by how much.

    Examples
    --------
    >>> frame = pd.DataFrame({"2019": [5, 9], "2025": [8, 9]}, ["Special school", "College"])
    >>> gains(frame)
    'special school (+3)'
    """
    if frame.shape[1] < 2:
        return ""
    grown = (frame.iloc[:, -1] - frame.iloc[:, 0]).nlargest(2)
    return join_words([f"{inside(str(n))} ({signed(v)})" for n, v in grown[grown > 0].items()])


def largest(frame: pd.DataFrame) -> str:
    """The largest number of a grid in one unit, with its row and its column.

    Examples
    --------
    >>> largest(pd.DataFrame({"Under 5": [0.2, 0.6]}, ["Autism", "Speech"]))
    'Speech, 0.6 (under 5)'
    """
    if not frame.notna().any(axis=None):
        return ""
    top = frame.iloc[int(frame.max(axis=1).argmax())]
    write = find_format(frame.attrs.get("unit", "number1"))
    return f"{top.name}, {write(top.max())} ({inside(str(top.idxmax()))})"


def widest_gap(frame: pd.DataFrame) -> str:
    """The row of a pivot in which its two columns are furthest apart.

    Examples
    --------
    >>> frame = pd.DataFrame({"Here": [0.3, 0.2], "England": [0.31, 0.1]}, ["Autism", "Speech"])
    >>> widest_gap(frame)
    'Speech: Here 0.2, England 0.1'
    """
    known = frame.dropna()
    if known.empty:
        return ""
    write = find_format(frame.attrs.get("unit", "number1"))
    row = known.iloc[int((known.iloc[:, 0] - known.iloc[:, 1]).abs().argmax())]
    return f"{row.name}: " + ", ".join(f"{name} {write(value)}" for name, value in row.items())


def since(frame: pd.DataFrame) -> str:
    """How far each line of an index has come by its last year, from 100 in the first.

    Examples
    --------
    >>> years = ["2019-20", "2024-25"]
    >>> since(pd.DataFrame({"series": "Spend", "financial_year": years, "index": [100, 214]}))
    'Since 2019-20: spend +114% by 2024-25'
    """
    if frame.empty:
        return ""
    flat, columns = read_columns(frame, "count", where="narrative.since")
    known = flat.dropna(subset=columns.y)
    lasts = known.groupby(columns.hue, sort=False).tail(1)
    parts = [
        f"{inside(name)} {signed(value - 100)}% by {period}"
        for name, value, period in lasts[[columns.hue, columns.y, columns.x]].to_numpy()
    ]
    return f"Since {known[columns.x].min()}: {join_words(parts)}" if parts else ""


def outlook(name: str, row: pd.Series, when: object, *, unit: str | Format = "count") -> str:
    """One sentence on what lies ahead: the range first, then its middle.

    Examples
    --------
    >>> outlook("Plans", pd.Series({"low": 6700, "middle": 7100, "high": 7700}), "January 2026")
    'Plans in January 2026: between 6,700 and 7,700, with the middle at 7,100.'
    """
    low, middle, high = (find_format(unit)(row[end]) for end in ("low", "middle", "high"))
    return f"{name} in {when}: between {low} and {high}, with the middle at {middle}."


def odds(pct: float) -> str:
    """A percentage of outcomes, as people say it.

    Examples
    --------
    >>> odds(80), odds(95)
    ('8 outcomes in 10', '95 outcomes in 100')
    """
    return f"{pct / 10:.0f} outcomes in 10" if pct % 10 == 0 else f"{pct:.0f} outcomes in 100"
