"""What a plan costs in a year, by place type, how well that is known, and how it grows.

Costs are those of the outturn, without money for the place itself, which is paid for places
commissioned. Costs of all authorities are brought to agree with the authority's own outturn and
statements: the more doubtful a cost, the more it gives way. Their growth is what is left of
that of an outturn when plan-years by place are priced at fixed costs.

References
----------
- Stone, R., Champernowne, D. G. and Meade, J. E. (1942). The precision of national income
  estimates. Review of Economic Studies 9(2), 111-125.
- Department for Education. High needs benchmarking tool: section 251 outturn 2021-22 by sector
  (source ``s251_sectors_2021_22``): what costs of all authorities are estimated from.
- Harvey, A. C. (1989). Forecasting, Structural Time Series Models and the Kalman Filter. Cambridge
  University Press: a growth that stands where it was last seen, and wanders.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from sendlib.errors import NotAvailableError, Problem, raise_any
from sendlib.fields import Strict
from sendlib.forecast.draws import symmetric_root
from sendlib.scenarios.records import one_of
from sendlib.vocabulary import PlaceType

Money = NDArray[np.float64]
OTHER = "other_lines"  # spend that does not follow plans: support services, inclusion, hospital
_OUTTURN_DOUBT = 0.01  # standard deviation of an outturn as a share of itself
_STATED_DOUBT = 0.05  # of a cost that the council stated
_WHERE, _REMEDY = "finance.unit_costs", "give every place one cost"
_LEAST = 0.05  # of its mean: a drawn cost is never less
PRICED = (*PlaceType, OTHER)
STATED, ELSEWHERE = "stated by the council", "outturn of all authorities"  # bases of a cost
_YEARS_COMPARED = 3  # over which an authority is compared with England
_WANDER = 2.0  # points that England's growth moves in a year, before any movement was seen
_WANDER_YEARS = 2  # how many years of movements that judgement counts for
_TENTHS = (0.1, 0.9)
_BETWEEN_TENTHS = 2.563  # standard deviations of a normal distribution
_PERSISTS = 0.1  # of an authority's own growth, in the year after
_FALLS_BACK = 0.08  # a year, of how far its prices stand above or below England's


class UnitCost(Strict):
    """What a plan-year costs elsewhere, without place funding, and how doubtful that is.

    Other lines have in place of a cost their share of the outturn.
    """

    place: Annotated[str, one_of(PRICED, "place")] = Field(
        description=f"the kind of place, or {OTHER} for lines that are not for single plans"
    )
    gbp: float = Field(default=0, ge=0, description="amount a year")
    share_pct: float = Field(
        default=0, ge=0, le=100, strict=True, description=f"of {OTHER}, the share of the outturn"
    )
    sd_pct: float = Field(
        gt=0, le=200, description="how doubtful the amount is, as a standard deviation"
    )
    price_year: int = Field(
        default=0,
        ge=0,
        le=2050,
        description=(
            "the year in which the financial year of the amount begins, if it is to be brought to "
            "the prices of the outturn; 0 for an amount that stays as it is"
        ),
    )


@dataclass(frozen=True, eq=False)
class UnitCosts:
    """Costs of a plan-year by place type and, last, the sum of all that is not per plan. [£]"""

    places: tuple[str, ...]
    financial_year: str  # whose prices they are in
    mean: Money
    covariance: Money  # [£²]
    prior: Money  # before the outturn
    basis: tuple[str, ...]  # of each prior

    def draw(self, rng: np.random.Generator, draws: int) -> tuple[Money, Money]:
        """Costs by place, shape (draws, places), and other lines, shape (draws,). [£]"""
        root = symmetric_root(self.covariance)
        drawn = self.mean + rng.standard_normal((draws, len(self.mean))) @ root
        drawn = np.maximum(drawn, _LEAST * self.mean)
        return drawn[:, :-1], drawn[:, -1]

    def table(self) -> pd.DataFrame:
        """A row for each place and the other lines. [£ a plan-year; other lines: £]"""
        return pd.DataFrame(
            {
                "place_type": [*self.places, OTHER],
                "prior_gbp": self.prior,
                "gbp": self.mean,
                "standard_error_gbp": np.sqrt(np.diag(self.covariance)),
                "basis": self.basis,
            }
        )


def estimate_unit_costs(
    known: Sequence[UnitCost],
    stated: Mapping[str, float],
    *,
    financial_year: str,
    outturn_gbp: float,
    plan_years: Money,
) -> UnitCosts:
    """Unit costs that agree with the outturn of a year, for its plan-years, and with statements.

    By Bayes' rule for one sum: what is missing is shared out by doubt.
    """
    costs = [(record.gbp, record.sd_pct) for record in known if record.place != OTHER]
    other = [
        (outturn_gbp * record.share_pct / 100, record.sd_pct)
        for record in known
        if record.place == OTHER
    ]
    prior, doubt_pct = np.array([*costs, *(other or [(0.0, 0.0)])]).T
    doubt = doubt_pct / 100 * prior
    places = tuple(record.place for record in known if record.place != OTHER)
    for place, cost in stated.items():
        at = places.index(place)
        prior[at], doubt[at] = cost, _STATED_DOUBT * cost
    weights = np.append(plan_years, 1.0)
    expected = float(weights @ prior)
    spread = doubt**2 * weights
    gain = spread / (float(weights @ spread) + (_OUTTURN_DOUBT * outturn_gbp) ** 2)
    mean = np.maximum(prior + gain * (outturn_gbp - expected), _LEAST * prior)
    covariance = np.diag(doubt**2) - np.outer(gain, spread)
    basis = [STATED if place in stated else ELSEWHERE for place in places] + [ELSEWHERE]
    return UnitCosts(places, financial_year, mean, covariance, prior, tuple(basis))


def in_prices_of(
    known: Sequence[UnitCost], spend: pd.Series, plan_years: pd.DataFrame, year: str
) -> list[UnitCost]:
    """Costs that have a year of prices, moved alike so that all together pay England's outturn."""
    other = sum(record.share_pct for record in known) / 100
    counted = dict(zip(plan_years.columns, plan_years.loc[year].to_numpy(float), strict=True))
    dated, fixed = (
        sum(
            record.gbp * counted[record.place]
            for record in known
            if record.place != OTHER and (not record.price_year) == undated
        )
        for undated in (False, True)
    )
    if not dated:
        return list(known)
    times = max(float(spend[year]) * (1 - other) - fixed, _LEAST * dated) / dated
    return grown(known, times)


