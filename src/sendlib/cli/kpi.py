"""Commands on indicators: a template, a feed to read, an invented feed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendlib.cli.options import Confirm, La, SyntheticOut

if TYPE_CHECKING:
    import pandas as pd

    from sendlib.project import Project

indicators = typer.Typer(help="Read and watch the strategy's indicators.", no_args_is_help=True)


@indicators.command("template")
def kpi_template(
    out: Annotated[Path, typer.Argument(help="Workbook to write.")] = Path("kpi_template.xlsx"),
    la: La = "865",
) -> None:
    """Write a workbook to fill in with an authority's indicators."""
    from sendlib import kpi

    _, area = _area(la)
    kpi.write_feed_template(out, kpi.read_register(), authority=str(area["area_code"]))
    typer.echo(f"Fill in the sheet Feed of {out}, then: sendlib kpi read --la {la} --feed {out}")


@indicators.command("read")
def kpi_read(
    feed: Annotated[Path, typer.Option(help="The feed, as CSV or as the filled-in template.")],
    la: La = "865",
    confirm: Confirm = None,
) -> None:
    """Check a feed, and store it in data/processed/kpi for the notebooks if nothing is wrong."""
    from sendlib import clock, kpi

    project, area = _area(la)
    former = str(area["former_gss_codes"]).split(";")
    names = (area["area_code"], area["gss_code"], area["area_name"], *former)
    supplied = kpi.read_feed(
        feed,
        authority=[str(name) for name in names if name],
        register=kpi.read_register(),
        today=clock.today(),
        confirmed=confirm or (),
    )
    folder = kpi.save_feed(project, str(area["area_code"]), supplied)
    mark = "SYNTHETIC figures: " if supplied.synthetic else ""
    count = supplied.values["kpi"].nunique()
    typer.echo(
        f"{mark}{len(supplied.values):,} values of {count} indicators for {area['area_name']}."
    )
    for each in supplied.advice:
        typer.echo(f"  advice: {each}")
    typer.echo(f"Stored in {folder.relative_to(project.root)}.")


@indicators.command("synthesise")
def kpi_synthesise(
    la: La = "865",
    seed: Annotated[int, typer.Option(help="Fixes every figure.")] = 1,
    years: Annotated[int, typer.Option(help="Years of figures.", min=1, max=10)] = 2,
    out: SyntheticOut = None,
) -> None:
    """Invent a feed with planted special causes, marked as synthetic, as CSV and workbook."""
    from sendlib import clock, kpi

    project, area = _area(la)
    register = kpi.read_register()
    made = kpi.synthesise_feed(register, today=clock.today(), seed=seed, years=years)
    folder = out or project.private / "synthetic"
    folder.mkdir(parents=True, exist_ok=True)
    typer.echo(f"{len(made.values):,} invented values, marked as synthetic:")
    for ending in ("csv", "xlsx"):
        path = folder / f"synthetic_kpi_feed.{ending}"
        code = str(area["area_code"])
        kpi.write_feed(made.values, path, register, authority=code, synthetic=True)
        typer.echo(f"  {path}")


def _area(la: str) -> "tuple[Project, pd.Series]":
    """The project, and the row of an authority in table ``area``."""
    from sendlib import areas, data
    from sendlib.project import Project

    project = Project.find()
    data.build(project)
    known = data.load(project, "area")
    code = areas.find_authority(la, known)
    return project, known[known["area_code"] == code].iloc[0]
