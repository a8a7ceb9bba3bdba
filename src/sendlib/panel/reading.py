"""What is read off a scenario when a slider is turned: a chart and a line of words."""

from dataclasses import dataclass

import pandas as pd

from sendlib import finance, present
from sendlib.finance import Model
from sendlib.present import words
from sendlib.scenarios import Scenario, with_value

QUICK_DRAWS = 200
_DRAWS = "cohort.draws"
_INNER_PCT = 50.0


@dataclass(frozen=True, eq=False)
class Reading:
    """What a scenario leads to, as far as the panel shows it.

    Parameters
    ----------
    bands : pd.DataFrame
        Deficit before support at the end of each financial year: ``year``,
        ``low``, ``inner_low``, ``middle``, ``inner_high``, ``high``. [£]
    opening : pd.DataFrame
        ``year``, ``value``: the deficit brought forward, where it is known. [£]
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
    """Run a scenario with few draws, and read off what the panel shows.

    Parameters
    ----------
    model : Model
        Of the authority; nothing of the run is kept in it.
    scenario : Scenario
        What is assumed.
    threshold_gbp : float
        A deficit to be wary of. [£]

    Raises
    ------
    ScenarioError
        If a lever is not valid.
    """
    money = model.aside().run(quick(scenario))
    range_pct = float(scenario.value("forecast.range_pct"))
    year = money.protected_year
    at = money.financial_years.index(year)
    return Reading(
        finance.deficit_bands(money, range_pct, _INNER_PCT),
        finance.opening_deficit(money),
        year,
        threshold_gbp,
        float(money.before.chance_below(-threshold_gbp)[year]),
        float(-money.before.closing[:, at].mean()),
        float(-money.left.closing[:, at].mean()),
        range_pct,
        len(money.plans),
    )


def draw(reading: Reading, *, reach_gbp: tuple[float, float] | None = None) -> present.Chart:
    """The deficit before support at the end of each financial year.

    Parameters
    ----------
    reading : Reading
        What to show.
    reach_gbp : tuple[float, float], optional
        Deficits that the scale reaches at least, so that it stays while a
        slider moves. [£]
    """
    label = present.gbp_m(reading.threshold_gbp)
    lines = pd.DataFrame({"value": [reading.threshold_gbp], "label": [f"threshold {label}"]})
    odds = (words.say_odds(reading.range_pct), words.say_odds(_INNER_PCT))
    axes = present.plot_bands(
        reading.opening, reading.bands, unit="gbp_m", range_labels=odds, thresholds=lines
    )
    if reach_gbp:
        low, high = axes.get_ylim()
        axes.set_ylim(min(low, reach_gbp[0]), max(high, reach_gbp[1]))
    what = "the high needs deficit at the end of each financial year, before any support"
    return present.chart(
        axes,
        title="High needs deficit at the end of each financial year, before any support: "
        "the levers as they are set",
        alt=words.describe_bands(
            reading.opening,
            reading.bands,
            what=what,
            unit="gbp_m",
            range_labels=odds,
            thresholds=lines,
        ),
        source=f"worked out by sendlib from {present.count(reading.draws)} draws, fewer than "
        "elsewhere on this page, so figures differ a little.",
        table=present.table(
            reading.bands[["year", "low", "middle", "high"]],
            caption="Deficit at the end of each financial year, the levers as they are set",
            formats=dict.fromkeys(("low", "middle", "high"), "gbp_m"),
            name="levers-as-set-numbers",
        ),
        name="levers-as-set",
    )


def say(reading: Reading, *, beside: Reading | None = None) -> str:
    """One line of words: the deficit when protection ends, and how likely it passes the threshold.

    Parameters
    ----------
    reading : Reading
        What to say.
    beside : Reading, optional
        The scenario as it stands, to say by how much the mean differs.
    """
    at = reading.bands[reading.bands["year"] == reading.year].iloc[0]
    low, middle, high = (present.gbp_m(at[end]) for end in ("low", "middle", "high"))
    date = finance.closing_date(reading.year)
    text = (
        f"Deficit at {date} before any support: between {low} and {high}, with the middle at "
        f"{middle}; the chance of more than {present.gbp_m(reading.threshold_gbp)} is "
        f"{present.chance(reading.above)}. After announced support, "
        f"{present.gbp_m(reading.left_gbp)} is left to the council on average."
    )
    return text if beside is None else f"{text} {_difference(reading, beside)}"


def _difference(reading: Reading, beside: Reading) -> str:
    sides = (
        ("before support", reading.before_gbp - beside.before_gbp),
        ("left to the council", reading.left_gbp - beside.left_gbp),
    )
    moved = [
        f"{present.gbp_m(abs(gap))} {'more' if gap > 0 else 'less'} {what}"
        for what, gap in sides
        if present.gbp_m(abs(gap)) != present.gbp_m(0.0)
    ]
    if not moved:
        return "On average that is as in the scenario as it stands."
    return f"On average that is {words.join_words(moved)} than in the scenario as it stands."
