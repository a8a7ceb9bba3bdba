"""Scenarios in plain lines: they fit 80 columns and read well aloud, one fact after another."""

from collections.abc import Sequence
from textwrap import fill

from sendlib.errors import Problem
from sendlib.scenarios import Scenario, in_text, lever_differences, mitigation_differences
from sendlib.scenarios.assumptions import Value

_WIDTH = 80


def summarise_scenario(scenario: Scenario) -> str:
    """A scenario in three lines: its file and name, its question, how much it changes."""
    return _fold(_summary(scenario))


def describe_scenario(scenario: Scenario) -> str:
    """A scenario: every assumption, what was changed and why, and its mitigations."""
    lines = [*_summary(scenario), "", f"Assumptions ({len(scenario.assumptions)})"]
    for lever, entry in scenario.assumptions.items():
        changes = scenario.changes_to(lever)
        mark, source = (" (changed)", "baseline's source") if changes else ("", "source")
        lines += ["", *_value(f"{lever}{mark}", entry.value, entry.unit)]
        lines += [f"  meaning: {entry.meaning}"]
        for change in changes:
            lines += [*_value("  changed from", change.old, entry.unit), f"  why: {change.why}"]
        lines += [f"  may be set to: {entry.valid_range}"] if entry.valid_range else []
        lines += [
            f"  as of {entry.as_of}; quality {entry.quality}, impact {entry.impact}",
            f"  {source}: {entry.source}",
        ]
    if scenario.mitigations:
        lines += ["", f"Mitigations ({len(scenario.mitigations)})"]
    for each in scenario.mitigations:
        costs = (f"£{pounds:,.0f} in {year}" for year, pounds in each.investment_gbp.items())
        lines += [
            "",
            each.name,
            f"  owner: {each.owner}",
            f"  from January {each.start}, in full from January {each.in_full_from}",
            f"  confidence: {in_text(each.confidence_pct)}% of the effect is counted on",
            f"  investment: {', '.join(costs) or 'none stated'}",
            *(f"  planned effect on {one.lever}: {in_text(one.record)}" for one in each.effects),
            f"  evidence: {each.evidence}",
        ]
    return _fold(lines)


def describe_check(slugs: Sequence[str], remarks: Sequence[Problem]) -> str:
    """Which scenarios can be used, and what in them may not be meant."""
    lines = [f"No problem found in: {', '.join(slugs)}"]
    if remarks:
        lines += ["", "Worth a look (it is used as it stands):", *(f"  - {one}" for one in remarks)]
    return _fold(lines)


def describe_differences(first: Scenario, second: Scenario) -> str:
    """What differs between two scenarios, lever by lever, then their mitigations."""
    levers = lever_differences(first, second)
    lines = [f"{first.slug} and {second.slug}: {_count(len(levers), 'lever')} set differently"]
    for lever in levers:
        lines += ["", lever]
        for one in (first, second):
            entry = one.assumptions[lever]
            lines += _value(f"  {one.slug}", entry.value, entry.unit)
        changes = (one.changes_to(lever)[-1:] for one in (first, second))
        lines += [f"  why: {change.why}" for last in changes for change in last if change.why]
    headings = (
        f"Mitigations of {first.slug} only:",
        f"Mitigations of {second.slug} only:",
        "Mitigations of both that are not the same in each:",
    )
    for heading, names in zip(headings, mitigation_differences(first, second), strict=True):
        lines += ["", heading, *(f"  - {name}" for name in names)] if names else []
    return _fold(lines)


def _summary(scenario: Scenario) -> list[str]:
    counts = {"change": len(scenario.changed), "mitigation": len(scenario.mitigations)}
    size = [_count(number, noun) for noun, number in counts.items() if number or noun == "change"]
    words = ", ".join(size) if any(counts.values()) else "changes nothing"
    return [f"{scenario.slug}: {scenario.name}", f"  {scenario.question}", f"  {words}"]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _value(label: str, value: Value, unit: str) -> list[str]:
    """A value after its label; each record of a list on a line of its own, pounds with commas."""
    if isinstance(value, tuple) and value:
        indent = " " * (len(label) - len(label.lstrip()) + 2)
        records = [f"{indent}- {in_text(record)}" for record in value]
        return [f"{label}: {_count(len(value), 'record')} [{unit}]", *records]
    is_money = unit.startswith("£") and isinstance(value, (int, float))
    return [f"{label}: {f'{value:,.12g}' if is_money else in_text(value)} [{unit}]"]


def _fold(lines: Sequence[str]) -> str:
    """Lines, those that are too long folded, the rest of each one step further in."""
    return "\n".join(
        fill(
            line.lstrip(),
            _WIDTH,
            initial_indent=" " * (len(line) - len(line.lstrip())),
            subsequent_indent=" " * (len(line) - len(line.lstrip()) + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in lines
    )
