"""High needs funding and spend, on bases that are named and never mixed, and the rules on them.

Spend is section 251 lines 1.2.x, without place funding; the allocation after deductions is
the closest to it, and still holds places in maintained special schools and units.

References
----------
- Department for Education. Section 251 outturn, lines 1.2.x, and dedicated schools grant
  allocations (sources ``s251_outturn_rollup``, ``dfe_dsg_1920`` to ``dfe_dsg_2324``).
"""

import re
from datetime import date

import pandas as pd

from sendlib import indicators, validation
from sendlib.errors import DataError, Problem, raise_any
from sendlib.finance.labels import in_millions
from sendlib.indicators.frames import measure_frame
from sendlib.pages.formats import say_period
from sendlib.pages.notes import KeyFigure
from sendlib.periods import financial_year_of_census, say_day
from sendlib.vocabulary import FundingElement

_SERIES = {
    "outturn_gbp": "Spend (lines 1.2.x)",
    "before_deductions_gbp": "Before deductions",
    "after_deductions_gbp": "After deductions",
}
_GROWN = {
    "outturn_gbp": "Spend",
    "after_deductions_gbp": "Funding",
    "plans": "Plans",
}
NEEDS_BOTH = "No year has both an outturn and an allocation."
BASIS_NOTE = (
    "Spend is the sum of section 251 outturn lines 1.2.x, which leave out place funding "
    "(line 1.0.2). The allocation after deductions still holds places in maintained special "
    "schools, units and resourced provision, so funding less spend is not the in-year deficit: "
    "place funding has yet to be met from it."
)
_SPEND = (
    *("area_code", "area_name", "area_type", "financial_year", "net_gbp"),
    *("basis", "spend_line", "includes_place_funding", "source_id"),
)
_UNIT = re.compile(r"(GBP(?: (?:million|billion))?|%|date)\b ?(?:in )?|(%) ?(?:in )?")


def funding_and_spend(
    funding: pd.DataFrame, spend: pd.DataFrame, plans: pd.DataFrame, *, area_code: str
) -> pd.DataFrame:
    """Allocation, outturn and plans of one area, a financial year a row.

    Spend must be of one basis and one coverage. ``plans`` has ``area_code`` as index and
    ``census_year`` as columns.

    Returns
    -------
    pd.DataFrame
        Index ``financial_year``: ``before_deductions_gbp``,
        ``after_deductions_gbp``, ``deductions_gbp``, ``outturn_gbp`` and ``plans``
        (January within the year). A year without a figure is missing.

    Raises
    ------
    DataError
        If the spend mixes bases or coverages.
    """
    check_one_basis(spend)
    elements = list(FundingElement)
    own_funding = funding[funding["area_code"] == area_code]
    wide = own_funding.pivot(index="financial_year", columns="element", values="allocation_gbp")
    wide = wide.reindex(columns=elements)
    own = spend[spend["area_code"] == area_code].set_index("financial_year")
    counted = plans.loc[area_code]
    counted.index = [financial_year_of_census(int(year)) for year in counted.index]
    years = sorted({*wide.index, *own.index})
    frame = pd.DataFrame(index=pd.Index(years, name="financial_year"))
    frame["before_deductions_gbp"] = wide[FundingElement.HIGH_NEEDS_BEFORE_DEDUCTIONS]
    frame["after_deductions_gbp"] = wide[FundingElement.HIGH_NEEDS_AFTER_DEDUCTIONS]
    frame["deductions_gbp"] = frame["before_deductions_gbp"] - frame["after_deductions_gbp"]
    frame["outturn_gbp"] = own["net_gbp"]
    frame["plans"] = counted
    frame.attrs["what"] = "high needs allocation, deductions, spend and plans"
    frame.attrs["notes"] = ["Plans are those of the January within the financial year."]
    return frame


def funding_to_compare(
    funding: pd.DataFrame,
    spend: pd.DataFrame,
    plans: pd.DataFrame,
    areas: pd.DataFrame,
    *,
    area_code: str,
) -> pd.DataFrame:
    """:func:`funding_and_spend` of an authority, or of the one it was part of before.

    The former one stands in where no year has both an outturn and an allocation of its own, and
    ``attrs["former"]`` has its name.
    """
    own = funding_and_spend(funding, spend, plans, area_code=area_code)
    former = areas[areas["successors"].str.split(";").map(lambda codes: area_code in codes)]
    if len(both_known(own)) or len(former) != 1:
        return own
    code, name = former[["area_code", "area_name"]].iloc[0]
    whole = funding_and_spend(funding, spend, plans, area_code=code)
    whole.attrs["former"] = name
    return whole


