"""What a forecast may know on the day that a January's count, its origin, was published.

References
----------
- Special Educational Needs and Disability Regulations 2014 (SI 2014/1530), regulation 13: a plan
  within 20 weeks of the request.
- Sterman, J. D. (2000). Business dynamics: systems thinking and modeling for a complex world.
  McGraw-Hill. Chapter 6: a backlog is what came in less what went out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
import pandas as pd

from sendlib.areas import reorganised_areas
from sendlib.forecast.places import PlaceCounts
from sendlib.indicators import flow_by_year, total_plans
from sendlib.vocabulary import FlowMeasure

LAST_PUBLISHED_BACKLOG = 2021  # of assessments; the item changed its meaning after that year
POPULATION_LAG = 2  # mid-year of the population that was published by then, years before
_FINISHED = (
    FlowMeasure.REQUESTS_REFUSED,
    FlowMeasure.NEW_PLANS,
    FlowMeasure.ASSESSMENTS_PLAN_NOT_ISSUED,
)
_WITHDRAWN = (FlowMeasure.REQUESTS_WITHDRAWN, FlowMeasure.ASSESSMENTS_WITHDRAWN)


@dataclass(frozen=True, eq=False)
class Panel:
    """Counts and flows of all areas available, each an area a row and a year a column."""

    plans: pd.DataFrame  # by ``census_year``, England among the rows [plans]
    flow: Mapping[FlowMeasure, pd.DataFrame]  # by ``calendar_year`` [count]
    children: pd.DataFrame  # residents aged 0 to 17, by mid-year [persons]
    region_of: Mapping[str, str]  # by authority
    parent: pd.DataFrame = field(default_factory=pd.DataFrame)
    """Of an authority formed by a reorganisation, the plans of the area that it is a part of."""
    places: PlaceCounts = field(default_factory=PlaceCounts.none)  # by kind of place

    TABLES: ClassVar[tuple[str, ...]] = ("ehcp_caseload", "ehcp_flow", "children", "area")
    FILES: ClassVar[tuple[str, ...]] = ("dfe_ehcp/", "ons/2025/mid_year")  # theirs in data/raw

    @classmethod
    def from_tables(cls, *tables: pd.DataFrame) -> "Panel":
        """Bring the tidy tables of ``TABLES``, in that order, to areas by years."""
        caseload, flow, children, area = tables
        plans = total_plans(caseload)
        return cls(
            plans,
            {measure: flow_by_year(flow, measure) for measure in FlowMeasure},
            children.pivot(index="area_code", columns="year", values="persons"),
            dict(zip(area["area_code"], area["region_code"], strict=True)),
            reorganised_areas(plans, area),
            PlaceCounts.from_caseload(caseload),
        )

    @property
    def origin(self) -> int:
        """The last January available."""
        return int(self.plans.columns[-1])

    @property
    def last_full(self) -> int:
        """The last January with counts of at least half as many authorities as any has."""
        counts = self.plans[self.plans.index.str.isdigit()].notna().sum()
        return int(counts.index[counts >= counts.max() / 2][-1])

    @property
    def authorities(self) -> list[str]:
        """Authorities with a count at the origin."""
        known = self.plans.index[self.plans[self.origin].notna()]
        return [code for code in known if code.isdigit()]

    def counted(self, area_code: str) -> float:
        """Plans of an area at the origin; missing where they are not available. [plans]"""
        return float(self.plans[self.origin].to_dict().get(area_code, np.nan))

    @cached_property
    def features(self) -> pd.DataFrame:
        """As made by :func:`features`, worked out once."""
        return features(self)

    def only(self, areas: Sequence[str]) -> "Panel":
        """The counts of some areas, with the flows and population of all."""
        known = [code for code in areas if code in self.plans.index]
        return replace(self, plans=self.plans.loc[known])

    def up_to(self, origin: int) -> "Panel":
        """The panel as it was when the count of ``origin`` was published."""
        return replace(
            self,
            plans=self.plans.loc[:, :origin],
            flow={name: wide.loc[:, : origin - 1] for name, wide in self.flow.items()},
            children=self.children.loc[:, : origin - POPULATION_LAG],
            parent=self.parent.loc[:, :origin],
            places=self.places.up_to(origin),
        )


@dataclass(frozen=True)
class Feature:
    """Something known at the origin that may say how plans will grow."""

    label: str
    meaning: str


FEATURES: dict[str, Feature] = {
    "growth_1": Feature("Own growth", "growth of the last year"),
    "growth_2": Feature("Own growth, a year before", "growth of the year before that"),
    "growth_3": Feature("Own growth, two years before", "growth two years before"),
    "growth_region": Feature("Growth of the region", "the region's growth of the last year"),
    "requests": Feature("Requests", "requests for an assessment, for each plan in force"),
    "refused": Feature("Refusals", "requests refused, for each plan in force"),
    "new_plans": Feature("New plans", "plans that started, for each plan in force"),
    "waiting": Feature(
        "Requests not yet plans", "requests less refusals and new plans, for each plan in force"
    ),
    "backlog": Feature(
        "Assessments waiting",
        f"assessments undecided, for each plan in force; published until {LAST_PUBLISHED_BACKLOG}",
    ),
    "late": Feature("Late plans", "share of plans issued after 20 weeks"),
    "rate": Feature("Level of the rate", "plans for each resident aged 0 to 17"),
}


def flow_of(panel: Panel, measure: FlowMeasure, year: int) -> pd.Series:
    """One measure of one year, of the areas of the panel. [count]"""
    return panel.flow[measure].reindex(panel.plans.index, columns=[year])[year].astype(float)


def features(panel: Panel) -> pd.DataFrame:
    """Every feature of every area at the panel's origin."""
    origin, year, areas = panel.origin, panel.origin - 1, panel.plans.index
    plans = panel.plans[origin]
    requests = flow_of(panel, FlowMeasure.REQUESTS, year)
    refused = flow_of(panel, FlowMeasure.REQUESTS_REFUSED, year)
    new = flow_of(panel, FlowMeasure.NEW_PLANS, year)
    issued = flow_of(panel, FlowMeasure.PLANS_ISSUED, year)
    on_time = flow_of(panel, FlowMeasure.PLANS_ISSUED_WITHIN_20_WEEKS, year)
    waiting = flow_of(panel, FlowMeasure.ASSESSMENTS_OUTSTANDING, year)
    growth = [_growth(panel, origin - back) for back in range(3)]
    regions = [panel.region_of.get(code, "") or code for code in areas]  # else the area itself
    mid_years = panel.children.columns
    children = panel.children[mid_years[-1]] if len(mid_years) else pd.Series(dtype="float64")
    return pd.DataFrame(
        {
            "growth_1": growth[0],
            "growth_2": growth[1],
            "growth_3": growth[2],
            "growth_region": growth[0].reindex(regions).set_axis(areas),
            "requests": requests / plans,
            "refused": refused / plans,
            "new_plans": new / plans,
            "waiting": (requests - refused - new) / plans,
            "backlog": (waiting if year <= LAST_PUBLISHED_BACKLOG else waiting * np.nan) / plans,
            "late": 1 - on_time / issued.where(issued > 0),
            "rate": _log(plans / children.reindex(areas)),
        }
    ).replace([np.inf, -np.inf], np.nan)


