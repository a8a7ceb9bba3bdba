"""Briefings: run notebooks, render accessible pages, publish them whole."""

from sendlib.packs.draft import Draft
from sendlib.packs.execution import Execution, Job, Progress, run_all
from sendlib.packs.kernels.limits import Limits
from sendlib.packs.notebooks import Notebook, contents, find_notebook, list_notebooks
from sendlib.packs.outputs.folders import KeptRun, find_run, last_published, list_runs
from sendlib.packs.outputs.retention import Retention
from sendlib.packs.pack import Hooks, Pack, make_pack
from sendlib.packs.pages.checks import PageError
from sendlib.packs.parameters import Parameter, check, describe
from sendlib.packs.setting import Assurance, DataFile, PackTitle, Setting
from sendlib.packs.stopping import Stopped

__all__ = [
    "Assurance",
    "DataFile",
    "Draft",
    "Execution",
    "Hooks",
    "Job",
    "KeptRun",
    "Limits",
    "Notebook",
    "Pack",
    "PackTitle",
    "PageError",
    "Parameter",
    "Progress",
    "Retention",
    "Setting",
    "Stopped",
    "check",
    "contents",
    "describe",
    "find_notebook",
    "find_run",
    "last_published",
    "list_notebooks",
    "list_runs",
    "make_pack",
    "run_all",
]
