"""Frames of the money ahead for pages: draws are added first, ranges and means taken last."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sendlib.errors import ParameterError, Problem
from sendlib.finance.labels import in_millions
from sendlib.finance.projection import Projection, in_world
from sendlib.finance.unit_costs import Money
from sendlib.pages.formats import gbp_m
from sendlib.pages.narrative import odds
from sendlib.periods import (
    closing_date,
    financial_year,
    financial_year_of_census,
    financial_year_start,
    year_of_date,
)
from sendlib.ranges import levels, ranges
from sendlib.scenarios import Scenario
from sendlib.tidy import about
from sendlib.vocabulary import PlaceType, labels

INNER_PCT = 50.0  # of outcomes, in the narrower of two ranges
_MOST_GBP_M = 10_000  # more than the deficits of all authorities together have been
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
    "Interest that the council loses on the cash that a deficit uses up falls on the general fund "
    "and is not part of the deficit."
)


def ranges_by_year(values: Money, names: Sequence[str], levels: Sequence[float]) -> pd.DataFrame:
    """Ranges of draws by financial year."""
    return ranges(values, levels, financial_year=names).set_index("financial_year")


def deficit_ranges(money: Projection, *, threshold_gbp: float | None = None) -> pd.DataFrame:
    """The deficit before support at the end of each financial year, and its growth within it.

    Returns
    -------
    pd.DataFrame
        A row for each ``financial_year``: ``low``, ``middle``, ``high``; the narrower
        ``inner_low`` and ``inner_high``; "in the year, low", "middle", "high" [£]; and
        "chance of more than" the threshold, if one is given. [share]
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
    return _of_deficits(frame.reset_index(), money)


def _of_deficits(frame: pd.DataFrame, money: Projection) -> pd.DataFrame:
    start = financial_year_start(money.financial_years[0])
    since = "" if money.opening_known else f", counted from 31 March {start}"
    what = f"high needs deficit at the end of each financial year, before further support{since}"
    return in_millions(frame, what)


def while_protected(frame: pd.DataFrame, money: Projection) -> pd.DataFrame:
    """The rows of a frame by ``financial_year`` up to the end of protection.

    What a council bears after that depends on government: ``worlds`` shows each way.
    """
    return frame[frame["financial_year"] <= money.protected_year]


def threshold_line(threshold_gbp: float) -> pd.DataFrame:
    """A deficit as a line across a chart: ``value`` [£] and ``label``."""
    label = f"threshold {gbp_m(threshold_gbp)}"
    return pd.DataFrame({"value": [threshold_gbp], "label": [label]})


def opening_deficit(money: Projection) -> pd.DataFrame:
    """The deficit that the years ahead begin from, where it is known.

    Of one that is no outturn, ``attrs`` say under ``note`` whose figure it is.
    """
    year = financial_year_of_census(financial_year_start(money.financial_years[0]))
    point = pd.DataFrame({"financial_year": [year], "deficit_gbp": [-money.opening_gbp]})
    frame = _of_deficits(point if money.opening_known else point.iloc[:0], money)
    if not money.opening_foreseen:
        return frame
    if money.opening_forecast_gbp is None:
        return about(frame, note="Circle: the council's own forecast")
    council = gbp_m(-money.opening_forecast_gbp)
    return about(frame, note=f"Circle: our estimate; the council foresaw {council} (page 42)")


def past_deficits(published: pd.DataFrame, money: Projection) -> pd.DataFrame:
    """Deficits of ``balances`` that were reported, or else the one that the years begin from.

    None where the years ahead begin from no balance: they would seem to follow from it.
    """
    reported = _as_deficits(published[~published["foreseen"]])[["financial_year", "deficit_gbp"]]
    reported = reported.drop_duplicates("financial_year", keep="last", ignore_index=True)
    is_whole = money.opening_known and len(reported) > 0
    return _of_deficits(reported, money) if is_whole else opening_deficit(money)


