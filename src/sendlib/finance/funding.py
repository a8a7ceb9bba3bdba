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

from sendlib import given, indicators
from sendlib.areas import choose_areas
from sendlib.errors import DataError, Problem, raise_any
from sendlib.indicators.frames import measure_frame
from sendlib.periods import financial_year_of_census
from sendlib.vocabulary import FundingElement

BASIS_NOTE = (
    "Spend is the sum of section 251 outturn lines 1.2.x, which leave out place funding "
    "(line 1.0.2). The allocation after deductions still holds places in maintained special "
    "schools, units and resourced provision, so funding less spend is not the in-year deficit: "
    "place funding has yet to be met from it."
)

_GROWN = {
    "outturn_gbp": "Spend",
    "after_deductions_gbp": "Funding after deductions",
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
    return frame


def yearly_growth_pct(frame: pd.DataFrame) -> pd.DataFrame:
    """Growth of each column on the year before; missing where either year is. [%]

    Examples
    --------
    >>> money = pd.DataFrame({"outturn_gbp": [100.0, 110.0]}, index=["2022-23", "2023-24"])
    >>> yearly_growth_pct(money)["outturn_gbp"].round(1).tolist()
    [10.0]
    """
    return 100 * frame.pct_change(fill_method=None).iloc[1:]


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
    NotHeldError
        If no spend of such an area is held.

    Examples
    --------
    >>> from sendlib import Authority
    >>> wiltshire = Authority.open("Wiltshire")
    >>> spend, caseload = wiltshire.load("high_needs_spend"), wiltshire.load("ehcp_caseload")
    >>> spend_per_plan(spend, caseload, areas="Wiltshire").columns[-1]
    'gbp_per_plan'
    """
    given.check_table(spend, _SPEND, "high_needs_spend")
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
    """Refuse spend that mixes budget with outturn, or lines of unlike coverage.

    Raises
    ------
    DataError
        Naming the bases that were found.
    """
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
        ``series`` ("Spend", "Funding after deductions", "Plans"), ``financial_year`` and
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
