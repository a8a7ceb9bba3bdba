"""What the strategy's charts show (``charts.yml``), and the figures of every area behind each."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import pandas as pd
import yaml
from pydantic import TypeAdapter

from sendlib.indicators import attendance_by_year, outcome_by_year
from sendlib.periods import financial_year_start
from sendlib.scenarios.documents import Strict
from sendlib.vocabulary import TOTAL, AgeBand, ChildGroup, PlaceType, ValueStatus

Tables = Mapping[str, pd.DataFrame]
TABLES = (
    "attendance",
    "children",
    "ehcp_caseload",
    "ehcp_flow",
    "high_needs_funding",
    "high_needs_spend",
    "indicator",
    "outcome",
)
_COLUMNS = ["area_code", "year", "period", "value", "weight", "value_status", "source_id"]
_KEY = ["area_code", "year"]
_STATUS_OF_PRESENCE = {True: ValueStatus.REPORTED.value, False: ValueStatus.NOT_AVAILABLE.value}


class Selection(Strict):
    """Which figures form a series."""

    table: Literal[
        "growth", "flow", "funding", "spend", "needs", "indicator", "outcome", "attendance"
    ]
    name: str = ""  # the measure, element, need, indicator or outcome
    term: Literal["year", "autumn", "spring", "summer"] = "year"  # of attendance
    base_year: int = 0  # the January that a growth starts from
    age_band: AgeBand | None = None  # whose needs: of an age band, or of the plans in some places
    places: tuple[PlaceType, ...] = ()


class Part(Strict):
    """One measure of a chart: a series for everyone, one for each group, or why there is none."""

    name: str
    unit: str
    better: Literal["higher", "lower", "none"]
    everyone: Selection | None = None
    groups: Mapping[ChildGroup, Selection] = {}
    missing: str = ""
    published: Mapping[str, str] = {}  # theme and measure in table ``strategy_figure``
    breaks_as: str = ""  # the indicator whose breaks in series the part shares

    def selection(self, group: ChildGroup) -> Selection | None:
        """Which figures the part is of for a group of children; none where there are none."""
        return self.everyone or self.groups.get(group)


class Chart(Strict):
    """One of the strategy's charts."""

    number: int
    title: str
    parts: tuple[Part, ...]


@cache
def read_charts() -> tuple[Chart, ...]:
    """The sixteen charts, in the strategy's order."""
    text = (files("sendlib.outcomes") / "charts.yml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Chart, ...]).validate_python(yaml.safe_load(text))


def series_of(selection: Selection, tables: Tables, *, group: ChildGroup) -> pd.DataFrame:
    """The figures that a selection asks for, for every area and year available."""
    name = selection.name
    match selection.table:
        case "growth":
            rows = _growth(tables["ehcp_caseload"], selection.base_year)
        case "needs":
            rows = _needs(tables["ehcp_caseload"], selection)
        case "flow":
            flow = tables["ehcp_flow"]
            rows = _flow(flow[flow["measure"] == name], tables["children"])
        case "funding":
            funding = tables["high_needs_funding"]
            own = funding[funding["element"] == name]
            rows = _for_financial_year(own, "allocation_gbp", tables["children"])
        case "spend":
            spend = tables["high_needs_spend"]
            own = spend[spend["basis"] == name]
            rows = _for_financial_year(own, "net_gbp", tables["children"])
        case "indicator":
            published = tables["indicator"]
            rows = published[published["indicator"] == name].assign(weight=float("nan"))
        case "outcome":
            rows = outcome_by_year(tables["outcome"], name, group)
            rows = rows.assign(weight=rows["denominator"])
        case "attendance":
            rows = attendance_by_year(
                tables["attendance"], tables["outcome"], name, group, term=selection.term
            ).assign(weight=float("nan"))
    return rows[_COLUMNS].sort_values(_KEY, ignore_index=True)


def _growth(caseload: pd.DataFrame, base_year: int) -> pd.DataFrame:
    """Growth of plans since a January, weighed by the plans of that January. [%]"""
    caseload = caseload.rename(columns={"census_year": "year"})
    is_total = (caseload[["age_band", "place_type", "primary_need"]] == TOTAL).all(axis=1)
    plans = caseload[is_total & (caseload["year"] >= base_year)]
    base = plans[plans["year"] == base_year].set_index("area_code")["plans"]
    before = plans["area_code"].map(base).where(lambda count: count > 0)
    value = 100 * (plans["plans"] / before - 1)
    period = "January " + plans["year"].astype(str)
    return _with_status(plans.assign(period=period, value=value, weight=before))


def _flow(rows: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """A flow of a calendar year for each 10,000 residents aged 0 to 17 in its middle."""
    year = rows["calendar_year"]
    named = rows.assign(year=year, period=year.astype(str))
    return _for_each_child(named, "value", children, year, scale=10_000)


def _for_financial_year(rows: pd.DataFrame, money: str, children: pd.DataFrame) -> pd.DataFrame:
    """Money of a financial year for each resident aged 0 to 17. [£]"""
    start = rows["financial_year"].map(financial_year_start).astype("int64")
    status = rows[money].notna().map(_STATUS_OF_PRESENCE)
    named = rows.assign(year=start + 1, period=rows["financial_year"], value_status=status)
    return _for_each_child(named, money, children, start, scale=1)


def _for_each_child(
    rows: pd.DataFrame, count: str, children: pd.DataFrame, mid_year: pd.Series, *, scale: float
) -> pd.DataFrame:
    persons = children.set_index(["area_code", "year"])["persons"]
    wanted = pd.MultiIndex.from_arrays([rows["area_code"], mid_year])
    weight = pd.Series(persons.reindex(wanted).to_numpy(), index=rows.index)
    return _with_status(rows.assign(value=scale * rows[count] / weight, weight=weight))


def _needs(caseload: pd.DataFrame, selection: Selection) -> pd.DataFrame:
    """Share of the plans of an age band, or of some places, that name a need. [%]

    A combination that the release leaves out is one in which nobody is placed;
    one missing part makes the share unknown.
    """
    age = selection.age_band.value if selection.age_band else TOTAL
    places = [place.value for place in selection.places] or [TOTAL]
    rows = caseload[
        (caseload["primary_need"] != TOTAL)
        & (caseload["age_band"] == age)
        & caseload["place_type"].isin(places)
        & (caseload["value_status"] != ValueStatus.NOT_COLLECTED)
    ].rename(columns={"census_year": "year"})
    by_area = rows.groupby(_KEY)
    named = rows["plans"].where(rows["primary_need"] == selection.name, 0 * rows["plans"])
    series = by_area.agg(source_id=("source_id", "max"))
    series["weight"] = by_area["plans"].sum(skipna=False)
    series["value"] = 100 * named.groupby([rows[key] for key in _KEY]).sum() / series["weight"]
    lacking = rows[rows["value_status"] != ValueStatus.REPORTED].drop_duplicates(_KEY)
    status = lacking.set_index(_KEY)["value_status"].reindex(series.index)
    series["value_status"] = status.fillna(ValueStatus.REPORTED.value)
    long = series.reset_index()
    return _with_status(long.assign(period="January " + long["year"].astype(str)))


def _with_status(series: pd.DataFrame) -> pd.DataFrame:
    """The rest is missing where a sum could not be done though its count was reported."""
    lost = series["value"].isna() & (series["value_status"] == ValueStatus.REPORTED)
    status = series["value_status"].mask(lost, ValueStatus.NOT_AVAILABLE.value)
    return series.assign(value_status=status)
