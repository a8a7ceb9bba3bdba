"""Invented scenario files: a small baseline with every kind of lever, and files beside it."""

from pathlib import Path

import yaml

from sendlib.project import Project


def assumption(value, unit="plans", **limits):
    return {
        "meaning": "m",
        "value": value,
        "unit": unit,
        "as_of": "2026",
        "source": "s",
        "quality": "red",
        "impact": "red",
        **limits,
    }


BASELINE = {
    "name": "Baseline",
    "question": "As is?",
    "assumptions": {
        "a.count": assumption(5),
        "a.rate": assumption(0.5, "share", least=0, most=1),
        "a.way": assumption("x", "text"),
        "a.path": assumption({2026: 1, 2027: 2.5}, "%", least=-5, most=20),
        "cohort.rate_changes": assumption([], "% of a rate"),
        "cohort.redirections": assumption([], "% of a stream"),
        "cohort.capacities": assumption([], "places"),
        "cohort.added_places": assumption([], "places"),
    },
}

HEAD = """\
name: Other
question: What if?
extends: baseline
"""  # three lines, so that what follows begins on the fourth


def change(lever="a.count", value=6, unit="plans", why="because"):
    return {"lever": lever, "value": value, "unit": unit, "why": why}


def extending(*changes, extends="baseline", **more):
    head = {"name": "Other", "question": "What if?", "extends": extends}
    return {**head, "changes": list(changes), **more}


def redirection(**fields):
    return {
        "flow": "join",
        "from_place": "independent_special",
        "to_place": "resourced_provision",
        "share_pct": 40,
    } | fields


def mitigation(name="Bases", *effects, **fields):
    """One in the register: from 2027 over four years, half of its effect counted on."""
    effects = effects or ({"lever": "cohort.redirections", "record": redirection()},)
    return {
        "name": name,
        "owner": "Head of SEND",
        "start": 2027,
        "phased_over": 4,
        "confidence_pct": 50,
        "investment_gbp": {"2026-27": 250_000},
        "evidence": "A pilot",
        "effects": list(effects),
    } | fields


class Plain(yaml.SafeDumper):
    """Writes a value out each time, as a person does."""

    def ignore_aliases(self, data) -> bool:
        return True


def write_scenarios(root: Path, **files) -> Project:
    """A project whose scenarios are the baseline and ``files``: text, or content to dump."""
    (root / "scenarios").mkdir(parents=True, exist_ok=True)
    for name, content in ({"baseline": BASELINE} | files).items():
        text = (
            content
            if isinstance(content, str)
            else yaml.dump(content, Dumper=Plain, sort_keys=False)
        )
        (root / "scenarios" / f"{name}.yml").write_text(text, encoding="utf-8")
    return Project(root)