def published_forecasts(published: pd.DataFrame, money: Projection) -> pd.DataFrame:
    """Deficits of ``balances`` that others foresaw for the years ahead, and their basis."""
    rows = _as_deficits(published[published["foreseen"]])
    rows = rows[rows["financial_year"].isin(money.financial_years)]
    amounts = rows["deficit_gbp"].map(gbp_m).astype(str)
    label = rows["basis"].str.cat(amounts, sep=": ")
    return rows.assign(label=label)[["financial_year", "deficit_gbp", "label"]]


def _as_deficits(published: pd.DataFrame) -> pd.DataFrame:
    return published.assign(
        financial_year=published["balance_date"].map(year_of_date).astype(str),
        deficit_gbp=-published["closing_balance_gbp"],
    ).reset_index(drop=True)


def income_and_cost(money: Projection) -> pd.DataFrame:
    """Income, cost by kind of place and the balance by line, a column for each financial year. [£]

    Means of all draws, which add up.
    """
    income = money.income
    lines = {
        "Allocation before deductions": income.before_deductions,
        "Moved from the schools block": income.transfer,
        "Paid under an agreement": income.agreement,
        "Added by the council": income.council,
        "Other blocks and usual transfers": income.other_blocks,
        "All income": income.total(),
        **money.by_kind(money.cost),
        "Places commissioned": money.places,
        "Lines that are not per plan": money.other_lines,
        "All cost": money.total_cost,
        "In-year balance": money.before.in_year,
        "Balance carried forward": money.before.closing,
    }
    means = {name: draws.mean(axis=0) for name, draws in lines.items()}
    amounts = {name: mean for name, mean in means.items() if np.any(mean)}
    frame = pd.DataFrame.from_dict(amounts, orient="index", columns=list(money.financial_years))
    what = "high needs income and cost, averages over all draws"
    return in_millions(frame.rename_axis("line"), what, notes=_INCOME_NOTES)


