"""The years ahead of an authority as a board is shown them: places, the deficit, and settings."""

from dataclasses import dataclass

import pandas as pd

from sendlib import cohort
from sendlib.authority import Authority
from sendlib.errors import NotAvailableError
from sendlib.finance.model import Model
from sendlib.finance.narrative import deficit_title, say_support
from sendlib.finance.tables import deficit_ranges, opening_deficit, past_deficits, while_protected
from sendlib.finance.what_if_panel import what_if
from sendlib.intake.store import TABLE
from sendlib.pages.markup import Block
from sendlib.reuse import reuse
from sendlib.scenarios import Scenario
from sendlib.vocabulary import PLACE_GROUPS

SPECIAL = "State special school"


@dataclass(frozen=True, eq=False)
class Brief:
    """The years ahead of an authority, in the frames and words that a board is shown."""

    special_places: pd.DataFrame  # in state schools, as made by ``cohort.places_needed``
    past: pd.DataFrame  # as made by ``past_deficits``
    opening: pd.DataFrame  # as made by ``opening_deficit``
    deficits: pd.DataFrame  # as made by ``deficit_ranges``
    deficit_title: str = ""  # empty where the frames are
    support: str = ""  # what is left after announced support
    what_if: Block | None = None  # settings of the reader's own, folded


def brief(authority: Authority, *, scenario: Scenario) -> Brief:
    """Special school places and the deficit in the years ahead of an authority.

    Where they cannot be worked out, the frames are empty and say why.
    """
    rests_on = None if len(authority.load(TABLE)) else (authority.version, scenario)
    return reuse("briefing on the years ahead", rests_on, lambda: _brief(authority, scenario))


def _brief(authority: Authority, scenario: Scenario) -> Brief:
    try:
        model = Model.of(authority)
        money, places = model.run(scenario), model.places(scenario)
    except NotAvailableError as error:
        return _empty_brief(" ".join([error.headline, *map(str, error.problems)]))
    published = model.known.stated
    published = published[published["balance_date"].dt.year <= authority.as_of]
    return Brief(
        cohort.places_needed(places, {SPECIAL: PLACE_GROUPS[SPECIAL]}),
        past_deficits(published, money),
        opening_deficit(money),
        while_protected(deficit_ranges(money), money),
        deficit_title(money, authority.name),
        " ".join(filter(None, [say_support(money), model.caseload.borrowed])),
        what_if(model, money).panel(folded=True),
    )


def _empty_brief(why: str) -> Brief:
    """Frames without rows that say why."""
    ends = ["low", "middle", "high"]
    needed = pd.DataFrame(columns=["name", "census_year", "counted", "now", *ends, "limit"])
    needed.attrs = {"what": "special school places needed each January", "why": why}
    deficits = pd.DataFrame(columns=["financial_year", *ends])
    deficits.attrs = {"what": "the high needs deficit at each March", "why": why}
    past = deficits[["financial_year"]].assign(deficit_gbp=0.0)
    return Brief(needed, past, past, deficits)
