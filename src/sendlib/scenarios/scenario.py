"""One scenario: every assumption, what was changed, the mitigations; and how two differ."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Any

import pandas as pd
from pydantic import AfterValidator, Field

from sendlib.errors import Problem, ScenarioError, did_you_mean, raise_any
from sendlib.fields import FieldError, Strict, share_for_percentage
from sendlib.periods import financial_year_start
from sendlib.scenarios.assumptions import (
    Assumption,
    Percent,
    Record,
    Records,
    Value,
    Year,
    as_value,
    in_horizon,
    in_text,
)

BASELINE = "baseline"

# What holds the size of an effect, in the records of each lever that has one. A limit or a
# closure is there or not: it has no size, and confidence leaves it alone.
SIZES: Mapping[str, str] = MappingProxyType(
    {
        "cohort.redirections": "share_pct",
        "cohort.rate_changes": "pct",
        "finance.price_changes": "pct",
        "finance.top_up_uplift": "pct",
    }
)


def _known_financial_year(year: str) -> str:
    in_horizon(financial_year_start(year))
    return year


def _no_share_of_one(pct: float) -> float:
    if slip := share_for_percentage(pct):
        raise FieldError(slip)
    return pct


FinancialYear = Annotated[str, AfterValidator(_known_financial_year)]
Confidence = Annotated[Percent, AfterValidator(_no_share_of_one)]


class Effect(Strict):
    """A record that a mitigation adds to a lever."""

    lever: str
    record: Record


class Mitigation(Strict):
    """Something done to lower cost or demand, whose effects pass through the model."""

    name: str = Field(min_length=1)
    owner: str
    start: Year  # the January from which it acts
    phased_over: int = Field(default=1, ge=1)  # [years, in equal steps]
    confidence_pct: Confidence  # the share of the planned effect that is counted on
    investment_gbp: Mapping[FinancialYear, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = (
        Field(default_factory=dict)
    )
    evidence: str
    effects: tuple[Effect, ...] = Field(min_length=1)  # as planned, before confidence

    @property
    def in_full_from(self) -> int:
        """The January from which all of it is in force."""
        return self.start + self.phased_over - 1

    @property
    def effects_planned(self) -> str:
        """The planned effects as a person reads them."""
        return "; ".join(f"{effect.lever}: {in_text(effect.record)}" for effect in self.effects)

    def records(self, lever: str) -> Records:
        """What the mitigation adds to a lever, as much of it as is counted on.

        A record whose lever has a size starts and is phased as the mitigation
        is, unless it says otherwise itself.
        """
        return tuple(self._counted(effect) for effect in self.effects if effect.lever == lever)

    def _counted(self, effect: Effect) -> Record:
        if effect.lever not in SIZES:
            return effect.record
        timed = {"from_year": self.start, "phased_over": self.phased_over, **effect.record}
        field = SIZES[effect.lever]
        size = timed.get(field)
        if isinstance(size, (int, float)) and not isinstance(size, bool):
            timed[field] = size * self.confidence_pct / 100
        return timed


@dataclass(frozen=True)
class AppliedChange:
    """A change to a lever as it was applied."""

    lever: str
    old: Value
    new: Value
    why: str


@dataclass(frozen=True)
class Scenario:
    """A complete set of assumptions."""

    slug: str  # the file's name without its ending
    name: str
    question: str
    assumptions: Mapping[str, Assumption]  # every lever, before the mitigations
    changed: tuple[AppliedChange, ...] = ()  # to the baseline, in order
    mitigations: tuple[Mitigation, ...] = ()

    def value(self, lever: str) -> Any:
        """The value of one lever, the effects of the mitigations appended."""
        own = self.assumption(lever).value
        if not isinstance(own, tuple):
            return own
        return (*own, *(record for done in self.mitigations for record in done.records(lever)))

    def assumption(self, lever: str) -> Assumption:
        """The entry of one lever; ScenarioError with the nearest if there is none."""
        if lever not in self.assumptions:
            remedy = did_you_mean(lever, self.assumptions)
            problem = Problem("lever_not_found", f"{lever!r}", remedy=remedy)
            raise ScenarioError("There is no such lever.", [problem])
        return self.assumptions[lever]

    def changes_to(self, lever: str) -> tuple[AppliedChange, ...]:
        """The changes to one lever, in order."""
        return tuple(change for change in self.changed if change.lever == lever)

    @property
    def applied(self) -> tuple[AppliedChange, ...]:
        """The changes in order, then what each mitigation adds to each lever."""
        added = []
        for count, done in enumerate(self.mitigations):
            before = replace(self, mitigations=self.mitigations[:count])
            for lever in dict.fromkeys(effect.lever for effect in done.effects):
                old = before.value(lever)
                why = f"{done.name}: {done.evidence}"
                added.append(AppliedChange(lever, old, (*old, *done.records(lever)), why))
        return (*self.changed, *added)

    def before_changes(self, *, but: Collection[str] = ()) -> "Scenario":
        """The baseline that it changes: some levers as they are, and nothing done."""
        first = {each.lever: each.old for each in reversed(self.changed) if each.lever not in but}
        old = {lever: self.assumptions[lever].with_value(value) for lever, value in first.items()}
        left = tuple(each for each in self.changed if each.lever in but)
        assumptions = {**self.assumptions, **old}
        return replace(self, assumptions=assumptions, changed=left, mitigations=())

    def without_mitigations(self) -> "Scenario":
        """The same scenario with nothing done."""
        return replace(self, mitigations=())

    def without(self, name: str) -> "Scenario":
        """The same scenario with the mitigation of a name left out, all others in."""
        return replace(self, mitigations=tuple(x for x in self.mitigations if x.name != name))

    def record(self) -> dict[str, object]:
        """What a page and a run record say of the scenario: plain text values only."""
        changes = [
            {"lever": each.lever, "old": in_text(each.old), "new": in_text(each.new)}
            | {"why": each.why}
            for each in self.applied
        ]
        register = [
            {name: in_text(value) for name, value in done.model_dump(exclude={"effects"}).items()}
            | {"effects": done.effects_planned}
            for done in self.mitigations
        ]
        head = {"name": self.name, "question": self.question}
        return {**head, "changes": changes, "mitigations": register}


def with_value(scenario: Scenario, lever: str, value: object, *, why: str = "") -> Scenario:
    """The same scenario, mitigations included, with one lever at another value.

    Raises
    ------
    ScenarioError
        If there is no such lever, or it does not take the value. Records of a
        list are checked by the part of the model that they act on, when it runs.
    """
    entry = scenario.assumption(lever)
    headline = f"Lever {lever} cannot be set so."
    try:
        wanted = as_value(value)
    except ValueError as error:
        problem = Problem("invalid_lever_value", str(error), lever)
        raise ScenarioError(headline, [problem]) from error
    problems = [problem for _, problem in entry.faults(lever, wanted)]
    raise_any(ScenarioError, headline, problems)
    new = entry.with_value(wanted)
    if new.value == entry.value:
        return scenario
    applied = (*scenario.changed, AppliedChange(lever, entry.value, new.value, why))
    return replace(scenario, assumptions={**scenario.assumptions, lever: new}, changed=applied)


def lever_differences(first: Scenario, second: Scenario) -> list[str]:
    """The levers that two scenarios set differently, in the order of the baseline."""
    return [
        lever
        for lever, entry in first.assumptions.items()
        if entry.value != second.assumptions[lever].value
    ]


def mitigation_differences(
    first: Scenario, second: Scenario
) -> tuple[list[str], list[str], list[str]]:
    """The names of mitigations of the first only, of the second only, and set differently."""
    before, after = ({each.name: each for each in one.mitigations} for one in (first, second))
    return (
        [name for name in before if name not in after],
        [name for name in after if name not in before],
        [name for name in before if name in after and before[name] != after[name]],
    )


def key_assumptions(scenario: Scenario) -> pd.DataFrame:
    """What results move with and evidence does not settle, and what the scenario changes.

    Returns
    -------
    pd.DataFrame
        ``assumption``, ``value`` with its unit, and ``evidence`` ("good", "fair" or
        "weak"), in the file's order: those of large impact without good evidence, and
        all that the scenario sets otherwise than the baseline.
    """
    evidence = {"green": "good", "amber": "fair", "red": "weak"}
    rows = [
        (f"{entry.meaning[:1].upper()}{entry.meaning[1:]}", _value(entry), evidence[entry.quality])
        for lever, entry in scenario.assumptions.items()
        if scenario.changes_to(lever)
        or (entry.impact == "red" and entry.quality != "green" and not entry.is_list)
    ]
    return pd.DataFrame(rows, columns=["assumption", "value", "evidence"])


def _value(entry: Assumption) -> str:
    """A value with its unit; of a list its length, of values by year the last two."""
    if isinstance(entry.value, tuple):
        return f"{len(entry.value)} entries, {entry.unit}"
    if isinstance(entry.value, Mapping):
        last = in_text(dict(list(entry.value.items())[-2:]))
        return f"{last} ({entry.unit}; earlier years are in the file)"
    if entry.unit.startswith("year"):
        return in_text(entry.value)
    return f"{in_text(entry.value)}{'' if entry.unit.startswith('%') else ' '}{entry.unit}"
