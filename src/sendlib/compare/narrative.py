"""What a page says of rankings, tests, directions and targets; no word says more than its test."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sendlib.compare.gap_tests import FEWEST_EXPECTED, LEVEL
from sendlib.pages.formats import Format, find_format, plain_number, share1
from sendlib.pages.narrative import inside, join_words, ordinal

_Row = Mapping[Hashable, Any]
_RESULTS = {"higher": "higher", "lower": "lower", "similar": "similar", "too few": "too few to say"}
AMONG = {
    "as most": "as most councils",
    "unusually high": "unusually high among councils",
    "unusually low": "unusually low among councils",
    "too few councils": "too few councils to say",
}
_SIGNS = {"rising": 1, "falling": -1}
_VERBS = {1.0: "rose", -1.0: "fell", 0.0: "stayed the same"}


def thresholds(among: str) -> str:
    """The rules by which figures are called different; ``among`` says which are tested together."""
    return (
        "A figure is called higher or lower only where chance alone would show so large a gap less "
        f"than {100 * LEVEL:g} times in 100. That allows for every comparison {among}. Other gaps "
        f"are called similar, or too few to say where fewer than {FEWEST_EXPECTED:g} cases are "
        "expected."
    )


def result(row: _Row, other: str = "") -> str:
    """A test result as a cell of a table has it; with whose figure, if it is named."""
    text = _RESULTS.get(str(row["result"]), "not tested")
    if not other or text not in ("higher", "lower", "similar"):
        return text
    return f"{text} {'to' if text == 'similar' else 'than'} {other}"


def latest_result(row: _Row) -> str:
    """The test result of a measure; of an earlier year where only that has its count published."""
    if not isinstance(row["result"], str):
        if not isinstance(row["tested_result"], str):
            return "not tested"
        other = "England" if row["tested_comparison"] == "england" else "the neighbours' mean"
        return f"{row['tested_period']}: {result({'result': row['tested_result']}, other)}"
    text = result(row, row["other_name"])
    if row["result"] not in ("higher", "lower"):
        return text
    write = find_format(row["format"])
    least, most = sorted(abs(gap) for gap in (row["gap_low"], row["gap_high"]))
    points = " points" if row["format"] == "share1" else ""
    return f"{text} by {write(least)} to {write(most)}".replace("%", "") + points


def differences(tests: pd.DataFrame, name: str) -> str:
    """How many tested figures of an authority differ from England's, from ``latest_tests``."""
    counts = tests.loc[tests["comparison"] == "england", "result"].value_counts()
    higher, lower, similar, few = (counts.get(key, 0) for key in _RESULTS)
    tested = higher + lower + similar + few
    if not tested:
        return ""
    rest = f", and {few} {'has' if few == 1 else 'have'} too few cases to say" if few else ""
    differ = higher + lower
    each = f": {higher} higher and {lower} lower" * bool(differ)
    return (
        f"Of {tested} tested figures of {name}, {differ or 'none'} "
        f"{'differ' if differ > 1 else 'differs'} from England's by more than chance{each}. "
        f"{similar or 'None'} may differ by chance{rest}."
    )


def gaps(ranges: pd.DataFrame) -> str:
    """How many gaps to England are beyond chance, and which are unusual, from ``gap_ranges``."""
    beyond = int(ranges["result"].isin(["higher", "lower"]).sum())
    are = "are" if beyond > 1 else "is"
    said = f"{beyond or 'None'} of {len(ranges)} gaps to England {are} beyond chance"
    if "among" not in ranges or ranges["among"].eq("too few councils").all():
        return said
    odd = int(ranges["among"].str.startswith("unusual").sum())
    return f"{said}; {odd or 'none'} {'is' if odd <= 1 else 'are'} unusual among councils"


def rank(position: float, ranked: float) -> str | None:
    """A rank from the highest value down; nothing where there is no value."""
    if np.isnan(position):
        return None
    if position == 1:
        return f"highest of {ranked:.0f}"
    order = "lowest" if position == ranked else f"{ordinal(int(position))} highest"
    return f"{order} of {ranked:.0f}"


def latest(gaps: pd.DataFrame, name: str) -> str:
    """How the latest figures compare with England's, from ``gaps_to_england``."""
    if gaps.empty:
        return f"No indicators of {name} are available to compare with England."
    better, worse = (int(rows.sum()) for rows in (gaps["points"] > 0, gaps["points"] < 0))
    text = (
        f"By its latest figures {name} does better than England on {better} of {len(gaps)} "
        f"percentages and worse on {worse or 'none'}."
    )
    if not worse:
        return text
    last = gaps.iloc[-1]
    behind = f"{inside(last['indicator'])}, {last['value']:.1f}% against {last['england']:.1f}%"
    return f"{text} Furthest behind: {behind} in {last['period']}."


def direction(row: _Row, *, better: str = "none", unit: str | Format = "number2") -> str:
    """Which way a series goes, how fast and between which years, from a row of ``trends``."""
    if not isinstance(row["direction"], str) or not row["points"]:
        return "no years to compare"
    text = row["direction"].replace("too few points", "too few years to test")
    sign = _SIGNS.get(row["direction"], 0)
    if sign:
        text += f" by {find_format(unit)(abs(row['slope']))} a year"
    text += f", {row['first_year']:.0f} to {row['last_year']:.0f}"
    if not sign or better not in ("higher", "lower"):
        return text
    return f"{text}: {'better' if (sign > 0) == (better == 'higher') else 'worse'}"


