"""Make the pack that a board wants: everything it asked for, judged, published and told of."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

from sendlib import forecast, store
from sendlib.authority import Authority
from sendlib.board import changes, crate, freshness, gate, lights, notices
from sendlib.board import pdf as pdf_pages
from sendlib.board.calendar import next_run
from sendlib.board.checks import notebooks_of
from sendlib.board.file import Board, BoardError
from sendlib.board.status import in_words
from sendlib.board.subject import open_authority, open_scenario
from sendlib.briefing import DataFile, Notebook, Pack, PackTitle, Progress, axe, describe, make_pack
from sendlib.briefing.draft import Draft
from sendlib.briefing.folders import last_published
from sendlib.briefing.front import Front
from sendlib.briefing.limits import Limits
from sendlib.briefing.notebooks import find_notebook
from sendlib.briefing.parameters import Value
from sendlib.briefing.record import Assurance, is_time_fixed, now
from sendlib.briefing.resume import MARK
from sendlib.briefing.retention import Retention
from sendlib.errors import NotHeldError, OutputError, Problem, SendlibError
from sendlib.project import Project
from sendlib.scenarios import Scenario

CHECKS = "checks.txt"


def run(
    project: Project,
    board: Board,
    *,
    out: Path | None = None,
    resume: bool = False,
    pdf: bool | None = None,
    progress: Progress | None = None,
    today: date | None = None,
) -> Pack:
    """Make the pack of a board, and publish it whole or not at all.

    Parameters
    ----------
    project : Project
        Whose data, notebooks and scenarios are used.
    board : Board
        What is wanted.
    out : Path, optional
        The folder of outputs, instead of the project's own.
    resume : bool
        Take what an interrupted run of the same board finished.
    pdf : bool, optional
        Whether a PDF is made too; as the board says by default.
    progress : Progress, optional
        Told, from any thread, whenever a cell is done.
    today : date, optional
        The day that the age of the figures is counted to.

    Raises
    ------
    SendlibError
        Whatever ``make_pack`` raises; the last good pack stays.
    GateError
        If the figures are too old for the board, or the pack is not fit.
    NoticeError
        If the pack is out, but a notice of it could not be delivered.
    """
    folder, judge = out or project.outputs, _Judge(board)
    printed = board.pdf if pdf is None else pdf
    with _failure_told(board, folder):
        _check_browser(board, printed=printed)
        authority = open_authority(project, board.authority, board.january)
        scenario = open_scenario(project, board.scenarios[0])
        notebooks = notebooks_of(project, board)
        stale = freshness.judge(
            project, board.freshness, as_of=authority.as_of, today=today or now().date()
        )
        pack = make_pack(
            project,
            notebooks=notebooks,
            parameters=_shared(board, authority, notebooks),
            overrides=_overrides(board, project),
            title=_title(board, authority, scenario),
            inputs=[DataFile(**entry) for entry in store.inputs(project)],
            scenario=scenario.record(),
            out=folder,
            progress=progress,
            limits=Limits(**board.limits.model_dump()),
            assurance=Assurance(**board.assurance.model_dump()),
            notice=stale,
            front=lambda draft: _front(board, draft),
            gate=judge,
            extras=lambda draft: _extras(draft, judge.done, printed=printed),
            resume=resume,
            keep=Retention(**board.keep.model_dump()) if board.keep else None,
            board=board.described(),
        )
    try:
        _keep_forecast(authority, scenario, board.horizon, notebooks)
    finally:
        _tell_published(board, pack)
    return pack


def _check_browser(board: Board, *, printed: bool) -> None:
    """Refuse, before anything runs, what only a browser can do where there is none."""
    asked = {"pdf": printed, "checks: browser": board.checks.browser == "required"}
    lacking = axe.why_not() if any(asked.values()) else ""
    if lacking:
        problems = [
            Problem(lacking, key, "or ask for it no more")
            for key, is_asked in asked.items()
            if is_asked
        ]
        raise BoardError("The board asks for what this machine cannot do.", problems)


def _title(board: Board, authority: Authority, scenario: Scenario) -> PackTitle:
    return PackTitle(
        authority.name,
        f"January {authority.as_of}",
        authority.code,
        scenario.slug,
        board.contact or None,
    )


def _shared(board: Board, authority: Authority, notebooks: Sequence[Notebook]) -> dict[str, object]:
    """What the board says for every page; only what at least one notebook takes."""
    scenario, *others = board.scenarios
    said: dict[str, object] = {
        "la_code": authority.code,
        "as_of": authority.as_of,
        "scenario": scenario,
        "horizon": board.horizon,
        **({"compare": ", ".join(others)} if others else {}),
    }
    taken = {parameter.name for found in notebooks for parameter in describe(found.path)}
    return {name: value for name, value in said.items() if name in taken}


def _overrides(board: Board, project: Project) -> dict[str, Mapping[str, Value]]:
    """The parameters of single notebooks, by file name."""
    return {
        find_notebook(project, name).path.name: values for name, values in board.parameters.items()
    }


def _front(board: Board, draft: Draft) -> Front:
    """What the first page shows; where the time is fixed, nothing that an earlier run decides."""
    previous = None if is_time_fixed() else draft.previous
    return Front(
        figures=lights.judge(draft.figures, board.lights),
        changes=changes.since(draft, previous),
        since=changes.name_of(previous),
        next_run=_next_run(board),
    )


def _next_run(board: Board) -> str:
    return in_words(next_run(board.schedule, now())) if board.schedule else ""


class _Judge:
    """The gate of a board; remembers which checks it made, for the record."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.done: tuple[str, ...] = ()

    def __call__(self, draft: Draft) -> Sequence[Problem]:
        """Every reason not to publish."""
        examined = gate.examine(draft, self._board)
        self.done = examined.done
        return examined.problems


