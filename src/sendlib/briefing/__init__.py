"""Briefings: run notebooks, render accessible pages, publish them whole."""

from sendlib.briefing.draft import Draft
from sendlib.briefing.kernels.limits import Limits
from sendlib.briefing.notebooks import Notebook, find_notebook, list_notebooks
from sendlib.briefing.outputs.folders import Published, find_run, last_published, list_runs
from sendlib.briefing.outputs.record import Assurance, DataFile
from sendlib.briefing.outputs.retention import Retention
from sendlib.briefing.pack import Pack, make_pack
from sendlib.briefing.pages.checks import PageError, check_pages
from sendlib.briefing.pages.render import PackTitle
from sendlib.briefing.parameters import Parameter, check, describe
from sendlib.briefing.run import Execution, Job, Progress, run_notebook
from sendlib.briefing.stopping import Stopped

__all__ = [
    "Assurance",
    "DataFile",
    "Draft",
    "Execution",
    "Job",
    "Limits",
    "Notebook",
    "Pack",
    "PackTitle",
    "PageError",
    "Parameter",
    "Progress",
    "Published",
    "Retention",
    "Stopped",
    "check",
    "check_pages",
    "describe",
    "find_notebook",
    "find_run",
    "last_published",
    "list_notebooks",
    "list_runs",
    "make_pack",
    "run_notebook",
]
