"""Changes of one lever by some size: what a tornado tries, and what a goal seek varies."""

import json
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, get_args

import numpy as np
import pandas as pd

from sendlib.cohort.levers import latest_value
from sendlib.errors import ScenarioError
from sendlib.finance.levers import CHECKERS
from sendlib.scenarios import SIZES, Scenario, with_value
from sendlib.scenarios.assumptions import Record, Records

PerturbationKind = Literal["add", "set", "record"]
_STEPS, _DIGITS = 100, 6


@dataclass(frozen=True)
class Perturbation:
    """One lever, and how a size changes it.

    A share below nothing in a record goes the other way: from where it led to
    where it came from.
    """

    name: str  # what a page calls it
    lever: str
    kind: PerturbationKind  # add to the lever's value, set it, or add records of the size
    unit: str  # of the size
    from_year: int  # of records and of values by year
    records: Records = ()  # of a list lever, without their size

    def applied(self, scenario: Scenario, size: float) -> Scenario:
        """A scenario with the lever changed."""
        own = scenario.assumptions[self.lever].value
        if self.kind == "record" and isinstance(own, tuple):
            added = [self._sized(record, size) for record in self.records] if size else []
            return with_value(scenario, self.lever, (*own, *added), why=self.name)
        if isinstance(own, dict):
            return with_value(scenario, self.lever, self._by_year(own, size), why=self.name)
        before = own if self.kind == "add" and isinstance(own, (int, float)) else 0.0
        return with_value(scenario, self.lever, before + size, why=self.name)

    def within(self, scenario: Scenario, size: float) -> float:
        """The size, or the nearest to it on the way from nothing that a scenario allows.

        Limits bound a number; the scenario's own records bound a record. Of a size that is not
        valid, the last of a hundred equal steps that is.
        """
        if self.kind == "record":
            if self.is_valid(scenario, size):
                return size
            sizes = [taken * (size / _STEPS) for taken in range(_STEPS)]
            return float(round(sizes[self.last_valid(scenario, sizes)], _DIGITS))
        entry = scenario.assumptions[self.lever]
        own = entry.value if self.kind == "add" else 0.0
        values = [float(own)] if isinstance(own, (int, float)) else [0.0]
        if isinstance(own, dict):
            later = (number for at, number in own.items() if at > self.from_year)
            values = [latest_value(own, self.from_year), *later]
        least = -np.inf if entry.least is None else entry.least - min(values)
        most = np.inf if entry.most is None else entry.most - max(values)
        return float(np.clip(size, least, most))

    def is_valid(self, scenario: Scenario, size: float) -> bool:
        """Whether the levers can be used with this change; nothing is run."""
        try:
            changed = self.applied(scenario, size)
        except ScenarioError:
            return False
        if self.kind != "record":
            return True
        (check,) = (CHECKERS[prefix] for prefix in CHECKERS if self.lever.startswith(prefix))
        return not check({self.lever: changed.value(self.lever)})

    def last_valid(self, scenario: Scenario, sizes: Sequence[float]) -> int:
        """The position of the last of some sizes that is valid, by bisection from the first on."""
        beyond = bisect_left(sizes, True, key=lambda size: not self.is_valid(scenario, size))
        return max(beyond - 1, 0)

    def _by_year(self, own: dict[int, float], size: float) -> dict[int, float]:
        """Values by year, each from the first year of the change on."""
        before = {year: value for year, value in own.items() if year < self.from_year}
        if self.kind == "set":
            return {**before, self.from_year: size}
        later = sorted({self.from_year, *(year for year in own if year > self.from_year)})
        return {**before, **{year: latest_value(own, year) + size for year in later}}

    def _sized(self, record: Record, size: float) -> Record:
        field = SIZES[self.lever]
        timed = {**record, "from_year": self.from_year, field: size}
        if field == "share_pct" and size < 0:
            turned = {"from_place": record["to_place"], "to_place": record["from_place"]}
            return {**timed, **turned, field: -size}
        return timed


def read_perturbations(file: str, *, origin: int) -> list[tuple[Perturbation, pd.Series]]:
    """The perturbations that a table of the package declares, each with its row."""
    with (files("sendlib.finance") / file).open(encoding="utf-8") as source:
        table = pd.read_csv(source, keep_default_na=False)
    return [
        (
            Perturbation(
                row["name"],
                row["lever"],
                next(kind for kind in get_args(PerturbationKind) if kind == row["kind"]),
                row["unit"],
                origin + int(row["years_on"]),
                tuple(json.loads(row["records"])) if row["records"] else (),
            ),
            row,
        )
        for _, row in table.iterrows()
    ]
