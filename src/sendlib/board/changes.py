"""What differs between two runs, by their records: figures, data, assumptions, versions, pages."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sendlib.clock import in_words
from sendlib.packs.runs import Run

_Record = Mapping[str, Any]


class Difference(StrEnum):
    """What differs between two packs."""

    FIGURES = "Headline figures"
    DATA = "Data"
    ASSUMPTIONS = "Assumptions"
    VERSIONS = "Versions"


@dataclass(frozen=True)
class Change:
    """One thing that differs from the pack before; ``was`` or ``now`` is empty for none."""

    kind: Difference
    what: str
    was: str
    now: str


_ABSENT: Final = "not there"
_SHORT: Final = 12  # digits of a hash that a person is shown
_LINES: Final = 12  # things of one kind in a comparison; figures are all listed


def name_of(previous: Run | None) -> str:
    """The pack before in words, for the first page; empty when there is none."""
    if previous is None:
        return ""
    finished = previous.record.get("finished")
    if not finished:
        return f"the pack {previous.run_id}"
    return f"the pack of {in_words(datetime.fromisoformat(str(finished)).astimezone(UTC))}"


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side, by their ids."""

    first: str
    second: str
    figures: tuple[Change, ...]  # every one of either, also those that are the same
    causes: tuple[Change, ...]
    pages: tuple[str, ...]  # those that differ in what their notebook made of them
    findings: tuple[str, ...] = ()  # headlines of pages that read differently

    def headlines(self) -> str:
        """Headline figures and findings that are others in the second run."""
        figures = [_describe(change) for change in self.figures if change.was != change.now]
        parts = {Difference.FIGURES: figures, "Findings": self.findings}
        return "\n\n".join(_section(name, lines, "the same") for name, lines in parts.items())

    def __str__(self) -> str:
        parts = [
            _section(Difference.FIGURES, [_describe(row) for row in self.figures], "none stated"),
        ]
        for kind in (Difference.DATA, Difference.ASSUMPTIONS, Difference.VERSIONS):
            lines = [_describe(change) for change in self.causes if change.kind is kind]
            more = [f"and {len(lines) - _LINES} more"] * (len(lines) > _LINES)
            parts.append(_section(kind, [*lines[:_LINES], *more], "the same"))
        otherwise = "the same, but for when they were made and from what"
        parts.append(_section("Pages", self.pages, otherwise))
        return "\n\n".join([f"{self.first} -> {self.second}", *parts])


def compare_runs(first: Run, second: Run) -> Comparison:
    """Set two runs side by side, as ``packs.runs.find_run`` gives them."""
    before, now = first.record, second.record
    has_content = before.get("content") and now.get("content")  # older records have none
    pages = _pairs(before, now, "content" if has_content else "pages")
    spoken = {
        name: [" ".join(lines or ()) or _ABSENT for lines in each]
        for name, each in _pairs(before, now, "headlines").items()
    }
    return Comparison(
        first.run_id,
        second.run_id,
        tuple(
            Change(
                Difference.FIGURES,
                f"{(is_now or was)['label']} ({key})",
                *(str((each or {}).get("value", "")) for each in (was, is_now)),
            )
            for key, (was, is_now) in _pairs(before, now, "figures").items()
        ),
        tuple(find_causes(before, now)),
        tuple(name for name, (was, is_now) in pages.items() if was != is_now),
        tuple(f"{was} -> {is_now}" for was, is_now in spoken.values() if was != is_now),
    )


def _pairs(before: _Record, now: _Record, part: str) -> dict[str, tuple[Any, Any]]:
    """Each entry of a part of two records, in either; None where one has none."""
    was, is_now = (record.get(part) or {} for record in (before, now))
    return {name: (was.get(name), is_now.get(name)) for name in {**was, **is_now}}


def _section(title: str, lines: Sequence[str], without: str) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)]) if lines else f"{title}: {without}"


def _describe(change: Change) -> str:
    if change.was == change.now:
        return f"{change.what}: {change.was}, in both"
    return f"{change.what}: {change.was or _ABSENT} -> {change.now or _ABSENT}"


def find_causes(before: _Record, now: _Record) -> list[Change]:
    """What differs of that which two runs stand on: data, then assumptions, then versions."""
    facts: dict[Difference, Callable[[_Record], dict[str, str]]] = {
        Difference.DATA: _files,
        Difference.ASSUMPTIONS: lambda record: _scenario(record) | _parameters(record),
        Difference.VERSIONS: lambda record: (record.get("versions") or {}) | _commit(record),
    }
    return [
        Change(kind, name, was or "", is_now or "")
        for kind, read in facts.items()
        for name, (was, is_now) in _pairs({"": read(before)}, {"": read(now)}, "").items()
        if (was or "") != (is_now or "")
    ]


def _files(record: _Record) -> dict[str, str]:
    """Each raw file by its publication and name: its date and the start of its hash."""
    files = {}
    for file in record.get("data") or ():
        name = file["path"].rsplit("/", 1)[-1]
        title = file["title"] if name in file["title"] else f"{file['title']} ({name})"
        published = f"published {file['published']}, " if file.get("published") else ""
        files[title] = f"{published}file {file['sha256'][:_SHORT]}"
    return files


def _scenario(record: _Record) -> dict[str, str]:
    """The scenario's name, each lever that it moves, and each mitigation."""
    scenario = record.get("scenario") or {}
    levers = {
        f"Lever {change['lever']}": _plain(change["new"])
        for change in scenario.get("changes") or ()
    }
    mitigations = {
        f"Mitigation {entry['name']}": "; ".join(_plain(part) for part in entry.values())
        for entry in scenario.get("mitigations") or ()
    }
    return ({"Scenario": str(scenario["name"])} if scenario else {}) | levers | mitigations


def _parameters(record: _Record) -> dict[str, str]:
    """Each parameter: once where all notebooks that take it agree, else by notebook."""
    by_name: dict[str, dict[str, str]] = {}
    for notebook, values in (record.get("parameters") or {}).items():
        for name, value in values.items():
            by_name.setdefault(name, {})[notebook] = _plain(value)
    parameters: dict[str, str] = {}
    for name, values_of in by_name.items():
        if len(set(values_of.values())) == 1:
            parameters[f"Parameter {name}"] = next(iter(values_of.values()))
        else:
            parameters |= {f"Parameter {name} of {each}": text for each, text in values_of.items()}
    return parameters


def _plain(value: object) -> str:
    """A value as it should be read: text as it is, the rest as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _commit(record: _Record) -> dict[str, str]:
    commit = record.get("commit")
    if not commit:
        return {}
    dirty = ", with changes that are not committed" if commit.get("dirty") else ""
    return {"commit": f"{str(commit['sha'])[:_SHORT]}{dirty}"}
