"""The root of the command line: its groups, its version, and the board pack."""

import os
from typing import Annotated

import typer

from sendlib import __version__
from sendlib.cli.board import boards, make
from sendlib.cli.cohort import cohorts
from sendlib.cli.data import data
from sendlib.cli.forecast import forecasts
from sendlib.cli.kpi import indicators
from sendlib.cli.notebook import notebook
from sendlib.cli.opening import AsOf, Horizon, La, Out, Scenario
from sendlib.cli.returns import returns
from sendlib.cli.scenario import scenarios
from sendlib.errors import SendlibError

HELP = "Briefings on special educational needs (SEND) for English local authorities."
app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(data, name="data")
app.add_typer(notebook, name="notebook")
app.add_typer(boards, name="board")
app.add_typer(forecasts, name="forecast")
app.add_typer(scenarios, name="scenario")
app.add_typer(cohorts, name="cohort")
app.add_typer(indicators, name="kpi")
app.command()(returns)


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
    from sendlib import forecast
    from sendlib.board.file import LATEST, Board, Checks
    from sendlib.project import Project

    forecast.check_horizon(horizon)
    project = Project.find()
    board = Board(
        name="sendlib brief",
        authority=la,
        as_of=LATEST if as_of is None else as_of,
        scenarios=(scenario,),
        horizon=horizon,
        checks=Checks(browser="off"),
    )
    make(project, board, again="the same command", out=out)
