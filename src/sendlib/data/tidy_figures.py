"""Files of figures to tidy tables: money, population, indicators, references.

A deficit is a negative balance from here on; pages turn the sign in words. A
build leaves out what a table's contract does not name, and puts rows in order.
"""

from collections.abc import Mapping

import pandas as pd

from sendlib.data.crosswalks import code_by_level, code_of_gss, to_rows, with_every_gss_code
from sendlib.data.outcomes import tidy_outcomes
from sendlib.data.tidy_plans import add_parts
from sendlib.periods import financial_year_start
from sendlib.tidy import existed
from sendlib.vocabulary import ENGLAND, AreaLevel, FundingElement, FundingTerm, ValueStatus

_MILLION = 1_000_000
_UNIT_OF_TERM = {FundingTerm.BASIC_ENTITLEMENT: "GBP per pupil", FundingTerm.PUPILS: "pupils"}
_BALANCE_ITEMS = ("cumulative DSG deficit", "revised plan residual deficit")


def tidy_figures(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """All tables that come from files of figures."""
    areas = area(frames["areas"])
    neighbours = {"la_code": "area_code", "neighbour_la_code": "neighbour_area_code"}
    return {
        "area": areas,
        "source": frames["sources"],
        "series_break": frames["series_breaks"],
        "neighbour": frames["statistical_neighbours"].rename(columns=neighbours),
        "population": population(frames["population_projection"], areas),
        "residents": _residents(frames["residents_mid_2020"], areas),
        "children": children(frames["mid_year_estimates"], areas),
        "high_needs_funding": funding(frames["high_needs_allocation"], areas),
        "high_needs_term": high_needs_term(frames["high_needs_terms"]),
        "high_needs_spend": spend(frames["high_needs_outturn"], areas),
        "dsg_account": dsg_account(frames["account_terms"], frames["account_2023_24"], areas),
        "outturn_by_sector": outturn_by_sector(frames["outturn_by_sector"]),
        "agreement": frames["agreements"].rename(columns={"la_code": "area_code"}),
        "council_figure": frames["council_figures"],
        "dsg_balance": dsg_balance(frames["council_figures"]),
        "indicator": indicator(frames["indicator"]),
        "outcome": tidy_outcomes(frames),
        "strategy_figure": strategy_figure(frames["strategy_figures"], areas),
        "kpi": frames["kpi_register"],
        "policy_lever": frames["policy"],
    }


def area(areas: pd.DataFrame) -> pd.DataFrame:
    """England, its regions and every authority since 2010, with what became of each.

    ``last_census`` is missing while an authority goes on; ``successors`` then
    is empty. Years are whole numbers as floats, because some are missing.
    """
    years = {name: pd.to_numeric(areas[name]) for name in ("first_census", "last_census")}
    return areas.rename(columns={"area_level": "area_type"}).assign(**years)


def population(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Persons by single year of age; the row of all ages is left out."""
    single = frame[frame["AGE_GROUP"].str.isdigit()]
    return single.assign(
        area_code=code_of_gss(single["AREA_CODE"], areas),
        year=single["year"].astype("int64"),
        age=single["AGE_GROUP"].astype("int64"),
        variant="principal projection",
        source_id="ons_snpp_2022",
    )


def children(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Residents aged 0 to 17 at each mid-year; sub-regions of London are left out."""
    columns = {"population_estimate": "persons", "population_estimate_status": "value_status"}
    coded = frame.rename(columns=columns).assign(
        area_code=code_by_level(frame),
        year=pd.to_numeric(frame["time_period"]),
        source_id="ons_mye_2024",
    )
    return coded[coded["area_code"].isin(areas["area_code"])]


def funding(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """The published allocation, a row for each element of the grant; regions are added up.

    England is as published. City of London and Isles of Scilly have no block in it.
    """
    columns = {f"{element.value}_gbp": element.value for element in FundingElement}
    code = frame["la_code"].where(frame["area_level"] == AreaLevel.AUTHORITY, frame["gss_code"])
    wide = frame.assign(area_code=code).rename(columns=columns)
    key = ["area_code", "financial_year", "source_id"]
    long = wide.melt(key, list(columns.values()), "element", "allocation_gbp")
    region = long["area_code"].map(areas.set_index("area_code")["region_code"])
    in_regions = long.assign(area_code=region)[region.notna() & (region != "")]
    by = [*key, "element"]
    added = in_regions.groupby(by)["allocation_gbp"].agg(lambda own: own.sum(skipna=False))
    return pd.concat([long, added.reset_index()])


def high_needs_term(frame: pd.DataFrame) -> pd.DataFrame:
    """The terms of each block; only England's row, in the department's file, has no code.

    A term that the formula of a year does not have is not applicable.
    """
    year = frame["financial_year"]
    known = pd.DataFrame(
        {
            "area_code": frame["la_code"].replace("", ENGLAND),
            "financial_year": year,
            "source_id": "dfe_dsg_" + year.str[2:4] + year.str[5:],
        }
    )
    units = {term.value: _UNIT_OF_TERM.get(term, "GBP") for term in FundingTerm}
    return to_rows(
        known, frame, {term: {"term": term, "unit": unit} for term, unit in units.items()}
    )


def spend(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Net outturn; its lines leave out place funding, so they never meet a gross allocation.

    Regions and England are added up. An authority of that year which the file leaves
    out is not available, and neither is the area that it is a part of.
    """
    year = ["financial_year", "spend_lines", "source_id"]
    known = frame[year].drop_duplicates()
    start = known["financial_year"].map(financial_year_start)
    own = pd.concat(
        [
            _authorities_in(areas, first).merge(known[start == first], how="cross")
            for first in start.unique()
        ]
    ).drop_duplicates(["area_code", *year])
    reported = frame[["la_code", *year, "net_outturn_gbp", "net_outturn_gbp_status"]]
    parts = own.merge(reported.rename(columns={"la_code": "area_code"}), how="left")
    status = parts["net_outturn_gbp_status"].fillna(ValueStatus.NOT_AVAILABLE.value)
    parts = parts.assign(value=parts["net_outturn_gbp"], value_status=status)
    added = add_parts(_with_larger(parts), by=["area_code", *year])
    return added.rename(columns={"value": "net_gbp", "spend_lines": "coverage"}).assign(
        spend_line="1.2.x", basis="outturn", includes_place_funding=False
    )


def dsg_account(terms: pd.DataFrame, later: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Lines 1.9.3 and 1.0.2 by authority and year; the balance of 2023-24 is a third party's.

    That file writes a deficit without a sign and in thousands; an authority that it leaves out
    has no balance that year.
    """
    last = pd.Series(-1000.0 * later["bal"].to_numpy(), code_of_gss(later["gss"], areas))
    is_last = terms["financial_year"] == "2023-24"
    stated = terms["line_1_9_3_balance_gbp"].mask(is_last, terms["la_code"].map(last))
    return terms.assign(
        area_code=terms["la_code"],
        balance_gbp=stated,
        place_funding_gbp=terms["line_1_0_2_gbp"],
        place_funding_basis=terms["line_1_0_2_basis"].str.partition(":")[0],
        source_id=is_last.map({True: "s251_third_party_2023_24", False: "account_terms_2020_24"}),
    )


def outturn_by_sector(frame: pd.DataFrame) -> pd.DataFrame:
    """The outturn by statement line and sector, as printed; ``all`` is the whole line."""
    columns = {"la_code": "area_code", "outturn_gbp": "net_gbp"}
    year = frame["financial_year"]
    return frame.rename(columns=columns).assign(
        source_id="s251_sectors_" + year.str[:4] + "_" + year.str[5:]
    )


def dsg_balance(frame: pd.DataFrame) -> pd.DataFrame:
    """Every stated balance of the grant at a year end; a deficit is negative."""
    balances = frame[frame["item"].str.startswith(_BALANCE_ITEMS)]
    return balances.assign(
        balance_date=pd.to_datetime(balances["period"], format="%d %B %Y", errors="coerce"),
        closing_balance_gbp=-balances["value"] * _MILLION,
    )


def indicator(frame: pd.DataFrame) -> pd.DataFrame:
    """Indicators by area; ``year`` is the one in which the period ends."""
    first = frame["period"].str.extract(r"^(\d{4})(/\d{2})?")
    return frame.assign(
        year=first[0].astype("int64") + first[1].notna(),
        period=frame["period"].str.replace(" (prov)", ", provisional", regex=False),
        provisional=frame["period"].str.contains("prov"),
    )


def strategy_figure(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Figures as a strategy published them; groups of areas have no code.

    Of two authorities of a name it is the one that still exists.
    """
    current = areas.sort_values("last_census", na_position="last")
    code = dict(zip(current["area_name"], current["area_code"], strict=True))
    coded = frame.assign(area_code=frame["area"].map(code).fillna(""))
    return coded.rename(columns={"area": "area_name"})


def _residents(frame: pd.DataFrame, areas: pd.DataFrame) -> pd.DataFrame:
    """Residents by single year of age in mid-2020; regions and England are added up.

    Authorities are those of 2020. One that the file leaves out is not
    available, and neither then is the area that it is a part of.
    """
    ages = [name.removesuffix("_status") for name in frame.columns if name.endswith("_status")]
    own = _authorities_in(areas, 2020).merge(
        frame.rename(columns={"utla20_code": "gss_code"}), on="gss_code", how="left"
    )
    own = own.sort_values(f"{ages[0]}_status").drop_duplicates("area_code")  # missing ones last
    known = own[["area_code", "region_code"]]
    parts = to_rows(known, own, {age: {"age": int(age)} for age in ages})
    parts["value_status"] = parts["value_status"].fillna(ValueStatus.NOT_AVAILABLE.value)
    added = add_parts(_with_larger(parts), by=["area_code", "age"])
    return added.rename(columns={"value": "persons"}).assign(year=2020, source_id="ons_mye_2020")


def _with_larger(parts: pd.DataFrame) -> pd.DataFrame:
    """Rows of authorities, and each once more for its region and for England."""
    regions = parts.assign(area_code=parts["region_code"])
    return pd.concat([parts, regions, parts.assign(area_code=ENGLAND)], ignore_index=True)


def _authorities_in(areas: pd.DataFrame, year: int) -> pd.DataFrame:
    """Authorities of a mid-year, a row for each nine-character code that they have had."""
    there = existed(areas, year + 1)  # in the January after it
    own = areas[there & (areas["area_type"] == AreaLevel.AUTHORITY)]
    return with_every_gss_code(own)[["gss_code", "area_code", "region_code"]]
