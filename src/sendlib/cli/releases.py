"""What a refresh says: what is new, what was adopted, and what that changes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sendlib.data.refresh import Landing, Offer
    from sendlib.packs import Run
    from sendlib.project import Project


def describe_offers(offers: "Sequence[Offer]") -> str:
    """What publishers have, a line for each source; what is newer stands first."""
    lines = []
    for offer in sorted(offers, key=lambda offer: not offer.is_new):
        known = offer.source.pin.version or "none from its publisher yet"
        state = f"new (adopted: {known})" if offer.is_new else "nothing new"
        about = f": {offer.about}" if offer.about else ""
        lines.append(f"{offer.source.id}: {state}{about}")
        lines += [f"  {line}" for line in offer.changes]
    count = sum(offer.is_new for offer in offers)
    return "\n".join([*lines, f"{count} of {len(offers)} sources have something new"])


def describe_landing(landing: "Landing", project: "Project") -> str:
    """What was adopted, and what it changes in the files and in the tables."""
    from sendlib import data

    if not landing.is_any:
        return "Nothing new: data/raw is as its publishers have it."
    areas = data.load(project, "area")
    names = dict(zip(areas["area_code"], areas["area_name"], strict=True))
    lines = [f"adopted, new: {path}" for path in landing.new]
    lines += [f"adopted, revised: {path}" for path in landing.revised]
    for change in landing.files:
        lines += ["", *change.describe()]
    for table in landing.tables:
        lines += ["", *table.describe(names)]
    if not landing.tables:
        lines += ["", "No figure differs in any table."]
    return "\n".join(lines)


@dataclass
class PackPair:
    """A pack of one authority before something is adopted, and one after."""

    project: "Project"
    authority: str
    folder: Path
    runs: "list[Run]" = field(default_factory=list)

    def make(self) -> None:
        """Make a pack of the data as they are now."""
        from sendlib.board.file import Board, Checks
        from sendlib.board.run import run
        from sendlib.packs import find_run

        checks = Checks(browser="off")
        board = Board(name="refresh", authority=self.authority, checks=checks)
        pack = run(self.project, board, out=self.folder)
        self.runs.append(find_run(self.folder, pack.run_id))

    def describe(self) -> str:
        """Headline figures and findings that are others now."""
        from sendlib.board.changes import compare_runs

        self.make()
        return (
            f"\nPack of {self.authority}, before and after\n{compare_runs(*self.runs).headlines()}"
        )


@contextmanager
def pack_pair(project: "Project", authority: str) -> Iterator[PackPair]:
    """Two packs that are gone when the block ends; those in outputs stay as they are."""
    with TemporaryDirectory(prefix="sendlib-") as name:
        yield PackPair(project, authority, Path(name))