def trends(ranks: pd.DataFrame) -> str:
    """Which indicators rise or fall by more than chance, from ``rank_table``."""
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
    """Where the authority lies in a ``Funnel``, and how many lie outside; empty without points."""
    if points.empty:
        return ""
    own = points[points["role"] == "authority"].iloc[0]
    outside = int((points["beyond"] != "inside").sum())
    return (
        f"{own['area_name']} lies {own['beyond']} the limits of chance; {outside} of "
        f"{len(points)} authorities lie outside"
    )


def target_outcome(row: _Row) -> str:
    """What became of a target, in words that a cell has room for."""
    if row["outcome"] == "not available":
        return f"Not available: {row.get('missing') or 'no two years in a row can be compared'}"
    verb = _VERBS[float(np.sign(row["change"]))]
    if row["outcome"] in ("met", "not met"):
        return f"{row['outcome'].capitalize()}: {verb} by more than chance"
    intended, instead = {"up": ("rose", "rising"), "down": ("fell", "falling")}[row["direction"]]
    certainty = "too few years to test" if np.isnan(row["p_corrected"]) else "may be chance"
    if verb == intended:
        return f"{verb.capitalize()} as intended; {certainty}"
    if not row["as_intended"] and row["years"] > 2:
        certainty = f"{intended} in none of {row['years']:.0f} years"
    return f"{verb.capitalize()} instead of {instead}; {certainty}"


def targets(tested: pd.DataFrame, name: str) -> str:
    """How many of the strategies' targets were met, from ``year_on_year``, or that there are none.

    Examples
    --------
    >>> tested = pd.DataFrame({"outcome": ["met", "may be chance"], "change": [1.0, 2.0],
    ...                        "direction": ["up", "down"], "by": "strategy"})
    >>> targets(tested, "Wiltshire")
    "The strategies' own: Of 2 targets 1 was met; 0 moved as intended and 1 did not."
    """
    own = tested[tested["by"] == "strategy"]
    if own.empty:
        return f"No target of a strategy of {name} is on record here; those tested are proposals."
    known = own[own["outcome"] != "not available"]
    met = known["outcome"] == "met"
    along = known["change"] * known["direction"].map({"up": 1.0, "down": -1.0}) > 0
    missing = len(own) - len(known)
    rest = f"; {missing} {'has' if missing == 1 else 'have'} no figures" if missing else ""
    return (
        f"The strategies' own: Of {len(own)} targets {met.sum()} "
        f"{'was' if met.sum() == 1 else 'were'} met; {(along & ~met).sum()} moved as intended and "
        f"{(~along).sum()} did not{rest}."
    )


def shares_of_plans(tested: pd.DataFrame, series: pd.DataFrame) -> list[str]:
    """What each number that grew says once the growth of all plans is taken out.

    ``tested`` is as made by ``year_on_year``, where ``share`` names the measure that is a
    number's share; in ``series``, the figures that were tested, ``of`` has all plans.
    """
    by_name, sentences = tested.set_index("indicator"), []
    for row in tested[tested["share"].ne("") & tested["after"].notna()].to_dict("records"):
        share = by_name.loc[row["share"]]
        plans = series[series["indicator"] == row["share"]].sort_values("year")["of"]
        growth = plans.iloc[-1] / plans.iloc[-2] - 1
        sentences.append(
            f"{row['measure'][:1].upper()}{row['measure'][1:]}: all plans "
            f"{'grew' if growth > 0 else 'fell'} by {share1(abs(growth))} in the same year. As a "
            f"share of them it went from {share1(share['before'])} to {share1(share['after'])}."
        )
    return sentences


def conclusion(tests: pd.DataFrame, name: str, latest: pd.DataFrame) -> str:
    """On which figures the authority is better or worse than England, from ``latest_tests``.

    Of a figure whose last year, in ``latest_ranks``, lies on the other side of England, the
    test of an earlier year is not repeated: it is named as one that has turned.
    """
    national = tests[tests["comparison"] == "england"]
    dated = national["title"].map(inside) + " (" + national["period"] + ")"
    now = national["indicator"].map(latest.set_index("indicator")["gap_england"])
    has_turned = now.astype(float) * national["gap"].astype(float) < 0
    worse, better = (
        join_words(dated[~has_turned & (national["effect"] == effect)].tolist())
        or "no tested figure"
        for effect in ("worse", "better")
    )
    turned = join_words(dated[has_turned & national["effect"].ne("")].tolist())
    since = f" The latest figure says otherwise than the test of {turned}." * bool(turned)
    if worse == better:
        none = f"By more than chance, {name} is neither worse nor better than England on any figure"
        return f"{none} tested.{since}"
    said = f"By more than chance, {name} is worse than England on {worse}, and better on {better}."
    return said + since


def say_gap_interval(low: float, high: float) -> str | None:
    """The 95% interval of a gap between shares, in percentage points."""
    return None if np.isnan(low) else f"{plain_number(100 * low)} to {plain_number(100 * high)}"


def p_value(row: _Row) -> str | None:
    """The corrected p-value of a target, never as nothing, and what it rests on."""
    p = row["p_corrected"]
    if np.isnan(p):
        return None
    return f"{'below 0.001' if p < 0.001 else f'{p:.3f}'} ({row['basis']})"
