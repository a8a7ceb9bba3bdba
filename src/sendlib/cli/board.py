"""Commands on board runs: make a pack, see how runs stand, set two side by side, schedule them."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendlib.cli.opening import Out, made, showing
from sendlib.errors import OutputError, ParameterError, Problem

if TYPE_CHECKING:
    from sendlib.board.config import Board
    from sendlib.project import Project

boards = typer.Typer(
    help="Make the pack that a board's file asks for, and keep an eye on its runs.",
    no_args_is_help=True,
)

File = Annotated[Path, typer.Argument(help="A board's file, such as boards/wiltshire.yml.")]
Run = Annotated[str, typer.Argument(help="Id of a run, or latest.")]


@boards.command("run")
def board_run(
    file: File,
    resume: Annotated[
        bool, typer.Option(help="Take what an interrupted run of the same board finished.")
    ] = False,
    pdf: Annotated[
        bool | None, typer.Option(help="Make a PDF too.", show_default="as the file says")
    ] = None,
    out: Out = None,
) -> None:
    """Make the pack of a board, and publish it whole or not at all."""
    from sendlib.board.checks import notebooks_of
    from sendlib.board.run import run

    project, board = _read(file)
    with showing(notebooks_of(project, board)) as tell:
        pack = run(project, board, out=out, resume=resume, pdf=pdf, progress=tell)
    typer.echo(made(pack))


@boards.command("status")
def board_status(
    file: Annotated[
        Path | None, typer.Argument(help="A board's file.", show_default="runs of all boards")
    ] = None,
    out: Out = None,
) -> None:
    """Say how runs stand; the exit code is 0 when they are in order, 1 when not."""
    from sendlib.board.status import read_status
    from sendlib.briefing.record import now
    from sendlib.project import Project

    project, board = _read(file) if file else (Project.find(), None)
    status = read_status(out or project.outputs, board, now=now())
    typer.echo(str(status))
    if not status.in_order:
        raise typer.Exit(1)


@boards.command("history")
def board_history(out: Out = None) -> None:
    """List every run that is kept, newest first."""
    from sendlib.board.status import list_history
    from sendlib.project import Project

    lines = list_history(out or Project.find().outputs)
    typer.echo("\n".join(lines) or "No run is kept.")


@boards.command("diff")
def board_diff(first: Run, second: Run, out: Out = None) -> None:
    """Set two runs side by side: headline figures, and what they came from."""
    from sendlib.board.diff import compare
    from sendlib.briefing.folders import find_run
    from sendlib.project import Project

    folder = out or Project.find().outputs
    typer.echo(str(compare(find_run(folder, first), find_run(folder, second))))


@boards.command("check")
def board_check(file: File) -> None:
    """Check a board's file, and tell every problem with its line."""
    _, board = _read(file)
    typer.echo(f"No problem found in the file of {board.name}.")


@boards.command("schedule")
def board_schedule(
    file: File,
    *,
    systemd: Annotated[bool, typer.Option("--systemd", help="A service and a timer.")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="A line for crontab.")] = False,
    windows: Annotated[bool, typer.Option("--windows", help="A task for Windows.")] = False,
    github: Annotated[bool, typer.Option("--github", help="A GitHub Actions workflow.")] = False,
    into: Annotated[
        Path | None, typer.Option(help="Write the files here.", show_default="show them")
    ] = None,
) -> None:
    """Write what a scheduler needs to make the pack when the board's file says it is due."""
    from sendlib.board import schedules

    asked = {"systemd": systemd, "cron": cron, "windows": windows, "github": github}
    chosen = [kind for kind, wanted in asked.items() if wanted]
    if len(chosen) != 1:
        found = f"{len(chosen)} schedulers are named"
        remedy = f"name one: {', '.join(f'--{kind}' for kind in asked)}"
        raise ParameterError("No schedule was written.", [Problem(found, remedy=remedy)])
    project, board = _read(file)
    texts = schedules.write(board, chosen[0], root=project.root.resolve())  # type: ignore[arg-type]
    if into is None:
        typer.echo("\n".join(f"# {name}\n{text}" for name, text in texts.items()))
        return
    for path in _write(texts, into):
        typer.echo(str(path))


def _write(texts: Mapping[str, str], folder: Path) -> list[Path]:
    """Write files into a folder, which is made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        problem = Problem(str(error), str(folder), "name another folder with --into")
        raise OutputError("The schedule could not be written.", [problem]) from error
    return [folder / name for name in texts]


def _read(file: Path) -> "tuple[Project, Board]":
    from sendlib.board.config import read_board
    from sendlib.project import Project

    project = Project.find()
    return project, read_board(file, project)
