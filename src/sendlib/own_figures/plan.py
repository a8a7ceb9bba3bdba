"""What an authority plans, as its own workbook states it: seats, top-ups and mitigations.

Each is a part of a scenario, so that it is checked and run as every scenario is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from sendlib.errors import Problem
from sendlib.finance.levers import CHECKERS
from sendlib.project import Project
from sendlib.scenarios import BASELINE, LAST_YEAR
from sendlib.scenarios.load import attempt

TOP_UPS_LEVER = "finance.top_up_uplift"
ACTIONS: Mapping[str, str] = {
    "Joiners sent elsewhere": "cohort.redirections",
    "Movers sent elsewhere": "cohort.redirections",
    "Joiners": "cohort.rate_changes",
    "Cost of a place": "finance.price_changes",
}
_LAWFUL = {"name": "own", "owner": "", "start": LAST_YEAR, "confidence_pct": 100, "evidence": "own"}
_LAWFUL_EFFECT = {"lever": "finance.price_changes", "record": {"places": [], "pct": -1.0}}


@dataclass(frozen=True, eq=False)
class OwnPlan:
    """Changes and mitigations of a scenario, each with the row of the workbook it comes from."""

    top_ups: list[tuple[int, dict[str, Any], str]] = field(default_factory=list)  # and why
    mitigations: list[tuple[list[int], dict[str, Any]]] = field(default_factory=list)  # by effect

    def content(self, name: str) -> dict[str, Any]:
        """The scenario as its file holds it."""
        why = "; ".join(dict.fromkeys(each for *_, each in self.top_ups))
        change = {"lever": TOP_UPS_LEVER, "unit": "% of a top-up", "why": why}
        raised = [record for _, record, _ in self.top_ups]
        return {
            "name": name,
            "question": "What if places, top-ups and mitigations come as the authority plans them?",
            "extends": BASELINE,
            "changes": [{**change, "value": raised}] if raised else [],
            "mitigations": [done for _, done in self.mitigations],
        }

    def __bool__(self) -> bool:
        return bool(self.top_ups or self.mitigations)

    def faults(self, project: Project) -> Iterator[tuple[int, Problem]]:
        """What a scenario of each row alone would be refused for, by row; then of all together.

        A mitigation and its effects are tried apart, so that one fault does not hide another.
        """
        alone = [(raised[0], OwnPlan(top_ups=[raised])) for raised in self.top_ups]
        for rows, done in self.mitigations:
            parts = [(rows[0], {**done, "effects": [_LAWFUL_EFFECT]})]
            parts += [
                (row, {**_LAWFUL, "effects": [effect]})
                for row, effect in zip(rows, done["effects"], strict=True)
            ]
            alone += [(row, OwnPlan(mitigations=[([row], part)])) for row, part in parts]
        found = [(row, each) for row, plan in alone for each in _problems(project, plan)]
        if not found and alone:
            found = [(alone[0][0], each) for each in _problems(project, self)]
        yield from dict.fromkeys(found)


def _problems(project: Project, plan: OwnPlan) -> Sequence[Problem]:
    text = yaml.safe_dump(plan.content("own rows"), sort_keys=False, allow_unicode=True)
    return attempt(project, "own-rows", text=text, checkers=CHECKERS).problems


def effect_of(action: str, place: str, to_place: str, size: float) -> dict[str, Any]:
    """A row of the sheet Mitigations as an effect of a scenario."""
    record: dict[str, Any] = {"places": [place], "pct": size}
    if "sent" in action:
        flow = "join" if action.startswith("Joiners") else "move"
        record = {"flow": flow, "from_place": place, "to_place": to_place, "share_pct": size}
    elif action == "Joiners":
        record = {"flow": "join", **record}
    return {"lever": ACTIONS[action], "record": record}
