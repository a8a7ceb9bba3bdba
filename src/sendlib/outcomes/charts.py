"""What the strategy's charts show, as data: ``charts.yml``, read and checked."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from sendlib.vocabulary import AgeBand, ChildGroup, PlaceType


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Selection(_Strict):
    """Which figures make a series.

    Parameters
    ----------
    table : str
        What is worked out: a growth of plans, a flow, funding or spend for each
        child, a share of needs, an indicator or an outcome as published.
    name : str
        The measure, element, need, indicator or outcome.
    base_year : int
        The January that a growth starts from.
    age_band, places
        Whose needs: of an age band, or of the plans in these places.
    """

    table: Literal["growth", "flow", "funding", "spend", "needs", "indicator", "outcome"]
    name: str = ""
    base_year: int = 0
    age_band: AgeBand | None = None
    places: tuple[PlaceType, ...] = ()


class Printed(_Strict):
    """The strategy's own figures: their theme and measure in table ``strategy_figure``."""

    theme: str
    measure: str


class Part(_Strict):
    """One measure of a chart: a series for all, one for each group, or why there is none.

    ``breaks_as`` names the indicator whose breaks in series the part shares.
    """

    name: str
    unit: str
    better: Literal["higher", "lower", "none"]
    whole: Selection | None = None
    groups: Mapping[ChildGroup, Selection] = {}
    missing: str = ""
    printed: Printed | None = None
    breaks_as: str = ""

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(map(bool, (self.whole, self.groups, self.missing))) != 1:
            raise ValueError(f"{self.name}: give one of whole, groups and missing")
        return self

    def selection(self, group: ChildGroup) -> Selection | None:
        """Which figures the part is of for a group of children; none where there are none."""
        return self.whole or self.groups.get(group)


class Chart(_Strict):
    """One of the strategy's charts."""

    number: int
    title: str
    parts: tuple[Part, ...]


@cache
def read_charts() -> tuple[Chart, ...]:
    """The sixteen charts, in the strategy's order."""
    text = (files("sendlib.outcomes") / "charts.yml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Chart, ...]).validate_python(yaml.safe_load(text))
