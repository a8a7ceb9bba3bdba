"""What kernels find imported and ready: the process that they are forked from imports this.

Nothing here starts a thread, so that a fork is whole.
"""
# ruff: noqa: F401

import sqlite3

import cloudpickle
import ipykernel.debugger  # a kernel imports it, though nobody debugs here
import ipykernel.kernelapp
import ipykernel.zmqshell
import IPython.core.completer
import joblib
import pandas.io.formats.style
import pyarrow.parquet
import seaborn
import statsmodels.robust.norms
import statsmodels.robust.robust_linear_model
import tornado.platform.asyncio
import tornado.queues

import sendlib.briefing
import sendlib.cohort
import sendlib.compare
import sendlib.kpi
import sendlib.outcomes
import sendlib.packs.kernel
import sendlib.packs.notebooks
import sendlib.panel
import sendlib.quality
import sendlib.strategies
from sendlib.pages.markup import render
from sendlib.reuse import code_version

render("note", "")  # its template has every part of a page
code_version()
