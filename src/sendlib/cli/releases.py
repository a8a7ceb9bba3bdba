"""What a refresh says: what is new, what was adopted, and what that changes."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from sendlib.project import Project

if TYPE_CHECKING:
    from sendlib.data.refresh import Landing, Offer
    from sendlib.packs.runs import Run


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


def describe_landing(landing: "Landing", project: Project) -> str:
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


def adopt(
    project: Project,
    authority: str,
    land: "Callable[[Callable[[], None] | None], Landing]",
    *,
    with_pack: bool,
) -> None:
    """Adopt something, and say what it changes; packs of before and after are gone then.

    ``land`` takes what makes the first pack, once there is something to adopt.
    """
    from sendlib.board.changes import compare_runs
    from sendlib.board.file import Board, Checks
    from sendlib.board.run import run
    from sendlib.packs.runs import find_run

    board = Board(name="refresh", authority=authority, checks=Checks(browser="off"))
    runs: list[Run] = []
    with TemporaryDirectory(prefix="sendlib-") as name:

        def make() -> None:
            runs.append(find_run(Path(name), run(project, board, out=Path(name)).run_id))

        landing = land(make if with_pack else None)
        typer.echo(describe_landing(landing, project))
        if runs:
            make()
            headlines = compare_runs(*runs).headlines()
            typer.echo(f"\nPack of {authority}, before and after\n{headlines}")
