"""Briefings: run notebooks, render accessible pages, publish them whole."""

from sendlib.briefing.checks import PageError, check_pages
from sendlib.briefing.notebooks import Notebook, find_notebook, list_notebooks
from sendlib.briefing.pack import Pack, make_pack
from sendlib.briefing.parameters import Parameter, check, describe
from sendlib.briefing.record import DataFile
from sendlib.briefing.render import PackTitle
from sendlib.briefing.run import Execution, Job, Progress, run_notebook

__all__ = [
    "DataFile",
    "Execution",
    "Job",
    "Notebook",
    "Pack",
    "PackTitle",
    "PageError",
    "Parameter",
    "Progress",
    "check",
    "check_pages",
    "describe",
    "find_notebook",
    "list_notebooks",
    "make_pack",
    "run_notebook",
]
