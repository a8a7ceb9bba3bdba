"""Make the pack that a board wants: everything it asked for, judged, published and told of."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sendlib import forecast, store
from sendlib.authority import Authority
from sendlib.board import changes, crate, freshness, gate, lights
from sendlib.board import pdf as pdf_pages
from sendlib.board.checks import notebooks_of
from sendlib.board.file import Board, BoardError
from sendlib.board.subject import open_authority, open_scenario
from sendlib.board.telling import failure_told, next_in_words, refusal_kept, tell_published
from sendlib.briefing import DataFile, Notebook, Pack, PackTitle, Progress, describe, make_pack
from sendlib.briefing.draft import Draft
from sendlib.briefing.kernels.limits import Limits
from sendlib.briefing.notebooks import find_notebook
from sendlib.briefing.outputs.record import Assurance, is_time_fixed, now
from sendlib.briefing.outputs.retention import Retention
from sendlib.briefing.pages import axe
from sendlib.briefing.pages.front import Front
from sendlib.briefing.parameters import Value
from sendlib.briefing.resume import MARK
from sendlib.briefing.stopping import stoppable
from sendlib.errors import NotHeldError, OutputError, Problem
from sendlib.project import Project
from sendlib.scenarios import Scenario

CHECKS = "checks.txt"


@dataclass(frozen=True)
class _Ready:
    """What a run needs, found before its first notebook starts."""

    authority: Authority
    scenario: Scenario
    notebooks: list[Notebook]
    stale: str


def run(
    project: Project,
    board: Board,
    *,
    out: Path | None = None,
    resume: bool = False,
    pdf: bool | None = None,
    progress: Progress | None = None,
    today: date | None = None,
    wait: float = 0.0,
    published: Callable[[Pack], None] | None = None,
) -> Pack:
    """Make the pack of a board, and publish it whole or not at all.

    Parameters
    ----------
    project : Project
        Whose data, notebooks and scenarios are used.
    board : Board
        What is wanted.
    out : Path, optional
        The folder of outputs, instead of the board's own.
    resume : bool
        Take what an interrupted run of the same board finished.
    pdf : bool, optional
        Whether a PDF is made too; as the board says by default.
    progress : Progress, optional
        Told, from any thread, whenever a cell is done.
    today : date, optional
        The day that the age of the figures is counted to.
    wait : float
        How long to wait for another run to end. [seconds]
    published : callable, optional
        Given the pack as soon as it is out, before anybody is told of it.

    Raises
    ------
    SendlibError
        Whatever ``make_pack`` raises; the last good pack stays.
    Stopped
        If a signal asked the run to end; whom to tell of failures, is told.
    GateError
        If the figures are too old for the board, or the pack is not fit.
    NoticeError
        If the pack is out, but a notice of it could not be delivered.
    """
    folder, judge = out or board.folder(project.root), _Judge(board)
    printed = board.pdf if pdf is None else pdf
    with stoppable(), failure_told(board, folder):
        with refusal_kept(project, board, folder):
            ready = _prepare(project, board, printed=printed, today=today or now().date())
        pack = make_pack(
            project,
            notebooks=ready.notebooks,
            parameters=_shared(board, ready.authority, ready.notebooks),
            overrides=_overrides(board, project),
            title=_title(board, ready.authority, ready.scenario),
            inputs=[DataFile(**entry) for entry in store.inputs(project)],
            scenario=ready.scenario.record(),
            out=folder,
            progress=progress,
            limits=Limits(**board.limits.model_dump()),
            assurance=Assurance(**board.assurance.model_dump()),
            notice=ready.stale,
            front=lambda draft: _front(board, draft),
            gate=judge,
            extras=lambda draft: _extras(draft, judge.done, printed=printed),
            resume=resume,
            keep=Retention(**board.keep.model_dump()) if board.keep else None,
            board=board.described(),
            wait=wait,
        )
    if published:
        published(pack)
    try:
        _keep_forecast(ready, board.horizon)
    finally:
        tell_published(board, pack)
    return pack


def _prepare(project: Project, board: Board, *, printed: bool, today: date) -> _Ready:
    """Find everything that a run stands on, or refuse it."""
    _check_browser(board, printed=printed)
    authority = open_authority(project, board.authority, board.january)
    scenario = open_scenario(project, board.scenarios[0])
    notebooks = notebooks_of(project, board)
    stale = freshness.judge(project, board.freshness, as_of=authority.as_of, today=today)
    return _Ready(authority, scenario, notebooks, stale)


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
        next_run=next_in_words(board),
    )


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


def _keep_forecast(ready: _Ready, horizon: int) -> None:
    """Keep the forecast that a pack gave, to be held against the counts to come."""
    authority, scenario = ready.authority, ready.scenario
    taken = {parameter.name for found in ready.notebooks for parameter in describe(found.path)}
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
