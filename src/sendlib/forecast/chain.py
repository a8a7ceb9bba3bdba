"""The way to a plan: requests, agreed, assessed, issued, in force, ended.

The model forecasts plans in force. The chain finds, for every draw, the flows
that lead there: plans that end, plans issued, assessments finished, requests
agreed and requests received, with the backlog between them. From one January
to the next, plans in force are those before, plus issued, less ended, in every
draw. Levers then change a step, and everything after it follows.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.forecast.draws import normal_numbers
from sendlib.forecast.panel import Panel, backlog
from sendlib.forecast.regression import Floats
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
    "on_time": "Share issued within 20 weeks",
}
OWN_WEIGHT = 0.5  # how far an authority's own rate counts beside England's
FROM_REQUESTS = 0.5  # how much of a surprise in assessments comes from requests
ENDED_SD = 0.2  # of the logarithm of the share of plans that end, year on year
_STREAM = 3


@dataclass(frozen=True)
class Levers:
    """Changes to the steps, from the first year ahead; zero leaves a step alone.

    Parameters
    ----------
    requests_pct : float
        More or fewer requests. [%]
    agreed_points : float
        More or less of them agreed. [percentage points]
    speed_pct : float
        More or fewer of the assessments under way finished in a year. [%]
    plan_points : float
        More or less of the assessments that lead to a plan. [percentage points]
    ended_pct : float
        More or fewer plans that end. [%]
    """

    requests_pct: float = 0.0
    agreed_points: float = 0.0
    speed_pct: float = 0.0
    plan_points: float = 0.0
    ended_pct: float = 0.0

    @classmethod
    def under(cls, scenario: Scenario) -> "Levers":
        """As a scenario says."""
        return cls(
            requests_pct=scenario.value("forecast.requests_pct"),
            agreed_points=scenario.value("forecast.agreed_points"),
            speed_pct=scenario.value("forecast.speed_pct"),
            plan_points=scenario.value("forecast.plan_points"),
            ended_pct=scenario.value("forecast.ended_pct"),
        )


@dataclass(frozen=True)
class Rates:
    """What an authority's last year says of each step.

    Parameters
    ----------
    ended_share : float
        Plans that ended, of those in force. [share]
    plan_share : float
        Assessments that led to a plan. [share]
    agreed_share : float
        Requests that were agreed. [share]
    waiting : float
        Assessments not yet finished at the end of the year. [assessments]
    assessed : float
        Assessments finished in the year. [assessments]
    on_time : float
        Plans issued within 20 weeks. [share]
    missing : tuple[str, ...]
        Measures that were not available, for which England's rate stands in.
    """

    ended_share: float
    plan_share: float
    agreed_share: float
    waiting: float
    assessed: float
    on_time: float
    missing: tuple[str, ...]


def rates(panel: Panel, area_code: str) -> Rates:
    """The rates of each step, the authority's own half way to England's.

    A measure that is not available for the authority is taken from England, and so
    is the pace of assessments where no plan was issued.
    """
    own, whole = _last_year(panel, area_code), _last_year(panel, ENGLAND)
    mixed = {
        name: _mixed(own[name], whole[name])
        for name in ("ended_share", "plan_share", "agreed_share", "on_time")
    }
    issued = own["issued"] if own["issued"] > 0 else whole["issued_share"] * own["plans"]
    assessed = issued / mixed["plan_share"]
    waiting = own["waiting"]
    if not np.isfinite(waiting):
        waiting = assessed * whole["waiting"] / (whole["issued"] / whole["plan_share"])
    missing = tuple(name for name, value in own.items() if not np.isfinite(value))
    on_time = own["on_time"] if np.isfinite(own["on_time"]) else whole["on_time"]
    return Rates(
        mixed["ended_share"],
        mixed["plan_share"],
        mixed["agreed_share"],
        waiting,
        assessed,
        on_time,
        missing,
    )


def run_chain(
    stock: Floats,
    counted: float,
    start: Rates,
    *,
    seed: int,
    area_code: str,
    levers: Levers | None = None,
) -> Mapping[str, Floats]:
    """The flows behind each draw of plans, and what levers make of them."""
    before = np.column_stack([np.full(len(stock), counted), stock[:, :-1]])
    ended = _ended(stock, before, start, seed, area_code)
    issued = stock - before + ended
    assessed = issued / start.plan_share
    agreed, waiting_before = _agreed(assessed, start)
    base = {
        "requests": agreed / start.agreed_share,
        "ended_share": ended / before,
        "finished_share": assessed / np.maximum(waiting_before + agreed, 1e-9),
    }
    return _forward(base, counted, start, levers or Levers())


def _agreed(assessed: Floats, start: Rates) -> tuple[Floats, Floats]:
    """Requests agreed in each year, and the backlog that each year began with.

    On the middle path the backlog keeps its size against the assessments
    finished. Of a draw's surprise in assessments, ``FROM_REQUESTS`` comes from
    requests and the rest out of the backlog, which cannot fall below none.
    """
    middle = np.median(assessed, axis=0)
    usual = np.concatenate([[start.waiting], start.waiting / start.assessed * middle])
    expected = middle + np.diff(usual)
    agreed, before = np.empty_like(assessed), np.empty_like(assessed)
    waiting = np.full(len(assessed), start.waiting)
    for year in range(assessed.shape[1]):
        wished = expected[year] + FROM_REQUESTS * (assessed[:, year] - middle[year])
        before[:, year] = waiting
        agreed[:, year] = np.maximum(wished, np.maximum(assessed[:, year] - waiting, 0.0))
        waiting = waiting + agreed[:, year] - assessed[:, year]
    return agreed, before


def _forward(
    base: Mapping[str, Floats], counted: float, start: Rates, levers: Levers
) -> dict[str, Floats]:
    """Run the chain from requests to plans, year by year, all draws at once."""
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
        on_time = _on_time(waiting, assessed, start)
        values = (requests, agreed, assessed, issued, ended, plans, waiting, on_time)
        for name, value in zip(STEPS, values, strict=True):
            steps[name][:, year] = value
    return steps


def summarise(steps: Mapping[str, Floats], origin: int, *, tail: float) -> pd.DataFrame:
    """The middle and the range of every step in every year ahead."""
    parts = []
    for name, values in steps.items():
        low, middle, high = np.quantile(values, [tail, 0.5, 1 - tail], axis=0)
        years = origin + np.arange(values.shape[1])
        parts.append(
            pd.DataFrame(
                {"step": name, "calendar_year": years, "low": low, "middle": middle, "high": high}
            )
        )
    return pd.concat(parts, ignore_index=True)


def _ended(stock: Floats, before: Floats, start: Rates, seed: int, area_code: str) -> Floats:
    """Plans that end in each year; more where a draw falls by more than that."""
    draws, horizon = stock.shape
    normal = normal_numbers((draws, horizon), seed, _STREAM, int(area_code))
    ended = before * np.minimum(start.ended_share * np.exp(ENDED_SD * normal), 1.0)
    return np.maximum(ended, before - stock)


def _on_time(waiting: Floats, assessed: Floats, start: Rates) -> Floats:
    """Share on time: it falls as the backlog grows against what is finished in a year.

    The odds of being on time move against the backlog in proportion.
    """
    usual = start.waiting / start.assessed
    if usual <= 0:
        return np.full(len(waiting), start.on_time)
    pressure = (waiting / np.maximum(assessed, 1e-9)) / usual
    share = np.clip(start.on_time, 0.01, 0.99)
    odds = share / (1 - share) / np.maximum(pressure, 1e-9)
    return np.asarray(odds / (1 + odds))


def _last_year(panel: Panel, area_code: str) -> dict[str, float]:
    origin = panel.origin
    plans, before = (_value(panel.plans, area_code, year) for year in (origin, origin - 1))
    flow = {measure: _value(panel.flow[measure], area_code, origin - 1) for measure in FlowMeasure}
    issued = flow[FlowMeasure.NEW_PLANS]
    finished = issued + flow[FlowMeasure.ASSESSMENTS_PLAN_NOT_ISSUED]
    requests = flow[FlowMeasure.REQUESTS]
    return {
        "plans": plans,
        "issued": issued,
        "issued_share": _share(issued, plans),
        "ended_share": max(_share(before + issued - plans, before), 0.0),
        "plan_share": _share(issued, finished),
        "agreed_share": 1 - _share(flow[FlowMeasure.REQUESTS_REFUSED], requests),
        "waiting": float(backlog(panel).to_dict().get(area_code, np.nan)),
        "on_time": _share(
            flow[FlowMeasure.PLANS_ISSUED_WITHIN_20_WEEKS], flow[FlowMeasure.PLANS_ISSUED]
        ),
    }


def _value(wide: pd.DataFrame, area_code: str, year: int) -> float:
    if area_code not in wide.index or year not in wide:
        return np.nan
    return float(wide[year].to_dict()[area_code])


def _share(part: float, whole: float) -> float:
    """A part of a whole; missing where there is no whole."""
    return part / whole if whole > 0 else np.nan


def _mixed(own: float, england: float) -> float:
    if not np.isfinite(own):
        return england
    return OWN_WEIGHT * own + (1 - OWN_WEIGHT) * england
