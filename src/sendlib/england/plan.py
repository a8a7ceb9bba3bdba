"""What a run of many authorities is to make, checked as a whole before anything runs."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from sendlib import areas, data
from sendlib.clock import EPOCH_VARIABLE
from sendlib.england.destination import Destination
from sendlib.errors import ParameterError, Problem, raise_any, result_or_problems
from sendlib.finance.levers import CHECKERS
from sendlib.forecast import check_horizon
from sendlib.forecast.stored import NAME as FORECASTS
from sendlib.intake.store import load_figures
from sendlib.packs.notebooks import find_notebook, list_notebooks
from sendlib.packs.publish import RUNS
from sendlib.packs.setting import Limits
from sendlib.project import Project
from sendlib.reuse import code_version
from sendlib.scenarios import check_scenarios, load_scenario
from sendlib.successors import Future, read_future

PAGES = ("20", "21", "22", "23", "30", "31", "90")
"""The pages of each pack beside the first one, unless others are asked for."""

_PUBLISHED_ONLY = "A run of England rests on published figures only."


@dataclass(frozen=True)
class Plan:
    """Authorities, and what is made for each of them."""

    project: Project
    authorities: dict[str, str]  # names by three-digit code
    pages: tuple[str, ...]  # numbers of notebooks
    scenarios: tuple[str, ...]  # the first is the one that pages show
    horizon: int  # years ahead
    destination: Destination
    limits: Limits
    fresh: bool = False

    def folder(self, code: str) -> str:
        """The folder of an authority's packs, in that of all."""
        return f"packs/{code}"

    @cached_property
    def version(self) -> str:
        """A hash of all that packs are made from, but for the authority."""
        project = self.project
        strategies = sorted((project.root / "strategies").rglob("*.*"))
        read = [*(find_notebook(project, page).path for page in self.pages), *strategies]
        loaded = [load_scenario(project, slug, checkers=CHECKERS) for slug in self.scenarios]
        rests_on = (
            code_version(),
            data.tables_version(project),
            {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in read},
            [scenario.record() for scenario in loaded],
            read_future(project).file.model_dump(mode="json"),
            self.horizon,
        )
        return hashlib.sha256(json.dumps(rests_on, default=str).encode()).hexdigest()

    def is_made(self, code: str) -> bool:
        """Whether an authority's pack on show was made from just this, and is whole."""
        folder = self.folder(code)
        note = self.destination.note(folder)
        run = f"{folder}/{RUNS}/{note.get('run_id')}"
        return note.get("version") == self.version and all(
            hashlib.sha256(self.destination.read(f"{run}/{name}") or b"").hexdigest() == published
            for name, published in note["files"].items()
        )

    def task(self, code: str) -> dict[str, object]:
        """What a worker is told to make: names, numbers and folders, no row of any table."""
        return {
            "code": code,
            "pages": self.pages,
            "scenarios": self.scenarios,
            "horizon": self.horizon,
            "address": self.destination.address,
            "folder": self.folder(code),
            "forecasts": FORECASTS,
            "limits": self.limits.model_dump(),
            "fresh": self.fresh,
            "version": self.version,
            "environment": {
                name: os.environ[name] for name in (EPOCH_VARIABLE,) if name in os.environ
            },
        }


def make_plan(
    project: Project,
    names: Sequence[str] = (),
    *,
    pages: Sequence[str] = PAGES,
    scenarios: Sequence[str] = ("baseline",),
    horizon: int = 5,
    out: str | Path | None = None,
    limits: Limits = Limits(),  # noqa: B008
    fresh: bool = False,
) -> Plan:
    """A plan for some authorities, or for all; a ``ParameterError`` has everything wrong with it.

    ``pages`` are numbers or names of notebooks, or ``all``; ``out`` is a folder, or an address
    that fsspec knows.
    """
    destination = Destination(str(out or project.outputs / "england"))
    data.build(project)
    future = read_future(project)
    known = future.areas
    caseload = data.load(project, "ehcp_caseload")
    found = [result_or_problems(partial(_find, name, caseload, future)) for name in names]
    every = [each.number for each in list_notebooks(project)[1:]]
    asked = every if list(pages) == ["all"] else pages
    numbers = [result_or_problems(partial(_number, project, name)) for name in asked]
    checks = [
        result_or_problems(lambda: check_scenarios(project, list(scenarios), checkers=CHECKERS)),
        result_or_problems(lambda: check_horizon(horizon)),
    ]
    problems = [problem for _, wrong in (*found, *numbers, *checks) for problem in wrong]
    problems += destination.find_problems()
    raise_any(ParameterError, "England cannot be run like that.", problems)
    codes = [code for code, _ in found if code] if names else _counted(caseload, known)
    raise_any(ParameterError, _PUBLISHED_ONLY, _find_own(project, codes))
    of_code = known.set_index("area_code")["area_name"]
    return Plan(
        project,
        {code: str(of_code[code]) for code in dict.fromkeys(codes)},
        tuple(dict.fromkeys(number for number, _ in numbers if number)),
        tuple(scenarios),
        horizon,
        Destination(str(destination)),  # the same from wherever it is looked for
        limits,
        fresh,
    )


def _find_own(project: Project, codes: Sequence[str]) -> list[Problem]:
    """Authorities whose own figures lie here: packs that other machines share have none."""
    remedy = "run sendlib brief for it, and England in a checkout without own figures"
    return [
        Problem("own_figures_here", "its own figures are stored here", f"authority {code}", remedy)
        for code in codes
        if len(load_figures(project, code))
    ]


def _find(name: str, caseload: pd.DataFrame, future: Future) -> str:
    code = areas.find_authority(name, future.areas)
    for part in future.parts_of(code):
        areas.check_available(part, caseload, future.areas)
    return code


def _number(project: Project, name: str) -> str:
    return find_notebook(project, name).number


def _counted(caseload: pd.DataFrame, known: pd.DataFrame) -> list[str]:
    """Every authority of today whose plans have been counted."""
    today = known[known["last_census"].isna() & known["area_code"].str.isdigit()]
    counted = caseload.loc[caseload["plans"].notna(), "area_code"].unique()
    return sorted(set(today["area_code"]) & set(counted))
