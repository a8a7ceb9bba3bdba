"""The page of assumptions: what the baseline takes for granted, why, and how much it matters."""

from references.markdown import codes, grid, opening, sentence
from sendlib.scenarios import BASELINE, Assumption, Scenario, in_text

_HEADINGS = ("Assumption", "Value", "Unit", "As of", "Quality", "Impact")
PARTS = {
    "forecast": "The number of plans",
    "cohort": "Ages, needs and places",
    "finance": "Money",
}


def write_page(baseline: Scenario) -> str:
    """Every assumption of the baseline as Markdown."""
    entries = baseline.assumptions
    weak = [lever for lever, entry in entries.items() if _is_weak(entry)]
    opened = opening(
        "Assumptions",
        f"`scenarios/{BASELINE}.yml`",
        f"{len(entries)} assumptions stand behind every page. Quality is how good the evidence "
        "is: green is good, red is a judgement. Impact is how much the results move with it: red "
        "is much. Another scenario changes some of them and says why; [levers](levers.md) says "
        "what each one is and what it may be set to.",
        f"Weak evidence that matters much, and so to be looked at first: {codes(weak)}.",
    )
    return "\n".join([opened, *(_part(prefix, baseline) for prefix in PARTS)])


def by_part(baseline: Scenario, prefix: str) -> dict[str, Assumption]:
    """The assumptions of one part of the model, in the file's order."""
    return {k: v for k, v in baseline.assumptions.items() if k.startswith(f"{prefix}.")}


def _is_weak(entry: Assumption) -> bool:
    return entry.quality == "red" and entry.impact == "red"


def _part(prefix: str, baseline: Scenario) -> str:
    entries = by_part(baseline, prefix)
    rows = (
        (f"`{lever}`", _value(entry), entry.unit, entry.as_of, entry.quality, entry.impact)
        for lever, entry in entries.items()
    )
    sources = [f"- `{lever}`: {sentence(entry.source)}" for lever, entry in entries.items()]
    parts = [
        f"## {PARTS[prefix]}\n",
        grid(_HEADINGS, rows),
        "Where each comes from:\n",
        *sources,
        "",
    ]
    return "\n".join(parts)


def _value(entry: Assumption) -> str:
    """A value in words; each record of a list on a line of its own."""
    if isinstance(entry.value, tuple):
        return "<br>".join(in_text(record) for record in entry.value) or "none"
    if entry.unit == "£" and isinstance(entry.value, (int, float)):
        return f"{entry.value:,.0f}"
    return in_text(entry.value)
