"""Sentences on what the strategies promised, and on figures that they printed twice.

What became of each promise, of all, and of those that are tested together.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sendlib.pages.formats import Format, find_format, share1, share2
from sendlib.present.words.general import Row, join_words

_PROMISED = {"up": "to go up", "down": "to go down"}


def say_promise(row: Row, *, unit: str | Format) -> str:
    """One sentence on a promise of the strategy, with the statistic that decides it.

    Parameters
    ----------
    row : Mapping
        A row of ``compare.year_on_year``.
    unit : str or callable
        Number format of the values.

    Examples
    --------
    >>> row = {"measure": "fewer suspensions", "direction": "down", "year": 2024.0,
    ...        "before": 13.5, "after": 14.9, "p_corrected": 0.2, "basis": "denominators",
    ...        "as_promised": 1, "years": 2, "outcome": "too close to call"}
    >>> print(say_promise(row, unit="number1"))
    Fewer suspensions: too close to call. From 13.5 to 14.9 in 2024, promised to go down \
(p 0.20, from denominators); it went so in 1 of 2 years.
    """
    measure, outcome = str(row["measure"]), str(row["outcome"])
    opening = f"{measure[:1].upper()}{measure[1:]}: {outcome}."
    if outcome == "no data":
        return f"{opening} No two years in a row can be compared."
    write = find_format(unit)
    p = row["p_corrected"]
    tested = f"p {_p(p)}, from {row['basis']}" if not np.isnan(p) else "nothing to test it by"
    return (
        f"{opening} From {write(row['before'])} to {write(row['after'])} in {row['year']:.0f}, "
        f"promised {_PROMISED[str(row['direction'])]} ({tested}); it went so in "
        f"{row['as_promised']:.0f} of {row['years']:.0f} years."
    )


def say_outcomes(outcomes: Mapping[str, int]) -> str:
    """How many promises came to what, in one sentence.

    Examples
    --------
    >>> say_outcomes({"met": 2, "not met": 0, "too close to call": 5, "no data": 1})
    'Of 8 measures of success, 2 met, 5 too close to call and 1 no data.'
    """
    parts = [f"{number} {outcome}" for outcome, number in outcomes.items() if number]
    return f"Of {sum(outcomes.values())} measures of success, {join_words(parts)}."


def say_family(apart: Sequence[str], together: Sequence[str], *, everyone: int) -> str:
    """Why some measures are tested apart from others, and what would come of them together.

    Parameters
    ----------
    apart : Sequence[str]
        Outcomes of the strategies' own measures, corrected among themselves.
    together : Sequence[str]
        Outcomes of the same measures, corrected with all the others.
    everyone : int
        How many measures those are together.

    Examples
    --------
    >>> print(say_family(["met", "no data"], ["too close to call", "no data"], everyone=7))
    The strategies' own 2 measures were declared beforehand, so they are one family: their tests \
are corrected together, and apart from those of the 5 that are only proposed. Were all 7 \
corrected together, nothing would be met.
    """
    met, all_met = (sum(outcome == "met" for outcome in given) for given in (apart, together))
    changed = sum(first != second for first, second in zip(apart, together, strict=True))
    said = f"{all_met or 'nothing'} would be met" if met != all_met else "the same would be said"
    if met == all_met and changed:
        said = f"{changed} of these verdicts would be another"
    return (
        f"The strategies' own {len(apart)} measures were declared beforehand, so they are one "
        "family: their tests are corrected together, and apart from those of the "
        f"{everyone - len(apart)} that are only proposed. Were all {everyone} corrected together, "
        f"{said}."
    )


def say_beside_share(number: Row, share: Row, plans: pd.Series) -> str:
    """What a number that grew says once the growth of all is taken out.

    Parameters
    ----------
    number, share : Mapping
        Rows of ``compare.year_on_year``: a number of plans, and the same as a
        share of all plans.
    plans : pd.Series
        All plans by year; those of the last two years are told.

    Examples
    --------
    >>> number = {"measure": "plans here", "outcome": "met"}
    >>> share = {"outcome": "too close to call", "before": 0.498, "after": 0.502,
    ...          "p_corrected": 0.8}
    >>> print(say_beside_share(number, share, pd.Series({2024: 5536.0, 2025: 6383.0})))
    Plans here: met as a number, while all plans grew by 15.3% in the same year; as a share of \
them, from 49.8% to 50.2%, it is too close to call (p 0.80).
    """
    measure, before, after = str(number["measure"]), *plans.sort_index().iloc[-2:]
    grew = after / before - 1
    way = f"grew by {share1(grew)}" if grew > 0 else f"fell by {share1(-grew)}"
    p = share["p_corrected"]
    tested = "" if np.isnan(p) else f" (p {_p(p)})"
    return (
        f"{measure[:1].upper()}{measure[1:]}: {number['outcome']} as a number, while all plans "
        f"{way} in the same year; as a share of them, from {share1(share['before'])} to "
        f"{share1(share['after'])}, it is {share['outcome']}{tested}."
    )


def say_repeats(printed: pd.DataFrame, *, name: str) -> list[str]:
    """One sentence on each figure that stands for two measures of a theme, digit by digit.

    Parameters
    ----------
    printed : pd.DataFrame
        As made by ``outcomes.printed_gaps``.
    name : str
        The authority.

    Examples
    --------
    >>> printed = pd.DataFrame({"theme": "exclusions", "measure": ["excluded", "excluded twice"],
    ...                         "group": ["SEN Support", "EHCP"], "value": [0.1475, 0.1475]})
    >>> print(say_repeats(printed, name="Wiltshire")[0])
    Wiltshire: 14.75% is printed both for excluded (SEN Support) and excluded twice (EHCP). One \
of them may be a misprint, which no source held here settles: look it up before resting on a test \
of either.
    """
    named = printed.assign(what=printed["measure"] + " (" + printed["group"] + ")")
    return [
        f"{name}: {share2(rows['value'].iloc[0])} is printed both for "
        f"{join_words(rows['what'].tolist())}. One of them may be a misprint, which no source held "
        "here settles: look it up before resting on a test of either."
        for _, rows in named.groupby(["theme", named["value"].round(6)], sort=False)
        if len(rows) > 1
    ]


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.2f}" if p >= 0.1 else f"{p:.3f}"
