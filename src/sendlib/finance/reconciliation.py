"""Why the council's figure and ours differ: from one to the other in steps that add up.

The last year before the years ahead has a plan, what came on top of it and our own account; each
step has its source. A deficit is above zero here, as a chart shows it.
"""

import numpy as np
import pandas as pd

from sendlib.finance.known import OVER, PLANNED, KnownMoney
from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.projection import Projection, project_money
from sendlib.pages.formats import gbp_m
from sendlib.periods import closing_date, financial_year
from sendlib.scenarios import Scenario

HIGH_NEEDS_OVER = "high needs block over budget"
_STEPS = [PLANNED, HIGH_NEEDS_OVER, OVER]
_WHY = "The council's plan, position and balance of the last year are not all available here."
_NOTE = (
    "Balances are after the payments under an agreement up to the opening March and before any "
    "further ones, which are not published by year. Ours are means over draws."
)


def estimate_last_year(known: KnownMoney, scenario: Scenario, *, origin: int) -> Projection:
    """The account of the financial year in which the last January fell, from plans as counted."""
    year = financial_year(origin - 1)
    paid_for = known.plan_years.loc[year].to_numpy(float)
    draws = int(scenario.value("cohort.draws"))
    plan_years = np.broadcast_to(paid_for, (draws, 1, len(paid_for)))
    plans = np.full(draws, paid_for.sum())
    return project_money(known, plan_years, scenario, plans=plans, first=origin - 1)


def reconcile(
    model: Model, scenario: Scenario, figures: pd.DataFrame, stated: pd.DataFrame
) -> pd.DataFrame:
    """From the council's forecast of the last March to ours.

    Parameters
    ----------
    figures : pd.DataFrame
        Table ``council_figure``.
    stated : pd.DataFrame
        As of :func:`~sendlib.finance.known.balances`.

    Returns
    -------
    pd.DataFrame
        ``category``, ``value`` (deficit, or what a step adds to it) [£] and ``kind`` (``total`` or
        ``step``), for ``charts.bridge``. Empty where a term is not available.
    """
    origin, code = model.caseload.origin, model.caseload.area_code
    date, year = closing_date(financial_year(origin - 1)), financial_year(origin - 1)
    rows: list[tuple[str, float, str]] = []
    found = _terms(figures[figures["area_code"] == code], stated, origin)
    if found is not None and year in model.known.plan_years.index:
        before, forecast, terms = found
        ours = -float(
            estimate_last_year(model.known, scenario, origin=origin).before.in_year.mean()
        )
        position = before + terms[PLANNED] + terms[OVER]
        rows = [
            ("The council's forecast", forecast, "total"),
            ("Its plan for the year, unrounded", before + terms[PLANNED] - forecast, "step"),
            ("High needs above that plan", terms[HIGH_NEEDS_OVER], "step"),
            ("Other blocks", terms[OVER] - terms[HIGH_NEEDS_OVER], "step"),
            ("Its position within the year", position, "total"),
            ("Our account of the year less its", before + ours - position, "step"),
            ("Ours", before + ours, "total"),
        ]
    frame = pd.DataFrame(rows, columns=["category", "value", "kind"]).astype({"value": float})
    what = f"deficit at {date}, before any further payments, from the council's figure to ours"
    formats = {"value": "gbp_m"}
    return in_millions(frame, what, formats=formats, why=_WHY, notes=[_NOTE], missing=False)


def _terms(
    figures: pd.DataFrame, stated: pd.DataFrame, origin: int
) -> tuple[float, float, pd.Series] | None:
    """The deficit reported a year before, that forecast, and the terms between them. [£]"""
    dates = pd.to_datetime(stated["balance_date"]).dt.year
    before = stated[(dates == origin - 1) & ~stated["foreseen"]]
    forecast = stated[(dates == origin) & stated["foreseen"]]
    of_year = figures[figures["period"] == financial_year(origin - 1)]
    terms = 1e6 * of_year.drop_duplicates("item", keep="last").set_index("item")["value"]
    if before.empty or forecast.empty or not {*_STEPS} <= set(terms.index):
        return None
    reported, expected = (
        -each["closing_balance_gbp"].to_numpy(float)[-1] for each in (before, forecast)
    )
    return float(reported), float(expected), terms[_STEPS]


def reconcile_title(steps: pd.DataFrame) -> str:
    """The title of :func:`reconcile`: the council's figure, its position and ours."""
    if steps.empty:
        return "The council's figure and ours cannot be led to one another"
    first, position, ours = map(gbp_m, steps.loc[steps["kind"] == "total", "value"])
    return (
        f"The council forecast {first}; its own position came to {position}, our account to {ours}"
    )
