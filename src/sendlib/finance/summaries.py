"""What pages show of money ahead: draws are added first, ranges and means taken last."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sendlib.errors import ParameterError, Problem
from sendlib.finance import levers
from sendlib.finance.income import TRANSFER_LIMIT_SHARE
from sendlib.finance.labels import in_millions
from sendlib.finance.projection import Projection
from sendlib.pages.formats import gbp, gbp_m
from sendlib.pages.narrative import inside, odds
from sendlib.periods import financial_year_of_census, financial_year_start, year_of_date
from sendlib.ranges import levels
from sendlib.vocabulary import PLACE_GROUPS, PlaceType
from sendlib.vocabulary import labels as labels_of

Money = NDArray[np.float64]
_INCOME_NOTES = (
    "The allocation is before deductions, so money for places that the department pays direct is "
    "in the cost as well.",
    "Transport from home to school and the council's own staff are paid from the general fund and "
    "are not in these amounts.",
)
_COST_NOTES = (
    "A plan that is in force for half a year counts as half a plan.",
    "Costs are adjusted so that together they agree with what the council spent; the less certain "
    "a cost, the more it is adjusted.",
)
_INTEREST_NOTE = (
    "Lost interest is what the council would have earned on the cash that the deficit uses up. It "
    "falls on the general fund and is not part of the deficit."
)
INNER_PCT = 50.0  # of outcomes, in the narrower of two ranges
_MILLION = 1e6
_MOST_GBP_M = 10_000  # more than the deficits of all authorities together have been


def ranges_by_year(values: Money, names: Sequence[str], levels: Sequence[float]) -> pd.DataFrame:
    """Ranges of draws by financial year."""
    low, middle, high = np.quantile(values, levels, axis=0)
    index = pd.Index(names, name="financial_year")
    return pd.DataFrame({"low": low, "middle": middle, "high": high}, index=index)


def deficit_ranges(money: Projection, *, threshold_gbp: float | None = None) -> pd.DataFrame:
    """The deficit before support at the end of each financial year, and its growth within it.

    Parameters
    ----------
    money : Projection
        The years ahead.
    threshold_gbp : float, optional
        A deficit to know the chance of passing. [£]

    Returns
    -------
    pd.DataFrame
        A row for each ``financial_year``: ``low``, ``middle``, ``high``; the narrower
        ``inner_low`` and ``inner_high``; "in the year, low", "middle", "high" [£]; and
        "chance of more than" the threshold.
    """
    names = money.financial_years
    frame = ranges_by_year(-money.before.closing, names, money.levels)
    inner = ranges_by_year(-money.before.closing, names, levels(INNER_PCT))
    within = ranges_by_year(-money.before.in_year, names, money.levels)
    frame = frame.assign(inner_low=inner["low"], inner_high=inner["high"])
    frame = frame.join(within.add_prefix("in the year, "))
    if threshold_gbp is not None:
        chance = money.before.chance_below(-threshold_gbp)
        frame[f"chance of more than {gbp_m(threshold_gbp)}"] = chance
    return in_millions(frame.reset_index(), _what(money))


def threshold_line(threshold_gbp: float) -> pd.DataFrame:
    """A deficit as a line across a chart: ``value`` [£] and ``label``."""
    label = f"threshold {gbp_m(threshold_gbp)}"
    return pd.DataFrame({"value": [threshold_gbp], "label": [label]})


def opening_deficit(money: Projection) -> pd.DataFrame:
    """The deficit that the years ahead begin from, where it is known."""
    year = financial_year_of_census(financial_year_start(money.financial_years[0]))
    point = pd.DataFrame({"financial_year": [year], "deficit_gbp": [-money.opening_gbp]})
    return in_millions(point if money.opening_known else point.iloc[:0], _what(money))


def past_deficits(published: pd.DataFrame, money: Projection) -> pd.DataFrame:
    """Deficits that were reported, or else the one that the years ahead begin from.

    Parameters
    ----------
    published : pd.DataFrame
        As made by :func:`balances`.
    money : Projection
        The years ahead.

    Returns
    -------
    pd.DataFrame
        ``financial_year`` and ``deficit_gbp``.
    """
    reported = _as_deficits(published[~published["foreseen"]])[["financial_year", "deficit_gbp"]]
    return in_millions(reported, _what(money)) if len(reported) else opening_deficit(money)


def published_forecasts(published: pd.DataFrame, money: Projection) -> pd.DataFrame:
    """Deficits that others foresaw for the years ahead.

    Parameters
    ----------
    published : pd.DataFrame
        As made by :func:`balances`.
    money : Projection
        The years ahead.

    Returns
    -------
    pd.DataFrame
        ``financial_year``, ``deficit_gbp`` and ``label``: on what basis, and how much.
    """
    rows = _as_deficits(published[published["foreseen"]])
    rows = rows[rows["financial_year"].isin(money.financial_years)]
    amounts = rows["deficit_gbp"].map(gbp_m).astype(str)
    return rows.assign(label=rows["basis"].str.cat(amounts, sep=": "))[
        ["financial_year", "deficit_gbp", "label"]
    ]


def _as_deficits(published: pd.DataFrame) -> pd.DataFrame:
    return published.assign(
        financial_year=published["balance_date"].map(year_of_date).astype(str),
        deficit_gbp=-published["closing_balance_gbp"],
    ).reset_index(drop=True)


def _what(money: Projection) -> str:
    start = financial_year_start(money.financial_years[0])
    since = "" if money.opening_known else f", counted from 31 March {start}"
    return f"high needs deficit at the end of each financial year, before any support{since}"


def income_and_cost(money: Projection) -> pd.DataFrame:
    """Income, cost by kind of place and the balance: means of all draws, which add up.

    Returns
    -------
    pd.DataFrame
        Index ``line``; a column for each financial year. [£]
    """
    places = money.unit_costs.places
    came = money.income
    lines = {
        "Allocation before deductions": came.before_deductions,
        "Moved from the schools block": came.transfer,
        "Paid under an agreement": came.agreement,
        "Added by the council": came.council,
        "All income": came.total(),
    }
    for name, members in PLACE_GROUPS.items():
        at = [places.index(place) for place in members]
        lines[name] = money.cost[:, :, at].sum(axis=2)
    lines |= {
        "Lines that are not per plan": money.other_lines,
        "All cost": money.total_cost,
        "In-year balance": money.before.in_year,
        "Balance carried forward": money.before.closing,
    }
    means = {name: draws.mean(axis=0) for name, draws in lines.items()}
    shown = {name: mean for name, mean in means.items() if np.any(mean)}
    frame = pd.DataFrame.from_dict(shown, orient="index", columns=list(money.financial_years))
    return in_millions(
        frame.rename_axis("line"),
        "high needs income and cost, averages over all draws",
        notes=_INCOME_NOTES,
    )


def unit_costs(money: Projection) -> pd.DataFrame:
    """What a plan costs in a year by kind of place, of those with a plan in the first year.

    Parameters
    ----------
    money : Projection
        The years ahead.

    Returns
    -------
    pd.DataFrame
        "kind of place", plans paid for, cost before adjustment and as used, its
        "standard error", and the source of the cost before adjustment. [£ a plan-year]
    """
    first = money.financial_years[0]
    paid_for = money.plan_years[:, 0].mean(axis=0)
    costs = money.unit_costs.table().iloc[: len(paid_for)]
    frame = pd.DataFrame(
        {
            "kind of place": costs["place_type"].map(labels_of(PlaceType)),
            f"plans paid for in {first}": paid_for,
            "cost before adjustment": costs["prior_gbp"],
            "cost used here": costs["gbp"],
            "standard error": costs["standard_error_gbp"],
            "source of the cost before adjustment": costs["basis"],
        }
    )
    frame = frame[paid_for >= 1].reset_index(drop=True)
    formats = dict.fromkeys(frame.columns[2:5], "gbp") | {frame.columns[1]: "count"}
    year = money.unit_costs.financial_year
    what = f"cost of a plan in a year, in the prices of {year}, place funding included"
    return in_millions(frame, what, formats=formats, notes=_COST_NOTES)


def unit_costs_title(costs: pd.DataFrame) -> str:
    """The title of the unit costs: the dearest kind of place and the one used most."""
    dearest = costs.iloc[int(costs["cost used here"].to_numpy().argmax())]
    most = costs.iloc[int(costs.iloc[:, 1].to_numpy().argmax())]
    return (
        f"{dearest['kind of place']} costs most, {gbp(dearest['cost used here'])} a year; "
        f"{inside(most['kind of place'])}, which most use, {gbp(most['cost used here'])}"
    )


def left_to_council(money: Projection) -> pd.DataFrame:
    """The deficit that is left after announced support, and what that support comes to.

    Parameters
    ----------
    money : Projection
        The years ahead.

    Returns
    -------
    pd.DataFrame
        A row for each ``financial_year``: ``low``, ``middle``, ``high``; means of the grant,
        of what central government meets and of lost interest. [£]
    """
    frame = ranges_by_year(-money.left.closing, money.financial_years, money.levels)
    frame["grant, mean"] = money.support.grant.mean(axis=0)
    frame["met by central government, mean"] = money.support.central.mean(axis=0)
    frame["lost interest, mean"] = money.interest.mean(axis=0)
    what = (
        f"deficit left to the council after announced support: {odds(money.range_pct)}, and middle"
    )
    return in_millions(frame.reset_index(), what, notes=[grant_terms(money), _INTEREST_NOTE])


def grant_terms(money: Projection) -> str:
    """One sentence: which share of which deficit the grant pays, and how likely it is."""
    value = money.scenario.value
    cut_off = int(value("finance.grant_cut_off"))
    return (
        f"The grant is {value('finance.grant_share_pct'):g}% of the deficit at 31 March {cut_off}; "
        f"the chance that it is approved is taken to be "
        f"{value('finance.grant_approval_pct'):g}%."
    )


def threshold(gbp_m: float) -> float:
    """The threshold of a page, which is given in £ million. [£]

    Raises
    ------
    ParameterError
        If it is more than any deficit: given in pounds, it would be passed in no draw.

    Examples
    --------
    >>> threshold(250)
    250000000.0
    """
    if not abs(gbp_m) <= _MOST_GBP_M:
        found = f"a threshold of £{gbp_m:,.12g} million"
        remedy = f"give £ million, at most {_MOST_GBP_M:,}: 250 for £250 million"
        problem = Problem(found, "threshold_gbp_m", remedy)
        raise ParameterError("No deficit comes near that threshold.", [problem])
    return gbp_m * _MILLION


def transfers_over_the_limit(money: Projection) -> list[str]:
    """The financial years whose transfer is more than a Schools Forum may agree to."""
    share = levers.yearly(
        money.scenario.value("finance.transfer_pct"),
        [financial_year_start(name) for name in money.financial_years],
    )
    return [
        name
        for name, moved in zip(money.financial_years, share / 100, strict=True)
        if moved > TRANSFER_LIMIT_SHARE
    ]
