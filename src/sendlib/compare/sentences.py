"""What a page says of rankings, tests, directions and targets, made from their rows.

A word says no more than its test: "higher" and "lower" only where a difference was found,
"similar" where none was, "too few to say" where so few cases are expected that it hardly could.
"""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sendlib.compare.uncertainty import FEWEST_EXPECTED, LEVEL
from sendlib.pages.formats import Format, find_format, plain_number, share1
from sendlib.pages.narrative import inside, join_words, ordinal

Row = Mapping[Hashable, Any]
_RESULTS = {"higher": "higher", "lower": "lower", "similar": "similar", "too few": "too few to say"}
_MOVED = {"rising": 1, "falling": -1}
_ROSE = {1.0: "rose", -1.0: "fell", 0.0: "stayed the same"}


def thresholds(among: str) -> str:
    """The rules by which figures are called different, once for a page.

    Parameters
    ----------
    among : str
        Where those stand that are tested together.
    """
    return (
        "A figure is called higher or lower only where chance alone would show so large a gap less "
        f"than {100 * LEVEL:g} times in 100. That allows for every comparison {among}. Other gaps "
        f"are called similar, or too few to say where fewer than {FEWEST_EXPECTED:g} cases are "
        "expected."
    )


def result(row: Row, other: str = "") -> str:
    """A test result as a cell of a table has it; with whose figure, if it is named.

    Examples
    --------
    >>> result({"result": "similar"}, "England"), result({"result": "too few"})
    ('similar to England', 'too few to say')
    """
    said = _RESULTS.get(str(row["result"]), "not tested")
    if not other or said not in ("higher", "lower", "similar"):
        return said
    return f"{said} {'to' if said == 'similar' else 'than'} {other}"


def last_test(row: Row) -> str:
    """The test result of a measure; of an earlier year where only that has its count published."""
    if not isinstance(row["result"], str):
        if not isinstance(row["tested_result"], str):
            return "not tested"
        other = "England" if row["tested_beside"] == "england" else "the neighbours' mean"
        return f"{row['tested_period']}: {result({'result': row['tested_result']}, other)}"
    said = result(row, row["other_name"])
    if row["result"] not in ("higher", "lower"):
        return said
    write = find_format(row["format"])
    ends = sorted(abs(gap) for gap in (row["gap_low"], row["gap_high"]))
    return f"{said} by {write(ends[0])} to {write(ends[1])}".replace("%", "") + (
        " points" if row["format"] == "share1" else ""
    )


def differences(tests: pd.DataFrame, name: str) -> str:
    """How many tested figures differ from England's, for better and for worse, in one sentence.

    Parameters
    ----------
    tests : pd.DataFrame
        As made by ``latest_tests``.
    name : str
        The authority.
    """
    found = tests.loc[tests["beside"] == "england", "result"].value_counts()
    higher, lower, similar, few = (found.get(key, 0) for key in _RESULTS)
    tested = higher + lower + similar + few
    if not tested:
        return ""
    rest = f", and {few} {'has' if few == 1 else 'have'} too few cases to say" if few else ""
    return (
        f"Of {tested} tested figures of {name}, {higher + lower} differ from England's by more "
        f"than chance: {higher} higher and {lower} lower. {similar} may differ by chance{rest}."
    )


def rank(position: float, ranked: float) -> str | None:
    """A rank from the highest value down; nothing where there is no value.

    Examples
    --------
    >>> rank(1, 11), rank(2, 11), rank(11, 11)
    ('highest of 11', '2nd highest of 11', 'lowest of 11')
    """
    if np.isnan(position):
        return None
    order = f"{ordinal(int(position))} highest"
    if position == 1:
        order = "highest"
    elif position == ranked:
        order = "lowest"
    return f"{order} of {ranked:.0f}"


def latest(gaps: pd.DataFrame, name: str) -> str:
    """How the latest figures compare with England's, and which is furthest behind.

    Parameters
    ----------
    gaps : pd.DataFrame
        As made by ``gaps_to_england``.
    name : str
        The authority.
    """
    if gaps.empty:
        return f"No indicators of {name} are available to compare with England."
    better, worse = (int(rows.sum()) for rows in (gaps["points"] > 0, gaps["points"] < 0))
    text = (
        f"By its latest figures {name} does better than England on {better} of {len(gaps)} "
        f"percentages and worse on {worse}."
    )
    last = gaps.iloc[-1]
    if not worse:
        return text
    behind = f"{inside(last['indicator'])}, {last['value']:.1f}% against {last['england']:.1f}%"
    return f"{text} Furthest behind: {behind} in {last['period']}."


