"""Scenarios: one complete set of assumptions, and others that change some of it.

A scenario is read once into a frozen object that remembers every change it
made. An unknown lever, two changes to one lever or a wrong type is an error
that names the file and the nearest lever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, StrictFloat, StrictInt, ValidationError
from pydantic_core import ErrorDetails

from sendlib.errors import Problem, ScenarioError, did_you_mean, raise_any
from sendlib.project import Project

BASELINE = "baseline"
Value = StrictInt | StrictFloat | str | dict[int, float]
_Light = Literal["red", "amber", "green"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Assumption(_Strict):
    """A value with its unit, date, source, quality of evidence and impact."""

    value: Value
    unit: str
    as_of: str
    source: str
    quality: _Light
    impact: _Light


class Change(_Strict):
    """One lever set to another value, and why."""

    lever: str
    value: Value
    unit: str
    why: str


class _File(_Strict):
    name: str
    question: str
    extends: str = ""
    assumptions: Mapping[str, Assumption] = {}
    changes: tuple[Change, ...] = ()


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
        Every lever, after the changes.
    applied : tuple[Applied, ...]
        The changes made to the baseline, in order.
    """

    slug: str
    name: str
    question: str
    assumptions: Mapping[str, Assumption]
    applied: tuple[Applied, ...] = ()

    def value(self, lever: str) -> Any:
        """The value of one lever.

        Raises
        ------
        ScenarioError
            If there is no such lever, with the nearest.
        """
        if lever not in self.assumptions:
            problem = Problem(f"{lever!r}", remedy=did_you_mean(lever, self.assumptions))
            raise ScenarioError("There is no such lever.", [problem])
        return self.assumptions[lever].value

    def record(self) -> dict[str, object]:
        """What a page and a run record say of the scenario: plain text values only."""
        changes = [
            {"lever": made.lever, "old": str(made.old), "new": str(made.new), "why": made.why}
            for made in self.applied
        ]
        return {"name": self.name, "question": self.question, "changes": changes}


def load_scenario(project: Project, slug: str) -> Scenario:
    """A scenario by its file's name, all its changes made.

    Raises
    ------
    ScenarioError
        If there is no such scenario, or its file has any problem.
    """
    return _load(project, slug, ())


def _load(project: Project, slug: str, below: tuple[str, ...]) -> Scenario:
    """A scenario, and the scenarios ``below`` that extend it, nearest last."""
    content = _read(project, slug, below)
    if not content.extends:
        if content.changes:
            problem = Problem(
                "changes without extends", f"scenarios/{slug}.yml", f"add: extends: {BASELINE}"
            )
            raise ScenarioError(f"Scenario {slug} cannot be used.", [problem])
        return Scenario(slug, content.name, content.question, content.assumptions)
    parent = _parent(project, slug, content, below)
    problems = _change_problems(content, parent, f"scenarios/{slug}.yml")
    raise_any(ScenarioError, f"Scenario {slug} cannot be used.", problems)
    changed = {
        change.lever: parent.assumptions[change.lever].model_copy(update={"value": change.value})
        for change in content.changes
    }
    applied = tuple(
        Applied(change.lever, parent.assumptions[change.lever].value, change.value, change.why)
        for change in content.changes
    )
    return Scenario(
        slug,
        content.name,
        content.question,
        {**parent.assumptions, **changed},
        (*parent.applied, *applied),
    )


def list_scenarios(project: Project) -> list[str]:
    """The names of the scenarios, the baseline first."""
    names = sorted(path.stem for path in project.scenarios.glob("*.yml"))
    return sorted(names, key=lambda name: name != BASELINE)


def _parent(project: Project, slug: str, content: _File, below: tuple[str, ...]) -> Scenario:
    if content.extends in (*below, slug):
        problem = Problem(
            f"{slug} extends {content.extends}, which extends it in turn"
            if below
            else f"{slug} extends itself",
            f"scenarios/{slug}.yml",
            f"extend {BASELINE}",
        )
        raise ScenarioError(f"Scenario {slug} cannot be used.", [problem])
    if content.assumptions:
        problem = Problem(
            "assumptions beside extends", f"scenarios/{slug}.yml", "give changes only"
        )
        raise ScenarioError(f"Scenario {slug} cannot be used.", [problem])
    return _load(project, content.extends, (*below, slug))


def _read(project: Project, slug: str, below: tuple[str, ...]) -> _File:
    path = project.scenarios / f"{slug}.yml"
    known = list_scenarios(project)
    if slug not in known:
        where = f"scenarios/{below[-1]}.yml, extends" if below else "scenario"
        problem = Problem(f"{slug!r}", where, did_you_mean(slug, known))
        raise ScenarioError("There is no such scenario.", [problem])
    return _parsed(path)


def _parsed(path: Path) -> _File:
    where = f"scenarios/{path.name}"
    try:
        return _File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise ScenarioError(f"{where} is not valid YAML.", [Problem(str(error), where)]) from error
    except UnicodeDecodeError as error:
        problem = Problem(str(error), where, "save the file as UTF-8")
        raise ScenarioError(f"{where} is not written in UTF-8.", [problem]) from error
    except ValidationError as error:
        problems = [
            Problem(_said(detail), ", ".join([where, *map(str, detail["loc"])]))
            for detail in error.errors()
        ]
        raise ScenarioError(f"{where} is not a scenario.", problems) from error


def _said(detail: ErrorDetails) -> str:
    """What is wrong with a field, with the value that was found unless it is a whole block."""
    found = detail["input"]
    shown = "" if isinstance(found, (dict, list)) else f"; found {found!r}"
    return f"{detail['msg']}{shown}"


def _kind(value: Value) -> str:
    """What kind of value it is; a whole number may stand for any number."""
    if isinstance(value, str):
        return "text"
    return "a number for each year" if isinstance(value, dict) else "a number"


def _fits(value: Value, expected: Value) -> bool:
    whole_wanted = isinstance(expected, int)
    return _kind(value) == _kind(expected) and not (whole_wanted and isinstance(value, float))


def _change_problems(content: _File, parent: Scenario, where: str) -> list[Problem]:
    problems = []
    seen: set[str] = set()
    for change in content.changes:
        if change.lever not in parent.assumptions:
            remedy = did_you_mean(change.lever, parent.assumptions)
            problems.append(Problem(f"unknown lever {change.lever!r}", where, remedy))
            continue
        expected = parent.assumptions[change.lever]
        if change.unit != expected.unit:
            remedy = f"give it in {expected.unit}"
            problems.append(
                Problem(f"lever {change.lever} is given in {change.unit}", where, remedy)
            )
        if not _fits(change.value, expected.value):
            kind = "a whole number" if isinstance(expected.value, int) else _kind(expected.value)
            problems.append(
                Problem(f"lever {change.lever} is {change.value!r}", where, f"give {kind}")
            )
        if change.lever in seen:
            problems.append(Problem(f"two changes to {change.lever}", where, "keep one"))
        seen.add(change.lever)
    return problems
