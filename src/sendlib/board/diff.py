"""Two runs side by side: headline figures, and everything that they came from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sendlib.board.changes import Record, find_causes
from sendlib.packs.front import Change, Kind
from sendlib.packs.runs import Run

_LISTED_AT_MOST = 12  # things of one kind; figures are all listed
_NOT_THERE = "not there"


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side.

    Parameters
    ----------
    first, second : str
        Their ids.
    figures : tuple[Change, ...]
        Every headline figure of either, also those that are the same.
    causes : tuple[Change, ...]
        What differs of data, assumptions and versions.
    pages : tuple[str, ...]
        Pages that differ. What its notebook made counts: not the date or the
        list of files that every run writes around it. Where a run is so old
        that its record does not say that, the whole page does.
    """

    first: str
    second: str
    figures: tuple[Change, ...]
    causes: tuple[Change, ...]
    pages: tuple[str, ...]

    def __str__(self) -> str:
        parts = [
            _section(Kind.FIGURES, [_in_words(row) for row in self.figures], "none stated"),
            *(_section(kind, self._told(kind), "the same") for kind in list(Kind)[1:]),
            _section("Pages", self.pages, "the same, but for when they were made and from what"),
        ]
        return "\n\n".join([f"{self.first} -> {self.second}", *parts])

    def _told(self, kind: Kind) -> list[str]:
        told = [_in_words(change) for change in self.causes if change.kind is kind]
        left_out = len(told) - _LISTED_AT_MOST
        return [*told[:_LISTED_AT_MOST], *([f"and {left_out} more"] if left_out > 0 else [])]


def compare(first: Run, second: Run) -> Comparison:
    """Set two runs side by side.

    Parameters
    ----------
    first, second : Run
        As ``briefing.find_run`` gives them.
    """
    before, now = first.record, second.record
    return Comparison(
        first.run_id,
        second.run_id,
        figures=tuple(_figures(before, now)),
        causes=tuple(find_causes(before, now)),
        pages=tuple(_pages(before, now)),
    )


def _section(title: str, lines: Sequence[str], without: str) -> str:
    return "\n".join([title, *(f"  {line}" for line in lines)]) if lines else f"{title}: {without}"


def _in_words(change: Change) -> str:
    if change.was == change.now:
        return f"{change.what}: {change.was}, in both"
    return f"{change.what}: {change.was or _NOT_THERE} -> {change.now or _NOT_THERE}"


def _figures(before: Record, now: Record) -> Iterator[Change]:
    """Every headline figure of either, in the order of the first."""
    first, second = (record.get("figures") or {} for record in (before, now))
    for key in {**first, **second}:
        was, is_now = (str(held.get(key, {}).get("value", "")) for held in (first, second))
        label = (second.get(key) or first[key])["label"]
        yield Change(Kind.FIGURES, f"{label} ({key})", was, is_now)


def _pages(before: Record, now: Record) -> Iterator[str]:
    """Pages that differ: in their content, where both records have that."""
    key = "content" if before.get("content") and now.get("content") else "pages"
    first, second = (record.get(key) or {} for record in (before, now))
    yield from (name for name in {**first, **second} if first.get(name) != second.get(name))
