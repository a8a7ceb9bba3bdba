"""What each mitigation costs to bring about, what it saves, and when it has paid for itself.

A saving is the cost of the scenario without one mitigation less its cost with
it, all others in force: what would be lost by leaving that one out. Where two
act on the same children, each alone would save more than it adds to the other,
so a last row, by name, makes the savings add up to those of all together.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.projection import Money
from sendlib.periods import closing_date
from sendlib.scenarios import Mitigation, Scenario

SHARED = "Saved by several together"
ALL = "All mitigations"
_NOT_TWICE = (
    "A mitigation saves what is lost when it alone is left out, so that no pound is saved twice."
)
_BY_YEAR = (
    *("mitigation", "financial_year", "investment_gbp", "saving_gbp"),
    *("low", "middle", "high", "cumulative_gbp"),
)
_SUMMARY = (
    *("mitigation", "owner", "invested_gbp", "saved_gbp"),
    *("payback_year", "chance_paid_back"),
)


@dataclass(frozen=True, eq=False)
class InvestToSave:
    """Costs and savings of a scenario's mitigations.

    Parameters
    ----------
    by_year : pd.DataFrame
        ``mitigation``, ``financial_year``, ``investment_gbp`` (missing where
        none is stated at all), ``saving_gbp`` (mean), ``low``, ``middle`` and
        ``high`` of the saving over draws, and ``cumulative_gbp``, the mean
        savings less the investment up to the year, missing like it. Each
        mitigation, what several save together, then all of them. [£] Ranges
        also hold the chance of single children, drawn anew in each run: that of
        a small saving may reach below nothing.
    summary : pd.DataFrame
        One row for each mitigation and for all: ``owner``, ``invested_gbp`` and
        ``saved_gbp`` up to the last year, ``payback_year`` (none if never), and
        ``chance_paid_back`` by the last year. [share]
    """

    by_year: pd.DataFrame
    summary: pd.DataFrame


def invest_to_save(model: Model, scenario: Scenario) -> InvestToSave:
    """Costs and savings of each mitigation of a scenario.

    Parameters
    ----------
    model : Model
        Of the authority.
    scenario : Scenario
        With mitigations; without any, both frames are empty.
    """
    register = scenario.mitigations
    mitigated = model.run(scenario)
    years, cost = mitigated.financial_years, mitigated.total_cost
    saved = {
        each.name: model.aside().run(scenario.without(each.name)).total_cost - cost
        for each in register
    }
    invested = {each.name: _invested(each, years) for each in register}
    if register:
        together = model.run(scenario.without_mitigations()).total_cost - cost
        shared = together - np.sum(list(saved.values()), axis=0)
        total = np.sum(list(invested.values()), axis=0)  # missing where any has none stated
        saved |= {SHARED: shared, ALL: together}
        invested |= {SHARED: np.full(len(years), np.nan), ALL: total}
    by_year, summary = [], []
    for name, draws in saved.items():
        mean, put_in = draws.mean(axis=0), invested[name]
        ends = np.quantile(draws, mitigated.levels, axis=0)
        so_far = np.cumsum(mean - put_in)
        by_year += [(name, *row) for row in zip(years, put_in, mean, *ends, so_far, strict=True)]
        if name != SHARED:
            owner = next((each.owner for each in register if each.name == name), "")
            spent = float(put_in.sum())
            chance = float((draws.sum(axis=1) >= spent).mean()) if spent > 0 else None
            payback = payback_year(put_in, mean, years)
            summary.append((name, owner, spent, float(mean.sum()), payback, chance))
    return InvestToSave(
        pd.DataFrame(by_year, columns=list(_BY_YEAR)),
        in_millions(
            pd.DataFrame(summary, columns=list(_SUMMARY)),
            f"what {scenario.name} puts in and saves by {closing_date(years[-1])}",
            notes=[_NOT_TWICE],
            why=f"The scenario {scenario.name} has no mitigations.",
        ),
    )


def _invested(mitigation: Mitigation, years: tuple[str, ...]) -> Money:
    """What is put in by year, earlier years in the first; missing where none is stated."""
    stated = mitigation.investment_gbp
    if not stated:
        return np.full(len(years), np.nan)
    amounts = np.array([stated.get(year, 0.0) for year in years])
    amounts[0] += sum(gbp for year, gbp in stated.items() if year < years[0])
    return amounts


def payback_year(invested: Money, saved: Money, financial_years: tuple[str, ...]) -> str | None:
    """The first year from which savings so far cover what was put in so far, to the end.

    None if they never do, or nothing was put in.

    Examples
    --------
    >>> years = ("2025-26", "2026-27", "2027-28")
    >>> payback_year(np.array([5.0, 0, 0]), np.array([1.0, 3, 3]), years)
    '2027-28'
    """
    put_in = np.cumsum(np.nan_to_num(invested))
    covered = (np.cumsum(saved) >= put_in) & (put_in > 0)
    stays = np.logical_and.accumulate(covered[::-1])[::-1] & (put_in[-1] > 0)
    return financial_years[int(np.argmax(stays))] if stays.any() else None
