"""The page of levers: everything that a scenario may change, and how far."""

import csv
from collections.abc import Mapping, Sequence
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

from references.assumptions import PARTS, by_part
from references.markdown import codes, grid, opening, sentence
from sendlib.cohort import levers as places
from sendlib.finance import levers as money
from sendlib.scenarios import FIRST_YEAR, LAST_YEAR, SIZES, Assumption, Scenario

_HEADINGS = ("Lever", "Value", "Unit", "May be set to", "What it is")
_RECORDS: Mapping[str, type[BaseModel]] = MappingProxyType(
    {f"{part.PREFIX}{name}": kind for part in (places, money) for name, kind in part.KINDS.items()}
)
_DECLARED = (
    ("sliders.csv", "Sliders of notebook 40", ("least", "most")),
    (
        "tornado.csv",
        "What notebook 41 tries, to say which assumptions matter most",
        ("low", "high"),
    ),
    (
        "lever_ranges.csv",
        "What notebook 41 turns, to say what it would take to balance",
        ("maximum",),
    ),
)
_TYPES = {
    "array": "list",
    "integer": "whole number",
    "number": "number",
    "object": "by name or year",
    "string": "text",
}
_LISTS = {
    **dict.fromkeys(("place", "places", "from_place", "to_place", "overflow", "to"), "PlaceType"),
    "needs": "PrimaryNeed",
}
_LIMITS = {
    "minimum": "{:g} or more",
    "exclusiveMinimum": "more than {:g}",
    "maximum": "{:g} or less",
}


def write_page(baseline: Scenario) -> str:
    """Every lever as Markdown: what it is, its unit, and what it may be set to."""
    opened = opening(
        "Levers",
        "`scenarios/baseline.yml` and the parts of the model that read its records",
        "A lever is an assumption that a scenario may change. `sendlib scenario show baseline` "
        "lists them with what they stand at, [assumptions](assumptions.md) says where each value "
        "comes from, and the [finance walk](../finance_walk.md) sets some. A number by year is "
        "written `{2027: 60, 2028: 120}`, with years from "
        f"{FIRST_YEAR} to {LAST_YEAR}; shares, rates and growth last until the next year named, "
        "and an amount of money is that of its year alone.",
    )
    parts = [_part(baseline, prefix) for prefix in PARTS]
    return "\n".join([opened, *parts, *(_declared(*each) for each in _DECLARED)])


def _part(baseline: Scenario, prefix: str) -> str:
    entries = by_part(baseline, prefix)
    rows = (
        (f"`{lever}`", _kind(lever, entry), entry.unit, _bounds(entry), sentence(entry.meaning))
        for lever, entry in entries.items()
    )
    records = [_record(lever) for lever in entries if lever in _RECORDS]
    return "\n".join([f"## {PARTS[prefix]}\n", grid(_HEADINGS, rows), *records])


def _kind(lever: str, entry: Assumption) -> str:
    if lever in _RECORDS:
        return "records, below"
    return "number by year" if isinstance(entry.value, dict) else "number"


def _bounds(entry: Assumption) -> str:
    return entry.valid_range.partition(" [")[0] or "any"


def _record(lever: str) -> str:
    """What a record of a list lever holds, field by field."""
    kind = _RECORDS[lever]
    rows = (_field(name, schema, kind) for name, schema in _in_order(kind))
    parts = [
        f"### Records of {lever}\n",
        f"{' '.join((kind.__doc__ or '').split()).replace('``', '`')}\n",
        grid(("Field", "Value", "May hold", "If left out", "What it is"), rows),
    ]
    if lever in SIZES:
        parts.append(f"Of a mitigation, the share of `{SIZES[lever]}` that is counted on acts.\n")
    return "\n".join(parts)


def _in_order(kind: type[BaseModel]) -> list[tuple[str, Mapping[str, Any]]]:
    """Fields with their schemas; those that must be given come first."""
    schema = kind.model_json_schema()
    needed = schema["required"]
    return sorted(schema["properties"].items(), key=lambda item: item[0] not in needed)


def _field(name: str, schema: Mapping[str, Any], kind: type[BaseModel]) -> Sequence[str]:
    left_out = "must be given" if kind.model_fields[name].is_required() else "all of them"
    if schema.get("default"):
        left_out = f"`{schema['default']}`"
    elif "default" in schema and schema["type"] != "array":
        left_out = f"{schema['default']}"
    elif name in ("to", "overflow"):
        left_out = "none"
    return (
        f"`{name}`",
        _TYPES[schema["type"]],
        _limits(name, schema),
        left_out,
        sentence(schema.get("description", "")),
    )


def _limits(name: str, schema: Mapping[str, Any]) -> str:
    kind = _LISTS.get(name)
    said = [f"[{kind}](glossary.md#{kind.lower()})" if kind else codes(schema.get("enum", ()))]
    said += [words.format(schema[key]) for key, words in _LIMITS.items() if key in schema]
    return ", ".join(part for part in said if part) or "any"


def _declared(file: str, title: str, ends: Sequence[str]) -> str:
    """A set of levers that a notebook turns, as the package declares it."""
    text = files("sendlib.finance").joinpath(file).read_text(encoding="utf-8")
    rows = [
        (row["name"], f"`{row['lever']}`", row["unit"], *(row[end] for end in ends), row["why"])
        for row in csv.DictReader(text.splitlines())
    ]
    headings = ("Name", "Lever", "Unit", *(end.capitalize() for end in ends), "Why so far")
    return f"## {title}\n\nDeclared in `src/sendlib/finance/{file}`.\n\n{grid(headings, rows)}"