def unit_cost_table(money: Projection) -> pd.DataFrame:
    """What a plan costs in a year by kind of place, of those with a plan in the first year.

    Before adjustment and as used, with its standard error and its source. [£ a plan-year]
    """
    first = money.financial_years[0]
    paid_for = money.plan_years[:, 0].mean(axis=0)
    costs = money.unit_costs.table().iloc[: len(paid_for)]
    frame = pd.DataFrame(
        {
            "kind of place": costs["place_type"].map(labels(PlaceType)),
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
    what = f"cost of a plan in a year, in the prices of {year}, without the place itself"
    return in_millions(frame, what, formats=formats, notes=_COST_NOTES)


def worlds(money: Projection) -> pd.DataFrame:
    """The deficit left to the council in each world that government may choose.

    Nothing is averaged over worlds, and none is given a chance.

    Returns
    -------
    pd.DataFrame
        A row for each ``world``, the grant approved or refused and new deficits met by central
        government or not: ``low``, ``middle``, ``high`` when protection of deficits ends; and the
        same at the last March, for a protection that is extended to then. [£]
    """
    ends, final = money.protected_year, money.financial_years[-1]
    at = [money.financial_years.index(year) for year in (ends, final)]
    start = int(money.scenario.value("finance.central_from"))
    rows = []
    for grant in (True, False):
        for takeover in (True, False):
            left = -in_world(money, grant=grant, takeover=takeover).closing[:, at]
            name = f"Grant {'approved' if grant else 'refused'}, " + (
                f"government meets new deficits from {financial_year(start)}"
                if takeover
                else "the council bears them"
            )
            ranges = np.quantile(left, money.levels, axis=0)
            rows.append((name, *ranges[:, 0], *ranges[:, 1]))
    later = [f"{end} at {closing_date(final)}" for end in ("low", "middle", "high")]
    frame = pd.DataFrame(rows, columns=["world", "low", "middle", "high", *later])
    support = (
        f"The grant is {money.scenario.value('finance.grant_share_pct'):g}% of the high needs "
        f"deficit at 31 March {int(money.scenario.value('finance.grant_cut_off'))} and depends on "
        "an approved reform plan. No chance is given to a world: a scenario may state one."
    )
    what = f"deficit left to the council at {closing_date(ends)}, {odds(money.range_pct)}, by world"
    return in_millions(frame, what, notes=[support, _INTEREST_NOTE])


def threshold(gbp_m: float) -> float:
    """The threshold of a page, which is given in £ million. [£]

    Refused if it is more than any deficit: given in pounds, it would be passed in no draw.
    """
    if not abs(gbp_m) <= _MOST_GBP_M:
        found = f"a threshold of £{gbp_m:,.12g} million"
        remedy = f"give £ million, at most {_MOST_GBP_M:,}: 250 for £250 million"
        problem = Problem("threshold_out_of_range", found, "threshold_gbp_m", remedy)
        raise ParameterError("No deficit comes near that threshold.", [problem])
    return gbp_m * 1e6


def compare_scenarios(runs: Mapping[str, Projection], *, threshold_gbp: float) -> pd.DataFrame:
    """Scenarios side by side, before further support.

    Returns
    -------
    pd.DataFrame
        A row for each ``scenario``: ``low``, ``middle``, ``high`` of the deficit when protection
        of deficits ends under the first; the chance of more than the threshold then; and for the
        last year the middle number of plans, the middle deficit within it, the chance that it is
        in balance, and the middle of what is left to the council with the grant approved and
        refused, new deficits met as announced. [plans, £, shares]
    """
    first = next(iter(runs.values()))
    at, final = first.protected_year, first.financial_years[-1]
    plans = f"plans, January {financial_year_start(final) + 1}"
    rows = []
    for run in runs.values():
        deficit = -run.before.closing[:, run.financial_years.index(at)]
        rows.append(
            (
                run.scenario.name,
                *np.quantile(deficit, run.levels),
                float((deficit > threshold_gbp).mean()),
                float(np.median(run.plans)),
                float(-np.median(run.before.in_year[:, -1])),
                float(run.before.chance_in_balance()[final]),
                *(
                    float(-np.median(in_world(run, grant=grant, takeover=True).closing[:, -1]))
                    for grant in (True, False)
                ),
            )
        )
    columns = [
        *("scenario", "low", "middle", "high"),
        f"chance of more than {gbp_m(threshold_gbp)}",
        plans,
        f"in the year {final}, middle",
        f"chance that {final} is in balance",
        *(
            f"left to the council at {closing_date(final)} with the grant {world}, middle"
            for world in ("approved", "refused")
        ),
    ]
    what = f"deficit at {closing_date(at)} by scenario, before further support"
    return in_millions(pd.DataFrame(rows, columns=columns), what, formats={plans: "count"})


def scenario_questions(runs: Mapping[str, Projection]) -> pd.DataFrame:
    """What each scenario asks, and why it changes what it does."""
    scenarios = [run.scenario for run in runs.values()]
    rows = [
        (
            one.name,
            one.question,
            "; ".join(dict.fromkeys(each.why for each in one.applied if each.why)),
        )
        for one in scenarios
    ]
    frame = pd.DataFrame(rows, columns=["scenario", "question", "what it changes"])
    frame = frame.replace({"what it changes": {"": "nothing"}})
    frame.attrs["what"] = "what each scenario asks, and why it changes what it does"
    return frame


def weak_assumptions(scenario: Scenario) -> pd.DataFrame:
    """Assumptions of great effect that rest on weak evidence, with the lever to set them by."""
    rows = [
        (entry.meaning[:1].upper() + entry.meaning[1:], entry.source, entry.as_of, lever)
        for lever, entry in scenario.assumptions.items()
        if entry.impact == "red" and entry.quality == "red"
    ]
    frame = pd.DataFrame(rows, columns=["assumption", "source", "as of", "lever"])
    frame.attrs["what"] = "assumptions of great effect that rest on weak evidence"
    frame.attrs["why"] = "No assumption of great effect rests on weak evidence."
    return frame
