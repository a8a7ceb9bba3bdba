"""The flows that lead to each draw of plans, with the backlog, and what levers make of them.

References
----------
- Sterman, J. D. (2000). Business dynamics: systems thinking and modeling for a complex world.
  McGraw-Hill. Chapters 6 and 7: stocks, flows and backlogs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
import pandas as pd

from sendlib.forecast.draws import normal_numbers
from sendlib.forecast.model import Floats
from sendlib.forecast.panel import Panel, backlog, flow_of
from sendlib.scenarios import Scenario
from sendlib.vocabulary import ENGLAND, FlowMeasure

STEPS: dict[str, str] = {
    "requests": "Requests received",
    "agreed": "Requests agreed",
    "assessed": "Assessments finished",
    "issued": "Plans issued",
    "ended": "Plans ended",
    "in_force": "Plans in force at the end",
    "waiting": "Assessments waiting at the end",
}
OWN_WEIGHT = 0.5  # how far an authority's own rate counts against England's
FROM_REQUESTS = 0.5  # how much of a surprise in assessments comes from requests
ENDED_SD = 0.2  # of the logarithm of the share of plans that end, year on year
_STREAM = 3


@dataclass(frozen=True)
class Levers:
    """Changes to the steps, from the first year ahead; zero leaves a step alone."""

    requests_pct: float = 0.0  # more or fewer requests
    agreed_points: float = 0.0  # more or less of them agreed [percentage points]
    speed_pct: float = 0.0  # more or fewer of the assessments under way finished in a year
    plan_points: float = 0.0  # more or less of the assessments lead to a plan [percentage points]
    ended_pct: float = 0.0  # more or fewer plans that end

    @classmethod
    def of(cls, scenario: Scenario) -> "Levers":
        """The levers of a scenario."""
        return cls(
            **{lever.name: scenario.value(f"forecast.{lever.name}") for lever in fields(cls)}
        )


@dataclass(frozen=True)
class Rates:
    """What an authority's last year says of each step; shares unless a unit is given."""

    ended_share: float  # of the plans in force
    plan_share: float  # of the assessments
    agreed_share: float  # of the requests
    waiting: float  # assessments not yet finished at the end of the year [assessments]
    assessed: float  # assessments finished in the year [assessments]
    missing: tuple[str, ...]  # measures that were not available and are England's


def rates(panel: Panel, area_code: str) -> Rates:
    """The rates of each step, the authority's own half way to England's, or else England's."""
    last_year = _last_year(panel).to_dict("index")
    own, england = last_year[area_code], last_year[ENGLAND]
    missing = tuple(str(name) for name, value in own.items() if np.isnan(value))
    mixed = {
        name: england[name]
        if name in missing
        else OWN_WEIGHT * value + (1 - OWN_WEIGHT) * england[name]
        for name, value in own.items()
    }
    issued = own["issued"] if own["issued"] > 0 else england["issued_share"] * own["plans"]
    assessed = issued / mixed["plan_share"]
    waiting = assessed * england["waiting"] / (england["issued"] / england["plan_share"])
    return Rates(
        **{name: mixed[name] for name in ("ended_share", "plan_share", "agreed_share")},
        waiting=waiting if "waiting" in missing else own["waiting"],
        assessed=assessed,
        missing=missing,
    )


def run_flows(
    stock: Floats,
    counted: float,
    start: Rates,
    *,
    seed: int,
    area_code: str,
    levers: Levers,
) -> Mapping[str, Floats]:
    """The flows behind each draw of plans, and what levers make of them, as ``STEPS``."""
    before = np.column_stack([np.full(len(stock), counted), stock[:, :-1]])
    normal = normal_numbers((len(stock), stock.shape[1]), seed, _STREAM, int(area_code))
    ended = before * np.minimum(start.ended_share * np.exp(ENDED_SD * normal), 1.0)
    ended = np.maximum(ended, before - stock)  # more where a draw falls by more than that
    assessed = (stock - before + ended) / start.plan_share
    agreed, waiting = _agreed(assessed, start)
    base = {
        "requests": agreed / start.agreed_share,
        "ended_share": ended / before,
        "finished_share": assessed / np.maximum(waiting + agreed, 1e-9),
    }
    return _forward(base, counted, start, levers)


def _agreed(assessed: Floats, start: Rates) -> tuple[Floats, Floats]:
    """Requests agreed in each year, and the backlog that each year began with."""
    middle = np.median(assessed, axis=0)
    usual = np.concatenate([[start.waiting], start.waiting / start.assessed * middle])
    expected = middle + np.diff(usual)
    agreed, before = np.empty_like(assessed), np.empty_like(assessed)
    waiting = np.full(len(assessed), start.waiting)
    for year in range(assessed.shape[1]):
        wanted = expected[year] + FROM_REQUESTS * (assessed[:, year] - middle[year])
        before[:, year] = waiting
        agreed[:, year] = np.maximum(wanted, np.maximum(assessed[:, year] - waiting, 0.0))
        waiting = waiting + agreed[:, year] - assessed[:, year]
    return agreed, before


def _forward(
    base: Mapping[str, Floats], counted: float, start: Rates, levers: Levers
) -> dict[str, Floats]:
    """Run the steps from requests to plans, year by year, all draws at once."""
    draws, horizon = base["requests"].shape
    steps = {name: np.empty((draws, horizon)) for name in STEPS}
    plans, waiting = np.full(draws, counted), np.full(draws, start.waiting)
    agreed_share = np.clip(start.agreed_share + levers.agreed_points / 100, 0.0, 1.0)
    plan_share = np.clip(start.plan_share + levers.plan_points / 100, 0.0, 1.0)
    for year in range(horizon):
        requests = base["requests"][:, year] * (1 + levers.requests_pct / 100)
        agreed = requests * agreed_share
        finished = base["finished_share"][:, year] * (1 + levers.speed_pct / 100)
        assessed = (waiting + agreed) * np.clip(finished, 0.0, 1.0)
        waiting = waiting + agreed - assessed
        issued = assessed * plan_share
        ended = plans * np.clip(base["ended_share"][:, year] * (1 + levers.ended_pct / 100), 0, 1)
        plans = plans + issued - ended
        values = (requests, agreed, assessed, issued, ended, plans, waiting)
        for name, value in zip(STEPS, values, strict=True):
            steps[name][:, year] = value
    return steps


@lru_cache(maxsize=2)  # scenarios of a panel have the same
def _last_year(panel: Panel) -> pd.DataFrame:
    """Counts and shares of the panel's last year, an area a row; missing where not available."""
    year = panel.origin - 1
    before, plans = (panel.plans.reindex(columns=[one])[one] for one in (year, year + 1))
    flow = {measure: flow_of(panel, measure, year) for measure in FlowMeasure}
    issued = flow[FlowMeasure.NEW_PLANS]
    finished = issued + flow[FlowMeasure.ASSESSMENTS_PLAN_NOT_ISSUED]
    requests = flow[FlowMeasure.REQUESTS]
    return pd.DataFrame(
        {
            "plans": plans,
            "issued": issued,
            "issued_share": issued / plans.where(plans > 0),
            "ended_share": ((before + issued - plans) / before.where(before > 0)).clip(lower=0.0),
            "plan_share": issued / finished.where(finished > 0),
            "agreed_share": 1 - flow[FlowMeasure.REQUESTS_REFUSED] / requests.where(requests > 0),
            "waiting": backlog(panel),
        }
    )
