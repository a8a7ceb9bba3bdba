"""Changes of one lever by some size: what a tornado tries, and what a goal seek turns."""

import json
from bisect import bisect_left
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, get_args

import numpy as np
import pandas as pd

from sendlib.errors import ScenarioError
from sendlib.finance.levers import CHECKERS, in_force
from sendlib.scenarios import SIZES, Assumption, Scenario, with_value
from sendlib.scenarios.assumptions import Record, Records
from sendlib.scenarios.scenario import with_records

Kind = Literal["add", "set", "record"]
_SHARE = "share_pct"
_STEPS, _DIGITS = 100, 6


@dataclass(frozen=True)
class LeverChange:
    """One lever, and how a size changes it.

    Parameters
    ----------
    name : str
        What a page calls it.
    lever : str
        The lever.
    kind : str
        ``add`` to its value, ``set`` it, or add a ``record`` of that size.
    unit : str
        Of the size.
    from_year : int
        From when it acts, of records and of values by year.
    records : tuple[Record, ...]
        Of a list lever, without their size. A share below nothing goes the
        other way: from where it led to where it came from.
    """

    name: str
    lever: str
    kind: Kind
    unit: str
    from_year: int
    records: Records = ()

    def applied(self, scenario: Scenario, size: float) -> Scenario:
        """A scenario with the lever moved."""
        own = scenario.assumptions[self.lever].value if self.kind != "record" else ()
        if self.kind == "record":
            added = [self._sized(record, size) for record in self.records] if size else []
            return with_records(scenario, self.lever, added, why=self.name)
        if isinstance(own, dict):
            return with_value(scenario, self.lever, self._by_year(own, size), why=self.name)
        before = own if self.kind == "add" and isinstance(own, (int, float)) else 0.0
        return with_value(scenario, self.lever, before + size, why=self.name)

    def within(self, scenario: Scenario, size: float) -> float:
        """The size, or the nearest to it on the way from nothing that a scenario allows.

        Limits bound a number. A record is bounded by those that the scenario
        has: shares of one stream may not add up to more than the whole.
        """
        if self.kind == "record":
            return self._last_valid(scenario, size)
        entry = scenario.assumptions[self.lever]
        values = _values_from(entry, self.from_year) if self.kind == "add" else [0.0]
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

    def _last_valid(self, scenario: Scenario, size: float) -> float:
        """The last of a hundred equal steps to a size that is valid, none before it invalid."""
        if self.is_valid(scenario, size):
            return size
        step = size / _STEPS
        beyond = bisect_left(
            range(_STEPS), True, key=lambda taken: not self.is_valid(scenario, taken * step)
        )
        return float(round(max(beyond - 1, 0) * step, _DIGITS))

    def _by_year(self, own: dict[int, float], size: float) -> dict[int, float]:
        """Values by year, each from the first year of the change on."""
        before = {year: value for year, value in own.items() if year < self.from_year}
        if self.kind == "set":
            return {**before, self.from_year: size}
        later = sorted({self.from_year, *(year for year in own if year > self.from_year)})
        return {**before, **{year: in_force(own, year) + size for year in later}}

    def _sized(self, record: Record, size: float) -> Record:
        field = SIZES[self.lever]
        timed = {**record, "from_year": self.from_year, field: size}
        if field == _SHARE and size < 0:
            turned = {"from_place": record["to_place"], "to_place": record["from_place"]}
            return {**timed, **turned, field: -size}
        return timed


def read_changes(file: str, *, origin: int) -> list[tuple[LeverChange, pd.Series]]:
    """The changes that a table of the package declares, each with its row."""
    with (files("sendlib.finance") / file).open(encoding="utf-8") as source:
        table = pd.read_csv(source, keep_default_na=False)
    return [(_change(row, origin), row) for _, row in table.iterrows()]


def _change(row: pd.Series, origin: int) -> LeverChange:
    kind: Kind = next(one for one in get_args(Kind) if one == row["kind"])
    records = tuple(json.loads(row["records"])) if row["records"] else ()
    from_year = origin + int(row["years_on"])
    return LeverChange(row["name"], row["lever"], kind, row["unit"], from_year, records)


def _values_from(entry: Assumption, year: int) -> list[float]:
    """The values of a lever that are in force in a year or later."""
    value = entry.value
    if isinstance(value, dict):
        return [in_force(value, year), *(number for at, number in value.items() if at > year)]
    return [float(value)] if isinstance(value, (int, float)) else [0.0]
