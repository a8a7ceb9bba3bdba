"""The years ahead of one authority's caseload by age, need and place."""

from dataclasses import dataclass
from functools import partial

import pandas as pd

from sendlib.cohort.axes import AGES, Counts
from sendlib.cohort.drawn import Drawn
from sendlib.cohort.estimation import rates_beside
from sendlib.cohort.evidence import Evidence
from sendlib.cohort.futures import Futures
from sendlib.cohort.levers import Levers, levers
from sendlib.cohort.simulate import Start, simulate
from sendlib.errors import ParameterError, Problem
from sendlib.scenarios import Scenario


@dataclass(frozen=True, eq=False)
class Outlook:
    """What a scenario makes of a caseload.

    Parameters
    ----------
    futures : Futures
        With the scenario's levers.
    unchanged : Futures
        Without them; the same object where there are none.
    """

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
        Rates of the same evidence and half-life, with what earlier runs drew;
        ``wider`` is then not asked for.

    Raises
    ------
    ParameterError
        If there are fewer draws of totals than asked for.
    ScenarioError
        If the levers are not valid.
    """
    draws, seed = int(scenario.value("cohort.draws")), int(scenario.value("forecast.seed"))
    given = levers(scenario)
    if drawn is None:
        half_life = float(scenario.value("cohort.half_life_years"))
        drawn = Drawn(rates_beside(evidence, wider, half_life=half_life))
    start = Start(evidence.years[-1], evidence.stock, residents[list(AGES)].to_numpy(float))
    draw = partial(simulate, drawn.rates, start, draws=draws, seed=seed, drawn=drawn)
    imposed = None if totals is None else _first(totals, draws)
    unchanged = known.unchanged if known else draw(totals=imposed)
    if given == Levers():
        return Outlook(unchanged, unchanged)
    return Outlook(draw(levers=given, tilt=None if totals is None else unchanged.tilt), unchanged)


def _first(totals: Counts, draws: int) -> Counts:
    if len(totals) < draws:
        problem = Problem(f"{len(totals)} draws", "totals", f"give {draws} or more")
        raise ParameterError("Too few draws of the total.", [problem])
    return totals[:draws]
