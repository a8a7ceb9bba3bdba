"""The page of the register, ``docs/indicators.md``, made from its one file."""

from sendlib.kpi.register import Indicator, Register, Where

_BETTER = {"higher": "Higher is better", "lower": "Lower is better", "neither": "Neither way"}
_DATA = {
    "published": "published",
    "supplied": "supplied by the authority",
    "not_available": "not available",
}
_OPENING = """# Indicators

Made by `sendlib kpi register --out docs/indicators.md` from `src/sendlib/kpi/register.yml`; \
do not edit it.

{count} indicators that the strategies promised to watch: {monthly} monthly, {quarterly} quarterly \
and {annual} annual; {recorded} were recorded and {proposed} proposed.{since} \
The figures of {published} are published, those of {supplied} come from the authority \
(`sendlib kpi template`, then `sendlib kpi read`), and those of {not_available} are \
not available here.

Title, section, frequency, status and priority are the strategies'. Definitions, owners, the days \
until a figure is due, and tests of success not marked as the strategy's are proposals made here, \
to be agreed before a board relies on them.
"""
_HEADINGS = ("Indicator", "Due", "Unit", "Which way", "Priority", "Data")


def write_page(register: Register) -> str:
    """The register as Markdown: one table of all, then each indicator in full."""
    rows = ["| " + " | ".join(_HEADINGS) + " |", "|" + "---|" * len(_HEADINGS)]
    rows += [_row(entry) for entry in register]
    parts = [_OPENING.format(**_counts(register), since=_since(register)), "\n".join(rows) + "\n"]
    section = ""
    for entry in sorted(register, key=lambda entry: _first_of(register, entry.section)):
        if entry.section != section:
            section = entry.section
            parts.append(f"## {section}\n")
        parts.append(_full(entry))
    return "\n".join(parts)


def _counts(register: Register) -> dict[str, int]:
    kinds = ("monthly", "quarterly", "annual", "recorded", "proposed")
    data = ("published", "supplied", "not_available")
    listed = register.promised
    counts = {name: sum(name in (e.frequency, e.status) for e in listed) for name in kinds}
    counts |= {name: sum(entry.data == name for entry in register) for name in data}
    return counts | {"count": len(listed)}


def _since(register: Register) -> str:
    """A sentence on the indicators that the strategies do not have, if there are any."""
    added = len(register) - len(register.promised)
    return f" Added since: {added}." if added else ""


def _first_of(register: Register, section: str) -> int:
    return [entry.section for entry in register].index(section)


def _row(entry: Indicator) -> str:
    cells = (
        f"[{entry.title}](#{_anchor(entry.title)})",
        entry.frequency,
        entry.unit,
        _BETTER[entry.better].lower(),
        entry.priority,
        _DATA[entry.data],
    )
    return "| " + " | ".join(cells) + " |"


def _anchor(title: str) -> str:
    """How a heading is linked to: small letters, digits and hyphens."""
    kept = [letter for letter in title.lower() if letter.isalnum() or letter in " -"]
    return "".join(kept).replace(" ", "-")


def _full(entry: Indicator) -> str:
    stated = "the strategy's" if entry.tested_by == "strategy" else "proposed"
    lines = [
        f"### {entry.title}\n",
        f"{entry.definition}.\n",
        f"- Short name: `{entry.slug}`; {entry.status}, {entry.frequency}, "
        f"priority {entry.priority}",
        f"- Unit: {entry.unit}. {_BETTER[entry.better]}",
        f"- Test of success ({stated}): {entry.success}",
        f"- Owner (proposed): {entry.owner}; due {entry.due_days} days after the period ends",
        f"- Source: {entry.source}",
        f"- Data: {_DATA[entry.data]}{': ' + entry.why if entry.why else ''}",
    ]
    lines += [f"- Published in {_place(place)}: {place.note}" for place in entry.where]
    return "\n".join(lines) + "\n"


def _place(place: Where) -> str:
    group = f", group `{place.group}`" if place.group else ""
    return f"`{place.table}`, {place.column} `{place.value}`{group}"
