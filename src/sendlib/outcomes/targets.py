"""What the strategies set as targets, and the figures that show what became of it.

``targets.yml`` holds the words. A target is tested on figures with their counts
where those are published, otherwise on the figures alone; without either it says why.
"""

from functools import cache
from importlib.resources import files
from typing import Literal, Self

import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from sendlib.outcomes.measures import figures_with_counts
from sendlib.outcomes.series import Tables, plans_in
from sendlib.vocabulary import STATE_MAINSTREAM_PLACES, PlaceType

_COLUMNS = ["area_code", "indicator", "year", "value", "of", "kind", "source_id"]
_KEY = ["area_code", "indicator", "year"]
_NUMBERS = {
    "state_mainstream_plans": STATE_MAINSTREAM_PLACES,
    "independent_specialist_plans": (PlaceType.INDEPENDENT_SPECIAL, PlaceType.SPECIALIST_POST_16),
}
"""Plans in some places, in years in which each of them was collected."""


class Target(BaseModel):
    """One measure of success."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    measure: str  # what is tested
    target: str  # in the words of the strategy, or of the register's proposal
    by: Literal["strategy", "proposed"]  # whose test it is
    kpi: str  # the indicator of the register
    direction: Literal["up", "down"]
    indicator: str = ""  # where the figures are; empty where there are none
    unit: Literal["share1", "number1", "count"] = "number1"
    missing: str = ""  # why there are no figures
    share: str = ""  # of a number that grows with all plans: the measure that is its share of them

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if bool(self.indicator) == bool(self.missing):
            raise ValueError(f"{self.measure}: give one of indicator and missing")
        return self


@cache
def read_targets() -> tuple[Target, ...]:
    """The measures of success, the strategies' own first."""
    text = (files("sendlib.outcomes") / "targets.yml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Target, ...]).validate_python(yaml.safe_load(text))


def targets() -> pd.DataFrame:
    """The measures of success, a row for each in order and a column for each field of one."""
    return pd.DataFrame([target.model_dump() for target in read_targets()])


def target_series(tables: Tables, area_code: str) -> pd.DataFrame:
    """The figures of one authority that the targets are tested on, year by year.

    Figures with a published count come first; an indicator of the department's
    tool fills the years in which none is published. Percentages are shares.

    Parameters
    ----------
    tables : Mapping[str, pd.DataFrame]
        ``indicator``, ``outcome``, ``ehcp_flow`` and ``ehcp_caseload``.
    area_code : str
        Three-digit code of an authority.

    Returns
    -------
    pd.DataFrame
        ``area_code``, ``indicator``, ``year``, ``value``, ``of`` (missing where not
        published), ``kind``, ``source_id``; a value is in the target's unit.
    """
    used = ("indicator", "outcome", "ehcp_flow", "ehcp_caseload")
    own = {name: tables[name][tables[name]["area_code"] == area_code] for name in used}
    published = own["indicator"].assign(kind="share")
    percentage = published["unit"] == "%"
    published["value"] = published["value"].mask(percentage, published["value"] / 100)
    numbers = [
        plans_in(own["ehcp_caseload"], places)
        .rename(columns={"plans": "value"})
        .assign(indicator=name, kind="rate")
        for name, places in _NUMBERS.items()
    ]
    series = pd.concat([figures_with_counts(own), published, *numbers]).drop_duplicates(_KEY)
    wanted = {target.indicator for target in read_targets() if target.indicator}
    series = series[series["indicator"].isin(wanted) & series["value"].notna()]
    return series[_COLUMNS].sort_values(_KEY, ignore_index=True)
