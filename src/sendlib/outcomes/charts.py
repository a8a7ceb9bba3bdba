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
    """Which figures form a series."""

    table: Literal["growth", "flow", "funding", "spend", "needs", "indicator", "outcome"]
    name: str = ""  # the measure, element, need, indicator or outcome
    base_year: int = 0  # the January that a growth starts from
    age_band: AgeBand | None = None  # whose needs: of an age band, or of the plans in some places
    places: tuple[PlaceType, ...] = ()


class StrategyFigure(_Strict):
    """The strategy's own figures: their theme and measure in table ``strategy_figure``."""

    theme: str
    measure: str


class Part(_Strict):
    """One measure of a chart: a series for everyone, one for each group, or why there is none."""

    name: str
    unit: str
    better: Literal["higher", "lower", "none"]
    everyone: Selection | None = None
    groups: Mapping[ChildGroup, Selection] = {}
    missing: str = ""
    published: StrategyFigure | None = None
    breaks_as: str = ""  # the indicator whose breaks in series the part shares

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if sum(map(bool, (self.everyone, self.groups, self.missing))) != 1:
            raise ValueError(f"{self.name}: give one of everyone, groups and missing")
        return self

    def selection(self, group: ChildGroup) -> Selection | None:
        """Which figures the part is of for a group of children; none where there are none."""
        return self.everyone or self.groups.get(group)


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
