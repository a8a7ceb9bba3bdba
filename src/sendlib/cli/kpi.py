"""Commands on indicators: a template, a feed to read, an invented feed."""

from pathlib import Path
from typing import Annotated

import typer

from sendlib.cli.options import Confirm, La, SyntheticOut, say_stored, say_template

indicators = typer.Typer(help="Read and watch the strategy's indicators.", no_args_is_help=True)


@indicators.command("template")
def kpi_template(
    out: Annotated[Path, typer.Argument(help="Workbook to write.")] = Path("kpi_template.xlsx"),
    la: La = "865",
) -> None:
    """Write a workbook to fill in with an authority's indicators."""
    from sendlib import kpi
    from sendlib.authority import Authority

    authority = Authority.open(la, build=True)
    kpi.write_feed_template(out, kpi.read_register(), authority=authority.code)
    say_template(f"the sheet Feed of {out}", f"sendlib kpi read --la {la} --feed {out}")


@indicators.command("read")
def kpi_read(
    feed: Annotated[Path, typer.Option(help="The feed, as CSV or as the filled-in template.")],
    la: La = "865",
    confirm: Confirm = None,
) -> None:
    """Check a feed, and store it in data/processed/kpi for the notebooks if nothing is wrong."""
    from sendlib import clock, kpi
    from sendlib.authority import Authority

    authority = Authority.open(la, build=True)
    supplied = kpi.read_feed(
        feed,
        authority=authority.names,
        register=kpi.read_register(),
        today=clock.today(),
        confirmed=confirm or (),
    )
    folder = kpi.save_feed(authority.project, authority.code, supplied)
    count = supplied.values["kpi"].nunique()
    say_stored(
        supplied, f"{len(supplied.values):,} values of {count} indicators for {authority.name}."
    )
    typer.echo(f"Stored in {folder.relative_to(authority.project.root)}.")


@indicators.command("synthesise")
def kpi_synthesise(
    la: La = "865",
    seed: Annotated[int, typer.Option(help="Fixes every figure.")] = 1,
    years: Annotated[int, typer.Option(help="Years of figures.", min=1, max=10)] = 2,
    out: SyntheticOut = None,
) -> None:
    """Invent a feed with planted special causes, marked as synthetic, as CSV and workbook."""
    from sendlib import clock, kpi
    from sendlib.authority import Authority

    authority = Authority.open(la, build=True)
    register = kpi.read_register()
    made = kpi.synthesise_feed(register, today=clock.today(), seed=seed, years=years)
    folder = out or authority.project.private / "synthetic"
    folder.mkdir(parents=True, exist_ok=True)
    typer.echo(f"{len(made.values):,} invented values, marked as synthetic:")
    for ending in ("csv", "xlsx"):
        path = folder / f"synthetic_kpi_feed.{ending}"
        kpi.write_feed(made.values, path, register, authority=authority.code, synthetic=True)
        typer.echo(f"  {path}")
