"""Briefings: run notebooks, render accessible pages, publish them whole."""

from sendlib.briefing.draft import Draft
from sendlib.briefing.execution import Execution, Job, Progress, run_all
from sendlib.briefing.kernels.limits import Limits
from sendlib.briefing.notebooks import Notebook, contents, find_notebook, list_notebooks
from sendlib.briefing.outputs.folders import KeptRun, find_run, last_published, list_runs
from sendlib.briefing.outputs.retention import Retention
from sendlib.briefing.pack import Hooks, Pack, make_pack
from sendlib.briefing.pages.checks import PageError
from sendlib.briefing.parameters import Parameter, check, describe
from sendlib.briefing.setting import Assurance, DataFile, PackTitle, Setting
from sendlib.briefing.stopping import Stopped

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
