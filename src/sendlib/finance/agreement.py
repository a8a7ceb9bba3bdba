"""The arithmetic of an agreement on a deficit, from the figures that were published of it.

A Safety Valve agreement limits the deficit of each year before its payments,
and says what is left to the council when income and cost balance. Both follow
from other published figures; here they are added up and set beside what was
printed.
"""

from decimal import Decimal

import pandas as pd

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
_UNIT = "GBP million"
COLUMNS = ["step", "gbp", "source_id", "agrees"]


def agreement_steps(figures: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """The sums of an authority's agreement, each ending in the printed figure.

    Parameters
    ----------
    figures : pd.DataFrame
        Table ``council_figure``.
    area_code : str
        The authority.

    Returns
    -------
    pd.DataFrame
        In order: ``step``, ``gbp`` (a deficit is negative), ``source_id``
        (missing for what is added up here) and ``agrees``: whether a printed
        result is within its own rounding of what its terms add up to; missing
        for the other steps. A sum of which a figure is not held is left out. [£]
    """
    mine = figures[(figures["area_code"] == area_code) & (figures["unit"] == _UNIT)]
    held = mine.drop_duplicates("item", keep="last").set_index("item")
    rows = [row for made in _SUMS for row in _steps(held, *made)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.astype({"gbp": float, "agrees": "boolean"})


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
