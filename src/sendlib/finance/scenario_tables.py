"""Scenarios side by side, what each asks, and which of their assumptions rest on little."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sendlib.finance.labels import in_millions
from sendlib.finance.projection import Projection
from sendlib.pages.formats import gbp_m
from sendlib.periods import closing_date, financial_year_start
from sendlib.scenarios import Scenario


def compare_scenarios(
    runs: Mapping[str, Projection], *, threshold_gbp: float, year: str | None = None
) -> pd.DataFrame:
    """Scenarios side by side, before any support.

    Parameters
    ----------
    runs : Mapping[str, Projection]
        By the short name of their scenario; all of the same years.
    threshold_gbp : float
        A deficit. [£]
    year : str, optional
        The financial year at whose end deficits are compared; otherwise that in which
        protection of deficits ends under the first scenario.

    Returns
    -------
    pd.DataFrame
        A row for each ``scenario``: ``low``, ``middle``, ``high`` of the deficit at the end
        of ``year``; the chance of more than the threshold then; and for the last year the
        middle number of plans, the middle deficit within it, the chance that it is in
        balance, and the middle of what is left to the council. [plans, £, shares]
    """
    first = next(iter(runs.values()))
    at = year or first.protected_year
    final = first.financial_years[-1]
    passing = f"chance of more than {gbp_m(threshold_gbp)}"
    plans = f"plans, January {financial_year_start(final) + 1}"
    rows = []
    for run in runs.values():
        deficit = -run.before.closing[:, run.financial_years.index(at)]
        low, middle, high = np.quantile(deficit, run.levels)
        rows.append(
            {
                "scenario": run.scenario.name,
                "low": low,
                "middle": middle,
                "high": high,
                passing: float((deficit > threshold_gbp).mean()),
                plans: float(np.median(run.plans)),
                f"in the year {final}, middle": float(-np.median(run.before.in_year[:, -1])),
                f"chance that {final} is in balance": float(run.before.chance_in_balance()[final]),
                f"left to the council at {closing_date(final)}, middle": float(
                    -np.median(run.left.closing[:, -1])
                ),
            }
        )
    what = f"deficit at {closing_date(at)} by scenario, before any support"
    return in_millions(pd.DataFrame(rows), what, formats={plans: "count"})


def scenario_questions(runs: Mapping[str, Projection]) -> pd.DataFrame:
    """What each scenario asks, and why it changes what it does.

    Parameters
    ----------
    runs : Mapping[str, Projection]
        By the short name of their scenario.

    Returns
    -------
    pd.DataFrame
        ``scenario``, ``question`` and "what it changes".
    """
    rows = [
        (made.name, made.question, "; ".join(dict.fromkeys(each.why for each in made.applied)))
        for made in (run.scenario for run in runs.values())
    ]
    frame = pd.DataFrame(rows, columns=["scenario", "question", "what it changes"])
    return frame.replace({"what it changes": {"": "nothing"}})


def weak_assumptions(scenario: Scenario) -> pd.DataFrame:
    """Assumptions of great effect that rest on weak evidence.

    Parameters
    ----------
    scenario : Scenario
        Any.

    Returns
    -------
    pd.DataFrame
        ``assumption`` in words, ``source``, "as of", and the ``lever`` to set it by.
    """
    rows = [
        (entry.meaning[:1].upper() + entry.meaning[1:], entry.source, entry.as_of, lever)
        for lever, entry in scenario.assumptions.items()
        if entry.impact == "red" and entry.quality == "red"
    ]
    frame = pd.DataFrame(rows, columns=["assumption", "source", "as of", "lever"])
    frame.attrs["why"] = "No assumption of great effect rests on weak evidence."
    return frame
