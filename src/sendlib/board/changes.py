"""What differs between two runs, by their records: data, assumptions, versions, figures."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sendlib.clock import in_words
from sendlib.packs.front import Change, Kind
from sendlib.packs.runs import Run
from sendlib.pages.figures import first_keys

Entries = Mapping[str, str]
Record = Mapping[str, Any]

_REASONS = {
    Kind.DATA: ("data file", "data files"),
    Kind.ASSUMPTIONS: ("assumption", "assumptions"),
    Kind.VERSIONS: ("version", "versions"),
}
_SHORT = 12  # digits of a hash that a person is shown


def since(before: Record | None, now: Record) -> tuple[Change, ...]:
    """Everything that differs from the run before; headline figures with what explains them.

    Parameters
    ----------
    before : Mapping or None
        The record of the run before; nothing has changed since none.
    now : Mapping
        The record of the run.
    """
    if before is None:
        return ()
    causes = find_causes(before, now)
    return (*_figures(before.get("figures") or {}, now.get("figures") or {}, causes), *causes)


def find_causes(before: Record, now: Record) -> list[Change]:
    """What differs of that which two runs stand on: data, then assumptions, then versions."""
    told = {Kind.DATA: _files, Kind.ASSUMPTIONS: _assumptions, Kind.VERSIONS: _versions}
    return [
        change
        for kind, facts in told.items()
        for change in differences(kind, facts(before), facts(now))
    ]


def differences(kind: Kind, before: Entries, now: Entries) -> Iterator[Change]:
    """What came, went or differs, by name."""
    for name in {**before, **now}:
        was, is_now = before.get(name, ""), now.get(name, "")
        if was != is_now:
            yield Change(kind, name, was, is_now)


def name_of(previous: Run | None) -> str:
    """The pack before in words, for the first page; empty when there is none.

    Examples
    --------
    >>> name_of(None)
    ''
    """
    if previous is None:
        return ""
    finished = previous.record.get("finished")
    if not finished:
        return f"the pack {previous.run_id}"
    return f"the pack of {in_words(datetime.fromisoformat(str(finished)).astimezone(UTC))}"


def _figures(
    before: Mapping[str, Mapping[str, Any]],
    now: Mapping[str, Mapping[str, Any]],
    causes: Sequence[Change],
) -> Iterator[Change]:
    """Headline figures whose value differs, each with the reason; none if none were kept."""
    why = _explain(causes)
    if not before:
        return
    for key in first_keys({**before, **now}):
        was, is_now = before.get(key, {}).get("value", ""), now.get(key, {}).get("value", "")
        if was != is_now:
            label = str((now.get(key) or before[key])["label"])
            yield Change(Kind.FIGURES, label, str(was), str(is_now), why if was and is_now else "")


def _explain(causes: Sequence[Change]) -> str:
    counts = {kind: sum(cause.kind == kind for cause in causes) for kind in _REASONS}
    told = [f"{count} {_REASONS[kind][count > 1]}" for kind, count in counts.items() if count]
    if not told:
        return "No change of data, assumptions or code explains it: ask before relying on it."
    return f"{', '.join(told[:-1])}{' and ' if told[:-1] else ''}{told[-1]} changed, listed below."


def _files(record: Record) -> dict[str, str]:
    """Each raw file by its publication and name: its vintage and the start of its hash."""
    told = {}
    for file in record.get("data") or ():
        name = file["path"].rsplit("/", 1)[-1]
        title = file["title"] if name in file["title"] else f"{file['title']} ({name})"
        told[title] = _vintage(file.get("published", ""), file["sha256"])
    return told


def _vintage(published: str, sha256: str) -> str:
    return f"{f'published {published}, ' if published else ''}file {sha256[:_SHORT]}"


def _assumptions(record: Record) -> dict[str, str]:
    return _scenario(record.get("scenario") or {}) | _parameters(record.get("parameters") or {})


def _scenario(scenario: Mapping[str, Any]) -> dict[str, str]:
    """The scenario's name, each lever that it moves, and each mitigation."""
    name = {"Scenario": str(scenario["name"])} if scenario else {}
    moved = {
        f"Lever {change['lever']}": _plain(change["new"])
        for change in scenario.get("changes") or ()
    }
    done = {
        f"Mitigation {entry['name']}": "; ".join(_plain(part) for part in entry.values())
        for entry in scenario.get("mitigations") or ()
    }
    return name | moved | done


def _parameters(parameters: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    """Each parameter: once where all notebooks that take it agree, else by notebook."""
    by_name: dict[str, dict[str, str]] = {}
    for notebook, values in parameters.items():
        for name, value in values.items():
            by_name.setdefault(name, {})[notebook] = _plain(value)
    told: dict[str, str] = {}
    for name, values_of in by_name.items():
        if len(set(values_of.values())) == 1:
            told[f"Parameter {name}"] = next(iter(values_of.values()))
        else:
            told |= {f"Parameter {name} of {book}": text for book, text in values_of.items()}
    return told


def _plain(value: object) -> str:
    """A value as it should be read: text as it is, the rest as JSON writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _versions(record: Record) -> dict[str, str]:
    told, commit = dict(record.get("versions") or {}), record.get("commit")
    if commit:
        dirty = ", with changes that are not committed" if commit.get("dirty") else ""
        told["commit"] = f"{str(commit['sha'])[:_SHORT]}{dirty}"
    return told
