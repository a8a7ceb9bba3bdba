"""What others have said of an authority's deficit beside ours, and why the council's differs.

Statements of one year disagree with one another: all are shown, each with its basis and its
source; none is preferred.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sendlib.finance.known import OVER, PLANNED, KnownMoney, monitored_terms
from sendlib.finance.labels import in_millions
from sendlib.finance.model import Model
from sendlib.finance.projection import Projection, project_money
from sendlib.pages.formats import gbp_m
from sendlib.periods import closing_date, financial_year
from sendlib.ranges import ranges
from sendlib.scenarios import Scenario

BALANCES = (
    "cumulative DSG deficit",
    "cumulative DSG deficit before Safety Valve payments",
    "cumulative DSG deficit after Safety Valve payments",
    "year-end DSG deficit",
    "revised plan residual deficit",
)
SHORTFALLS = ("high needs demand above funding",)
HIGH_NEEDS_OVER = "high needs block over budget"
# Two statements that make one in-year deficit: what was planned, and what came on top of it.
PLANNED_AND_MORE = (
    ("planned in-year high needs deficit", "in-year high needs variance against plan"),
    (PLANNED, HIGH_NEEDS_OVER),
)
_BASIS = (
    "A deficit is negative. Published balances may be after payments that are not published by "
    "year; ranges here are before any."
)
_CONFIDENCE = ("primary", "secondary", "press")  # the surest first
_STEPS = [PLANNED, HIGH_NEEDS_OVER, OVER]
_WHY = "The council's plan, position and balance of the last year are not all available here."
_NOTE = (
    "Balances are after the payments under an agreement up to the opening March and before any "
    "further ones, which are not published by year. Ours are means over draws."
)
_PUBLISHED = ["financial_year", "item", "basis", "confidence", "source_id", "published", "kind"]


def compare_with_published(
    figures: pd.DataFrame, money: Projection, *, area_code: str
) -> pd.DataFrame:
    """Every published balance and in-year balance, with our range of the same year.

    Ours are before further support from government. Years that are not among ours have none.

    Returns
    -------
    pd.DataFrame
        In order of year and item: ``financial_year``, ``item``, ``basis``,
        ``confidence``, ``source_id``, ``published`` (a deficit is negative),
        ``low``, ``middle``, ``high`` of ours [£] and ``inside`` (missing where there
        is no range). Empty where nothing was published.
    """
    years, kinds = money.financial_years, ("closing", "in_year")
    draws = np.stack([money.before.closing, money.before.in_year], axis=1)
    ours = ranges(draws, money.levels, kind=kinds, financial_year=years)
    is_own = (figures["area_code"] == area_code) & (figures["unit"] == "GBP million")
    rows = _published(figures[is_own])
    published = pd.DataFrame(rows, columns=_PUBLISHED).astype({"published": float})
    both = published.merge(ours, on=["financial_year", "kind"], how="left")
    inside = both["published"].between(both["low"], both["high"])
    both["inside"] = inside.astype("boolean").mask(both["middle"].isna())
    ordered = both.sort_values(["financial_year", "kind", "item", "basis"], ignore_index=True)
    why = "The council and the press have published none for the years ahead."
    return in_millions(
        ordered.drop(columns="kind"),
        "published balances and our ranges",
        why=why,
        notes=[_BASIS],
        missing=False,
    )


def _published(own: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Balances, shortfalls, and each variance of a year on top of what was planned for it."""
    for row in own[own["item"].isin([*BALANCES, *SHORTFALLS])].itertuples():
        is_balance = row.item in BALANCES
        year = financial_year(int(str(row.period)[-4:]) - 1) if is_balance else row.period
        text = (row.item, row.basis, row.confidence, row.source_id)
        yield (year, *text, -1e6 * float(str(row.value)), "closing" if is_balance else "in_year")
    own = own.assign(year=own["period"].str[:7])
    for first, second in PLANNED_AND_MORE:
        planned, more = (own[own["item"] == item] for item in (first, second))
        for row in planned.merge(more, on="year", suffixes=("_planned", "")).itertuples():
            when = str(row.period)[7:].strip()
            yield (
                row.year,
                f"{first} and {second}" + (f", {when}" if when else ""),
                "; ".join(dict.fromkeys([str(row.basis_planned), str(row.basis)])),
                max(str(row.confidence_planned), str(row.confidence), key=_CONFIDENCE.index),
                "; ".join(dict.fromkeys([str(row.source_id_planned), str(row.source_id)])),
                -1e6 * (float(str(row.value_planned)) + float(str(row.value))),
                "in_year",
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
    terms = monitored_terms(figures, financial_year(origin - 1))
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
