"""The page of the register, ``docs/indicators.md``, made from its one file."""

from sendlib.kpi.register import Indicator, Register

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

| Indicator | Due | Unit | Which way | Priority | Data |
|---|---|---|---|---|---|
"""


def write_page(register: Register) -> str:
    """The register as Markdown: one table of all, then each indicator in full."""
    table = register.to_frame()
    listed = table[table["status"] != "added"]
    counts = {**listed["frequency"].value_counts(), **listed["status"].value_counts()}
    every = dict.fromkeys(("monthly", "quarterly", "annual", "recorded", "proposed", *_DATA), 0)
    added = len(table) - len(listed)
    opening = _OPENING.format(
        **every | counts | dict(table["data"].value_counts()),
        count=len(listed),
        since=f" Added since: {added}." if added else "",
    )
    rows = [
        f"| [{entry.title}](#{_anchor(entry.title)}) | {entry.frequency} | {entry.unit} "
        f"| {_BETTER[entry.better].lower()} | {entry.priority} | {_DATA[entry.data]} |\n"
        for entry in register
    ]
    sections = [
        f"\n## {section}\n"
        + "".join(_full(entry) for entry in register if entry.section == section)
        for section in table["section"].unique()
    ]
    return "".join([opening, *rows, *sections])


def _anchor(title: str) -> str:
    """How a heading is linked to: small letters, digits and hyphens."""
    letters = [letter for letter in title.lower() if letter.isalnum() or letter in " -"]
    return "".join(letters).replace(" ", "-")


def _full(entry: Indicator) -> str:
    whose = "the strategy's" if entry.tested_by == "strategy" else "proposed"
    text = f"""
### {entry.title}

{entry.definition}.

- Short name: `{entry.slug}`; {entry.status}, {entry.frequency}, priority {entry.priority}
- Unit: {entry.unit}. {_BETTER[entry.better]}
- Test of success ({whose}): {entry.success}
- Owner (proposed): {entry.owner}; due {entry.due_days} days after the period ends
- Source: {entry.source}
- Data: {_DATA[entry.data]}{": " + entry.why if entry.why else ""}
"""
    for place in entry.where:
        group = f", group `{place.group}`" if place.group else ""
        where = f"`{place.table}`, {place.column} `{place.value}`{group}"
        text += f"- Published in {where}: {place.note}\n"
    return text