def _extras(draft: Draft, checked: Sequence[str], *, printed: bool) -> dict[str, bytes]:
    """Files beside the pages: the checks that were made, PDFs, and the description of them all."""
    made = {CHECKS: ("\n".join(checked) + "\n").encode()}
    if printed:
        made |= pdf_pages.print_pages(sorted(draft.folder.glob("*.html")))
    files = [*_files_of(draft.folder), *made]
    return {**made, crate.FILE: crate.describe(draft, files=files)}


def _files_of(folder: Path) -> list[str]:
    """What a run leaves, as paths inside its folder; not what goes when it is published."""
    kept = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(MARK))
    return sorted(path.relative_to(folder).as_posix() for path in kept)


def _keep_forecast(
    authority: Authority, scenario: Scenario, horizon: int, notebooks: Sequence[Notebook]
) -> None:
    """Keep the forecast that a pack gave, to be held against the counts to come."""
    taken = {parameter.name for found in notebooks for parameter in describe(found.path)}
    if "horizon" not in taken:
        return
    panel = forecast.Panel.from_tables(*map(authority.load, forecast.Panel.TABLES))
    folder = authority.project.outputs
    try:
        with suppress(NotHeldError):  # then the pack gave none
            outlook = forecast.look_ahead(panel, authority.code, scenario=scenario, horizon=horizon)
            forecast.keep(outlook, scenario.slug, folder)
    except OSError as error:
        problem = Problem(str(error), str(folder), "mend that, then run again")
        headline = "The pack is published, but its forecast could not be kept."
        raise OutputError(headline, [problem]) from error


def _tell_published(board: Board, pack: Pack) -> None:
    """Send word that a pack is out."""
    record: Mapping[str, Any] = json.loads(pack.record.read_text(encoding="utf-8"))
    headlines = [line for lines in record["headlines"].values() for line in lines]
    notice = notices.published(
        board.name,
        where=str(pack.latest),
        headlines=headlines,
        stale=str(record["notice"]),
        next_run=_next_run(board),
    )
    notices.send(notice, board.notices.success)


@contextmanager
def _failure_told(board: Board, folder: Path) -> Iterator[None]:
    """Send word of a run that published nothing; its error stays what it was."""
    try:
        yield
    except Exception as error:
        last = last_published(folder)
        notice = notices.not_published(board.name, error, last_good=last.run_id if last else "")
        try:
            notices.send(notice, board.notices.failure)
        except SendlibError as unsent:
            if isinstance(error, SendlibError):
                problems = (*error.problems, *unsent.problems)
                raise type(error)(error.headline, problems) from error
        raise
