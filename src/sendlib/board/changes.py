"""What differs between two runs, by their records: figures, data, assumptions, versions, pages."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sendlib.clock import in_words
from sendlib.packs import Run

_Record = Mapping[str, Any]


class Kind(StrEnum):
    """What differs between two packs."""

    FIGURES = "Headline figures"
    DATA = "Data"
    ASSUMPTIONS = "Assumptions"
    VERSIONS = "Versions"


@dataclass(frozen=True)
class Change:
    """One thing that differs from the pack before; ``was`` or ``now`` is empty for none."""

    kind: Kind
    what: str
    was: str
    now: str


_CAUSES = (Kind.DATA, Kind.ASSUMPTIONS, Kind.VERSIONS)
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
        return "\n\n".join(
            [
                _section(Kind.FIGURES, figures, "the same"),
                _section("Findings", self.findings, "the same"),
            ]
        )

    def __str__(self) -> str:
        parts = [
            _section(Kind.FIGURES, [_describe(row) for row in self.figures], "none stated"),
            *(_section(kind, self._of(kind), "the same") for kind in _CAUSES),
            _section("Pages", self.pages, "the same, but for when they were made and from what"),
        ]
        return "\n\n".join([f"{self.first} -> {self.second}", *parts])

    def _of(self, kind: Kind) -> list[str]:
        lines = [_describe(change) for change in self.causes if change.kind is kind]
        left_out = len(lines) - _LINES
        return [*lines[:_LINES], *([f"and {left_out} more"] if left_out > 0 else [])]


def compare_runs(first: Run, second: Run) -> Comparison:
    """Set two runs side by side, as ``packs.find_run`` gives them."""
    before, now = first.record, second.record
    was, is_now = (record.get("figures") or {} for record in (before, now))
    figures = [
        Change(Kind.FIGURES, f"{label} ({key})", *values)
        for key, label, *values in _figures(was, is_now, list({**was, **is_now}))
    ]
    has_content = before.get("content") and now.get("content")  # older records have none
    old, new = (record.get("content" if has_content else "pages") or {} for record in (before, now))
    pages = tuple(name for name in {**old, **new} if old.get(name) != new.get(name))
    causes = tuple(find_causes(before, now))
    findings = tuple(_findings(before, now))
    return Comparison(first.run_id, second.run_id, tuple(figures), causes, pages, findings)


def _findings(before: _Record, now: _Record) -> Iterator[str]:
    """The headline of each page that reads differently, before and after."""
    was, is_now = (record.get("headlines") or {} for record in (before, now))
    for page in {**was, **is_now}:
        old, new = (" ".join(each.get(page, ())) for each in (was, is_now))
        if old != new:
            yield f"{old or 'not there'} -> {new or 'not there'}"


def _section(title: str, lines: Sequence[str], without: str) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)]) if lines else f"{title}: {without}"


def _describe(change: Change) -> str:
    if change.was == change.now:
        return f"{change.what}: {change.was}, in both"
    return f"{change.what}: {change.was or 'not there'} -> {change.now or 'not there'}"


def _figures(
    was: Mapping[str, Any], now: Mapping[str, Any], keys: Sequence[str]
) -> Iterator[tuple[str, str, str, str]]:
    """Key, label, and value in the first run and in the second; empty where it has none."""
    for key in keys:
        first, second = (str(each.get(key, {}).get("value", "")) for each in (was, now))
        yield key, str((now.get(key) or was[key])["label"]), first, second


def find_causes(before: _Record, now: _Record) -> list[Change]:
    """What differs of that which two runs stand on: data, then assumptions, then versions."""
    facts: dict[Kind, Callable[[_Record], dict[str, str]]] = {
        Kind.DATA: _files,
        Kind.ASSUMPTIONS: lambda record: _scenario(record) | _parameters(record),
        Kind.VERSIONS: _versions,
    }
    changes = []
    for kind, read in facts.items():
        was, is_now = read(before), read(now)
        changes += [
            Change(kind, name, was.get(name, ""), is_now.get(name, ""))
            for name in {**was, **is_now}
            if was.get(name, "") != is_now.get(name, "")
        ]
    return changes


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


def _versions(record: _Record) -> dict[str, str]:
    versions, commit = dict(record.get("versions") or {}), record.get("commit")
    if commit:
        dirty = ", with changes that are not committed" if commit.get("dirty") else ""
        versions["commit"] = f"{str(commit['sha'])[:_SHORT]}{dirty}"
    return versions
