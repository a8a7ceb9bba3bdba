"""High needs funding beside spend, on bases that are named and never mixed unsaid.

The allocation before deductions holds the money for places that the department
pays to academies and colleges direct; after deductions it does not. The
outturn used here is the sum of section 251 lines 1.2.x, which leaves out place
funding (line 1.0.2) altogether. The allocation after deductions is the closer
of the two to it, and still holds places in maintained special schools, units
and resourced provision.
"""

from collections.abc import Sequence

import pandas as pd

from sendlib import indicators, validation
from sendlib.areas import choose_areas
from sendlib.errors import DataError, Problem, raise_any
from sendlib.finance.labels import in_millions
from sendlib.indicators.frames import measure_frame
from sendlib.pages.formats import gbp_m
from sendlib.pages.narrative import growth
from sendlib.pages.notes import KeyFigure
from sendlib.periods import financial_year_of_census
from sendlib.vocabulary import FundingElement

_SERIES = {
    "outturn_gbp": "Spend (lines 1.2.x)",
    "before_deductions_gbp": "Before deductions",
    "after_deductions_gbp": "After deductions",
}
_TRANSPORT = "home to school SEN transport"
_NEEDS_BOTH = "No year has both an outturn and an allocation."
BASIS_NOTE = (
    "Spend is the sum of section 251 outturn lines 1.2.x, which leave out place funding "
    "(line 1.0.2). The allocation after deductions still holds places in maintained special "
    "schools, units and resourced provision, so funding less spend is not the in-year deficit: "
    "place funding has yet to be met from it."
)

_GROWN = {
    "outturn_gbp": "Spend",
    "after_deductions_gbp": "Funding",
    "plans": "Plans",
}
_SPEND = (
    *("area_code", "area_name", "area_type", "financial_year", "net_gbp"),
    *("basis", "spend_line", "includes_place_funding", "source_id"),
)


def funding_and_spend(
    funding: pd.DataFrame, spend: pd.DataFrame, plans: pd.DataFrame, *, area_code: str
) -> pd.DataFrame:
    """Allocation, outturn and plans of one area, a financial year a row.

    Parameters
    ----------
    funding : pd.DataFrame
        Table ``high_needs_funding``.
    spend : pd.DataFrame
        Table ``high_needs_spend``; one basis and one coverage only.
    plans : pd.DataFrame
        Index ``area_code``, columns ``census_year``. [plans]
    area_code : str
        The area.

    Returns
    -------
    pd.DataFrame
        Index ``financial_year``: ``before_deductions_gbp``,
        ``after_deductions_gbp``, ``deductions_gbp``, ``outturn_gbp``, ``plans``
        (January within the year), ``outturn_gbp_per_plan``,
        ``after_deductions_gbp_per_plan``. A year without a figure is missing.

    Raises
    ------
    DataError
        If the spend mixes bases or coverages.
    """
    check_one_basis(spend)
    mine = funding[funding["area_code"] == area_code]
    wide = mine.pivot(index="financial_year", columns="element", values="allocation_gbp")
    own = spend[spend["area_code"] == area_code].set_index("financial_year")
    years = sorted({*wide.index, *own.index})
    frame = pd.DataFrame(index=pd.Index(years, name="financial_year"))
    frame["before_deductions_gbp"] = _element(wide, FundingElement.HIGH_NEEDS_BEFORE_DEDUCTIONS)
    frame["after_deductions_gbp"] = _element(wide, FundingElement.HIGH_NEEDS_AFTER_DEDUCTIONS)
    frame["deductions_gbp"] = frame["before_deductions_gbp"] - frame["after_deductions_gbp"]
    frame["outturn_gbp"] = own["net_gbp"]
    frame["plans"] = _plans_of(plans, area_code)
    for name in ("outturn", "after_deductions"):
        frame[f"{name}_gbp_per_plan"] = frame[f"{name}_gbp"] / frame["plans"]
    frame.attrs["what"] = "high needs allocation, deductions, spend and plans"
    frame.attrs["notes"] = ["Plans are those of the January within the financial year."]
    return frame


def series_by_year(money: pd.DataFrame) -> pd.DataFrame:
    """Spend and allocation as lines of a chart.

    Parameters
    ----------
    money : pd.DataFrame
        As made by :func:`funding_and_spend`.

    Returns
    -------
    pd.DataFrame
        ``financial_year``, ``name`` and ``amount_gbp``.
    """
    named = money[list(_SERIES)].rename(columns=_SERIES).reset_index()
    frame = named.melt("financial_year", var_name="name", value_name="amount_gbp")
    return in_millions(frame, "high needs spend, and allocation before and after deductions")


