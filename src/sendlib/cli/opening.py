"""What several commands share: their options, the authority they open, the pages they publish."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sendlib.authority import Authority
    from sendlib.packs import Notebook, Pack, Progress
    from sendlib.project import Project

La = Annotated[str, typer.Option(help="Authority: its name, or a DfE or ONS code.")]
AsOf = Annotated[
    int | None,
    typer.Option(help="January count to look from.", show_default="the last one available"),
]
Scenario = Annotated[str, typer.Option(help="A file in scenarios/, without its ending.")]
Horizon = Annotated[int, typer.Option(help="Years of forecast, 1 to 10.")]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the pack.", show_default="the project's outputs/")
]


def open_authority(la: str, as_of: object) -> "tuple[Project, Authority]":
    """The project with its data up to date, and the authority."""
    from sendlib.board import subject
    from sendlib.project import Project

    project = Project.find()
    january = None if as_of is None else int(str(as_of))
    return project, subject.open_authority(project, la, january)


@contextmanager
def showing(notebooks: "Sequence[Notebook]") -> "Iterator[Progress]":
    """A bar for each notebook while the block runs; gives what is told of every cell.

    Where nobody looks on, such as in a log, nothing is written.
    """
    from rich.console import Console
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    with Bars(console=console, transient=True, disable=not console.is_interactive) as bars:
        bar_of = {found.slug: bars.add_task(found.slug, total=None) for found in notebooks}

        def tell(notebook: "Notebook", done: int, total: int) -> None:
            bars.update(bar_of[notebook.slug], completed=done, total=total)

        yield tell


@contextmanager
def stop_told(again: str) -> Iterator[None]:
    """Say on the terminal that a signal stopped a run, which pack stays, and what takes it up."""
    from sendlib.packs.stopping import Stopped

    try:
        yield
    except Stopped as stopped:
        became = (
            ["Its pack is out all the same."]
            if stopped.pack_is_out
            else ["The last pack that was published stays as it was.", f"To run again: {again}"]
        )
        notes = getattr(stopped, "__notes__", [])
        typer.echo("\n".join([f"The run was {stopped}.", *became, *notes]), err=True)
        raise


def made(pack: "Pack") -> str:
    """A line on a pack that was published: its pages, what they are about, and where they are."""
    about = json.loads(pack.record.read_text(encoding="utf-8"))["pack"]
    page = pack.latest / "index.html"
    return f"{len(pack.pages)} pages for {about['authority']}, {about['as_of']}: {page}"


def publish(
    project: "Project",
    authority: "Authority",
    notebooks: "list[Notebook]",
    options: Mapping[str, object],
    out: Path,
) -> "Pack":
    """Run notebooks for an authority under a progress bar, and publish their pages."""
    from sendlib import data, packs
    from sendlib.board.subject import open_scenario
    from sendlib.finance.levers import CHECKERS
    from sendlib.scenarios import check_scenarios

    check_scenarios(project, _named(options), checkers=CHECKERS)
    scenario = open_scenario(project, str(options.get("scenario", "baseline")))
    january = f"January {authority.as_of}"
    setting = packs.Setting(
        packs.PackTitle(authority.name, january, authority.code, scenario.slug),
        notebooks=tuple(notebooks),
        inputs=tuple(packs.DataFile(**entry) for entry in data.inputs(project)),
        scenario=scenario.record(),
    )
    taken = {entry.name for found in notebooks for entry in packs.describe(found.path)}
    asked = {"la_code": authority.code, "as_of": authority.as_of}
    parameters = {name: value for name, value in asked.items() if name in taken} | {**options}
    with stop_told("the same command"), showing(notebooks) as tell:
        return packs.make_pack(project, setting, parameters=parameters, out=out, progress=tell)


def _named(options: Mapping[str, object]) -> list[str]:
    """The scenarios that parameters name, each once: wrong ones are told before anything runs."""
    texts = (str(options.get(key, "")) for key in ("scenario", "compare", "against"))
    names = (name.strip() for text in texts for name in text.split(","))
    return list(dict.fromkeys(filter(None, names)))
