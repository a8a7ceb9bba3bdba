"""What each mitigation costs to bring about, what it saves, and when it has paid for itself.

A saving is the cost of the scenario without one mitigation less its cost with
it, all others in force: what would be lost by leaving that one out. Where two
act on the same children, each alone would save more than it adds to the other,
so a last row, by name, makes the savings add up to those of all together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib import ranges
from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.periods import closing_date
from sendlib.scenarios import Mitigation, Scenario

SHARED = "Saved by several together"
ALL = "All mitigations"
_NOT_TWICE = (
    "A mitigation saves what is lost when it alone is left out, so that no pound is saved twice."
)
Money = NDArray[np.float64]


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
    done = scenario.mitigations
    mitigated = model.run(scenario)
    years = mitigated.financial_years
    saved = {
        each.name: model.aside().run(scenario.without(each.name)).total_cost - mitigated.total_cost
        for each in done
    }
    if done:
        together = model.run(scenario.without_mitigations()).total_cost - mitigated.total_cost
        saved[SHARED] = together - np.sum([saved[each.name] for each in done], axis=0)
        saved[ALL] = together
    put_in = _investments(done, years)
    levels = ranges.levels(scenario.value("forecast.range_pct"))
    by_year = [_by_year(name, draws, put_in[name], years, levels) for name, draws in saved.items()]
    owners = {each.name: each.owner for each in done} | {ALL: ""}
    summary = [
        _summary(name, owners[name], saved[name], put_in[name], years)
        for name in saved
        if name != SHARED
    ]
    return InvestToSave(
        pd.concat(by_year, ignore_index=True) if by_year else pd.DataFrame(columns=_BY_YEAR),
        in_millions(
            pd.DataFrame(summary, columns=_SUMMARY),
            f"what {scenario.name} puts in and saves by {closing_date(years[-1])}",
            notes=[_NOT_TWICE],
            why=f"The scenario {scenario.name} has no mitigations.",
        ),
    )


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


_BY_YEAR = (
    *("mitigation", "financial_year", "investment_gbp", "saving_gbp"),
    *("low", "middle", "high", "cumulative_gbp"),
)
_SUMMARY = (
    *("mitigation", "owner", "invested_gbp", "saved_gbp"),
    *("payback_year", "chance_paid_back"),
)


def _investments(done: tuple[Mitigation, ...], years: tuple[str, ...]) -> dict[str, Money]:
    """What is put in by year, earlier years in the first; missing where any has none stated."""
    stated = {each.name: _by_the_first(each.investment_gbp, years) for each in done}
    whole = np.sum(list(stated.values()), axis=0)
    return {**stated, SHARED: np.full(len(years), np.nan), ALL: whole}


def _by_the_first(stated: Mapping[str, float], years: tuple[str, ...]) -> Money:
    if not stated:
        return np.full(len(years), np.nan)
    amounts = np.array([stated.get(year, 0.0) for year in years])
    amounts[0] += sum(gbp for year, gbp in stated.items() if year < years[0])
    return amounts


def _by_year(
    name: str, saved: Money, invested: Money, years: tuple[str, ...], levels: Sequence[float]
) -> pd.DataFrame:
    low, middle, high = np.quantile(saved, levels, axis=0)
    mean = saved.mean(axis=0)
    rows = {
        "mitigation": name,
        "financial_year": list(years),
        "investment_gbp": invested,
        "saving_gbp": mean,
        "low": low,
        "middle": middle,
        "high": high,
        "cumulative_gbp": np.cumsum(mean - invested),
    }
    return pd.DataFrame(rows, columns=list(_BY_YEAR))


def _summary(
    name: str, owner: str, saved: Money, invested: Money, years: tuple[str, ...]
) -> dict[str, object]:
    total = float(invested.sum())
    chance = float((saved.sum(axis=1) >= total).mean()) if total > 0 else None
    return {
        "mitigation": name,
        "owner": owner,
        "invested_gbp": total,
        "saved_gbp": float(saved.mean(axis=0).sum()),
        "payback_year": payback_year(invested, saved.mean(axis=0), years),
        "chance_paid_back": chance,
    }
