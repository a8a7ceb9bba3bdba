"""The years ahead of one authority's caseload by age, need and place."""

from dataclasses import dataclass
from functools import partial

import pandas as pd

from sendlib.cohort.axes import AGES, Counts
from sendlib.cohort.drawn import Drawn
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.futures import Futures
from sendlib.cohort.levers import Levers, levers
from sendlib.cohort.rates import Rates, estimate, without_unrecorded
from sendlib.cohort.simulate import Start, simulate
from sendlib.errors import ParameterError, Problem
from sendlib.scenarios import Scenario


@dataclass(frozen=True, eq=False)
class Outlook:
    """What a scenario makes of a caseload.

    Parameters
    ----------
    rates : Rates
        What the years ahead were drawn from.
    futures : Futures
        With the scenario's levers.
    unchanged : Futures
        Without them; the same object where there are none.
    """

    rates: Rates
    futures: Futures
    unchanged: Futures


def look_ahead(
    evidence: Evidence,
    residents: pd.DataFrame,
    *,
    scenario: Scenario,
    wider: Evidence | None = None,
    totals: Counts | None = None,
    known: Outlook | None = None,
    drawn: Drawn | None = None,
) -> Outlook:
    """Draw the years ahead of a caseload under a scenario.

    Levers act on the rates that a forecast of the total asks for: the total is
    met without them, and changes with them.

    Parameters
    ----------
    evidence : Evidence
        Of the authority.
    residents : pd.DataFrame
        Persons by single age, one row for each January ahead. [persons]
    scenario : Scenario
        Draws, seed and levers.
    wider : Evidence, optional
        Of England, towards whose rates these are pulled.
    totals : np.ndarray, optional
        Draws of all plans in each January ahead, from a forecast; its first
        draws are used. Shape (draws or more, years). [plans]
    known : Outlook, optional
        Of a scenario that differs in its levers alone: what lies before them is
        not drawn again.
    drawn : Drawn, optional
        Rates of the same evidence and half-life, with what earlier runs drew.

    Raises
    ------
    ParameterError
        If there are fewer draws of totals than asked for.
    ScenarioError
        If the levers are not valid.
    """
    draws, seed = int(scenario.value("cohort.draws")), int(scenario.value("forecast.seed"))
    half_life = float(scenario.value("cohort.half_life_years"))
    given = levers(scenario)
    rates = drawn.rates if drawn else None
    if rates is None:
        rates = known.rates if known else rates_beside(evidence, wider, half_life=half_life)
    draw = partial(simulate, rates, draws=draws, seed=seed, drawn=drawn)
    start = Start(evidence.years[-1], evidence.stock, residents[list(AGES)].to_numpy(float))
    imposed = None if totals is None else _first(totals, draws)
    unchanged = known.unchanged if known else draw(start, totals=imposed)
    if given == Levers():
        return Outlook(rates, unchanged, unchanged)
    tilt = None if totals is None else unchanged.tilt
    changed = draw(start, levers=given, tilt=tilt)
    return Outlook(rates, changed, unchanged)


def rates_beside(evidence: Evidence, wider: Evidence | None, *, half_life: float) -> Rates:
    """Rates of an authority, pulled towards a wider area's where one is given."""
    if wider is None:
        return estimate(evidence, half_life=half_life)
    base = estimate(without_unrecorded(wider), half_life=half_life)
    return estimate(evidence, wider=base, half_life=half_life)


def _first(totals: Counts, draws: int) -> Counts:
    if len(totals) < draws:
        problem = Problem(f"{len(totals)} draws", "totals", f"give {draws} or more")
        raise ParameterError("Too few draws of the total.", [problem])
    return totals[:draws]
