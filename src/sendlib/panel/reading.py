"""What is read off a scenario when a slider is turned: a chart and a line of words."""

from dataclasses import dataclass

import pandas as pd

from sendlib import charts, finance
from sendlib.finance import Model
from sendlib.pages import Block
from sendlib.pages.formats import chance, count, gbp_m
from sendlib.pages.narrative import join_words, odds
from sendlib.scenarios import Scenario, with_value

QUICK_DRAWS = 200
_DRAWS = "cohort.draws"


@dataclass(frozen=True, eq=False)
class Reading:
    """What a scenario leads to, as far as the panel shows it.

    Parameters
    ----------
    bands : pd.DataFrame
        As made by ``finance.deficit_ranges``. [£]
    opening : pd.DataFrame
        The deficit brought forward, where it is known. [£]
    year : str
        The last financial year in which deficits are protected, or the last of all.
    threshold_gbp : float
        A deficit to be wary of. [£]
    above : float
        The chance of a larger one at the end of ``year``. [share]
    before_gbp, left_gbp : float
        Mean deficit at the end of ``year`` before support, and what of it is
        left to the council after support that is announced. [£]
    range_pct : float
        How many outcomes in a hundred the outer band holds.
    draws : int
        How many draws it rests on.
    """

    bands: pd.DataFrame
    opening: pd.DataFrame
    year: str
    threshold_gbp: float
    above: float
    before_gbp: float
    left_gbp: float
    range_pct: float
    draws: int


def quick(scenario: Scenario) -> Scenario:
    """The same scenario with so few draws that a run takes a fraction of a second."""
    return with_value(scenario, _DRAWS, min(QUICK_DRAWS, scenario.value(_DRAWS)))


def prepared(model: Model, scenario: Scenario) -> Model:
    """A model beside another that holds what most runs of the panel share."""
    own = model.aside()
    own.run(quick(scenario))
    return own


def read_off(model: Model, scenario: Scenario, *, threshold_gbp: float) -> Reading:
    """Run a scenario with few draws, and read off what the panel shows."""
    money = model.aside().run(quick(scenario))
    year = money.protected_year
    at = money.financial_years.index(year)
    return Reading(
        finance.deficit_ranges(money),
        finance.opening_deficit(money),
        year,
        threshold_gbp,
        float(money.before.chance_below(-threshold_gbp)[year]),
        float(-money.before.closing[:, at].mean()),
        float(-money.left.closing[:, at].mean()),
        money.range_pct,
        len(money.plans),
    )


def draw(reading: Reading, *, reach_gbp: tuple[float, float] | None = None) -> charts.Chart | Block:
    """The deficit before support at the end of each financial year."""
    low, _, high = map(gbp_m, _range_at(reading))
    chart = charts.fan(
        reading.opening,
        reading.bands,
        title=f"As the levers are set: {low} to {high} by {finance.closing_date(reading.year)}",
        band=odds(reading.range_pct),
        source=f"worked out by sendlib from {count(reading.draws)} draws, fewer than elsewhere on "
        "this page, so figures differ a little.",
        thresholds=finance.threshold_line(reading.threshold_gbp),
        name="levers-as-set",
    )
    if reach_gbp and isinstance(chart, charts.Chart):
        bottom, top = chart.ax.get_ylim()
        chart.ax.set_ylim(min(bottom, reach_gbp[0]), max(top, reach_gbp[1]))
    return chart


def _range_at(reading: Reading) -> list[float]:
    """Low, middle and high of the deficit when protection ends. [£]"""
    ranges = reading.bands.set_index("financial_year")
    row = ranges.loc[[reading.year], ["low", "middle", "high"]].to_numpy(dtype=float)[0]
    return [float(value) for value in row]


def say(reading: Reading, *, beside: Reading | None = None) -> str:
    """One line of words: the deficit when protection ends, and how likely it passes the threshold.

    Parameters
    ----------
    reading : Reading
        What to say.
    beside : Reading, optional
        The scenario as it stands, to say by how much the mean differs.
    """
    low, middle, high = map(gbp_m, _range_at(reading))
    date = finance.closing_date(reading.year)
    text = (
        f"Deficit at {date} before any support: between {low} and {high}, with the middle at "
        f"{middle}; the chance of more than {gbp_m(reading.threshold_gbp)} is "
        f"{chance(reading.above)}. After announced support, "
        f"{gbp_m(reading.left_gbp)} is left to the council on average."
    )
    return text if beside is None else f"{text} {_difference(reading, beside)}"


def _difference(reading: Reading, beside: Reading) -> str:
    sides = (
        ("before support", reading.before_gbp - beside.before_gbp),
        ("left to the council", reading.left_gbp - beside.left_gbp),
    )
    moved = [
        f"{gbp_m(abs(gap))} {'more' if gap > 0 else 'less'} {what}"
        for what, gap in sides
        if gbp_m(abs(gap)) != gbp_m(0.0)
    ]
    if not moved:
        return "On average that is as in the scenario as it stands."
    return f"On average that is {join_words(moved)} than in the scenario as it stands."
