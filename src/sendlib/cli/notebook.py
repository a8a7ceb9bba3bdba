"""Commands on notebooks: list them, or run one."""

from typing import Annotated

import typer

from sendlib.cli.options import Fresh, Out, explain_stop, say_reused, show_progress
from sendlib.errors import ParameterError, Problem, raise_any
from sendlib.project import Project

notebooks = typer.Typer(help="List notebooks, or run one.", no_args_is_help=True)


@notebooks.command("list")
def notebook_list() -> None:
    """Show every notebook with its parameters: type, default and meaning."""
    from sendlib.packs.notebooks import list_notebooks
    from sendlib.packs.parameters import list_parameters

    for notebook in list_notebooks(Project.find()):
        typer.echo(f"{notebook.number}  {notebook.title}")
        for entry in list_parameters(notebook.path):
            typer.echo(
                f"      {entry.name}: {entry.kind.__name__} = {entry.default!r}  {entry.help}"
            )


@notebooks.command("run")
def notebook_run(
    name: Annotated[str, typer.Argument(help="Number, short name or file of a notebook.")],
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="name=value; may be repeated.")
    ] = None,
    out: Out = None,
    fresh: Fresh = False,
) -> None:
    """Run one notebook and render its page, beside the packs in outputs/notebooks/."""
    from sendlib.authority import Authority
    from sendlib.board.run import setting_of
    from sendlib.finance.levers import CHECKERS
    from sendlib.packs.notebooks import find_notebook
    from sendlib.packs.pack import make_pack
    from sendlib.packs.parameters import check
    from sendlib.scenarios import check_scenarios, load_scenario

    notebook = find_notebook(Project.find(), name)
    values = check(notebook.path, _pairs(parameter or []))
    authority = Authority.open(
        str(values.get("la_code", "865")), as_of=values.get("as_of"), build=True
    )
    project = authority.project
    values |= {"la_code": authority.code} if "la_code" in values else {}
    values |= {"as_of": authority.as_of} if "as_of" in values else {}
    named = ",".join(str(values.get(key, "")) for key in ("scenario", "compare", "against"))
    slugs = dict.fromkeys(filter(None, map(str.strip, named.split(","))))
    check_scenarios(project, list(slugs), checkers=CHECKERS)  # wrong ones, before anything runs
    scenario = load_scenario(project, str(values.get("scenario", "baseline")), checkers=CHECKERS)
    setting = setting_of(authority, scenario, [notebook])
    folder = out or project.outputs / "notebooks"
    with explain_stop(), show_progress([notebook]) as tell:
        pack = make_pack(
            project, setting, parameters=values, out=folder, progress=tell, fresh=fresh
        )
    for problem in pack.warnings:
        typer.echo(f"Warning: {problem}", err=True)
    typer.echo(f"{notebook.title}: {pack.latest / notebook.page}")
    say_reused(pack)


def _pairs(texts: list[str]) -> dict[str, str]:
    """``name=value`` texts as a mapping, all that are not so refused at once."""
    wrong = [
        Problem("not_name_and_value", f"{text!r}", "--parameter", "write it as name=value")
        for text in texts
        if "=" not in text
    ]
    raise_any(ParameterError, "Parameters are written name=value.", wrong)
    pairs = (text.partition("=") for text in texts)
    return {name.strip(): value.strip() for name, _, value in pairs}
