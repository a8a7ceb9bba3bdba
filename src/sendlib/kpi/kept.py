"""The feed of an authority, kept so that notebooks need no file of its own.

It stands in ``data/processed/kpi/<code>/``, which never leaves ``data/``. A
feed takes the place of the one before, so each must hold the whole history.
"""

from pathlib import Path

from sendlib.errors import NotHeldError, Problem
from sendlib.kpi.feed import Feed
from sendlib.own.folder import read_folder, write_folder
from sendlib.project import Project

FOLDER = "kpi"
_TABLE = "feed"


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
    return write_folder(_folder(project, area_code), {_TABLE: feed.values}, note)


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


def _folder(project: Project, area_code: str) -> Path:
    return project.processed / FOLDER / area_code
