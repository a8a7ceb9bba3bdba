"""Two runs side by side: headline figures, and everything that they came from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sendlib.briefing.outputs.folders import Published

_HASH_SHOWN = 8  # characters: enough to tell two files apart
_LISTED_AT_MOST = 12  # things of one kind; figures are all listed
_NOT_THERE = "not there"
_FIGURES = "Headline figures"


@dataclass(frozen=True)
class Row:
    """One thing, in the first run and in the second; an empty text where it is not there."""

    what: str
    first: str
    second: str

    @property
    def is_same(self) -> bool:
        """Whether both runs have the same."""
        return self.first == self.second

    def __str__(self) -> str:
        if self.is_same:
            return f"{self.what}: {self.first}, in both"
        return f"{self.what}: {self.first or _NOT_THERE} -> {self.second or _NOT_THERE}"


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side.

    Parameters
    ----------
    first, second : str
        Their ids.
    figures : tuple[Row, ...]
        Every headline figure of either, also those that are the same.
    parameters, scenario, inputs, versions, pages : tuple[Row, ...]
        What differs. Of a page, what its notebook made counts: not the date or
        the list of files that every run writes around it. Where a run is so old
        that its record does not say that, the whole page does.
    """

    first: str
    second: str
    figures: tuple[Row, ...]
    parameters: tuple[Row, ...]
    scenario: tuple[Row, ...]
    inputs: tuple[Row, ...]
    versions: tuple[Row, ...]
    pages: tuple[Row, ...]

    def __str__(self) -> str:
        sections = {
            _FIGURES: (self.figures, "none stated"),
            "Parameters": (self.parameters, "the same"),
            "Scenario": (self.scenario, "the same"),
            "Data": (self.inputs, "the same"),
            "Versions": (self.versions, "the same"),
            "Pages": (self.pages, "the same, but for when they were made and from what"),
        }
        parts = [_section(title, rows, without) for title, (rows, without) in sections.items()]
        return "\n\n".join([f"{self.first} -> {self.second}", *parts])


def compare(first: Published, second: Published) -> Comparison:
    """Set two runs side by side.

    Parameters
    ----------
    first, second : Published
        As ``briefing.folders.find_run`` gives them.
    """
    records = first.record, second.record
    return Comparison(
        first.run_id,
        second.run_id,
        figures=_rows(*map(_headline_figures, records)),
        parameters=_changed(*map(_parameters, records)),
        scenario=_changed(*map(_scenario, records)),
        inputs=_changed(*map(_inputs, records)),
        versions=_changed(*map(_versions, records)),
        pages=_changed(*_pages(*records)),
    )


def _section(title: str, rows: Sequence[Row], without: str) -> str:
    if not rows:
        return f"{title}: {without}"
    shown = rows if title == _FIGURES else rows[:_LISTED_AT_MOST]
    left_out = len(rows) - len(shown)
    more = [f"  and {left_out} more"] if left_out else []
    return "\n".join([title, *(f"  {row}" for row in shown), *more])


def _rows(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[Row, ...]:
    """Everything in either, in the order of the first."""
    named = dict.fromkeys((*first, *second))
    return tuple(Row(name, first.get(name, ""), second.get(name, "")) for name in named)


def _changed(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[Row, ...]:
    return tuple(row for row in _rows(first, second) if not row.is_same)


def _headline_figures(record: Mapping[str, Any]) -> dict[str, str]:
    figures = record.get("figures") or {}
    return {f"{figure['label']} ({key})": str(figure["value"]) for key, figure in figures.items()}


def _parameters(record: Mapping[str, Any]) -> dict[str, str]:
    notebooks = record.get("parameters") or {}
    return {
        f"{notebook}, {name}": _written(value)
        for notebook, values in notebooks.items()
        for name, value in values.items()
    }


def _scenario(record: Mapping[str, Any]) -> dict[str, str]:
    """The scenario's name, then each lever that it sets and each mitigation."""
    scenario = record.get("scenario") or {}
    changes = {made["lever"]: made["new"] for made in scenario.get("changes", ())}
    done = {
        f"mitigation {entry.get('name', '')}": "; ".join(map(str, entry.values()))
        for entry in scenario.get("mitigations", ())
    }
    name = {"name": str(scenario["name"])} if "name" in scenario else {}
    return {**name, **{lever: str(new) for lever, new in changes.items()}, **done}


def _inputs(record: Mapping[str, Any]) -> dict[str, str]:
    return {entry["path"]: entry["sha256"][:_HASH_SHOWN] for entry in record.get("data") or ()}


def _versions(record: Mapping[str, Any]) -> dict[str, str]:
    commit = record.get("commit")
    state = dict(_commit(commit)) if commit else {}
    return {**{name: str(held) for name, held in (record.get("versions") or {}).items()}, **state}


def _commit(commit: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    changed = ", with changes" if commit.get("dirty") else ""
    yield "commit", f"{str(commit.get('sha', ''))[:_HASH_SHOWN]}{changed}"


def _pages(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, str]]:
    """For each run, a hash of each page: of its content, where both records have that."""
    key = "content" if first.get("content") and second.get("content") else "pages"
    return [
        {name: str(sha)[:_HASH_SHOWN] for name, sha in (record.get(key) or {}).items()}
        for record in (first, second)
    ]


def _written(value: object) -> str:
    return repr(value) if isinstance(value, str) else str(value)