def growth_by_year(money: pd.DataFrame) -> pd.DataFrame:
    """Growth of spend, allocation and plans on the year before, while both are known. [%]

    Parameters
    ----------
    money : pd.DataFrame
        As made by :func:`funding_and_spend`.

    Returns
    -------
    pd.DataFrame
        Index ``financial_year``; a column for each series, missing where either year is.
    """
    names = {**_SERIES, "plans": "Plans"}
    since = money[list(names)].loc[first_common_year(money) :]
    frame = 100 * since.rename(columns=names).pct_change(fill_method=None).iloc[1:]
    frame.attrs = {"what": "growth on the year before", "unit": "pct1", "why": _NEEDS_BOTH}
    frame.attrs["formats"] = dict.fromkeys(names.values(), "pct1")
    return frame


def first_common_year(money: pd.DataFrame) -> str:
    """The first year with both spend and an allocation; past the last where there is none."""
    both = money.dropna(subset=["outturn_gbp", "after_deductions_gbp"])
    return str(both.index[0]) if len(both) else "9999-00"


def funding_headline(money: pd.DataFrame, name: str) -> str:
    """How spend and the allocation grew since a common year, each to its own last one.

    Parameters
    ----------
    money : pd.DataFrame
        As made by :func:`funding_and_spend`.
    name : str
        Of the authority.
    """
    since = money.loc[first_common_year(money) :]
    spend = growth(f"High needs spend in {name}", since["outturn_gbp"], unit="gbp_m")
    came = growth("Its allocation after deductions", since["after_deductions_gbp"], unit="gbp_m")
    return f"{spend} {came}".strip() or f"High needs spend and allocation of {name}: {_NEEDS_BOTH}"


def funding_gap(money: pd.DataFrame) -> str:
    """How far spend was above or below the allocation in the last common year and the first."""
    both = money.dropna(subset=["outturn_gbp", "after_deductions_gbp"])
    if both.empty:
        return ""
    gap = both["outturn_gbp"] - both["after_deductions_gbp"]
    first, last = (f"{gbp_m(abs(each))} {_side(each)}" for each in (gap.iloc[0], gap.iloc[-1]))
    return (
        f"In {gap.index[-1]} spend on lines 1.2.x was {last} the allocation after deductions; in "
        f"{gap.index[0]} it was {first} it."
    )


def funding_figures(money: pd.DataFrame, stated: pd.DataFrame) -> list[KeyFigure]:
    """The last outturn, the last allocation after deductions, and the last reported deficit.

    Parameters
    ----------
    money : pd.DataFrame
        As made by :func:`funding_and_spend`.
    stated : pd.DataFrame
        As made by ``balances``.
    """
    reported = stated[~stated["foreseen"]]
    when = reported["balance_date"].dt.strftime("%d %B %Y") + ", " + reported["basis"]
    owed = -reported["closing_balance_gbp"].set_axis(when)
    return [
        *_last("high_needs_spend", money["outturn_gbp"], ", outturn"),
        *_last("high_needs_allocation", money["after_deductions_gbp"]),
        *_last("deficit_now", owed),
    ]


def _last(key: str, amounts: pd.Series, after: str = "") -> list[KeyFigure]:
    """The last known of some amounts, with when; nothing where none is known."""
    last = amounts.dropna().tail(1)
    return [KeyFigure(key, float(last.iloc[0]), f"{last.index[0]}{after}")] if len(last) else []


def balance_title(stated: pd.DataFrame) -> str:
    """The title of the chart of balances: the last that was reported."""
    reported = stated[~stated["foreseen"]]
    if reported.empty:
        return "No balance has been reported"
    last = reported.iloc[-1]
    balance = float(last["closing_balance_gbp"])
    kind = "deficit" if balance < 0 else "surplus"
    return f"The last reported {kind} is {gbp_m(abs(balance))}, in {last['balance_date']:%B %Y}"