def _mark_former(frame: pd.DataFrame, money: pd.DataFrame) -> None:
    """Say below a frame whose figures they are, where they are of the authority before."""
    if name := money.attrs.get("former"):
        frame.attrs["notes"] = [
            f"These are figures of {name}, which the authority was part of: no year has both an "
            "outturn and an allocation of its own."
        ]


def series_by_year(money: pd.DataFrame) -> pd.DataFrame:
    """Spend and allocation of :func:`funding_and_spend` as lines of a chart. [£]"""
    named = money[list(_SERIES)].rename(columns=_SERIES).reset_index()
    frame = named.melt("financial_year", var_name="name", value_name="amount_gbp")
    return in_millions(frame, "high needs spend, and allocation before and after deductions")


def growth_by_year(money: pd.DataFrame) -> pd.DataFrame:
    """Growth of what :func:`funding_and_spend` has on the year before, while both are known. [%]

    A year without both spend and allocation, or after one, is missing.
    """
    names = {**_SERIES, "plans": "Plans"}
    since = money[list(names)].loc[first_common_year(money) :]
    frame = 100 * since.rename(columns=names).pct_change(fill_method=None).iloc[1:]
    frame.attrs = {"what": "growth on the year before", "unit": "pct1", "why": NEEDS_BOTH}
    frame.attrs["formats"] = dict.fromkeys(names.values(), "pct1")
    _mark_former(frame, money)
    return frame


def growth_since(money: pd.DataFrame) -> pd.DataFrame:
    """What :func:`funding_and_spend` has since the first year in which all are known.

    Returns
    -------
    pd.DataFrame
        ``series`` ("Spend", "Funding", that after deductions, "Plans"), ``financial_year`` and
        ``index``; no rows where no year has all three. [first common year = 100]
    """
    known = money[list(_GROWN)].rename(columns=_GROWN)
    if name := money.attrs.get("former"):
        known.columns = [f"{series} of {name}" for series in known]
    base = known.dropna().head(1)
    later = known[known.index >= base.index[0]] if len(base) else known.iloc[:0]
    index = 100 * later / (base.iloc[0] if len(base) else 1)
    frame = index.melt(ignore_index=False, var_name="series", value_name="index").reset_index()
    frame = frame[["series", "financial_year", "index"]]
    what = "high needs spend, funding after deductions and plans"
    frame.attrs = {"what": what + "".join(f", {year} = 100" for year in base.index)}
    frame.attrs["measure"] = "index"
    if frame.empty:
        frame.attrs["why"] = "No financial year has all three."
    _mark_former(frame, money)
    return frame


def both_known(money: pd.DataFrame) -> pd.DataFrame:
    """The years with both spend and an allocation."""
    return money.dropna(subset=["outturn_gbp", "after_deductions_gbp"])


def first_common_year(money: pd.DataFrame) -> str:
    """The first year with both spend and an allocation; past the last where there is none."""
    return str(next(iter(both_known(money).index), "9999-00"))


def funding_figures(money: pd.DataFrame, stated: pd.DataFrame) -> list[KeyFigure]:
    """The last outturn and allocation after deductions, and the last of ``balances`` reported."""
    reported = stated[~stated["foreseen"]].dropna(subset=["closing_balance_gbp"]).tail(1)
    when = reported["balance_date"].dt.strftime("%d %B %Y") + ", " + reported["basis"]
    key = "surplus_now" if reported["closing_balance_gbp"].ge(0).all() else "deficit_now"
    amounts = {
        "high_needs_spend": money["outturn_gbp"].rename(index="{}, outturn".format),
        "high_needs_allocation": money["after_deductions_gbp"],
        key: reported["closing_balance_gbp"].abs().set_axis(when),
    }
    return [
        KeyFigure(key, float(value), str(at), when=str(at).partition(", ")[0].removeprefix("31 "))
        for key, series in amounts.items()
        for at, value in series.dropna().tail(1).items()
    ]


def transport_cost(council_figure: pd.DataFrame, area_code: str) -> pd.DataFrame:
    """What home to school transport for children with SEND cost the general fund by year. [£]

    Empty where none is known.
    """
    is_transport = council_figure["item"] == "home to school SEN transport"
    own = council_figure[(council_figure["area_code"] == area_code) & is_transport]
    frame = own.sort_values("period").rename(columns={"period": "financial_year"})
    frame = frame.assign(cost_gbp=1e6 * frame["value"])
    what = "cost of home to school transport for children with SEND, paid by the general fund"
    why = "The council's figure is not available here."
    columns = ["financial_year", "cost_gbp", "source_id"]
    return in_millions(frame[columns].reset_index(drop=True), what, why=why)


