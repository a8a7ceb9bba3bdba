"""Scenarios in plain lines: they fit 80 columns and read well aloud, one fact after another."""

from collections.abc import Iterator, Sequence
from textwrap import fill

from sendlib.errors import Problem
from sendlib.scenarios import (
    AppliedChange,
    Assumption,
    Mitigation,
    Scenario,
    describe,
    differences,
    mitigation_differences,
)
from sendlib.scenarios.assumptions import Value
from sendlib.scenarios.tables import Difference

_WIDTH = 80
_STEP = 2


def listed(scenario: Scenario) -> str:
    """A scenario in three lines: its file and name, its question, how much it changes."""
    lines = [
        _line(f"{scenario.slug}: {scenario.name}"),
        _line(scenario.question, 1),
        _line(_size(scenario), 1),
    ]
    return "\n".join(lines)


def told(scenario: Scenario) -> str:
    """A whole scenario: every assumption, what was changed and why, and its mitigations."""
    lines = [listed(scenario), "", _line(f"Assumptions ({len(scenario.assumptions)})")]
    for lever, entry in scenario.assumptions.items():
        lines += ["", *_assumption(lever, entry, scenario.changes_to(lever))]
    if scenario.mitigations:
        lines += ["", _line(f"Mitigations ({len(scenario.mitigations)})")]
    for done in scenario.mitigations:
        lines += ["", *_mitigation(done)]
    return "\n".join(lines)


def checked(slugs: Sequence[str], remarks: Sequence[Problem]) -> str:
    """Which scenarios can be used, and what in them may not be meant."""
    lines = [_line(f"No problem found in: {', '.join(slugs)}")]
    if remarks:
        lines += [
            "",
            _line("Worth a look (it is used as it stands):"),
            *(_line(f"- {each}", 1) for each in remarks),
        ]
    return "\n".join(lines)


def compared(first: Scenario, second: Scenario) -> str:
    """What differs between two scenarios, lever by lever, then their mitigations."""
    found = differences(first, second)
    lines = [
        _line(f"{first.slug} and {second.slug}: {_count(len(found), 'lever')} set differently")
    ]
    for each in found:
        lines += ["", *_difference(each, first.slug, second.slug)]
    headings = (
        f"Mitigations of {first.slug} only:",
        f"Mitigations of {second.slug} only:",
        "Mitigations of both that are not the same in each:",
    )
    for heading, names in zip(headings, mitigation_differences(first, second), strict=True):
        if names:
            lines += ["", _line(heading), *(_line(f"- {name}", 1) for name in names)]
    return "\n".join(lines)


def _size(scenario: Scenario) -> str:
    """How much a scenario changes."""
    if not scenario.changed and not scenario.mitigations:
        return "changes nothing"
    told = [_count(len(scenario.changed), "change")]
    if scenario.mitigations:
        told.append(_count(len(scenario.mitigations), "mitigation"))
    return ", ".join(told)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _assumption(lever: str, entry: Assumption, changes: Sequence[AppliedChange]) -> Iterator[str]:
    mark = " (changed)" if changes else ""
    yield from _valued(f"{lever}{mark}", entry.value, entry.unit, 0)
    yield _line(f"meaning: {entry.meaning}", 1)
    for made in changes:
        yield from _valued("changed from", made.old, entry.unit, 1)
        yield _line(f"why: {made.why}", 1)
    if entry.valid_range:
        yield _line(f"may be set to: {entry.valid_range}", 1)
    source = "baseline's source" if changes else "source"
    yield _line(f"as of {entry.as_of}; quality {entry.quality}, impact {entry.impact}", 1)
    yield _line(f"{source}: {entry.source}", 1)


def _mitigation(done: Mitigation) -> Iterator[str]:
    yield _line(done.name)
    yield _line(f"owner: {done.owner}", 1)
    yield _line(f"from January {done.start}, in full from January {done.in_full_from}", 1)
    yield _line(f"confidence: {describe(done.confidence_pct)}% of the effect is counted on", 1)
    spent = ", ".join(f"£{pounds:,.0f} in {year}" for year, pounds in done.investment_gbp.items())
    yield _line(f"investment: {spent or 'none stated'}", 1)
    for effect in done.effects:
        yield _line(f"planned effect on {effect.lever}: {describe(effect.record)}", 1)
    yield _line(f"evidence: {done.evidence}", 1)


def _difference(each: Difference, first: str, second: str) -> Iterator[str]:
    yield _line(each.lever)
    yield from _valued(first, each.first, each.unit, 1)
    yield from _valued(second, each.second, each.unit, 1)
    for why in each.whys:
        yield _line(f"why: {why}", 1)


def _valued(label: str, value: Value, unit: str, depth: int) -> Iterator[str]:
    """A value after its label; each record of a list on a line of its own."""
    if isinstance(value, tuple) and value:
        yield _line(f"{label}: {_count(len(value), 'record')} [{unit}]", depth)
        yield from (_line(f"- {describe(record)}", depth + 1) for record in value)
        return
    yield _line(f"{label}: {_money(value, unit)} [{unit}]", depth)


def _money(value: Value, unit: str) -> str:
    """A value as text; pounds with commas between the thousands."""
    if unit.startswith("£") and isinstance(value, (int, float)):
        return f"{value:,.12g}"
    return describe(value)


def _line(text: str, depth: int = 0) -> str:
    """A line, folded where it is too long, the rest of it one step further in."""
    indent = " " * _STEP * depth
    more = indent + " " * _STEP
    return fill(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=more,
        break_long_words=False,
        break_on_hyphens=False,
    )
