"""Tell what became of a run: notices to people, and a record of one that never began."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sendlib import areas, data
from sendlib.board import notices
from sendlib.board.file import Board
from sendlib.board.schedules import describe_moment, next_run
from sendlib.clock import now
from sendlib.errors import SendlibError
from sendlib.packs import Pack, PackTitle, Setting
from sendlib.packs.pack import leave_refusal
from sendlib.packs.runs import last_published
from sendlib.packs.stopping import Stopped
from sendlib.project import Project

STOPPED_RUNS_WAIT = 20.0
"""How long a run that was asked to stop waits for its notice. [seconds]"""


def next_in_words(board: Board) -> str:
    """When the next pack is due, by the board's clock; empty without a schedule."""
    return describe_moment(next_run(board.schedule, now())) if board.schedule else ""


def tell_published(board: Board, pack: Pack) -> None:
    """Send word that a pack is out."""
    record: Mapping[str, Any] = json.loads(pack.record.read_text(encoding="utf-8"))
    headlines = [line for lines in record["headlines"].values() for line in lines]
    notice = notices.published(
        board.name,
        where=str(pack.latest),
        headlines=headlines,
        stale=str(record["notice"]),
        next_run=next_in_words(board),
    )
    notices.send(notice, board.notices.success)


@contextmanager
def failure_told(board: Board, folder: Path) -> Iterator[None]:
    """Send word of a run that published nothing; its error stays what it was.

    A run that a signal or the keyboard stopped is told of too, within
    ``STOPPED_RUNS_WAIT``, since whoever stopped it will not wait for long.
    """
    try:
        yield
    except Stopped as stopped:
        if not stopped.pack_is_out:
            _tell_stopped(board, folder, stopped)
        raise
    except KeyboardInterrupt as stopped:
        _tell_stopped(board, folder, stopped)
        raise
    except Exception as error:
        try:
            _tell_failed(board, folder, error)
        except SendlibError as unsent:
            if isinstance(error, SendlibError):
                problems = (*error.problems, *unsent.problems)
                raise type(error)(error.headline, problems) from error
        raise


def _tell_stopped(board: Board, folder: Path, stopped: BaseException) -> None:
    try:
        _tell_failed(board, folder, stopped, most=STOPPED_RUNS_WAIT)
    except SendlibError as unsent:
        stopped.add_note(str(unsent))


def _tell_failed(
    board: Board, folder: Path, error: BaseException, *, most: float = notices.MAY_TAKE
) -> None:
    last = last_published(folder)
    notice = notices.not_published(board.name, error, last_good=last.run_id if last else "")
    notices.send(notice, board.notices.failure, most=most)


@contextmanager
def refusal_kept(project: Project, board: Board, folder: Path) -> Iterator[None]:
    """Leave a record where a run ends within the block, before it has a folder of its own.

    Only a board that has a file leaves one: a slip in the options of a command
    is of no interest later.
    """
    try:
        yield
    except BaseException as error:
        if board.path is not None:
            code = _code_of(project, board)
            title = PackTitle(board.authority, str(board.as_of), code, board.scenarios[0])
            refused = Setting(title, notebooks=(), inputs=(), board=board.described())
            leave_refusal(project, folder, error, setting=refused)
        raise


def _code_of(project: Project, board: Board) -> str:
    """The authority's code where it is known, so that its next pack clears the record."""
    with suppress(SendlibError, OSError):
        return areas.find_authority(board.authority, data.load(project, "area"))
    return re.sub(r"[^A-Za-z0-9]+", "-", board.authority).strip("-") or "unknown"