def spend_per_plan(spend: pd.DataFrame, caseload: pd.DataFrame) -> pd.DataFrame:
    """Net spend divided by the plans of the January within the financial year.

    Parameters
    ----------
    spend : pd.DataFrame
        Table ``high_needs_spend`` of an authority; one basis and one coverage only.
    caseload : pd.DataFrame
        Table ``ehcp_caseload`` of the same.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``area_name``, ``area_type``, ``financial_year``, ``net_gbp``,
        ``plans``, ``gbp_per_plan``, for areas with spend. Missing where either is.

    Raises
    ------
    DataError
        If it is another table, or the spend mixes bases or coverages.
    """
    validation.check_table(spend, _SPEND, "high_needs_spend")
    check_one_basis(spend)
    counted = indicators.plans(caseload)
    counted["financial_year"] = counted["census_year"].map(financial_year_of_census)
    key = ["area_code", "financial_year"]
    frame = spend.merge(counted[[*key, "plans"]], on=key, how="left")
    frame["gbp_per_plan"] = frame["net_gbp"] / frame["plans"].where(frame["plans"] > 0)
    return measure_frame(
        frame,
        ["financial_year", "net_gbp", "plans", "gbp_per_plan"],
        measure="gbp_per_plan",
        what="high needs spend for each plan",
        source_ids=[*frame["source_id"].unique(), *counted.attrs["source_ids"]],
    )


def check_one_basis(spend: pd.DataFrame) -> None:
    """Refuse spend that mixes budget with outturn, or lines of unlike coverage."""
    problems = [
        Problem(
            "mixed_basis",
            f"{column} mixes {', '.join(sorted(map(str, spend[column].unique())))}",
            "table high_needs_spend",
            "choose one before comparing",
        )
        for column in ("basis", "spend_line", "includes_place_funding")
        if spend[column].nunique() > 1
    ]
    raise_any(DataError, "Spend on unlike bases cannot be compared.", problems)


def policy_rules(policy_lever: pd.DataFrame) -> pd.DataFrame:
    """Rules and dates of high needs policy as published, their values and units in one."""
    values = [say_value(*pair) for pair in policy_lever[["value", "unit"]].astype(str).to_numpy()]
    frame = policy_lever.assign(value=values).rename(columns={"lever": "rule or date"})
    frame = frame[["rule or date", "value", "applies", "confidence"]].reset_index(drop=True)
    frame.attrs["what"] = "rules and dates of high needs policy, as published"
    return frame


def say_value(value: str, unit: str) -> str:
    """A value with its unit; several of them each with what it is of.

    Examples
    --------
    >>> say_value("1172.740;1384.408", "GBP million in 2020-21;2021-22")
    '2020-21: £1,172.7 million; 2021-22: £1,384.4 million'
    >>> say_value("2029-09", "date"), say_value("0.90", "share"), say_value("6000", "GBP")
    ('September 2029', '90%', '£6,000')
    >>> say_value("3;50000", "GBP billion;specialist places")
    '£3 billion; 50,000 specialist places'
    """
    if unit == "text":
        return value
    amounts, parts = value.split(";"), unit.split(";")
    match = _UNIT.match(parts[0])
    kind = (match[1] or match[2]) if match else ""
    labels = [parts[0][match.end() :] if match else parts[0], *parts[1:]]
    if len(amounts) == 1:
        noun = labels[0] if kind or unit != "share" else ""
        return f"{_amount(value, kind or unit)} {noun}".strip()
    if not labels[0]:  # each has a unit of its own
        pairs = zip(amounts[1:], labels[1:], strict=True)
        rest = [f"{_amount(each, '')} {label}" for each, label in pairs]
        return "; ".join([_amount(amounts[0], kind), *rest])
    return "; ".join(
        f"{label}: {_amount(each, kind)}" for each, label in zip(amounts, labels, strict=True)
    )


def _amount(text: str, kind: str) -> str:
    """One value in writing."""
    if kind == "date":
        if len(text) < len("2029-09-01"):
            return say_period(text)
        return say_day(date.fromisoformat(text))
    number = float(text)
    if kind in ("share", "%"):
        return f"{100 * number if kind == 'share' else number:g}%"
    digits = f"{number:,.2f}" if kind == "GBP" and number % 1 else f"{round(number, 1):,.10g}"
    return f"£{digits}{kind.removeprefix('GBP')}" if kind.startswith("GBP") else digits
