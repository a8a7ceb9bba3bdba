"""Commands on an authority's own figures of money: a template, reading it, and taking it away."""

from pathlib import Path
from typing import Annotated

import typer

from sendlib.cli.options import Confirm, La, say_stored, say_template

money = typer.Typer(help="Use an authority's own figures of money.", no_args_is_help=True)


@money.command("template")
def finance_template(
    out: Annotated[Path, typer.Argument(help="Workbook to write.")] = Path("own_figures.xlsx"),
) -> None:
    """Write a workbook to fill in with an authority's own figures and plans."""
    from sendlib import own_figures

    own_figures.write_template(out)
    say_template(f"the sheets of {out}", f"sendlib finance read {out}")


@money.command("read")
def finance_read(
    figures: Annotated[Path, typer.Argument(help="The filled-in template.")],
    la: La = "865",
    confirm: Confirm = None,
) -> None:
    """Check own figures; store them, and their plans as a scenario, if nothing is wrong."""
    from sendlib import clock, own_figures
    from sendlib.authority import Authority
    from sendlib.finance.known import published_money

    authority = Authority.open(la, build=True)
    project, code = authority.project, authority.code
    supplied = own_figures.read_figures(
        figures,
        project=project,
        known=published_money(authority),
        today=clock.today(),
        confirmed=confirm or (),
    )
    plan = own_figures.store_figures(
        project, code, supplied, name=authority.name, today=clock.today()
    )
    say_stored(supplied, f"{len(supplied.values):,} figures of {authority.name} are stored.")
    if plan:
        shown = plan.relative_to(project.root)
        typer.echo(f"Its plans are the scenario {shown}: sendlib scenario show {plan.stem}")


@money.command("remove")
def finance_remove(la: La = "865") -> None:
    """Take away the own figures of an authority: pages show published ones again."""
    from sendlib.authority import Authority
    from sendlib.intake.store import FIGURES

    authority = Authority.open(la)
    FIGURES.remove(authority.project, authority.code)
    typer.echo(f"No own figures of {authority.name} are stored any more.")
