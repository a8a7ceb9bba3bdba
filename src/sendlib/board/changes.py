"""What changed since the last published pack: data, assumptions, versions, headline figures."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sendlib.briefing.outputs import record
from sendlib.briefing.pages.figures import first_keys
from sendlib.briefing.pages.front import Change, Kind

if TYPE_CHECKING:
    from sendlib.briefing.draft import Draft
    from sendlib.briefing.outputs.folders import Published

Entries = Mapping[str, str]

_REASONS = {
    Kind.DATA: ("data file", "data files"),
    Kind.ASSUMPTIONS: ("assumption", "assumptions"),
    Kind.VERSIONS: ("version", "versions"),
}
_SHORT = 12  # digits of a hash that a page shows


def since(draft: "Draft", previous: "Published | None") -> tuple[Change, ...]:
    """Everything that differs from the pack before; headline figures with what explains them.

    Parameters
    ----------
    draft : Draft
        The pack that is being made.
    previous : Published or None
        The pack before; nothing has changed since none.
    """
    if previous is None:
        return ()
    before, now = previous.record, draft.setting
    causes = [
        *_differences(
            Kind.DATA,
            _files(before.get("data") or ()),
            _files([asdict(file) for file in now.inputs]),
        ),
        *_differences(Kind.ASSUMPTIONS, _assumptions(before), _assumptions_now(draft)),
        *_differences(
            Kind.VERSIONS,
            _versions(before.get("versions") or {}, before.get("commit")),
            _versions(record.list_versions(), asdict(now.commit) if now.commit else None),
        ),
    ]
    return (*_figures(before.get("figures") or {}, draft.figures, causes), *causes)


def name_of(previous: "Published | None") -> str:
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
    moment = datetime.fromisoformat(str(finished)).astimezone(UTC)
    return f"the pack of {record.in_words(moment)}"


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


def _differences(kind: Kind, before: Entries, now: Entries) -> Iterator[Change]:
    """What came, went or differs, by name."""
    for name in {**before, **now}:
        was, is_now = before.get(name, ""), now.get(name, "")
        if was != is_now:
            yield Change(kind, name, was, is_now)


def _files(data: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Each raw file by its publication and name: its vintage and the start of its hash."""
    told = {}
    for file in data:
        name = file["path"].rsplit("/", 1)[-1]
        title = file["title"] if name in file["title"] else f"{file['title']} ({name})"
        told[title] = _vintage(file.get("published", ""), file["sha256"])
    return told


def _vintage(published: str, sha256: str) -> str:
    return f"{f'published {published}, ' if published else ''}file {sha256[:_SHORT]}"


def _assumptions(before: Mapping[str, Any]) -> dict[str, str]:
    return _levers(before.get("scenario")) | _parameters(before.get("parameters") or {})


def _assumptions_now(draft: "Draft") -> dict[str, str]:
    return _levers(draft.setting.scenario) | _parameters(draft.parameters)


def _levers(scenario: Mapping[str, Any] | None) -> dict[str, str]:
    """The scenario's name, and each lever that it moves."""
    if not scenario:
        return {}
    moved = {
        f"Lever {change['lever']}": _plain(change["new"])
        for change in scenario.get("changes") or ()
    }
    return {"Scenario": str(scenario["name"])} | moved


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


def _versions(versions: Mapping[str, str], commit: Mapping[str, Any] | None) -> dict[str, str]:
    told = dict(versions)
    if commit:
        dirty = ", with changes that are not committed" if commit.get("dirty") else ""
        told["commit"] = f"{str(commit['sha'])[:_SHORT]}{dirty}"
    return told
