"""What has been published of an authority's deficit, compared with ours and added up again.

Statements of one year disagree with one another, because they were made at
different times and on different grounds. All of them are shown, each with its
basis and its source; none is preferred.

A Safety Valve agreement limits the deficit of each year before its payments,
and says what is left to the council when income and cost balance. Both follow
from other published figures; here they are added up and compared with it.
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
_UNIT = "GBP million"
_CONFIDENCE = ("primary", "secondary", "press")  # the surest first
_PUBLISHED = ["financial_year", "item", "basis", "confidence", "source_id", "published", "kind"]
_ENDS = ["low", "middle", "high"]
_STEP_COLUMNS = ["step", "amount", "source_id", "agrees"]

# Each sum: its terms (what it is called, item, period, sign of the printed amount), then what was
# printed of the result. An item holds its amount without a sign: a deficit is negative here.
_CAP = (
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
)
_LEFT = (
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
)
_SUMS = (_CAP, _LEFT)


def compare_with_published(
    figures: pd.DataFrame, money: Projection, *, area_code: str
) -> pd.DataFrame:
    """Every published balance and in-year balance, with our range of the same year.

    Ours are before any support from government. Years that are not among ours
    have none.

    Parameters
    ----------
    figures : pd.DataFrame
        Table ``council_figure``.
    money : Projection
        The years ahead of the authority.
    area_code : str
        The authority.

    Returns
    -------
    pd.DataFrame
        In order of year and item: ``financial_year``, ``item``, ``basis``,
        ``confidence``, ``source_id``, ``published`` (a deficit is negative),
        ``low``, ``middle``, ``high`` of ours [£] and ``inside`` (missing where there
        is no range). Empty where nothing was published.
    """
    mine = _in_money(figures, area_code)
    rows = [*_balances(mine), *_shortfalls(mine), *_planned_and_more(mine)]
    said = pd.DataFrame(rows, columns=_PUBLISHED).astype({"published": float})
    both = said.merge(_ours(money), on=["financial_year", "kind"], how="left")
    inside = both["published"].between(both["low"], both["high"])
    both["inside"] = inside.astype("boolean").mask(both["middle"].isna())
    ordered = both.sort_values(["financial_year", "kind", "item", "basis"], ignore_index=True)
    why = "The council and the press have published none for the years ahead."
    return in_millions(ordered.drop(columns="kind"), "published balances and our ranges", why=why)


def agreement_steps(figures: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """The sums of an authority's agreement, each ending in the published figure.

    Parameters
    ----------
    figures : pd.DataFrame
        Table ``council_figure``.
    area_code : str
        The authority.

    Returns
    -------
    pd.DataFrame
        In order: ``step``, ``amount`` (a deficit is negative), ``source_id``
        (missing for what is added up here) and ``agrees``: whether a published
        result is within its own rounding of what its terms add up to; missing
        for the other steps. A sum of which a figure is missing is left out. [£]
    """
    held = _in_money(figures, area_code).drop_duplicates("item", keep="last").set_index("item")
    rows = [row for made in _SUMS for row in _steps(held, *made)]
    frame = pd.DataFrame(rows, columns=_STEP_COLUMNS)
    frame = frame.astype({"amount": float, "agrees": "boolean"})
    why = "No agreement of this authority has been published here."
    return in_millions(frame, "sums of the Safety Valve agreement", why=why)


def _in_money(figures: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """What one authority stated in millions of pounds."""
    return figures[(figures["area_code"] == area_code) & (figures["unit"] == _UNIT)]


def _balances(mine: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for row in mine[mine["item"].isin(BALANCES)].itertuples():
        year = financial_year(int(str(row.period)[-4:]) - 1)
        text = (row.basis, row.confidence, row.source_id)
        yield (year, row.item, *text, -1e6 * float(str(row.value)), "closing")


def _shortfalls(mine: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    for row in mine[mine["item"].isin(SHORTFALLS)].itertuples():
        text = (row.basis, row.confidence, row.source_id)
        yield (row.period, row.item, *text, -1e6 * float(str(row.value)), "in_year")


def _planned_and_more(mine: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    """Each variance of a year on top of what was planned for that year."""
    for first, second in PLANNED_AND_MORE:
        planned = mine[mine["item"] == first].assign(year=lambda rows: rows["period"].str[:7])
        more = mine[mine["item"] == second].assign(year=lambda rows: rows["period"].str[:7])
        pairs = planned.merge(more, on="year", suffixes=("_planned", ""))
        for row in pairs.itertuples():
            when = str(row.period)[7:].strip()
            yield (
                row.year,
                f"{first} and {second}" + (f", {when}" if when else ""),
                _joined(str(row.basis_planned), str(row.basis)),
                max(str(row.confidence_planned), str(row.confidence), key=_CONFIDENCE.index),
                _joined(str(row.source_id_planned), str(row.source_id)),
                -1e6 * (float(str(row.value_planned)) + float(str(row.value))),
                "in_year",
            )


def _joined(first: str, second: str) -> str:
    return "; ".join(dict.fromkeys([first, second]))


def _ours(money: Projection) -> pd.DataFrame:
    parts = []
    for kind in ("closing", "in_year"):
        ends = np.quantile(getattr(money.before, kind), money.levels, axis=0)
        part = pd.DataFrame(dict(zip(_ENDS, ends, strict=True)))
        parts.append(part.assign(financial_year=money.financial_years, kind=kind))
    return pd.concat(parts, ignore_index=True)


def within_rounding(added_up: float, printed: float) -> bool:
    """Whether a sum is what was printed, to the last digit that was printed.

    Examples
    --------
    >>> within_rounding(84.497, 84.5), within_rounding(84.44, 84.5)
    (True, False)
    """
    digits = Decimal(f"{printed:g}")
    half = Decimal(1).scaleb(int(digits.as_tuple().exponent)) / 2
    return abs(Decimal(f"{added_up:.6f}") - digits) <= half


def _steps(
    held: pd.DataFrame,
    terms: tuple[tuple[str, str, int], ...],
    added_up: str,
    printed: tuple[str, str],
) -> list[tuple[str, float, str | None, bool | None]]:
    if not {printed[1], *(item for _, item, _ in terms)} <= set(held.index):
        return []
    amounts = [(step, sign * float(held["value"][item]), item) for step, item, sign in terms]
    total = sum(amount for _, amount, _ in amounts)
    result = -float(held["value"][printed[1]])
    return [
        *((step, 1e6 * amount, held["source_id"][item], None) for step, amount, item in amounts),
        (added_up, 1e6 * total, None, None),
        (
            printed[0],
            1e6 * result,
            held["source_id"][printed[1]],
            within_rounding(total, result),
        ),
    ]