def grown(known: Sequence[UnitCost], times: float) -> list[UnitCost]:
    """Costs that have a year of prices, all moved alike."""
    return [
        record.model_copy(update={"gbp": record.gbp * times}) if record.price_year else record
        for record in known
    ]


def check_costs(known: Sequence[UnitCost]) -> None:
    """Refuse a place without a cost, whose plans the others would pay for, and one with two."""
    costs = Counter(record.place for record in known)
    missing = [place.value for place in PlaceType if place not in costs]
    twice = [place for place, number in costs.items() if number > 1]
    problems = [Problem("no_cost", f"{each} has no cost", _WHERE, _REMEDY) for each in missing]
    problems += [Problem("two_costs", f"{each} has two costs", _WHERE, _REMEDY) for each in twice]
    raise_any(NotAvailableError, "Unit costs cannot be estimated.", problems)


@dataclass(frozen=True)
class PriceGrowth:
    """Growth of unit costs ahead."""

    now_pct: float  # England's in the last year with outturn [%]
    level_sd: float  # between authorities and England for good: one for all years [points]
    yearly_sd: float  # of one authority around its level, year by year [points]
    wander_sd: float  # of England's growth from one year to the next, for good [points]
    own_pct: float = 0.0  # the authority's own last growth less England's [points]
    gap: float = 0.0  # how far its prices stand above England's [log]


def estimate_growth(england: pd.Series, authorities: pd.DataFrame) -> PriceGrowth:
    """Where price growth stands, how far it wanders, and how far authorities differ from it.

    ``authorities`` has their growth in the same years, a row for each. [%]

    England's growth rose by eight points in six years: it moves from year to year and does not
    come back. So it stands where it was last seen, and the movements seen, with a judgement
    where there are few, say how far it may go.
    """
    recent = england.iloc[-_YEARS_COMPARED:]
    same = authorities.reindex(columns=recent.index).to_numpy(float)
    residuals = same.T - recent.to_numpy(float)[:, None]
    residuals = residuals[:, ~np.isnan(residuals).any(axis=0)]
    if not residuals.size:
        found = "the outturn of too few years or areas is published"
        problem = Problem("too_little_outturn", found)
        raise NotAvailableError("The growth of unit costs cannot be judged.", [problem])
    yearly, lasting = _variances(residuals)
    steps = england.diff().dropna().to_numpy()
    known = _WANDER_YEARS * _WANDER**2 + float(steps @ steps)
    wander = known / (_WANDER_YEARS + len(steps))
    spreads = (float(np.sqrt(variance)) for variance in (lasting, yearly, wander))
    return PriceGrowth(float(recent.iloc[-1]), *spreads)


def _variances(residuals: Money) -> tuple[float, float]:
    """Of one authority from year to year, and between authorities for good.

    One year alone cannot tell them apart and is taken to be the first. A few outturns that were
    reclassified say nothing of the others: spreads are those between the tenths.
    """
    years = len(residuals)
    if years == 1:
        return _spread(residuals) ** 2, 0.0
    means = residuals.mean(axis=0)
    yearly = _spread(residuals - means) ** 2 * years / (years - 1)
    return yearly, max(_spread(means) ** 2 - yearly / years, 0.0)


def _spread(values: Money) -> float:
    low, high = np.quantile(values, _TENTHS)
    return float(high - low) / _BETWEEN_TENTHS


def draw_prices(
    growth: PriceGrowth,
    rng: np.random.Generator,
    *,
    draws: int,
    years: int,
    fades_to_pct: float,
    fades_over: int,
    points: float = 0.0,
) -> Money:
    """Price levels relative to the base year, shape (draws, years).

    Growth fades in equal steps from where England's stands, or from its long-run level if that
    is higher, to the long-run level: years below it were made up for. With it fades half of an
    authority's departure from England, which also repeats a part of its own last growth and
    falls back towards England's prices. On the way England's growth wanders, and the authority
    departs from it year by year.
    """
    ahead = np.arange(1, years + 1)
    share = np.minimum(ahead / max(fades_over, 1), 1.0)
    start = max(growth.now_pct, fades_to_pct)
    middle = start + (fades_to_pct - start) * share + points
    level = growth.level_sd * rng.standard_normal((draws, 1)) * (1 - share / 2)
    yearly = growth.yearly_sd * rng.standard_normal((draws, years))
    wander = growth.wander_sd * np.cumsum(rng.standard_normal((draws, years)), axis=1)
    own = np.where(ahead == 1, _PERSISTS * growth.own_pct, 0.0)
    grown = np.log1p((middle + own) / 100) + (level + yearly + wander) / 100
    fallen = growth.gap * (1 - (1 - _FALLS_BACK) ** ahead)
    return np.asarray(np.exp(np.cumsum(grown, axis=1) - fallen))
