"""The command line: parse, call, print, and give an exit code.

Everything slow is imported inside the command that needs it, so that
``sendlib --help`` answers at once. Exit codes: 0 done; 1 refused, with a
message that says what to mend; 2 a command written wrongly; and of a pack, 3 a
notebook failed, 4 it is not fit to be published, 5 another run is at work, 6 it
could not be written, 7 it is out but a notice of it is not, 130 or 143 stopped. Of a run of
many authorities, 3: some have no new pack.
"""

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from sendlib import __version__
from sendlib.cli.board import boards, brief
from sendlib.cli.cohort import cohorts
from sendlib.cli.data import data, forecasts, returns
from sendlib.cli.england import england
from sendlib.cli.finance import money
from sendlib.cli.kpi import indicators
from sendlib.cli.notebook import notebooks
from sendlib.cli.scenario import scenarios
from sendlib.errors import NotAvailableError, SendlibError, UnknownNameError

_ADD = "If you have a published file with it, add that: sendlib data add FILE"

app = typer.Typer(
    help="Briefings on special educational needs (SEND) for English local authorities.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(data, name="data")
app.add_typer(notebooks, name="notebook")
app.add_typer(boards, name="board")
app.add_typer(forecasts, name="forecast")
app.add_typer(scenarios, name="scenario")
app.add_typer(cohorts, name="cohort")
app.add_typer(indicators, name="kpi")
app.add_typer(money, name="finance")
app.command()(returns)
app.command()(brief)
app.command()(england)


def main() -> None:
    """Run the command line; a refusal is printed and ends with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a log of Windows has not every character
            stream.reconfigure(errors="replace")
    # Matrices here are small: threads of linear algebra wait for each other, many times as long.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        app()
    except SendlibError as error:
        typer.echo(str(error), err=True)
        if isinstance(error, NotAvailableError) and not isinstance(error, UnknownNameError):
            typer.echo(_ADD, err=True)
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
