"""What has been published of an authority's deficit, compared with ours and added up again.

Statements of one year disagree with one another: all are shown, each with its basis and its
source; none is preferred.
"""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pandas as pd

from sendlib.finance.labels import in_millions
from sendlib.finance.projection import Projection
from sendlib.periods import financial_year

BALANCES = (
    "cumulative DSG deficit",
    "cumulative DSG deficit before Safety Valve payments",
    "cumulative DSG deficit after Safety Valve payments",
    "year-end DSG deficit",
    "revised plan residual deficit",
)
SHORTFALLS = ("high needs demand above funding",)
# Two statements that make one in-year deficit: what was planned, and what came on top of it.
PLANNED_AND_MORE = (
    ("planned in-year high needs deficit", "in-year high needs variance against plan"),
    ("transfer from the DSG deficit reserve", "high needs block over budget"),
)
_BASIS = (
    "A deficit is negative. Published balances may be after payments that are not published by "
    "year; ranges here are before any."
)
_CONFIDENCE = ("primary", "secondary", "press")  # the surest first
_PUBLISHED = ["financial_year", "item", "basis", "confidence", "source_id", "published", "kind"]

# Each sum: its terms (what it is called, item, sign of the published amount), what it comes to,
# and the published result. An item has its amount without a sign: a deficit is negative here.
_SUMS = (
    (
        (
            (
                "Balance at 31 March 2024, before payments",
                "cumulative DSG deficit before Safety Valve payments",
                -1,
            ),
            ("Planned in-year balance of 2024-25", "planned in-year high needs deficit", -1),
        ),
        "Balance at 31 March 2025 before payments, added up",
        (
            "Limit of the agreement for 31 March 2025",
            "safety valve maximum cumulative deficit excluding payments",
        ),
    ),
    (
        (
            (
                "Balance when income and cost balance, before payments",
                "safety valve forecast deficit at balance before DfE contribution",
                -1,
            ),
            ("Payments of the department", "safety valve DfE contribution", 1),
        ),
        "Left to the council, added up",
        ("Left to the council in the agreement", "safety valve council contribution"),
    ),
)


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
    ours = []
    for kind in ("closing", "in_year"):
        low, middle, high = np.quantile(getattr(money.before, kind), money.levels, axis=0)
        years = {"financial_year": money.financial_years, "kind": kind}
        ours.append(pd.DataFrame({"low": low, "middle": middle, "high": high, **years}))
    rows = _published(_in_money(figures, area_code))
    published = pd.DataFrame(rows, columns=_PUBLISHED).astype({"published": float})
    both = published.merge(
        pd.concat(ours, ignore_index=True), on=["financial_year", "kind"], how="left"
    )
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


def _in_money(figures: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """What one authority stated in millions of pounds."""
    is_money = figures["unit"] == "GBP million"
    return figures[(figures["area_code"] == area_code) & is_money]


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


def agreement_steps(figures: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """The sums of an authority's agreement, each ending in the published figure.

    Returns
    -------
    pd.DataFrame
        In order: ``step``, ``amount`` (a deficit is negative), ``source_id``
        (missing for what is added up here) and ``agrees``: whether a published
        result is within its own rounding of what its terms add up to; missing
        for the other steps. A sum of which a figure is missing is left out. [£]
    """
    last = _in_money(figures, area_code).drop_duplicates("item", keep="last").set_index("item")
    rows: list[tuple[object, ...]] = []
    for terms, added_up, (published, result_item) in _SUMS:
        if not {result_item, *(item for _, item, _ in terms)} <= set(last.index):
            continue
        source, value = last["source_id"], last["value"].astype(float)
        amounts = [sign * float(value[item]) for _, item, sign in terms]
        total, result = sum(amounts), -float(value[result_item])
        rows += [
            (step, 1e6 * amount, source[item], None)
            for (step, item, _), amount in zip(terms, amounts, strict=True)
        ]
        rows.append((added_up, 1e6 * total, None, None))
        agrees = within_rounding(total, result)
        rows.append((published, 1e6 * result, source[result_item], agrees))
    frame = pd.DataFrame(rows, columns=["step", "amount", "source_id", "agrees"])
    frame = frame.astype({"amount": float, "agrees": "boolean"})
    why = "No agreement of this authority is on record here."
    what = "sums of the Safety Valve agreement, as published"
    return in_millions(frame, what, why=why, missing=False)


def within_rounding(added_up: float, published: float) -> bool:
    """Whether a sum is what was published, to the last digit that was."""
    digits = Decimal(f"{published:g}")
    half = Decimal(1).scaleb(int(digits.as_tuple().exponent)) / 2
    return abs(Decimal(f"{added_up:.6f}") - digits) <= half
