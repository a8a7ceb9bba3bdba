"""Commands on the data, on the national model that is fitted to it, and on the return."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from sendlib.cli.options import AsOf, La, ScenarioName
from sendlib.project import Project

if TYPE_CHECKING:
    from sendlib.data.refresh import Landing, Offer
    from sendlib.forecast.card import Card
    from sendlib.packs.runs import Run

data = typer.Typer(help="Check, build and list the data.", no_args_is_help=True)
CardFile = Annotated[Path | None, typer.Option(help="Write the card to this file too.")]
forecasts = typer.Typer(help="Fit and score the national model.", no_args_is_help=True)

Pack = Annotated[
    bool, typer.Option(help="Make a pack before and after, and set their headlines side by side.")
]


@data.command("build")
def data_build() -> None:
    """Bring data/processed up to date with data/raw."""
    from sendlib import data

    project = Project.find()
    built = data.build(project)
    state = "built" if built.done else "up to date"
    typer.echo(f"{len(built.rows)} tables, {sum(built.rows.values()):,} rows: {state}")
    unlikely = data.to_problems(data.load(project, "unlikely"), project)
    if unlikely:
        typer.echo(f"Unlikely and not confirmed, so that no board's pack goes out: {len(unlikely)}")
    for problem in unlikely:
        typer.echo(f"  - {problem}")


@data.command("verify")
def data_verify() -> None:
    """Check every file in data/raw against the manifest."""
    from sendlib import data

    inventory = data.verify(Project.find())
    typer.echo(f"{len(inventory.hashes)} raw files are as listed")


@data.command("list")
def data_list() -> None:
    """Show every raw file with its source, date, licence and kind."""
    from sendlib import data

    project = Project.find()
    sources = data.read_publications(project)
    for entry in data.read_manifest(project, check_layouts=False).files:
        source = sources.get(entry.source_id, {"publisher": entry.source_id, "licence": "unknown"})
        about = [entry.title, source["publisher"], entry.published, source["licence"], entry.kind]
        typer.echo(f"{entry.path}\n    {', '.join(about)}")


@data.command("refresh")
def data_refresh(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what is new; nothing is changed.")
    ] = False,
    source: Annotated[
        list[str] | None,
        typer.Option(help="Id in data/sources.yml; may be repeated.", show_default="all"),
    ] = None,
    api: Annotated[
        str, typer.Option(help="Address to ask in place of every service, such as a replica's.")
    ] = "",
    la: La = "865",
    pack: Pack = True,
) -> None:
    """Adopt what publishers have that is newer, all or nothing, and say what it changes."""
    from sendlib.data import refresh

    project, ids = Project.find(), tuple(source or ())
    if dry_run:
        typer.echo(_describe_offers(refresh.look(project, ids=ids, api=api)))
        return
    _adopt(
        project,
        la,
        lambda first: refresh.refresh(project, ids=ids, api=api, before=first),
        with_pack=pack,
    )


@data.command("add")
def data_add(
    files: Annotated[list[Path], typer.Argument(help="Files as published, or archives of them.")],
    la: La = "865",
    pack: Pack = True,
) -> None:
    """Adopt files that you have, all or nothing, and say what they change."""
    from sendlib.data import refresh

    project = Project.find()
    _adopt(project, la, lambda first: refresh.add(project, files, before=first), with_pack=pack)


def _describe_offers(offers: "Sequence[Offer]") -> str:
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


def _describe_landing(landing: "Landing", project: Project) -> str:
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


def _adopt(
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
        typer.echo(_describe_landing(landing, project))
        if runs:
            make()
            headlines = compare_runs(*runs).headlines()
            typer.echo(f"\nPack of {authority}, before and after\n{headlines}")


@forecasts.command("backtest")
def forecast_backtest(
    card: CardFile = None,
) -> None:
    """Score the model on every authority and past January, beside simpler methods."""
    from sendlib.forecast.card import write_card

    scored, inputs, _ = _card()
    text = write_card(scored, [entry["title"] for entry in inputs])
    if card:
        card.write_text(text, encoding="utf-8")
    typer.echo(text)


@forecasts.command("fit")
def forecast_fit(
    out: Annotated[
        Path | None, typer.Option(help="Folder to write to.", show_default="the one shipped")
    ] = None,
    card: CardFile = None,
) -> None:
    """Fit the models of every January on every authority: of plans, and of kinds of place."""
    from importlib.resources import files

    from sendlib.forecast import fits, place_scores
    from sendlib.forecast.card import write_card

    scored, inputs, ceiling = _card()
    folder = out or Path(str(files("sendlib.forecast")))
    fits.store_fits(scored.fits, inputs, folder / fits.FILE, ceiling=ceiling)
    fits.store_place_fits(scored.place_fits, inputs, folder / fits.PLACE_FILE)
    place_scores.store_place_scores(scored.places, folder / place_scores.FILE)
    if card:
        card.write_text(write_card(scored, [entry["title"] for entry in inputs]), encoding="utf-8")
    span = f"January {min(scored.fits)} to {max(scored.fits)}"
    typer.echo(f"{len(scored.fits)} fits, {span}, of plans and of places, in {folder}")


def _card() -> "tuple[Card, list[dict[str, str]], float]":
    """The card of all authorities, the files that it is made from, and the ceiling."""
    from sendlib import data
    from sendlib.forecast import Panel
    from sendlib.forecast.card import make_card
    from sendlib.forecast.draws import DrawSettings
    from sendlib.scenarios import load_scenario

    project = Project.find()
    data.build(project)
    settings = DrawSettings.of(load_scenario(project, "baseline"))
    scored = make_card(
        Panel.from_tables(*(data.load(project, name) for name in Panel.TABLES)), settings
    )
    inputs = [entry for entry in data.inputs(project) if entry["path"].startswith(Panel.FILES)]
    return scored, inputs, settings.ceiling


def returns(
    la: La = "865",
    as_of: AsOf = None,
    scenario: ScenarioName = "baseline",
    out: Annotated[
        Path | None,
        typer.Option(
            help="Workbook to write; missing folders are made.",
            show_default="in the project's outputs/returns/",
        ),
    ] = None,
) -> None:
    """Make a workbook in the layout of the DSG management plan, with LSRP tables."""
    from sendlib import clock
    from sendlib.authority import Authority
    from sendlib.finance import Model
    from sendlib.finance.levers import CHECKERS
    from sendlib.returns import make_return, save_return
    from sendlib.scenarios import load_scenario

    authority = Authority.open(la, as_of=as_of, build=True)
    project = authority.project
    chosen = load_scenario(project, scenario, checkers=CHECKERS)
    name = f"dsg_plan_{authority.code}_{scenario}.xlsx"
    path = out or project.outputs / "returns" / name
    model = Model.of(authority, with_needs=True)
    made = make_return(model, chosen, authority.load, authority=authority.name, created=clock.now())
    typer.echo(f"{save_return(made, path)}\nall {len(made.checks)} checks true")
