"""The command that makes packs of many authorities on a cluster, and a site of them."""

from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated

import typer

from sendlib.cli.options import Fresh
from sendlib.errors import ParameterError, Problem
from sendlib.project import Project

if TYPE_CHECKING:
    from sendlib.england.run import Outcome

Names = Annotated[
    list[str] | None,
    typer.Argument(help="Authorities, by name or code.", show_default="all of England"),
]


def england(
    names: Names = None,
    *,
    pages: Annotated[
        str, typer.Option(help="Numbers of pages beside the first, with commas; or all.")
    ] = "20,21,22,23,30,31,90",
    scenario: Annotated[
        list[str] | None,
        typer.Option(help="A file in scenarios/; may be repeated.", show_default="baseline"),
    ] = None,
    horizon: Annotated[int, typer.Option(help="Years of forecast, 1 to 10.")] = 5,
    out: Annotated[
        str | None,
        typer.Option(
            help="Folder for packs and site that all workers share, or an address such as "
            "s3://bucket/england.",
            show_default="the project's outputs/england/",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Workers on this machine.", show_default="as it has room for"),
    ] = None,
    scheduler: Annotated[
        str, typer.Option(help="Address of a Dask cluster that exists, such as tcp://host:8786.")
    ] = "",
    seconds: Annotated[int, typer.Option(min=1, help="The longest that one page may take.")] = 900,
    memory: Annotated[
        int, typer.Option(min=512, help="What one page may hold in memory. [MB]")
    ] = 4096,
    fresh: Fresh = False,
) -> None:
    """Make a pack of every authority, and a site with their forecasts and how past ones fared.

    A pack that is there already, made from the same, is left as it is. The exit code is 3 where
    an authority has no new pack; all others have theirs.
    """
    if find_spec("distributed") is None:
        remedy = "install it with: pip install 'sendlib[england]'"
        problem = Problem("no_dask", "Dask is not installed", "sendlib england", remedy)
        raise ParameterError("A cluster needs Dask.", [problem])
    from sendlib.england.plan import make_plan
    from sendlib.england.run import raise_failures, remove_old, run
    from sendlib.england.site import write_site
    from sendlib.packs.setting import Limits

    plan = make_plan(
        Project.find(),
        names or (),
        pages=[page.strip() for page in pages.split(",")],
        scenarios=scenario or ["baseline"],
        horizon=horizon,
        out=out,
        limits=Limits(notebook_seconds=seconds, memory_mb=memory),
        fresh=fresh,
    )

    def progress(outcome: "Outcome", done: int, rest: float) -> None:
        said = {"made": f"made in {outcome.seconds:.0f} s", "kept": "there already"}
        what = said.get(outcome.state, f"failed: {'; '.join(outcome.problems)}")
        time_left = f"about {round(rest / 60)} min" if rest > 30 else "under a minute"
        left = f" ({time_left} left)" if rest > 0 else ""
        typer.echo(
            f"{done} of {len(plan.authorities)}  {plan.authorities[outcome.code]}: {what}{left}",
            err=True,
        )

    outcomes = run(plan, scheduler=scheduler, workers=workers, progress=progress)
    typer.echo(f"The site is in {write_site(plan)}")
    remove_old(plan, outcomes)
    raise_failures(plan, outcomes)
