"""What several commands share: their options, and the progress they show."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sendlib.kpi import Feed
    from sendlib.own_figures import OwnWorkbook
    from sendlib.packs.execution import Progress
    from sendlib.packs.notebooks import Notebook
    from sendlib.packs.pack import Pack

La = Annotated[str, typer.Option(help="Authority: its name, or a DfE or ONS code.")]
AsOf = Annotated[
    int | None,
    typer.Option(help="January count to look from.", show_default="the last one available"),
]
ScenarioName = Annotated[str, typer.Option(help="A file in scenarios/, without its ending.")]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the pack.", show_default="the project's outputs/")
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Work everything out anew: reuse no earlier result.")
]
Confirm = Annotated[
    list[str] | None,
    typer.Option(help="A finding on the records as a whole that is right; may be repeated."),
]
SyntheticOut = Annotated[
    Path | None, typer.Option(help="Folder.", show_default="data/private/synthetic")
]


def say_template(what: str, then: str) -> None:
    """Say what to do with a template that was written."""
    typer.echo(f"Fill in {what}, then: {then}")


def say_stored(supplied: "Feed | OwnWorkbook", what: str) -> None:
    """Say what was stored of an authority's own, and what in it deserves a look."""
    mark = "SYNTHETIC figures: " if supplied.synthetic else ""
    typer.echo("\n".join([f"{mark}{what}", *(f"  advice: {each}" for each in supplied.advice)]))


def say_reused(pack: "Pack") -> None:
    """Say how many results a run reused, and how many it worked out for others."""
    if pack.reused + pack.worked_out:
        typer.echo(f"Results reused: {pack.reused}; worked out and stored: {pack.worked_out}.")


@contextmanager
def show_progress(notebooks: "Sequence[Notebook]") -> "Iterator[Progress]":
    """A bar for each notebook while the block runs, and what to call after every cell.

    Where nobody looks on, such as in a log, nothing is written.
    """
    from rich.console import Console
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    with Bars(console=console, transient=True, disable=not console.is_interactive) as bars:
        bar_of = {each.slug: bars.add_task(each.slug, total=None) for each in notebooks}

        def tell(notebook: "Notebook", done: int, total: int) -> None:
            bars.update(bar_of[notebook.slug], completed=done, total=total)

        yield tell


@contextmanager
def explain_stop() -> Iterator[None]:
    """Say on the terminal that a signal stopped a run, which pack stays, and how to run again."""
    from sendlib.packs.stopping import Stopped

    try:
        yield
    except Stopped as stopped:
        lines = [f"The run was {stopped}."]
        if stopped.pack_is_out:
            lines += ["Its pack is out all the same."]
        else:
            lines += ["The last pack that was published stays as it was."]
            lines += ["To run again, give the same command."]
        typer.echo("\n".join([*lines, *getattr(stopped, "__notes__", [])]), err=True)
        raise
