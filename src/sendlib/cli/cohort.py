"""Commands on the cohort model: a template, an invented authority, and counts of a caseload."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sendlib.cli.options import AsOf, Confirm, La, SyntheticOut, say_template
from sendlib.errors import OutputError
from sendlib.project import Project

if TYPE_CHECKING:
    import pandas as pd

    from sendlib.authority import Authority
    from sendlib.cohort import Inputs

cohorts = typer.Typer(help="Follow a caseload by age, need and place.", no_args_is_help=True)

Caseload = Annotated[
    list[Path] | None,
    typer.Option(help="The authority's own records, all of one form; may be repeated."),
]
Report = Annotated[
    Path | None, typer.Option(help="Write what was found to this CSV, for those who keep records.")
]


@cohorts.command("template")
def cohort_template(
    out: Annotated[Path, typer.Argument(help="Workbook to write.")] = Path(
        "caseload_template.xlsx"
    ),
) -> None:
    """Write a workbook to fill in with a caseload."""
    from sendlib import intake

    intake.write_template(out)
    say_template(f"the sheet Caseload of {out}", f"sendlib cohort fit --caseload {out}")


@cohorts.command("fit")
def cohort_fit(
    *,
    la: Annotated[
        str, typer.Option(help="Authority, region or England: a name or a code.")
    ] = "865",
    as_of: AsOf = None,
    caseload: Caseload = None,
    urns: Annotated[
        Path | None, typer.Option(help="CSV of establishments: urn, place_type (for XML).")
    ] = None,
    refuse_above: Annotated[
        float,
        typer.Option(help="Share of rows set aside above which nothing is used.", min=0, max=1),
    ] = 0.05,
    confirm: Confirm = None,
    report: Report = None,
) -> None:
    """Count who stayed, joined, left and moved: as published, or from the authority's own records.

    Counts of own records are stored in data/processed/own for the notebooks.
    """
    from sendlib import cohort, intake
    from sendlib.authority import Authority

    if not caseload:
        typer.echo(_describe_flows(*_published(la, as_of)))
        return
    authority = Authority.open(la, as_of=as_of, build=True)
    project = authority.project
    listed = intake.read_urns(urns) if urns else None
    try:
        records = intake.read_caseload(
            caseload,
            salt=intake.local_salt(project),
            urns=listed,
            refuse_above=refuse_above,
            confirmed=confirm or (),
            published=_published_plans(authority),
        )
    except intake.CaseloadError as error:
        if report:
            try:
                intake.write_report(error.findings, error.rows, report)
                typer.echo(f"The findings are in {report.resolve()}.", err=True)
            except OutputError as unwritten:
                problems = [*error.problems, *unwritten.problems]
                raise intake.CaseloadError(
                    error.headline, problems, error.findings, error.rows
                ) from error
        raise
    inputs = cohort.Inputs.from_own(
        _tables(authority), records, area_code=authority.code, horizon=1
    )
    typer.echo(_describe_flows(inputs, authority.name))
    read, aside = (int(records.rows[name].sum()) for name in ("rows_read", "rows_set_aside"))
    typer.echo(f"{read:,} rows read, {aside:,} set aside ({aside / max(read, 1):.1%}).")
    if report:
        intake.write_report(records.findings, records.rows, report)
        typer.echo(f"The findings are in {report.resolve()}.")
    elif len(records.findings):
        typer.echo(f"{len(records.findings)} findings; --report FILE writes them down.")
    folder = intake.save_caseload(project, authority.code, records)
    typer.echo(f"Counts are stored in {folder.relative_to(project.root)}.")


@cohorts.command("synthesise")
def cohort_synthesise(
    la: La = "865",
    seed: Annotated[int, typer.Option(help="Fixes every invented child.")] = 1,
    out: SyntheticOut = None,
) -> None:
    """Invent people who add up to an authority's published totals, in all three forms."""
    from sendlib import cohort
    from sendlib.authority import Authority
    from sendlib.cohort.synthetic import synthesise

    authority = Authority.open(la, build=True)
    project = authority.project
    tables = _tables(authority)
    inputs = cohort.Inputs.from_tables(
        tables, area_code=authority.code, origin=authority.as_of, horizon=1, with_needs=True
    )
    rows = synthesise(inputs, tables["ehcp_caseload"], seed=seed)
    folder = out or project.private / "synthetic"
    folder.mkdir(parents=True, exist_ok=True)
    januaries = sorted(rows["january"].unique())
    files = _write(rows, januaries, folder)
    span = f"January {januaries[0]} to {januaries[-1]}"
    typer.echo(f"{len(rows):,} rows of invented people, {span}, marked as synthetic:")
    typer.echo("\n".join(f"  {path}" for path in files))


def _write(rows: "pd.DataFrame", januaries: list[int], folder: Path) -> list[Path]:
    """The same people as a workbook, as returns and as transitions."""
    from secrets import token_bytes

    from sendlib import intake
    from sendlib.intake import write

    workbook = folder / "synthetic_caseload.xlsx"
    write.write_extract(rows, workbook, synthetic=True)
    returns = [folder / f"synthetic_sen2_{january}.xml" for january in januaries]
    for january, path in zip(januaries, returns, strict=True):
        write.write_sen2(rows, path, january, synthetic=True)
    write.invented_urns().to_csv(folder / "synthetic_urns.csv", index=False)
    transitions = folder / "synthetic_transitions.csv"
    counted = intake.read_caseload([workbook], salt=token_bytes(32))
    write.write_transitions(counted.movements, transitions, synthetic=True)
    return [workbook, *returns, folder / "synthetic_urns.csv", transitions]


def _tables(authority: "Authority") -> "dict[str, pd.DataFrame]":
    from sendlib import cohort

    return {name: authority.load(name) for name in cohort.TABLES}


def _published(la: str, as_of: int | None) -> "tuple[Inputs, str]":
    """The published inputs of an authority, a region or England, and its name."""
    from sendlib import areas, cohort, data

    project = Project.find()
    data.build(project)
    known = data.load(project, "area")
    code = areas.find_area(la, known)
    caseload = data.load(project, "ehcp_caseload", as_of=as_of)
    areas.check_available(code, caseload, known)
    origin = as_of or int(caseload.loc[caseload["area_code"] == code, "census_year"].max())
    tables = {name: data.load(project, name, as_of=origin) for name in cohort.TABLES}
    inputs = cohort.Inputs.from_tables(tables, area_code=code, origin=origin, horizon=1)
    return inputs, str(known.set_index("area_code").loc[code, "area_name"])


def _published_plans(authority: "Authority") -> dict[int, float]:
    """The plans published of an authority, by January."""
    from sendlib import indicators

    plans = indicators.plans(authority.load("ehcp_caseload"), areas=authority.code)
    known = plans.dropna(subset=["plans"])
    return dict(zip(known["census_year"].astype(int), known["plans"].astype(float), strict=True))


def _describe_flows(inputs: "Inputs", name: str) -> str:
    """The stock and the last year's flows by place, as plain text."""
    from sendlib import cohort

    said = {"published": "as published", "own": "own records", "synthetic": "SYNTHETIC records"}
    table = cohort.flows_by_place(inputs.evidence)
    return (
        f"{name}, January {inputs.origin}, {said[inputs.evidence.kind]}\n"
        f"{table.to_string(index=False, float_format='{:,.0f}'.format)}"
    )
