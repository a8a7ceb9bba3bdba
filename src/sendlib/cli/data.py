"""Commands on the data: build, verify, list."""

from typing import Annotated

import typer

data = typer.Typer(help="Check, build and list the data.", no_args_is_help=True)


@data.command("build")
def data_build(
    again: Annotated[bool, typer.Option(help="Build even when nothing has changed.")] = False,
) -> None:
    """Bring data/processed up to date with data/raw."""
    from sendlib import data
    from sendlib.project import Project

    made = data.build(Project.find(), again=again)
    state = "built" if made.done else "up to date"
    typer.echo(f"{len(made.rows)} tables, {sum(made.rows.values()):,} rows: {state}")


@data.command("verify")
def data_verify() -> None:
    """Check every file in data/raw against the manifest."""
    from sendlib import data
    from sendlib.project import Project

    inventory = data.verify(Project.find())
    full = ", ".join(inventory.full_releases) or "none"
    typer.echo(f"{len(inventory.hashes)} raw files are as listed; full releases: {full}")


@data.command("list")
def data_list() -> None:
    """Show every raw file with its source, date, licence and kind."""
    from rich.console import Console
    from rich.table import Table

    from sendlib import data
    from sendlib.project import Project

    listed = Table("file", "title", "publisher", "published", "licence", "kind")
    for entry in data.read_manifest(Project.find()).files:
        listed.add_row(
            entry.path, entry.title, entry.publisher, entry.published, entry.licence, entry.kind
        )
    Console().print(listed)
