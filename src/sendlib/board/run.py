"""Make the pack that a board wants: everything it asked for, judged, published and told of."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sendlib import data, forecast
from sendlib.authority import Authority
from sendlib.board import changes, freshness, gate, rag
from sendlib.board import pdf as pdf_pages
from sendlib.board.checks import notebooks_of
from sendlib.board.file import Board, BoardError
from sendlib.board.subject import open_authority, open_scenario
from sendlib.board.telling import failure_told, next_in_words, refusal_kept, tell_published
from sendlib.clock import is_time_fixed, now
from sendlib.errors import NotAvailableError, OutputError, Problem
from sendlib.packs import (
    Assurance,
    DataFile,
    Notebook,
    Pack,
    PackTitle,
    Progress,
    Review,
    Setting,
    axe,
    describe,
    make_pack,
)
from sendlib.packs.front import Front
from sendlib.packs.notebooks import find_notebook
from sendlib.packs.pack import Draft
from sendlib.packs.parameters import Value
from sendlib.packs.runs import Retention
from sendlib.packs.setting import Limits
from sendlib.packs.stopping import stoppable
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

    @property
    def taken(self) -> set[str]:
        """The names of the parameters that at least one notebook takes."""
        return {entry.name for found in self.notebooks for entry in describe(found.path)}


def run(
    project: Project,
    board: Board,
    *,
    out: Path | None = None,
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
    folder = out or board.folder(project.root)
    printed = board.pdf if pdf is None else pdf
    with stoppable(), failure_told(board, folder):
        with refusal_kept(project, board, folder):
            ready = _prepare(project, board, printed=printed, today=today or now().date())
        pack = make_pack(
            project,
            _setting(board, ready),
            parameters=_shared(board, ready),
            overrides=_overrides(board, project),
            front=lambda draft: _front(board, draft),
            review=lambda draft: _review(board, draft, printed=printed),
            out=folder,
            keep=Retention(**board.keep.model_dump()) if board.keep else None,
            progress=progress,
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


def _setting(board: Board, ready: _Ready) -> Setting:
    """What all pages of the pack share."""
    authority, scenario = ready.authority, ready.scenario
    return Setting(
        PackTitle(
            authority.name,
            f"January {authority.as_of}",
            authority.code,
            scenario.slug,
            board.contact or None,
        ),
        notebooks=tuple(ready.notebooks),
        inputs=tuple(DataFile(**entry) for entry in data.inputs(authority.project)),
        scenario=scenario.record(),
        notice=ready.stale,
        assurance=Assurance(**board.assurance.model_dump()),
        limits=Limits(**board.limits.model_dump()),
        board=board.described(),
    )


def _shared(board: Board, ready: _Ready) -> dict[str, object]:
    """What the board says for every page; only what at least one notebook takes."""
    scenario, *others = board.scenarios
    said: dict[str, object] = {
        "la_code": ready.authority.code,
        "as_of": ready.authority.as_of,
        "scenario": scenario,
        "horizon": board.horizon,
        **({"compare": ", ".join(others)} if others else {}),
    }
    return {name: value for name, value in said.items() if name in ready.taken}


def _overrides(board: Board, project: Project) -> dict[str, Mapping[str, Value]]:
    """The parameters of single notebooks, by file name."""
    return {
        find_notebook(project, name).path.name: values for name, values in board.parameters.items()
    }


def _front(board: Board, draft: Draft) -> Front:
    """What the first page shows; where the time is fixed, nothing that an earlier run decides."""
    previous = None if is_time_fixed() else draft.previous
    record = {**draft.record, "figures": draft.figures}
    return Front(
        figures=rag.rate_figures(draft.figures, board.thresholds),
        changes=changes.since(previous.record if previous else None, record),
        since=changes.name_of(previous),
        next_run=next_in_words(board),
    )


def _review(board: Board, draft: Draft, *, printed: bool) -> Review:
    """Put the pack through the gate; what passes gets a list of its checks, and PDFs."""
    examined = gate.examine(draft, board)
    if examined.problems:
        return Review(examined.problems)
    pdfs = pdf_pages.print_pages(sorted(draft.folder.glob("*.html"))) if printed else {}
    return Review(files={CHECKS: ("\n".join(examined.done) + "\n").encode(), **pdfs})


def _keep_forecast(ready: _Ready, horizon: int) -> None:
    """Keep the forecast that a pack gave, to be held against the counts to come."""
    authority, scenario = ready.authority, ready.scenario
    if "horizon" not in ready.taken:
        return
    folder = authority.project.outputs
    try:
        with suppress(NotAvailableError):  # then the pack gave none
            projection = forecast.project(authority, scenario=scenario, horizon=horizon)
            forecast.store(projection, folder)
    except OSError as error:
        problem = Problem(str(error), str(folder), "mend that, then run again")
        headline = "The pack is published, but its forecast could not be kept."
        raise OutputError(headline, [problem]) from error
