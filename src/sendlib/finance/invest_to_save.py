"""What each mitigation costs to bring about, what it saves, and when it has paid for itself.

A saving is what would be lost by leaving that one out. Where two act on the same children,
each alone would save more than it adds to the other, so all together are a row of their own.
"""

import numpy as np
import pandas as pd

from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.projection import Money
from sendlib.periods import closing_date
from sendlib.scenarios import Mitigation, Scenario

ALL = "All mitigations"
_NOT_TWICE = (
    "A mitigation saves what is lost when it alone is left out, so that no pound is saved twice."
)


def invest_to_save(model: Model, scenario: Scenario) -> pd.DataFrame:
    """Costs and savings of each mitigation of a scenario, up to the last year.

    Returns
    -------
    pd.DataFrame
        One row for each mitigation and for all, none without any: ``mitigation``, ``owner``,
        ``invested_gbp`` (missing where none is stated), ``saved_gbp`` (mean over draws),
        ``payback_year`` (none if never), and ``chance_paid_back``. [£, share]
    """
    register = scenario.mitigations
    mitigated = model.run(scenario)
    years, cost = mitigated.financial_years, mitigated.total_cost
    saved = {
        each.name: model.run(scenario.without(each.name)).total_cost - cost for each in register
    }
    invested = {each.name: _invested(each, years) for each in register}
    if register:
        saved[ALL] = model.run(scenario.without_mitigations()).total_cost - cost
        invested[ALL] = np.sum(list(invested.values()), axis=0)  # missing where one is
    owners = {each.name: each.owner for each in register} | {ALL: ""}
    rows = []
    for name, draws in saved.items():
        mean, spent = draws.mean(axis=0), float(invested[name].sum())
        chance = float((draws.sum(axis=1) >= spent).mean()) if spent > 0 else None
        payback = payback_year(invested[name], mean, years)
        rows.append((name, owners[name], spent, float(mean.sum()), payback, chance))
    columns = ["mitigation", "owner", "invested_gbp", "saved_gbp", "payback_year"]
    return in_millions(
        pd.DataFrame(rows, columns=[*columns, "chance_paid_back"]),
        f"what {scenario.name} puts in and saves by {closing_date(years[-1])}",
        notes=[_NOT_TWICE],
        why=f"The scenario {scenario.name} has no mitigations.",
    )


def _invested(mitigation: Mitigation, years: tuple[str, ...]) -> Money:
    """What is put in by year, earlier years in the first; missing where none is stated. [£]"""
    stated = mitigation.investment_gbp
    if not stated:
        return np.full(len(years), np.nan)
    amounts = np.array([stated.get(year, 0.0) for year in years])
    amounts[0] += sum(gbp for year, gbp in stated.items() if year < years[0])
    return amounts


def payback_year(invested: Money, saved: Money, financial_years: tuple[str, ...]) -> str | None:
    """The first year from which savings so far cover what was put in so far, to the end.

    None if they never do, or nothing was put in.
    """
    put_in = np.cumsum(np.nan_to_num(invested))
    covered = (np.cumsum(saved) >= put_in) & (put_in > 0)
    stays = np.logical_and.accumulate(covered[::-1])[::-1] & (put_in[-1] > 0)
    return financial_years[int(np.argmax(stays))] if stays.any() else None
