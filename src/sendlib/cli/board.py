"""Commands on board runs: make a pack, see how runs stand, set two side by side, schedule them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sendlib.cli.options import (
    AsOf,
    Fresh,
    La,
    Out,
    ScenarioName,
    explain_stop,
    say_reused,
    show_progress,
)
from sendlib.errors import OutputError, Problem
from sendlib.project import Project

if TYPE_CHECKING:
    from sendlib.board.file import Board
    from sendlib.packs.pack import Pack

boards = typer.Typer(
    help="Make the pack that a board's file asks for, and keep an eye on its runs.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(help="A board's file, such as boards/wiltshire.yml.")]
BoardOut = Annotated[
    Path | None, typer.Option(help="Folder of outputs.", show_default="as the file says")
]
_Run = Annotated[str, typer.Argument(help="Id of a run, or latest.")]


@boards.command("run")
def board_run(
    file: File,
    pdf: Annotated[
        bool | None, typer.Option(help="Make a PDF too.", show_default="as the file says")
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0, help="Minutes to wait for another run in the same folder.")
    ] = 0.0,
    out: BoardOut = None,
    fresh: Fresh = False,
) -> None:
    """Make the pack of a board, and publish it whole or not at all."""
    project, board = _read(file)
    _make(project, board, out=out, pdf=pdf, wait=60 * wait, fresh=fresh)


def brief(
    la: La = "865",
    as_of: AsOf = None,
    scenario: ScenarioName = "baseline",
    horizon: Annotated[int, typer.Option(help="Years of forecast, 1 to 10.")] = 5,
    *,
    out: Out = None,
    fresh: Fresh = False,
) -> None:
    """Make the board pack of one authority, and publish it whole or not at all.

    Where a board's pack is on show in the outputs, it goes to a folder of its own there.
    """
    from sendlib import forecast
    from sendlib.authority import LATEST
    from sendlib.board.file import Board, Checks
    from sendlib.packs.runs import latest_run
    from sendlib.pages.markup import slug

    forecast.check_horizon(horizon)
    board = Board(
        name="sendlib brief",
        authority=la,
        as_of=LATEST if as_of is None else as_of,
        scenarios=(scenario,),
        horizon=horizon,
        checks=Checks(browser="off"),
    )
    project = Project.find()
    shown = latest_run(project.outputs)
    if out is None and shown is not None and shown.record.get("board"):
        out = project.outputs / slug(la)  # what a board has on show stays
    _make(project, board, out=out, fresh=fresh)


def _make(project: Project, board: "Board", **options: Any) -> None:
    """Make a pack under a progress bar, and say where it is, also where a notice of it failed."""
    from sendlib.board.reading import notebooks_of
    from sendlib.board.run import run

    published: list[Pack] = []
    try:
        with explain_stop(), show_progress(notebooks_of(project, board)) as tell:
            run(project, board, progress=tell, published=published.append, **options)
    finally:
        for pack in published:
            about = json.loads(pack.record.read_text(encoding="utf-8"))["pack"]
            place = f"{about['authority']}, {about['as_of']}: {pack.latest / 'index.html'}"
            typer.echo(f"{len(pack.pages)} pages for {place}")
            say_reused(pack)


@boards.command("status")
def board_status(
    file: Annotated[
        Path | None, typer.Argument(help="A board's file.", show_default="runs of all boards")
    ] = None,
    out: BoardOut = None,
) -> None:
    """Say how runs stand; the exit code is 0 when they are in order, 1 when not."""
    from sendlib.board.status import read_status
    from sendlib.clock import now

    project, board = _read(file) if file else (Project.find(), None)
    if board:
        from sendlib.authority import Authority

        Authority.open(board.authority, as_of=board.january, project=project, build=True)
    folder = board.folder(project.root) if board else project.outputs
    status = read_status(out or folder, board, now=now())
    typer.echo(str(status))
    if not status.in_order:
        raise typer.Exit(1)


@boards.command("history")
def board_history(out: Out = None) -> None:
    """List every run that is kept, newest first."""
    from sendlib.board.status import list_history

    lines = list_history(out or Project.find().outputs)
    typer.echo("\n".join(lines) or "No run is kept.")


@boards.command("diff")
def board_diff(first: _Run, second: _Run, out: Out = None) -> None:
    """Set two runs side by side: headline figures, and what they came from."""
    from sendlib.board.changes import compare_runs
    from sendlib.packs.runs import find_run

    folder = out or Project.find().outputs
    typer.echo(str(compare_runs(find_run(folder, first), find_run(folder, second))))


@boards.command("check")
def board_check(file: File) -> None:
    """Check a board's file, and tell every problem with its line."""
    from sendlib.authority import Authority
    from sendlib.board.reading import notebooks_of
    from sendlib.board.schedules import describe_next_run

    project, board = _read(file)
    authority = Authority.open(board.authority, as_of=board.january, project=project, build=True)
    due = describe_next_run(board) or "never, since the file has no schedule"
    typer.echo(
        f"No problem found in the file of {board.name}.\n"
        f"It is about {authority.name} ({authority.code}), January {authority.as_of}.\n"
        f"Notebooks: {len(notebooks_of(project, board))}. Next due: {due}.\n"
        f"The pack will be in {board.out}/latest."
    )


@boards.command("schedule")
def board_schedule(
    file: File,
    scheduler: Annotated[
        Literal["systemd", "cron", "windows", "github"],
        typer.Argument(help="What starts the run, at the council or in GitHub Actions."),
    ],
    into: Annotated[
        Path | None, typer.Option(help="Write the files here.", show_default="show them")
    ] = None,
) -> None:
    """Write what a scheduler needs to make the pack when the board's file says it is due."""
    from sendlib.board import schedules

    project, board = _read(file)
    texts = schedules.scheduler_files(board, scheduler, root=project.root.resolve())
    if into is None:
        typer.echo("\n".join(f"# {name}\n{text}" for name, text in texts.items()))
        return
    try:
        into.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (into / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        problem = Problem(
            "schedule_not_written", str(error), str(into), "name another folder with --into"
        )
        raise OutputError("The schedule could not be written.", [problem]) from error
    typer.echo("\n".join(str(into / name) for name in texts))


def _read(file: Path) -> "tuple[Project, Board]":
    from sendlib.board.reading import read_board

    project = Project.find()
    return project, read_board(file, project)
