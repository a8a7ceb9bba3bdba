"""Commands on the national model: score it, fit it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sendlib.forecast.card import Card

forecasts = typer.Typer(help="Fit and score the national model.", no_args_is_help=True)

Data = Annotated[Path, typer.Option(help="Folder that holds the departments' full releases.")]


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

    from sendlib.forecast.fits import FILE, store_fits

    made, inputs, ceiling = _card(data)
    path = out or Path(str(files("sendlib.forecast") / FILE))
    store_fits(made.fits, inputs, path, ceiling=ceiling)
    typer.echo(f"{len(made.fits)} fits, January {min(made.fits)} to {max(made.fits)}: {path}")


def _card(folder: Path) -> "tuple[Card, list[dict[str, str]], float]":
    """The card made from full releases, those files, and the ceiling."""
    from sendlib import data
    from sendlib.forecast import Panel
    from sendlib.forecast.card import make_card
    from sendlib.forecast.draws import DrawSettings
    from sendlib.project import Project
    from sendlib.scenarios import load_scenario

    project = Project.find()
    settings = DrawSettings.of(load_scenario(project, "baseline"))
    with data.with_full_releases(project, folder) as copy:
        tables = (data.load(copy, name) for name in Panel.TABLES)
        made = make_card(Panel.from_tables(*tables), settings)
        whole = [entry for entry in data.inputs(copy) if entry["path"].startswith("full-")]
    return made, whole, settings.ceiling
