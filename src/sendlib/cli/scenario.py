"""Commands on scenarios: list, show, check, and set two side by side."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from sendlib.errors import NotBuiltError, ScenarioError
from sendlib.project import Project

if TYPE_CHECKING:
    from sendlib.scenarios import Scenario

scenarios = typer.Typer(help="List, show, check or compare scenarios.", no_args_is_help=True)

Slug = Annotated[str, typer.Argument(help="A file in scenarios/, without its ending.")]


@scenarios.command("list")
def scenario_list() -> None:
    """Show every scenario: its name, its question, and how much it changes."""
    from sendlib.cli.scenario_lines import summarise_scenario
    from sendlib.scenarios import list_scenarios

    for slug in list_scenarios(Project.find()):
        try:
            typer.echo(summarise_scenario(_load(slug)))
        except ScenarioError as error:
            count = len(error.problems)
            found = "1 problem" if count == 1 else f"{count} problems"
            typer.echo(f"{slug}: cannot be used, {found}; see: sendlib scenario check {slug}")


@scenarios.command("show")
def scenario_show(slug: Slug) -> None:
    """Show every assumption of a scenario, what it changed and why, and its mitigations."""
    from sendlib.cli.scenario_lines import describe_scenario

    typer.echo(describe_scenario(_load(slug)))


@scenarios.command("check")
def scenario_check(
    slugs: Annotated[
        list[str] | None, typer.Argument(help="Scenarios to check.", show_default="all of them")
    ] = None,
) -> None:
    """Check scenario files: tell every problem with its line, and what else is worth a look."""
    from sendlib import data
    from sendlib.cli.scenario_lines import describe_check
    from sendlib.finance.levers import CHECKERS
    from sendlib.scenarios import check_scenarios, list_scenarios, remarks

    project = Project.find()
    chosen = slugs or list_scenarios(project)
    check_scenarios(project, chosen, checkers=CHECKERS)
    known = None  # before the tables are first made
    with suppress(NotBuiltError):
        known = data.latest_census(project)
    found = [each for slug in chosen for each in remarks(project, slug, known=known)]
    typer.echo(describe_check(chosen, found))


@scenarios.command("diff")
def scenario_diff(a: Slug, b: Slug) -> None:
    """Show the levers and mitigations in which two scenarios differ, and why."""
    from sendlib.cli.scenario_lines import describe_differences

    typer.echo(describe_differences(_load(a), _load(b)))


def _load(slug: str) -> "Scenario":
    from sendlib.finance.levers import CHECKERS
    from sendlib.scenarios import load_scenario

    return load_scenario(Project.find(), slug, checkers=CHECKERS)