def backlog(panel: Panel) -> pd.Series:
    """Assessments not finished at the end of the last year, carried on from the last published."""
    waiting = panel.flow[FlowMeasure.ASSESSMENTS_OUTSTANDING]
    published = [int(year) for year in waiting.columns if int(year) <= LAST_PUBLISHED_BACKLOG]
    if not published:
        return pd.Series(np.nan, index=panel.plans.index)
    carried = waiting[published[-1]].reindex(panel.plans.index)
    for year in range(published[-1] + 1, panel.origin):
        carried = carried + flow_of(panel, FlowMeasure.REQUESTS, year)
        for measure in _FINISHED:
            carried = carried - flow_of(panel, measure, year)
        for measure in _WITHDRAWN:
            carried = carried - flow_of(panel, measure, year).fillna(0.0)
        carried = carried.clip(lower=0.0)
    return carried


def _growth(panel: Panel, year: int) -> pd.Series:
    """Log growth into a January; that of the parent area before an authority's own counts."""
    if year - 1 not in panel.plans:
        return pd.Series(np.nan, index=panel.plans.index)
    own = _log(panel.plans[year] / panel.plans[year - 1])
    if year - 1 not in panel.parent:
        return own
    parent = _log(panel.parent[year] / panel.parent[year - 1])
    return own.fillna(parent.reindex(own.index))


def _log(values: pd.Series) -> pd.Series:
    return pd.Series(np.log(values.where(values > 0)), index=values.index)
