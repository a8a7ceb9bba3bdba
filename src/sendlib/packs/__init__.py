"""Packs: run notebooks, render accessible pages, and publish them all or not at all."""

from typing import TYPE_CHECKING

from sendlib.lazy import names_of

if TYPE_CHECKING:
    from sendlib.packs.execution import Job, Progress, run_all
    from sendlib.packs.notebooks import Notebook, contents, find_notebook, list_notebooks
    from sendlib.packs.pack import Draft, Pack, Review, leave_refusal, make_pack
    from sendlib.packs.page_checks import PageError
    from sendlib.packs.parameters import check, list_parameters
    from sendlib.packs.runs import (
        Run,
        find_damage,
        find_published,
        find_run,
        latest_run,
        list_runs,
    )
    from sendlib.packs.setting import Assurance, DataFile, Limits, PackTitle, Retention, Setting
    from sendlib.packs.stopping import Stopped

__all__ = [
    "Assurance",
    "DataFile",
    "Draft",
    "Job",
    "Limits",
    "Notebook",
    "Pack",
    "PackTitle",
    "PageError",
    "Progress",
    "Retention",
    "Review",
    "Run",
    "Setting",
    "Stopped",
    "check",
    "contents",
    "find_damage",
    "find_notebook",
    "find_published",
    "find_run",
    "latest_run",
    "leave_refusal",
    "list_notebooks",
    "list_parameters",
    "list_runs",
    "make_pack",
    "run_all",
]

__getattr__ = names_of(__name__, __file__)
