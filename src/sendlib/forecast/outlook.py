"""All that a page says of an authority's years ahead, from one call."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.errors import NotHeldError, ParameterError, Problem, raise_any
from sendlib.forecast.backtest import score_beside
from sendlib.forecast.chain import Levers, rates, run_chain
from sendlib.forecast.draws import LONGEST, Drawing, Draws, contributions, draw
from sendlib.forecast.history import past_forecasts
from sendlib.forecast.national import fit_of, national_fits
from sendlib.forecast.panel import FEATURES, Panel
from sendlib.forecast.pooled import Fit
from sendlib.forecast.regression import Floats
from sendlib.ranges import levels
from sendlib.scenarios import Scenario
from sendlib.vocabulary import ENGLAND

POOLED = "pooled"
_FEWEST_COUNTS = 4  # three years of own growth


@dataclass(frozen=True)
class Outlook:
    """The years ahead of one authority.

    Parameters
    ----------
    area_code : str
        The authority.
    origin : int
        The January counted last.
    range_pct : float
        How many outcomes in a hundred should fall inside a range.
    futures : Draws
        Its draws, and England's growth in each.
    steps : Mapping[str, np.ndarray]
        The chain behind each draw, as made by ``chain.run_chain``.
    drivers : pd.DataFrame
        As made by ``draws.contributions``.
    notes : tuple[str, ...]
        What makes this forecast weaker than usual, in sentences.
    """

    area_code: str
    origin: int
    range_pct: float
    futures: Draws
    steps: Mapping[str, Floats]
    drivers: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def tail(self) -> float:
        """Share of outcomes below the range, and above it."""
        return levels(self.range_pct)[0]

    @property
    def plans(self) -> Floats:
        """Plans in each January ahead, levers included, shape (draws, horizon)."""
        return self.steps["in_force"]

    @property
    def ranges(self) -> pd.DataFrame:
        """``census_year``, ``low``, ``middle``, ``high`` of each January ahead. [plans]"""
        low, middle, high = np.quantile(self.plans, levels(self.range_pct), axis=0)
        years = self.futures.census_years
        return pd.DataFrame({"census_year": years, "low": low, "middle": middle, "high": high})

    def probability_above(self, plans: float, census_year: int) -> float:
        """Share of draws with more than ``plans`` at one January. [0 to 1]"""
        ahead = self.futures.census_years.tolist().index(census_year)
        return float((self.plans[:, ahead] > plans).mean())


def check_horizon(horizon: int) -> None:
    """Refuse a number of years that no forecast here reaches.

    Raises
    ------
    ParameterError
        Naming the valid range.
    """
    problems = []
    if not 1 <= horizon <= LONGEST:
        problems.append(Problem(f"{horizon}", "horizon", f"give 1 to {LONGEST} years"))
    raise_any(ParameterError, "That is not a horizon.", problems)


def look_ahead(
    panel: Panel,
    area_code: str,
    *,
    scenario: Scenario,
    horizon: int,
    fits: Mapping[int, Fit] | None = None,
) -> Outlook:
    """Forecast one authority from the panel's last January.

    Parameters
    ----------
    panel : Panel
        All that is known.
    area_code : str
        The authority.
    scenario : Scenario
        Draws, seed, range, ceiling and levers.
    horizon : int
        Years ahead, 1 to 10.
    fits : Mapping[int, Fit], optional
        The model of each origin; the national fit otherwise.

    Raises
    ------
    ParameterError
        If the horizon is out of range.
    NotHeldError
        If the authority has no count or no plans at the origin, or there is no
        fit for it.
    """
    check_horizon(horizon)
    _check_counted(panel, area_code)
    model = fit_of(fits or national_fits(), panel.origin)
    how = Drawing.under(scenario)
    futures = draw(panel, model, [area_code], how, horizon=horizon)
    start = rates(panel, area_code)
    steps = run_chain(
        futures.of(area_code),
        panel.counted(area_code),
        start,
        seed=how.seed,
        area_code=area_code,
        levers=Levers.under(scenario),
    )
    return Outlook(
        area_code,
        panel.origin,
        float(scenario.value("forecast.range_pct")),
        futures,
        steps,
        contributions(panel, model, area_code),
        _notes(panel, area_code, start.missing),
    )


def earlier_forecasts(
    panel: Panel, area_code: str, *, scenario: Scenario, fits: Mapping[int, Fit] | None = None
) -> pd.DataFrame:
    """What the model would have said of one authority from each past origin."""
    return _past(panel, [area_code], scenario, fits)


def compare_methods(
    panel: Panel, *, scenario: Scenario, fits: Mapping[int, Fit] | None = None
) -> pd.DataFrame:
    """The scorecard of the pooled model beside simpler methods.

    Parameters
    ----------
    panel : Panel
        All that is known.
    scenario : Scenario
        Draws, seed and ceiling.
    fits : Mapping[int, Fit], optional
        The model of each origin; the national fit otherwise.

    Returns
    -------
    pd.DataFrame
        As made by ``backtest.score_beside``.
    """
    return score_beside(_past(panel, panel.authorities, scenario, fits), panel.plans)


def _past(
    panel: Panel, areas: list[str], scenario: Scenario, fits: Mapping[int, Fit] | None
) -> pd.DataFrame:
    known = {
        origin: model
        for origin, model in (fits or national_fits()).items()
        if origin < panel.origin
    }
    if not known:
        problem = Problem(f"January {panel.origin}", remedy="ask for a later January")
        raise NotHeldError("No fit lies before that January.", [problem])
    return past_forecasts(panel, known, areas, Drawing.under(scenario))


def _check_counted(panel: Panel, area_code: str) -> None:
    counted = panel.counted(area_code)
    if area_code not in panel.authorities or counted == 0:
        held = "no plans" if counted == 0 else "no count of plans"
        problem = Problem(f"{held} in January {panel.origin}", f"authority {area_code}")
        raise NotHeldError("There is nothing to carry forward.", [problem])


def _notes(panel: Panel, area_code: str, missing: tuple[str, ...]) -> tuple[str, ...]:
    """Sentences on what this authority lacks."""
    notes = []
    counts = panel.plans.loc[area_code].dropna()
    if area_code in panel.whole.index:
        notes.append(
            f"It was formed by a reorganisation and its own counts begin in January "
            f"{counts.index[0]}. Those of the authorities before it are of another area and are "
            "not joined to its own; for growth before then, that of the whole area stands in."
        )
    elif len(counts) < _FEWEST_COUNTS:
        notes.append(
            f"Only {len(counts)} of the last Januaries' counts are held, so its own growth says "
            "little and "
            "England's stands in for it."
        )
    known = panel.features
    lacking = known.loc[area_code].isna() & known.loc[ENGLAND].notna()
    unknown = [feature.label.lower() for name, feature in FEATURES.items() if lacking[name]]
    if unknown:
        notes.append(f"Not held, and taken to be as in England: {', '.join(unknown)}.")
    if missing:
        notes.append("Some steps on the way to a plan are not held and follow England's rates.")
    return tuple(notes)
