"""The command that makes a return: the DSG management plan with LSRP tables."""

from pathlib import Path
from typing import Annotated

import typer

from sendlib.cli.opening import AsOf, La, Scenario, open_authority

ReturnFile = Annotated[
    Path | None,
    typer.Option(
        help="Workbook to write; missing folders are made.",
        show_default="in the project's outputs/returns/",
    ),
]


def returns(
    la: La = "865", as_of: AsOf = None, scenario: Scenario = "baseline", out: ReturnFile = None
) -> None:
    """Make a workbook in the layout of the DSG management plan, with LSRP tables."""
    from sendlib import clock
    from sendlib.board.subject import open_scenario
    from sendlib.finance import Model
    from sendlib.returns import file_name, make_return, save_return

    project, authority = open_authority(la, as_of)
    chosen = open_scenario(project, scenario)
    path = out or project.outputs / "returns" / file_name(authority.code, scenario)
    model = Model.from_tables(
        authority.load, area_code=authority.code, origin=authority.as_of, with_needs=True
    )
    made = make_return(model, chosen, authority.load, authority=authority.name, created=clock.now())
    typer.echo(f"{save_return(made, path)}\nall {len(made.checks)} checks true")