def direction(row: Row, *, better: str = "none", unit: str | Format = "number2") -> str:
    """Which way a series goes, how fast and between which years, as a cell has it.

    Parameters
    ----------
    row : Mapping
        A row of ``trends``: ``direction``, ``slope``, ``points``, ``first_year``, ``last_year``.
    better : str
        "higher", "lower" or "none".
    unit : str or callable
        How the change of a year is written.

    Examples
    --------
    >>> row = {"direction": "rising", "slope": 0.27, "points": 6, "first_year": 2016,
    ...        "last_year": 2021}
    >>> direction(row, better="higher")
    'rising by 0.27 a year, 2016 to 2021: better'
    >>> direction(row | {"direction": "too few points", "points": 3, "first_year": 2019})
    'too few years to test, 2019 to 2021'
    """
    if not isinstance(row["direction"], str) or not row["points"]:
        return "no years to compare"
    said = row["direction"].replace("too few points", "too few years to test")
    way = _MOVED.get(row["direction"], 0)
    if way:
        said += f" by {find_format(unit)(abs(row['slope']))} a year"
    said += f", {row['first_year']:.0f} to {row['last_year']:.0f}"
    if not way or better not in ("higher", "lower"):
        return said
    return f"{said}: {'better' if (way > 0) == (better == 'higher') else 'worse'}"


def moved(ranks: pd.DataFrame) -> str:
    """Which indicators rise or fall by more than chance, in one sentence.

    Parameters
    ----------
    ranks : pd.DataFrame
        As made by ``rank_table``.
    """
    clear = ranks[ranks["Direction"].str.match("rising|falling")]
    named = [
        f"{inside(str(row['Indicator']))} ({str(row['Direction']).split(' ')[0]})"
        for row in clear.to_dict("records")
    ]
    if not named:
        return "No indicator has risen or fallen by more than chance."
    verb = "has" if len(named) == 1 else "have"
    return f"Over the years {join_words(named)} {verb} moved by more than chance."


def funnel(points: pd.DataFrame) -> str:
    """Where the authority lies in a funnel, and how many lie outside; empty without points.

    Parameters
    ----------
    points : pd.DataFrame
        As ``Funnel.points``.
    """
    if points.empty:
        return ""
    own = points[points["role"] == "authority"].iloc[0]
    outside = int((points["beyond"] != "inside").sum())
    return (
        f"{own['area_name']} lies {own['beyond']} the limits of chance; {outside} of "
        f"{len(points)} authorities lie outside"
    )


def happened(row: Row) -> str:
    """What became of a target, in words that a cell has room for.

    Examples
    --------
    >>> row = {"outcome": "may be chance", "change": 2.0, "direction": "down", "p_corrected": 1.0,
    ...        "as_intended": 0, "years": 10}
    >>> happened(row)
    'Rose instead of falling; fell in none of 10 years'
    >>> happened(row | {"as_intended": 3}), happened(row | {"outcome": "not met"})
    ('Rose instead of falling; may be chance', 'Not met: rose by more than chance')
    """
    if row["outcome"] == "not available":
        return f"Not available: {row.get('missing') or 'no two years in a row can be compared'}"
    way = _ROSE[float(np.sign(row["change"]))]
    if row["outcome"] in ("met", "not met"):
        return f"{row['outcome'].capitalize()}: {way} by more than chance"
    intended = {"up": "rose", "down": "fell"}[row["direction"]]
    if way == intended:
        said = f"{way.capitalize()} as intended"
    else:
        said = f"{way.capitalize()} instead of {'rising' if intended == 'rose' else 'falling'}"
        if not row["as_intended"] and row["years"] > 2:
            return f"{said}; {intended} in none of {row['years']:.0f} years"
    return f"{said}; {'too few years to test' if np.isnan(row['p_corrected']) else 'may be chance'}"


def targets(tested: pd.DataFrame) -> str:
    """How many targets were met, and which way the others moved, in one sentence.

    Parameters
    ----------
    tested : pd.DataFrame
        As made by ``year_on_year``.

    Examples
    --------
    >>> tested = pd.DataFrame({"outcome": ["met", "may be chance", "not available"],
    ...                        "change": [1.0, 2.0, None], "direction": ["up", "down", "up"]})
    >>> targets(tested)
    'Of 3 targets 1 was met; 0 moved as intended and 1 did not; 1 has no figures.'
    """
    known = tested[tested["outcome"] != "not available"]
    met = known["outcome"] == "met"
    along = known["change"] * known["direction"].map({"up": 1.0, "down": -1.0}) > 0
    lacking = len(tested) - len(known)
    rest = f"; {lacking} {'has' if lacking == 1 else 'have'} no figures" if lacking else ""
    return (
        f"Of {len(tested)} targets {met.sum()} {'was' if met.sum() == 1 else 'were'} met; "
        f"{(along & ~met).sum()} moved as intended and {(~along).sum()} did not{rest}."
    )


