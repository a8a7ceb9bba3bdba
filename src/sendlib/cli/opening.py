"""What several commands share: their options, the authority they open, the pages they publish."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendlib.errors import ParameterError, Problem

if TYPE_CHECKING:
    from sendlib.authority import Authority
    from sendlib.briefing import Notebook, Pack
    from sendlib.project import Project
    from sendlib.scenarios import Checker

EARLIEST = 2019  # the first January with enough before it to judge a forecast by

La = Annotated[str, typer.Option(help="Authority: its name, or a DfE or ONS code.")]
AsOf = Annotated[
    int | None, typer.Option(help="January count to look from.", show_default="the last one held")
]
Scenario = Annotated[str, typer.Option(help="A file in scenarios/, without its ending.")]
Horizon = Annotated[int, typer.Option(help="Years of forecast, 1 to 10.")]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the pack.", show_default="the project's outputs/")
]


def open_authority(la: str, as_of: object) -> "tuple[Project, Authority]":
    """The project with its data up to date, and the authority."""
    from sendlib import store
    from sendlib.authority import Authority
    from sendlib.project import Project

    project = Project.find()
    store.build(project)
    january = store.latest_census(project) if as_of is None else int(str(as_of))
    authority = Authority.open(la, as_of=january, project=project)
    if january < EARLIEST:
        problem = Problem(f"{january}", "as_of", f"give {EARLIEST} or later")
        raise ParameterError("Too little is known before that January for a range.", [problem])
    return project, authority


def record_checkers() -> "dict[str, Checker]":
    """The parts of the model that check the records of their own levers."""
    from sendlib.cohort import levers as places
    from sendlib.finance import levers as money

    return {places.PREFIX: places.lever_faults, money.PREFIX: money.lever_faults}


def publish(
    project: "Project",
    authority: "Authority",
    notebooks: "list[Notebook]",
    options: Mapping[str, object],
    out: Path,
) -> "Pack":
    """Run notebooks for an authority under a progress bar, and publish their pages."""
    from rich.console import Console
    from rich.progress import Progress

    from sendlib import briefing, store
    from sendlib.scenarios import load_scenario

    slug = str(options.get("scenario", "baseline"))
    scenario = load_scenario(project, slug, checkers=record_checkers())
    with Progress(console=Console(stderr=True), transient=True) as bars:
        bar_of = {found.slug: bars.add_task(found.slug, total=None) for found in notebooks}

        def tell(notebook: "Notebook", done: int, total: int) -> None:
            bars.update(bar_of[notebook.slug], completed=done, total=total)

        return briefing.make_pack(
            project,
            notebooks=notebooks,
            parameters={"la_code": authority.code, "as_of": authority.as_of, **options},
            title=briefing.PackTitle(
                authority.name, f"January {authority.as_of}", authority.code, scenario.slug
            ),
            inputs=[briefing.DataFile(**entry) for entry in store.inputs(project)],
            scenario=scenario.record(),
            out=out,
            progress=tell,
        )
