"""What a plan costs in a year, by place type, and how well that is known.

Few authorities publish it, and the outturn gives a sum only. So costs start
from what has been published of other places, each with its doubt, and are
brought to agree with the authority's own outturn and with what it has stated,
as far as the doubts allow: the more doubtful a cost, the more it gives way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from sendlib.errors import NotAvailableError, Problem, did_you_mean, raise_any
from sendlib.scenarios.assumptions import Strict
from sendlib.vocabulary import PlaceType

Money = NDArray[np.float64]
OTHER = "other_lines"  # spend that does not follow plans: support services, inclusion, hospital
_OUTTURN_DOUBT = 0.02  # standard deviation of an outturn as a share of itself
_STATED_DOUBT = 0.05  # of a cost that the council stated
_LEAST = 0.05  # of its mean: a drawn cost is never less
_PRICED = (*PlaceType, OTHER)


def _place_or_other(place: str) -> str:
    if place not in _PRICED:
        raise ValueError(f"there is no place {place!r}; {did_you_mean(place, _PRICED)}")
    return place


class UnitCost(Strict):
    """What a plan-year costs elsewhere, place funding included, and how doubtful that is.

    Other lines have in place of a cost their share of the outturn.
    """

    place: Annotated[str, AfterValidator(_place_or_other)] = Field(
        description=f"the kind of place, or {OTHER} for lines that are not for single plans"
    )
    gbp: float = Field(default=0, ge=0, description="amount a year")
    share_pct: float = Field(
        default=0, ge=0, le=100, strict=True, description=f"of {OTHER}, the share of the outturn"
    )
    sd_pct: float = Field(
        gt=0, le=200, description="how doubtful the amount is, as a standard deviation"
    )


def in_order(records: Sequence[UnitCost]) -> list[UnitCost]:
    """Records in the order of ``PlaceType``, other lines last, however a scenario lists them."""
    return sorted(records, key=lambda record: _PRICED.index(record.place))


@dataclass(frozen=True, eq=False)
class UnitCosts:
    """Costs of a plan-year by place type, and of all that is not per plan.

    Parameters
    ----------
    places : tuple[str, ...]
        Values of ``PlaceType``.
    financial_year : str
        Whose prices they are in.
    mean : np.ndarray
        One for each place, then the other lines, which are a sum. [£]
    covariance : np.ndarray
        Of the same. [£²]
    prior : np.ndarray
        What they started from. [£]
    basis : tuple[str, ...]
        For each, ``published elsewhere`` or ``stated by the council``, before the
        outturn was seen.
    """

    places: tuple[str, ...]
    financial_year: str
    mean: Money
    covariance: Money
    prior: Money
    basis: tuple[str, ...]

    def draw(self, rng: np.random.Generator, draws: int) -> tuple[Money, Money]:
        """Costs by place, shape (draws, places), and other lines, shape (draws,). [£]"""
        values, vectors = np.linalg.eigh(self.covariance)
        root = (vectors * np.sqrt(np.clip(values, 0.0, None))) @ vectors.T  # whatever their signs
        drawn = self.mean + rng.standard_normal((draws, len(self.mean))) @ root
        drawn = np.maximum(drawn, _LEAST * self.mean)
        return drawn[:, :-1], drawn[:, -1]

    def table(self) -> pd.DataFrame:
        """One row for each place and the other lines.

        Returns
        -------
        pd.DataFrame
            ``place_type``, ``prior_gbp``, ``gbp``, ``standard_error_gbp`` (standard
            deviation) and ``basis``. [£ a plan-year; other lines: £]
        """
        return pd.DataFrame(
            {
                "place_type": [*self.places, OTHER],
                "prior_gbp": self.prior,
                "gbp": self.mean,
                "standard_error_gbp": np.sqrt(np.diag(self.covariance)),
                "basis": self.basis,
            }
        )


@dataclass(frozen=True, eq=False)
class Outturn:
    """One year's spend and the plan-years that it paid for.

    Parameters
    ----------
    financial_year : str
        The year.
    net_gbp : float
        Outturn on the lines that follow. [£]
    plan_years : np.ndarray
        By place type. [plan-years]
    place_funding : np.ndarray
        Part of each unit cost that is not in this outturn. [£ a plan-year]
    """

    financial_year: str
    net_gbp: float
    plan_years: Money
    place_funding: Money


def estimate_unit_costs(
    outturn: Outturn, known: Sequence[UnitCost], stated: Mapping[str, float]
) -> UnitCosts:
    """Unit costs that agree with an authority's outturn and statements."""
    places = tuple(record.place for record in known if record.place != OTHER)
    _check_counts(outturn, known)
    prior, doubt = _prior(known, outturn.net_gbp)
    for place, cost in stated.items():
        at = places.index(place)
        prior[at], doubt[at] = cost, _STATED_DOUBT * cost
    mean, covariance = _agreed(prior, doubt, outturn)
    basis = ["stated by the council" if p in stated else "published elsewhere" for p in places]
    return UnitCosts(
        places,
        outturn.financial_year,
        mean,
        covariance,
        prior,
        (*basis, "published elsewhere"),
    )


def check_every_place(places: Sequence[str]) -> None:
    """Refuse costs that leave a place out, whose plans would be paid for by the others."""
    missing = [place.value for place in PlaceType if place not in places]
    remedy = "give every place one cost"
    problems = [Problem(f"{place} has no cost", "finance.unit_costs", remedy) for place in missing]
    raise_any(NotAvailableError, "Unit costs cannot be estimated.", problems)


def _prior(known: Sequence[UnitCost], net_gbp: float) -> tuple[Money, Money]:
    """What costs start from, other lines last, and the standard deviation of each. [£]"""
    costs = [(record.gbp, record.sd_pct) for record in known if record.place != OTHER]
    others = [
        (net_gbp * record.share_pct / 100, record.sd_pct)
        for record in known
        if record.place == OTHER
    ]
    starts, doubts_pct = np.array([*costs, *(others or [(0.0, 0.0)])]).T
    return starts, doubts_pct / 100 * starts


def _agreed(prior: Money, doubt: Money, outturn: Outturn) -> tuple[Money, Money]:
    """Bayes' rule for one sum: what is missing is shared out by doubt."""
    weights = np.append(outturn.plan_years, 1.0)
    expected = float(weights @ prior - outturn.plan_years @ outturn.place_funding)
    spread = doubt**2 * weights
    total = float(weights @ spread) + (_OUTTURN_DOUBT * outturn.net_gbp) ** 2
    gain = spread / total
    mean = np.maximum(prior + gain * (outturn.net_gbp - expected), _LEAST * prior)
    return mean, np.diag(doubt**2) - np.outer(gain, spread)


def _check_counts(outturn: Outturn, known: Sequence[UnitCost]) -> None:
    names = [record.place for record in known]
    problems = []
    remedy = "give every place one cost"
    if len(outturn.plan_years) != len(names) - (OTHER in names):
        found = (
            f"{len(outturn.plan_years)} places with plans and {len(names) - (OTHER in names)} costs"
        )
        problems.append(Problem(found, "finance.unit_costs", remedy))
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        problems.append(Problem(f"{name} has two costs", "finance.unit_costs", remedy))
    raise_any(NotAvailableError, "Unit costs cannot be estimated.", problems)
