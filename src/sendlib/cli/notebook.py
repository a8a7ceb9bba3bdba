"""Commands on notebooks: list them, or run one."""

from typing import Annotated

import typer

from sendlib.cli.opening import Out, open_authority, publish
from sendlib.errors import ParameterError, Problem, raise_any

notebook = typer.Typer(help="List notebooks, or run one.", no_args_is_help=True)


@notebook.command("list")
def notebook_list() -> None:
    """Show every notebook with its parameters: type, default and meaning."""
    from sendlib import packs
    from sendlib.project import Project

    for found in packs.list_notebooks(Project.find()):
        typer.echo(f"{found.number}  {found.title}")
        for parameter in packs.describe(found.path):
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
    from sendlib import packs
    from sendlib.project import Project

    project = Project.find()
    found = packs.find_notebook(project, name)
    given = packs.check(found.path, _pairs(parameter or []))
    defaults = {entry.name: entry.default for entry in packs.describe(found.path)}
    chosen = {**defaults, **given}
    project, authority = open_authority(
        str(chosen.pop("la_code", "865")), chosen.pop("as_of", None)
    )
    pack = publish(project, authority, [found], chosen, out or project.outputs / "notebooks")
    for problem in pack.warnings:
        typer.echo(f"Warning: {problem}", err=True)
    typer.echo(f"{found.title}: {pack.latest / found.page}")


def _pairs(given: list[str]) -> dict[str, str]:
    """``name=value`` texts as a mapping, all that are not so refused at once."""
    wrong = [
        Problem(f"{text!r}", "--parameter", "write it as name=value")
        for text in given
        if "=" not in text
    ]
    raise_any(ParameterError, "Parameters are written name=value.", wrong)
    pairs = (text.partition("=") for text in given)
    return {name.strip(): value.strip() for name, _, value in pairs}
