"""One scenario: every assumption, what was changed, and the mitigations in force."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sendlib.errors import Problem, ScenarioError, did_you_mean
from sendlib.scenarios.assumptions import Assumption, Value, shown
from sendlib.scenarios.mitigations import Mitigation

BASELINE = "baseline"


@dataclass(frozen=True)
class Applied:
    """A change as it was made: the lever, the old value, the new one, and why."""

    lever: str
    old: Value
    new: Value
    why: str


@dataclass(frozen=True)
class Scenario:
    """A complete set of assumptions.

    Parameters
    ----------
    slug : str
        The file's name without its ending.
    name, question : str
        What a page calls it and the question it answers.
    assumptions : Mapping[str, Assumption]
        Every lever, after the changes and before the mitigations.
    changed : tuple[Applied, ...]
        The changes made to the baseline, in order.
    mitigations : tuple[Mitigation, ...]
        In force, in order; ``value`` gives the levers with their effects.
    """

    slug: str
    name: str
    question: str
    assumptions: Mapping[str, Assumption]
    changed: tuple[Applied, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()

    def value(self, lever: str) -> Any:
        """The value of one lever, the effects of the mitigations appended.

        Raises
        ------
        ScenarioError
            If there is no such lever, with the nearest.
        """
        if lever not in self.assumptions:
            problem = Problem(f"{lever!r}", remedy=did_you_mean(lever, self.assumptions))
            raise ScenarioError("There is no such lever.", [problem])
        own = self.assumptions[lever].value
        if not isinstance(own, tuple):
            return own
        return (*own, *(record for done in self.mitigations for record in done.records(lever)))

    def changes_to(self, lever: str) -> tuple[Applied, ...]:
        """The changes made to one lever, in order."""
        return tuple(made for made in self.changed if made.lever == lever)

    @property
    def applied(self) -> tuple[Applied, ...]:
        """The changes in order, then what each mitigation adds to each lever."""
        added = []
        for count, done in enumerate(self.mitigations):
            before = replace(self, mitigations=self.mitigations[:count])
            for lever in dict.fromkeys(effect.lever for effect in done.effects):
                old = before.value(lever)
                why = f"{done.name}: {done.evidence}"
                added.append(Applied(lever, old, (*old, *done.records(lever)), why))
        return (*self.changed, *added)

    def without_mitigations(self) -> "Scenario":
        """The same scenario with nothing done."""
        return replace(self, mitigations=())

    def without(self, name: str) -> "Scenario":
        """The same scenario with one mitigation left out, all others in.

        Raises
        ------
        ScenarioError
            If there is no such mitigation, with the nearest.
        """
        names = [done.name for done in self.mitigations]
        if name not in names:
            problem = Problem(f"{name!r}", f"scenario {self.slug}", did_you_mean(name, names))
            raise ScenarioError("There is no such mitigation.", [problem])
        kept = tuple(done for done in self.mitigations if done.name != name)
        return replace(self, mitigations=kept)

    def record(self) -> dict[str, object]:
        """What a page and a run record say of the scenario: plain text values only."""
        changes = [
            {"lever": made.lever, "old": shown(made.old), "new": shown(made.new), "why": made.why}
            for made in self.applied
        ]
        return {
            "name": self.name,
            "question": self.question,
            "changes": changes,
            "mitigations": [_register_entry(done) for done in self.mitigations],
        }


def _register_entry(done: Mitigation) -> dict[str, str]:
    """A mitigation as it was planned, in text."""
    given = done.model_dump(exclude={"effects"})
    return {
        **{name: shown(value) for name, value in given.items()},
        "effects": done.effects_planned,
    }