def families(apart: Sequence[str], together: Sequence[str], *, everyone: int) -> str:
    """What testing the strategies' own targets apart from the proposed ones decides.

    Parameters
    ----------
    apart, together : Sequence[str]
        Outcomes of the strategies' own targets, corrected among themselves; and with all others.
    everyone : int
        How many targets there are together.
    """
    met, all_met = (sum(outcome == "met" for outcome in each) for each in (apart, together))
    changed = "the same would be met" if met == all_met else f"{all_met or 'none'} would be met"
    return (
        f"The strategies set {len(apart)} targets beforehand, so their tests are corrected apart "
        f"from the {everyone - len(apart)} that are only proposed. Corrected with those, {changed}."
    )


def with_share(tested: pd.DataFrame, series: pd.DataFrame) -> list[str]:
    """What each number that grew says once the growth of all plans is taken out.

    Parameters
    ----------
    tested : pd.DataFrame
        As made by ``year_on_year``; ``share`` names the measure that is a number's share.
    series : pd.DataFrame
        The figures that were tested; ``of`` has all plans.
    """
    by_name = tested.set_index("indicator")
    return [
        _share_of(row, by_name.loc[row["share"]], series[series["indicator"] == row["share"]])
        for row in tested[tested["share"].ne("") & tested["after"].notna()].to_dict("records")
    ]


def _share_of(number: Row, share: pd.Series, series: pd.DataFrame) -> str:
    before, after = series.sort_values("year")["of"].iloc[-2:]
    grew = after / before - 1
    return (
        f"{number['measure'][:1].upper()}{number['measure'][1:]}: all plans "
        f"{'grew' if grew > 0 else 'fell'} by {share1(abs(grew))} in the same year. As a share of "
        f"them it went from {share1(share['before'])} to {share1(share['after'])}."
    )


def repeats(tests: pd.DataFrame) -> list[str]:
    """A warning for each figure that the strategy published for two measures, digit by digit.

    Parameters
    ----------
    tests : pd.DataFrame
        ``theme``, ``title`` and ``value``.
    """
    same = tests.groupby(["theme", tests["value"].round(6)], sort=False)
    return [
        f"The strategy published {rows['value'].iloc[0]:.2%} both for "
        f"{join_words(rows['title'].tolist())}. One may be a misprint: look it up before using it."
        for _, rows in same
        if len(rows) > 1
    ]


def coloured_red(tests: pd.DataFrame) -> list[str]:
    """A sentence on each figure that the strategy coloured red although chance explains it.

    Parameters
    ----------
    tests : pd.DataFrame
        ``coloured_red``, ``title``, ``result``, ``value``, ``other`` and ``p``.
    """
    red = tests[tests["coloured_red"] & tests["result"].isin(["similar", "too few"])]
    return [
        f"The strategy coloured {row['title']} red: {row['value']:.2%} against England's "
        f"{row['other']:.2%}. Chance alone would show so large a gap in {100 * row['p']:.0f} of "
        "100 years."
        for row in red.to_dict("records")
    ]


def conclusion(tests: pd.DataFrame, name: str) -> str:
    """On which tested figures the authority is better or worse than England.

    Parameters
    ----------
    tests : pd.DataFrame
        As made by ``latest_tests``, with ``title`` and ``worth``.
    name : str
        The authority.
    """
    beside = tests[tests["beside"] == "england"]
    dated = beside["title"].map(inside) + " (" + beside["period"] + ")"
    worse, better = (
        join_words(dated[beside["worth"] == which].tolist()) or "no tested figure"
        for which in ("worse", "better")
    )
    return f"By more than chance, {name} is worse than England on {worse}, and better on {better}."


def gap_text(low: float, high: float) -> str | None:
    """The 95% interval of a gap between shares, in percentage points."""
    return None if np.isnan(low) else f"{plain_number(100 * low)} to {plain_number(100 * high)}"


def p_text(row: Row) -> str | None:
    """The corrected p-value of a target, never as nothing, and what it rests on.

    Examples
    --------
    >>> p_text({"p_corrected": 0.0004, "basis": "denominators"})
    'below 0.001 (denominators)'
    """
    p = row["p_corrected"]
    if np.isnan(p):
        return None
    return f"{'below 0.001' if p < 0.001 else f'{p:.3f}'} ({row['basis']})"
