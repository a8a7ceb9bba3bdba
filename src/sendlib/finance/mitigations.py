"""What each mitigation is expected to bring by year, and, term by term, what it has brought.

An effect is what would be lost by leaving that mitigation alone out, on plans, places and money.
What happened since are the authority's own figures.

References
----------
- Drury, C. (2018). Management and Cost Accounting. Tenth edition, Cengage: payback, not
  discounted.
"""

import numpy as np
import pandas as pd

from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.own import PROGRESS, SPENT
from sendlib.finance.projection import Projection
from sendlib.finance.unit_costs import Money
from sendlib.pages.formats import gbp_m, signed, with_sign
from sendlib.periods import closing_date
from sendlib.scenarios import Mitigation, Scenario
from sendlib.vocabulary import MINIMUM_COUNT, PLACE_GROUPS

ALL = "All mitigations"
PLANS = "Plans"
_KEY = ["mitigation", "financial year"]
_WITHOUT = "Each effect is what would be lost if that mitigation alone were left out, on average."
_NOT_TWICE = (
    "A mitigation saves what is lost when it alone is left out, so that no pound is saved twice."
)
_NOT_FOUND = "not counted"
_signed_gbp_m = with_sign(gbp_m)


def mitigation_effects(model: Model, scenario: Scenario) -> pd.DataFrame:
    """What each mitigation of a scenario is expected to change in each year.

    Returns
    -------
    pd.DataFrame
        A row for each ``mitigation`` and ``financial year``: ``Plans`` and the kinds of place that
        any of them moves [plans paid for], and ``Spend`` [£]; fewer or less is below zero.
        Empty without mitigations.
    """
    mitigated = model.run(scenario)
    frames = [
        _change(model.run(scenario.without(each.name)), mitigated).assign(mitigation=each.name)
        for each in scenario.mitigations
    ]
    terms = [PLANS, *PLACE_GROUPS, SPENT]
    none = pd.DataFrame(columns=[*_KEY, *terms])
    frame = pd.concat(frames, ignore_index=True) if frames else none
    moved = [name for name in terms if name in (PLANS, SPENT) or frame[name].abs().max() >= 0.5]
    formats = dict.fromkeys(moved, signed) | {SPENT: _signed_gbp_m}
    return in_millions(
        frame[[*_KEY, *moved]],
        f"what {scenario.name} is expected to change, by mitigation and year",
        formats=formats,
        notes=[_WITHOUT],
        why=f"The scenario {scenario.name} has no mitigations.",
    )


def _change(without: Projection, mitigated: Projection) -> pd.DataFrame:
    """Mean plans paid for and spend of each year, less those without. [plans, £]"""
    moved = (mitigated.plan_years - without.plan_years).mean(axis=0)
    spend = (mitigated.total_cost - without.total_cost).mean(axis=0)
    years = {"financial year": mitigated.financial_years, PLANS: moved.sum(axis=1)}
    return pd.DataFrame({**years, **mitigated.by_kind(moved), SPENT: spend})


def mitigation_progress(model: Model, effects: pd.DataFrame) -> pd.DataFrame:
    """What each mitigation was expected to change, term by term, and what has happened since.

    Parameters
    ----------
    model : Model
        With the authority's own figures, of which the sheet Progress is used.
    effects : pd.DataFrame
        As of :func:`mitigation_effects`.

    Returns
    -------
    pd.DataFrame
        ``mitigation``, ``financial year``, ``term``, ``expected``, ``so far`` and ``how counted``:
        every term expected to move in a year that own figures speak of, then what no mitigation
        of the scenario was expected to do. Counts from 1 to 4 are withheld.
    """
    frame = model.known.own.frame
    own = frame[frame["sheet"] == PROGRESS].set_index(["name", "financial_year", "item"])
    terms = [name for name in effects.columns if name not in _KEY]
    expected = effects.melt(_KEY, terms, var_name="term", value_name="expected").set_index(
        [*_KEY, "term"]
    )["expected"]
    years = {(name, year) for name, year, _ in own.index}
    asked = [key for key in expected.index if key[:2] in years and abs(expected[key]) >= 0.5]
    rows = []
    for key in dict.fromkeys([*asked, *own.index]):
        known = own.loc[[key]].iloc[0] if key in own.index else None
        rows.append(
            (
                *key,
                _say(key[2], expected.get(key)),
                _say(key[2], None if known is None else known["value"]),
                "" if known is None else known["note"],
            )
        )
    columns = [*_KEY, "term", "expected", "so far", "how counted"]
    made = pd.DataFrame(rows, columns=columns, dtype="str").sort_values(_KEY, kind="stable")
    made.attrs = {
        "what": "what mitigations were expected to bring, and what they have brought",
        "why": "The authority's own figures say nothing yet of what has happened since.",
        "missing": False,
    }
    return made.reset_index(drop=True)


def _say(term: str, value: float | None) -> str:
    """A change as a table writes it."""
    if value is None:
        return _NOT_FOUND
    if term == SPENT:
        return _signed_gbp_m(value)
    small = 0 < abs(value) < MINIMUM_COUNT
    return f"fewer than {MINIMUM_COUNT}" if small else signed(value)


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