def transport_cost(council_figure: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """What home to school transport for children with SEND cost the general fund.

    Parameters
    ----------
    council_figure : pd.DataFrame
        Table of that name.
    area_code : str
        The area.

    Returns
    -------
    pd.DataFrame
        In order: ``financial_year``, ``cost_gbp``, ``source_id``. Empty where none is known.
    """
    own = council_figure[council_figure["area_code"] == area_code]
    mine = own[own["item"] == _TRANSPORT]
    frame = mine.sort_values("period").rename(columns={"period": "financial_year"})
    frame = frame.assign(cost_gbp=1e6 * frame["value"])
    what = "cost of home to school transport for children with SEND, paid by the general fund"
    why = "The council's figure is not available here."
    columns = ["financial_year", "cost_gbp", "source_id"]
    return in_millions(frame[columns].reset_index(drop=True), what, why=why)


def spend_title(money: pd.DataFrame) -> str:
    """The title of the chart of spend and allocation: how spend grew, to its last year."""
    told = growth("Spend", money["outturn_gbp"], unit="gbp_m")
    return told.rstrip(".") or "Spend and allocation"


def transport_title(cost: pd.DataFrame) -> str:
    """The title of the chart of transport: how its cost grew."""
    told = growth("Transport", cost.set_index("financial_year")["cost_gbp"], unit="gbp_m")
    return told.rstrip(".") or "Cost of transport"


def say_transport(cost: pd.DataFrame) -> str:
    """One sentence: what transport cost last, outside the grant; none where it is not known."""
    if cost.empty:
        return ""
    last = cost.iloc[-1]
    return (
        "The table leaves out SEN transport from home to school, on which the general fund spent "
        f"{gbp_m(last['cost_gbp'])} in {last['financial_year']}."
    )


def _side(gap: float) -> str:
    return "above" if gap > 0 else "below"


def spend_per_plan(
    spend: pd.DataFrame, caseload: pd.DataFrame, *, areas: str | Sequence[str] | None = None
) -> pd.DataFrame:
    """Net spend divided by the plans of the January within the financial year.

    Parameters
    ----------
    spend : pd.DataFrame
        Table ``high_needs_spend`` of an authority; one basis and one coverage only.
    caseload : pd.DataFrame
        Table ``ehcp_caseload`` of the same.
    areas : str or list, optional
        Names or codes; all otherwise.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``area_name``, ``area_type``, ``financial_year``, ``net_gbp``,
        ``plans``, ``gbp_per_plan``, for areas with spend. Missing where either is.

    Raises
    ------
    DataError
        If it is another table, or the spend mixes bases or coverages.
    NotAvailableError
        If no spend of such an area is available.

    Examples
    --------
    >>> from sendlib import Authority
    >>> wiltshire = Authority.open("Wiltshire")
    >>> spend, caseload = wiltshire.load("high_needs_spend"), wiltshire.load("ehcp_caseload")
    >>> spend_per_plan(spend, caseload, areas="Wiltshire").columns[-1]
    'gbp_per_plan'
    """
    validation.check_table(spend, _SPEND, "high_needs_spend")
    check_one_basis(spend)
    counted = indicators.plans(caseload)
    counted["financial_year"] = counted["census_year"].map(financial_year_of_census)
    key = ["area_code", "financial_year"]
    made = choose_areas(spend, areas).merge(counted[[*key, "plans"]], on=key, how="left")
    made["gbp_per_plan"] = made["net_gbp"] / made["plans"].where(made["plans"] > 0)
    return measure_frame(
        made,
        ["financial_year", "net_gbp", "plans", "gbp_per_plan"],
        measure="gbp_per_plan",
        what="high needs spend for each plan",
        source_ids=[*made["source_id"].unique(), *counted.attrs["source_ids"]],
    )


def check_one_basis(spend: pd.DataFrame) -> None:
    """Refuse spend that mixes budget with outturn, or lines of unlike coverage."""
    problems = [
        Problem(
            f"{column} mixes {', '.join(sorted(map(str, spend[column].unique())))}",
            "table high_needs_spend",
            "choose one before comparing",
        )
        for column in ("basis", "spend_line", "includes_place_funding")
        if spend[column].nunique() > 1
    ]
    raise_any(DataError, "Spend on unlike bases cannot be compared.", problems)


def growth_since(money: pd.DataFrame) -> pd.DataFrame:
    """Spend, funding and plans since the first year in which all are known.

    Parameters
    ----------
    money : pd.DataFrame
        As made by ``funding_and_spend``.

    Returns
    -------
    pd.DataFrame
        ``series`` ("Spend", "Funding", that after deductions, "Plans"), ``financial_year`` and
        ``index``; no rows where no year has all three. [first common year = 100]
    """
    known = money[list(_GROWN)].rename(columns=_GROWN)
    base = known.dropna().head(1)
    later = known[known.index >= base.index[0]] if len(base) else known.iloc[:0]
    index = 100 * later / (base.iloc[0] if len(base) else 1)
    made = index.melt(ignore_index=False, var_name="series", value_name="index").reset_index()
    made = made[["series", "financial_year", "index"]]
    what = "high needs spend, funding after deductions and plans"
    what += "".join(f", {year} = 100" for year in base.index)
    made.attrs = {"what": what, "measure": "index"}
    if made.empty:
        made.attrs["why"] = "No financial year has all three."
    return made


def _element(wide: pd.DataFrame, element: FundingElement) -> pd.Series:
    return wide[element.value] if element.value in wide else pd.Series(dtype=float)


def _plans_of(plans: pd.DataFrame, area_code: str) -> pd.Series:
    row = plans.loc[area_code]
    return pd.Series(row.to_numpy(), [financial_year_of_census(int(year)) for year in row.index])
