"""The register of indicators: what each is, whose it is, and where its figures come from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from sendlib.errors import DataError, Problem, raise_any
from sendlib.scenarios.documents import Document, parse

FILE = "register.yml"
Frequency = Literal["monthly", "quarterly", "annual"]
Kind = Literal["percentage", "count", "money", "measure"]
MONTHS: Mapping[Frequency, int] = MappingProxyType({"monthly": 1, "quarterly": 3, "annual": 12})


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Where(_Strict):
    """A published figure: the table that holds it, and the rows of it.

    ``label`` says what it is where the indicator's title does not; rows of one
    table and column without a label belong to the figure before them. ``group``
    are the children of an outcome, and ``breaks_as`` names the indicator whose
    breaks in series the figure shares.
    """

    table: str
    column: str
    value: str
    note: str
    label: str = ""
    group: Literal["", "ehcp", "sen_support", "all_sen", "no_sen", "all"] = ""
    breaks_as: str = ""

    @model_validator(mode="after")
    def _says_whose_an_outcome_is(self) -> Self:
        if (self.table == "outcome") != bool(self.group):
            raise ValueError("group belongs to table outcome, and only there")
        return self


class Indicator(_Strict):
    """One indicator of the strategies; ``register.yml`` says what each field means."""

    slug: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    section: str
    frequency: Frequency
    status: Literal["recorded", "proposed", "added"]
    priority: str
    definition: str
    unit: str
    kind: Kind
    better: Literal["higher", "lower", "neither"]
    source: str
    owner: str
    due_days: int = Field(gt=0)
    success: str
    tested_by: Literal["strategy", "proposed"]
    data: Literal["published", "supplied", "not_available"]
    where: list[Where] = Field(default_factory=list)
    why: str = ""

    @model_validator(mode="after")
    def _says_where_its_figures_are(self) -> Self:
        if self.data == "published" and not self.where:
            raise ValueError("published without where; name the table")
        if (self.data == "not_available") != bool(self.why):
            raise ValueError("why belongs to not_available, and only there")
        return self

    @property
    def highest(self) -> float:
        """The most that a value can be; infinite without a natural end."""
        return 100.0 if self.kind == "percentage" else float("inf")


@dataclass(frozen=True)
class Register:
    """Every indicator by its short name, in the strategies' order.

    Parameters
    ----------
    indicators : Mapping[str, Indicator]
        By slug.
    """

    indicators: Mapping[str, Indicator]

    def __iter__(self) -> Iterator[Indicator]:
        return iter(self.indicators.values())

    def __getitem__(self, slug: str) -> Indicator:
        return self.indicators[slug]

    def __len__(self) -> int:
        return len(self.indicators)

    @property
    def supplied(self) -> tuple[Indicator, ...]:
        """Those whose figures an authority gives in a feed."""
        return tuple(entry for entry in self if entry.data == "supplied")

    @property
    def promised(self) -> tuple[Indicator, ...]:
        """Those of the strategies' own list; others were added since."""
        return tuple(entry for entry in self if entry.status != "added")

    def to_frame(self) -> pd.DataFrame:
        """One row for each indicator: its fields as columns, ``kpi`` for its short name.

        ``lowest`` and ``highest`` are the natural ends of its values.
        """
        rows = [entry.model_dump(exclude={"where"}) | {"highest": entry.highest} for entry in self]
        return pd.DataFrame(rows).rename(columns={"slug": "kpi"}).assign(lowest=0.0)


@cache
def read_register() -> Register:
    """The register that is part of the library.

    Raises
    ------
    DataError
        With every problem of the file and its line.
    """
    text = (files("sendlib.kpi") / FILE).read_text(encoding="utf-8")
    return to_register(parse(text, FILE))


def to_register(document: Document) -> Register:
    """A register from a parsed file.

    Raises
    ------
    DataError
        With every problem of the file and its line.
    """
    entries = document.value if isinstance(document.value, dict) else {}
    problems, found = list(document.problems), {}
    if not entries and not problems:
        problems.append(Problem("no indicators", document.name, "give each under its short name"))
    for slug, entry in entries.items():
        fields = entry if isinstance(entry, dict) else {}
        try:
            found[str(slug)] = Indicator.model_validate({**fields, "slug": str(slug)})
        except ValidationError as error:
            problems += _problems(document, slug, error)
    raise_any(DataError, "The register of indicators cannot be used.", problems)
    return Register(MappingProxyType(found))


def _problems(document: Document, slug: int | str, error: ValidationError) -> list[Problem]:
    return [
        Problem(
            f"{slug}: {detail['msg'].removeprefix('Value error, ')}",
            ", ".join([document.place((slug, *detail["loc"])), *map(str, detail["loc"])]),
        )
        for detail in error.errors()
    ]
