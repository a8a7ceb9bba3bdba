"""Sentences on a projection and on how well others like it did."""

import numpy as np
import pandas as pd
from scipy.stats import binom

from sendlib.forecast.backtest import METHOD_LABELS, METHODS
from sendlib.forecast.projection import Projection
from sendlib.pages.formats import signed

_SHORT_YEARS = 3  # how far ahead methods are compared in a sentence
_SHOULD_HOLD = 0.8  # of past counts, by the range that a backtest is made of
_TOO_FEW = 0.01  # chance of so few inside or fewer, below which a page warns


def describe_drivers(projection: Projection) -> str:
    """What England's growth alone would add, and what moves the authority most away from it."""
    england = projection.contributions.set_index("feature").loc["england"]
    most = projection.drivers.iloc[0]
    return (
        f"England's growth of {np.expm1(england['difference']):.1%} would add "
        f"{england['plans']:,.0f} plans; the largest difference: "
        f"{most['driver'].lower()}, {signed(most['plans'])}"
    )


def describe_backtest(past: pd.DataFrame) -> str:
    """How many past counts fell inside their range."""
    return f"{past['inside'].sum():.0f} of {len(past)} past counts fell inside the range"


def warn_of_ranges(past: pd.DataFrame) -> str:
    """That past ranges of an authority were too narrow, from ``backtest``; nothing otherwise.

    They were where so few counts inside or fewer would come by chance once in a hundred times or
    less, by the binomial distribution: 14 of 25, not 15. Forecasts made at one January miss
    together, so this is a rule for when to warn, not the chance of being wrong.

    Examples
    --------
    >>> warn_of_ranges(pd.DataFrame({"inside": [True] * 14 + [False] * 11}))
    'Past ranges here were too narrow: 14 of 25 held the count, where 8 in 10 should.'
    >>> warn_of_ranges(pd.DataFrame({"inside": [True] * 15 + [False] * 10}))
    ''
    """
    inside, of = int(past["inside"].sum()), len(past)
    if binom.cdf(inside, of, _SHOULD_HOLD) > _TOO_FEW:
        return ""
    return (
        f"Past ranges here were too narrow: {inside or 'none'} of {of} held the count, where 8 in "
        "10 should."
    )


def describe_plan(planned: pd.DataFrame, actual: pd.DataFrame) -> str:
    """What a council planned and what came, from ``Authority.published``; nothing without both."""
    if planned.empty or actual.empty:
        return ""
    plan, counted = planned.iloc[0], actual.iloc[0]
    return (
        f"The council's own plan expected {plan['value']:,.0f} plans in {plan['period']}; "
        f"there were {counted['value']:,.0f}."
    )


def describe_stored(stored: pd.DataFrame) -> str:
    """What earlier packs projected of the last January counted; nothing where there are none."""
    last = stored[stored["counted in"] == stored["counted in"].max()]
    ranges = [
        f"{row['low']:,.0f} to {row['high']:,.0f} from January {row['made from']}"
        for row in last.to_dict("records")
    ]
    if not ranges:
        return ""
    return (
        f"Earlier packs projected for January {last['counted in'].iloc[0]}: {'; '.join(ranges)}. "
        f"Counted: {last['counted'].iloc[0]:,.0f}."
    )


def describe_methods(card: pd.DataFrame) -> str:
    """The pooled model's average error and that of the best other method."""
    near = card[card["years_ahead"] <= _SHORT_YEARS]
    errors = near.groupby("method")["error_pct"].mean()
    if errors.empty:
        return ""
    others = errors.drop(METHOD_LABELS["pooled"])
    return (
        f"One to three years ahead the pooled model is wrong by "
        f"{errors[METHOD_LABELS['pooled']]:.1f}% on average; {str(others.idxmin()).lower()} "
        f"by {others.min():.1f}%"
    )


def method_notes() -> list[str]:
    """What each method assumes, a sentence each."""
    pooled = "how each authority grows against England, learnt from all authorities at once"
    meanings = {"pooled": pooled} | {name: way.meaning for name, way in METHODS.items()}
    return [f"{METHOD_LABELS[name]}: {meaning}." for name, meaning in meanings.items()]
