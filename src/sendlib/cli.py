"""The command line: parse, call, print, and give an exit code.

Everything slow is imported inside the command that needs it, so that
``sendlib --help`` answers at once. Exit codes: 0 done, 1 refused with a
message that says what to mend, 2 a command written wrongly.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendlib import __version__
from sendlib.errors import ParameterError, Problem, SendlibError, raise_any

if TYPE_CHECKING:
    from sendlib.authority import Authority
    from sendlib.briefing import Notebook, Pack
    from sendlib.forecast.card import Card
    from sendlib.project import Project

EARLIEST = 2019  # the first January with enough before it to judge a forecast by
HELP = "Briefings on special educational needs (SEND) for English local authorities."
app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
data = typer.Typer(help="Check, build and list the data.", no_args_is_help=True)
notebook = typer.Typer(help="List notebooks, or run one.", no_args_is_help=True)
forecasts = typer.Typer(help="Fit and score the national model.", no_args_is_help=True)
app.add_typer(data, name="data")
app.add_typer(notebook, name="notebook")
app.add_typer(forecasts, name="forecast")

La = Annotated[str, typer.Option(help="Authority: its name, or a DfE or ONS code.")]
AsOf = Annotated[
    int | None, typer.Option(help="January count to look from.", show_default="the last one held")
]
Scenario = Annotated[str, typer.Option(help="A file in scenarios/, without its ending.")]
Horizon = Annotated[int, typer.Option(help="Years of forecast, 1 to 10.")]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the pack.", show_default="the project's outputs/")
]

Data = Annotated[Path, typer.Option(help="Folder that holds the departments' whole files.")]


def main() -> None:
    """Run the command line; a refusal is printed and ends with its exit code."""
    # Matrices here are small: threads of linear algebra wait for each other, many times as long.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        app()
    except SendlibError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from error


def _version(show: bool) -> None:
    if show:
        typer.echo(f"sendlib {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del version


@app.command()
def brief(
    la: La = "865",
    as_of: AsOf = None,
    scenario: Scenario = "baseline",
    horizon: Horizon = 5,
    out: Out = None,
) -> None:
    """Make the board pack of one authority, and publish it whole or not at all."""
    from sendlib import briefing, forecast

    forecast.check_horizon(horizon)
    project, authority = _open(la, as_of)
    pack = _publish(
        project,
        authority,
        briefing.list_notebooks(project),
        {"scenario": scenario, "horizon": horizon},
        out or project.outputs,
    )
    _keep(project, authority, scenario, horizon)
    page = pack.latest / "index.html"
    typer.echo(f"{len(pack.pages)} pages for {authority.name}, January {authority.as_of}: {page}")


@data.command("build")
def data_build(
    again: Annotated[bool, typer.Option(help="Build even when nothing has changed.")] = False,
) -> None:
    """Bring data/processed up to date with data/raw."""
    from sendlib import store
    from sendlib.project import Project

    made = store.build(Project.find(), again=again)
    state = "built" if made.done else "up to date"
    typer.echo(f"{len(made.rows)} tables, {sum(made.rows.values()):,} rows: {state}")


@data.command("verify")
def data_verify() -> None:
    """Check every file in data/raw against the manifest."""
    from sendlib.ingest.manifest import verify
    from sendlib.project import Project

    inventory = verify(Project.find())
    whole = ", ".join(inventory.whole_releases) or "none"
    typer.echo(f"{len(inventory.hashes)} raw files are as listed; whole releases: {whole}")


@data.command("list")
def data_list() -> None:
    """Show every raw file with its source, date, licence and kind."""
    from rich.console import Console
    from rich.table import Table

    from sendlib.ingest.manifest import read_manifest
    from sendlib.project import Project

    listed = Table("file", "title", "publisher", "published", "licence", "kind")
    for entry in read_manifest(Project.find()).files:
        listed.add_row(
            entry.path, entry.title, entry.publisher, entry.published, entry.licence, entry.kind
        )
    Console().print(listed)


@notebook.command("list")
def notebook_list() -> None:
    """Show every notebook with its parameters: type, default and meaning."""
    from sendlib import briefing
    from sendlib.project import Project

    for found in briefing.list_notebooks(Project.find()):
        typer.echo(f"{found.number}  {found.title}")
        for parameter in briefing.describe(found.path):
            typer.echo(
                f"      {parameter.name}: {parameter.kind.__name__} = {parameter.default!r}"
                f"  {parameter.help}"
            )


@notebook.command("run")
def notebook_run(
    name: Annotated[str, typer.Argument(help="Number, short name or file of a notebook.")],
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="name=value; may be repeated.")
    ] = None,
    out: Out = None,
) -> None:
    """Run one notebook and render its page, beside the packs in outputs/notebooks/."""
    from sendlib import briefing
    from sendlib.project import Project

    project = Project.find()
    found = briefing.find_notebook(project, name)
    given = briefing.check(found.path, _pairs(parameter or []))
    defaults = {entry.name: entry.default for entry in briefing.describe(found.path)}
    chosen = {**defaults, **given}
    project, authority = _open(str(chosen.pop("la_code", "865")), chosen.pop("as_of", None))
    pack = _publish(project, authority, [found], chosen, out or project.outputs / "notebooks")
    typer.echo(f"{found.title}: {pack.latest / found.page}")


@forecasts.command("backtest")
def forecast_backtest(
    data: Data,
    card: Annotated[Path | None, typer.Option(help="Write the card to this file too.")] = None,
) -> None:
    """Score the model on every authority and past January, beside simpler methods."""
    from sendlib.forecast.card import write_card

    made, inputs, _ = _card(data)
    text = write_card(made, [entry["title"] for entry in inputs])
    if card:
        card.write_text(text, encoding="utf-8")
    typer.echo(text)


@forecasts.command("fit")
def forecast_fit(
    data: Data,
    out: Annotated[
        Path | None, typer.Option(help="File to write.", show_default="the one shipped")
    ] = None,
) -> None:
    """Fit the model of every January on every authority, for use without their files."""
    from importlib.resources import files

    from sendlib.forecast.national import FILE, save_fits

    made, inputs, ceiling = _card(data)
    path = out or Path(str(files("sendlib.forecast") / FILE))
    save_fits(made.fits, inputs, path, ceiling=ceiling)
    typer.echo(f"{len(made.fits)} fits, January {min(made.fits)} to {max(made.fits)}: {path}")


def _card(data: Path) -> "tuple[Card, list[dict[str, str]], float]":
    """The card made from whole files, those files, and the ceiling."""
    from sendlib import store
    from sendlib.forecast import Panel
    from sendlib.forecast.card import make_card
    from sendlib.project import Project
    from sendlib.scenarios import load_scenario

    project = Project.find()
    baseline = load_scenario(project, "baseline")
    ceiling = baseline.value("forecast.ceiling_pct") / 100
    with store.with_whole_files(project, data) as copy:
        tables = (store.load(copy, name) for name in Panel.TABLES)
        made = make_card(
            Panel.from_tables(*tables),
            draws=baseline.value("forecast.draws"),
            seed=baseline.value("forecast.seed"),
            ceiling=ceiling,
        )
        whole = [entry for entry in store.inputs(copy) if entry["path"].startswith("whole-")]
    return made, whole, ceiling


def _pairs(given: list[str]) -> dict[str, str]:
    """``name=value`` texts as a mapping, all that are not so refused at once."""
    wrong = [
        Problem(f"{text!r}", "--parameter", "write it as name=value")
        for text in given
        if "=" not in text
    ]
    raise_any(ParameterError, "Parameters are written name=value.", wrong)
    return dict(text.split("=", 1) for text in given)


def _open(la: str, as_of: object) -> "tuple[Project, Authority]":
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


def _keep(project: "Project", authority: "Authority", scenario: str, horizon: int) -> None:
    """Keep the forecast that a pack gave, to be held against the counts to come."""
    from sendlib import forecast
    from sendlib.scenarios import load_scenario

    panel = forecast.Panel.from_tables(*map(authority.load, forecast.Panel.TABLES))
    outlook = forecast.look_ahead(
        panel, authority.code, scenario=load_scenario(project, scenario), horizon=horizon
    )
    forecast.keep(outlook, scenario, project.outputs)


def _publish(
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

    scenario = load_scenario(project, str(options.get("scenario", "baseline")))
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
