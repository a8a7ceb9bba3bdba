"""The feed of an authority, kept so that notebooks need no file of its own.

It stands in ``data/processed/kpi/<code>/``, which never leaves ``data/``. A
feed takes the place of the one before, so each must hold the whole history.
Notes are free text, in which a person may be named, and are not kept. A page
is given the feed without counts that are too small to show.
"""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from sendlib.errors import NotAvailableError, ParameterError, Problem, did_you_mean
from sendlib.intake.kept import Shelf
from sendlib.kpi.feed import Feed, no_values
from sendlib.kpi.register import Register
from sendlib.kpi.synthetic import synthesise
from sendlib.project import Project
from sendlib.vocabulary import FEWEST_SHOWN

FOLDER = "kpi"
KINDS = ("own", "synthetic")
_FEEDS = Shelf(FOLDER, "KPI feed of the authority", "sendlib kpi read --la {} --feed FILE")
_TABLE = "feed"
_SEED, _YEARS = 1, 3  # of the invented feed: enough quarters for the limits of a chart


def keep_feed(project: Project, area_code: str, feed: Feed) -> Path:
    """Keep the feed of an authority in place of any kept before; gives its folder."""
    note = {
        "synthetic": feed.synthetic,
        "advice": [[told.found, told.where, told.remedy] for told in feed.advice],
    }
    return _FEEDS.keep(project, area_code, {_TABLE: feed.values.assign(note="")}, note)


def load_feed(project: Project, area_code: str) -> Feed:
    """The feed kept of an authority."""
    tables, note = _FEEDS.load(project, area_code)
    advice = tuple(Problem(*told) for told in note["advice"])
    return Feed(tables[_TABLE], advice, note["synthetic"])


def open_feed(
    project: Project, area_code: str, *, kind: str, register: Register, today: date
) -> Feed:
    """The feed that a page shows, as it stood on a day; one without values where none is stored.

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
    except NotAvailableError:
        return Feed(no_values(), (), synthetic=False)
    ended = feed.values[feed.values["period_end"] < pd.Timestamp(today)]
    ended = ended.reset_index(drop=True)
    return replace(feed, values=ended if feed.synthetic else withhold_small(ended, register))


def withhold_small(values: pd.DataFrame, register: Register) -> pd.DataFrame:
    """Make counts that could point at a person missing; 0 stays, as it speaks of no one.

    Percentages stay, since neither what was counted nor what it is a share of
    is ever shown with them: both columns are made missing in every row.
    """
    counted = values["kpi"].map({entry.slug: entry.kind == "count" for entry in register})
    small = counted & values["value"].between(0, FEWEST_SHOWN, inclusive="neither")
    shown = values["value"].mask(small)
    nothing = float("nan")
    return values.assign(value=shown, numerator=nothing, denominator=nothing)
