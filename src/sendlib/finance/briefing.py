"""What a board asks of the years ahead, from one call: special school places and the deficit."""

from dataclasses import dataclass

import pandas as pd

from sendlib import cohort
from sendlib.authority import Authority
from sendlib.errors import NotAvailableError
from sendlib.finance.known import balances
from sendlib.finance.model import Model
from sendlib.finance.narrative import deficit_title
from sendlib.finance.projection import Projection
from sendlib.finance.summaries import deficit_ranges, past_deficits, ranges_by_year
from sendlib.pages.formats import count, gbp_m
from sendlib.periods import closing_date
from sendlib.scenarios import Scenario
from sendlib.vocabulary import PLACE_GROUPS

SPECIAL = {
    name: PLACE_GROUPS[name]
    for name in ("State special school", "Independent or non-maintained special")
}
_ENDS = ["low", "middle", "high"]


@dataclass(frozen=True, eq=False)
class Brief:
    """The years ahead of an authority, in the frames and words that a board is shown.

    Parameters
    ----------
    special_places : pd.DataFrame
        As made by ``cohort.places_needed`` of special schools.
    past, deficits : pd.DataFrame
        As made by ``past_deficits`` and ``deficit_ranges``.
    places_title, deficit_title, support : str
        What the two frames say, and what is left after announced support; empty where
        they are.
    """

    special_places: pd.DataFrame
    past: pd.DataFrame
    deficits: pd.DataFrame
    places_title: str = ""
    deficit_title: str = ""
    support: str = ""


def brief(authority: Authority, *, scenario: Scenario) -> Brief:
    """Special school places and the deficit in the years ahead of an authority.

    Where they cannot be worked out, the frames are empty and say why.

    Parameters
    ----------
    authority : Authority
        The authority, with the January to look from.
    scenario : Scenario
        What is assumed.
    """
    try:
        model = Model.from_tables(authority.load, area_code=authority.code, origin=authority.as_of)
        money, places = model.run(scenario), model.places(scenario)
    except NotAvailableError as error:
        return _without(error.headline)
    published = balances(authority.load("dsg_balance"), authority.code)
    published = published[published["balance_date"].dt.year <= authority.as_of]
    needed = cohort.places_needed(places, SPECIAL)
    return Brief(
        needed,
        past_deficits(published, money),
        deficit_ranges(money),
        _places_title(needed),
        deficit_title(money, authority.name),
        _support(money),
    )


def _without(why: str) -> Brief:
    """Frames without rows that say why."""
    needed = pd.DataFrame(columns=["name", "census_year", "counted", "now", *_ENDS, "limit"])
    needed.attrs = {"what": "special school places needed each January", "why": why}
    deficits = pd.DataFrame(columns=["financial_year", *_ENDS])
    deficits.attrs = {"what": "the high needs deficit at each March", "why": why}
    return Brief(needed, deficits[["financial_year"]].assign(deficit_gbp=0.0), deficits)


def _places_title(needed: pd.DataFrame) -> str:
    state = needed[needed["name"] == next(iter(SPECIAL))].iloc[-1]
    return (
        f"State special schools need {count(state['low'])} to {count(state['high'])} places by "
        f"January {state['census_year']}, {count(state['now'])} now"
    )


def _support(money: Projection) -> str:
    """One sentence: the deficit when protection ends, before and after announced support."""
    ends = money.protected_year
    (low, _, high), (left_low, _, left_high) = (
        ranges_by_year(-balance.closing, money.financial_years, money.levels)
        .T[ends]
        .map(gbp_m)
        .tolist()
        for balance in (money.before, money.left)
    )
    return (
        f"At {closing_date(ends)}, when protection of deficits ends, the deficit is between "
        f"{low} and {high} without support; with what has been announced, between {left_low} "
        f"and {left_high}."
    )
