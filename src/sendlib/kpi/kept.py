"""The feed of an authority, kept so that notebooks need no file of its own.

It stands in ``data/processed/kpi/<code>/``, which never leaves ``data/``. A
feed takes the place of the one before, so each must hold the whole history.
Notes are free text, in which a person may be named, and are not kept.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from sendlib.errors import NotHeldError, ParameterError, Problem, did_you_mean
from sendlib.kpi.discreet import withhold_small
from sendlib.kpi.feed import Feed
from sendlib.kpi.register import Register
from sendlib.kpi.synthetic import synthesise
from sendlib.own.folder import read_folder, write_folder
from sendlib.project import Project

FOLDER = "kpi"
KINDS = ("own", "synthetic")
_TABLE = "feed"
_SEED, _YEARS = 1, 3  # of the invented feed: enough quarters for the limits of a chart


def keep_feed(project: Project, area_code: str, feed: Feed) -> Path:
    """Keep the feed of an authority in place of any kept before.

    Parameters
    ----------
    project : Project
        Where ``data/processed`` is.
    area_code : str
        The authority.
    feed : Feed
        As read.

    Returns
    -------
    Path
        The folder.
    """
    note = {
        "synthetic": feed.synthetic,
        "advice": [[told.found, told.where, told.remedy] for told in feed.advice],
    }
    return write_folder(_folder(project, area_code), {_TABLE: feed.values.assign(note="")}, note)


def load_feed(project: Project, area_code: str) -> Feed:
    """The feed kept of an authority.

    Raises
    ------
    NotHeldError
        If none is kept, with the command that reads one.
    """
    kept = read_folder(_folder(project, area_code))
    if kept is None:
        remedy = f"run: sendlib kpi read --la {area_code} --feed FILE"
        raise NotHeldError(
            "No KPI feed of the authority is kept.",
            [Problem(f"authority {area_code}", f"data/processed/{FOLDER}", remedy)],
        )
    tables, note = kept
    advice = tuple(Problem(*told) for told in note["advice"])
    return Feed(tables[_TABLE], advice, note["synthetic"])


def open_feed(
    project: Project, area_code: str, *, kind: str, register: Register, today: date
) -> Feed | None:
    """The feed that a page shows, as it stood on a day; None where none is kept.

    Small counts of an authority's own are withheld (``withhold_small``), and
    periods that had not ended are left out. An invented feed is shown whole.

    Parameters
    ----------
    project : Project
        Where ``data/processed`` is.
    area_code : str
        The authority.
    kind : str
        ``own``, or ``synthetic`` for an invented one.
    register : Register
        The indicators there are.
    today : date
        The day of reporting.

    Raises
    ------
    ParameterError
        If there is no such kind of feed.
    """
    if kind not in KINDS:
        problem = Problem(f"{kind!r}", "feed", did_you_mean(kind, KINDS))
        raise ParameterError("There is no such kind of feed.", [problem])
    if kind == "synthetic":
        made = synthesise(register, today=today, seed=_SEED, years=_YEARS)
        return Feed(made.values, (), synthetic=True)
    try:
        feed = load_feed(project, area_code)
    except NotHeldError:
        return None
    ended = feed.values[feed.values["period_end"] < pd.Timestamp(today)]
    ended = ended.reset_index(drop=True)
    return replace(feed, values=ended if feed.synthetic else withhold_small(ended, register))


def _folder(project: Project, area_code: str) -> Path:
    return project.processed / FOLDER / area_code
