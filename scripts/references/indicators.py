"""The page of indicators: one table of all, then each in full."""

import re
from collections import Counter
from collections.abc import Iterator

from references.markdown import codes, grid, opening
from sendlib.kpi import Indicator, Register

_HEADINGS = ("Indicator", "Due", "Unit", "Which way", "Priority", "Data")
_WAYS = {"higher": "Higher is better", "lower": "Lower is better", "neither": "Neither way"}
_SOURCES = {
    "published": "published",
    "supplied": "supplied by the authority",
    "not_available": "not available",
}


def write_page(register: Register) -> str:
    """The register as Markdown."""
    listed = [entry for entry in register if entry.status != "added"]
    often, status = (
        Counter(getattr(each, of) for each in listed) for of in ("frequency", "status")
    )
    data, since = Counter(entry.data for entry in register), len(register) - len(listed)
    opened = opening(
        "Indicators",
        "`src/sendlib/kpi/register.yml`",
        f"{len(listed)} indicators that the strategies promised to watch: {often['monthly']} "
        f"monthly, {often['quarterly']} quarterly and {often['annual']} annual; "
        f"{status['recorded']} were recorded and {status['proposed']} proposed."
        f"{f' Added since: {since}.' * bool(since)} The figures of {data['published']} are "
        f"published, those of {data['supplied']} come from the authority (`sendlib kpi template`, "
        f"then `sendlib kpi read`), and those of {data['not_available']} are not available here.",
        "Title, section, frequency, status and priority are the strategies'. Definitions, owners, "
        "the days until a figure is due, and tests of success not marked as the strategy's are "
        "proposals made here, to be agreed before a board relies on them.",
    )
    rows = (
        (
            f"[{entry.title}](#{_anchor(entry.title)})",
            entry.frequency,
            entry.unit,
            _WAYS[entry.better].lower(),
            entry.priority,
            _SOURCES[entry.data],
        )
        for entry in register
    )
    sections = [
        line
        for section in dict.fromkeys(entry.section for entry in register)
        for line in (f"## {section}\n", *_entries(register, section))
    ]
    return "\n".join([opened, grid(_HEADINGS, rows), *sections])


def _entries(register: Register, section: str) -> Iterator[str]:
    for entry in register:
        if entry.section == section:
            yield f"### {entry.title}\n\n{entry.definition}.\n"
            yield from _facts(entry)
            yield ""


def _facts(entry: Indicator) -> Iterator[str]:
    tested = "the strategy's" if entry.tested_by == "strategy" else "proposed"
    yield (
        f"- Short name: `{entry.slug}`; {entry.status}, {entry.frequency}, "
        f"priority {entry.priority}"
    )
    yield f"- Unit: {entry.unit}. {_WAYS[entry.better]}"
    yield f"- Test of success ({tested}): {entry.success}"
    yield f"- Owner (proposed): {entry.owner}; due {entry.due_days} days after the period ends"
    yield f"- Source: {entry.source}"
    yield f"- Data: {_SOURCES[entry.data]}{f': {entry.why}' * bool(entry.why)}"
    for place in entry.where:
        group = f", group `{place.group}`" * bool(place.group)
        of = f"{place.column} {codes(place.values)}{group}"
        yield f"- Published in `{place.table}`, {of}: {place.note}"


def _anchor(title: str) -> str:
    """How a heading is linked to: small letters, digits and hyphens."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
