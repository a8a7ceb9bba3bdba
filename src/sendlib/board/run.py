"""Make the pack that a board wants: everything it asked for, checked, published and notified."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sendlib import areas, data, forecast, packs
from sendlib.authority import Authority
from sendlib.board import checks, notify
from sendlib.board.file import Board, BoardError
from sendlib.board.front import make_front
from sendlib.board.reading import notebooks_of
from sendlib.clock import is_time_fixed, now
from sendlib.errors import GateError, NotAvailableError, OutputError, Problem, SendlibError
from sendlib.finance.levers import CHECKERS
from sendlib.packs import axe
from sendlib.packs.stopping import stoppable
from sendlib.project import Project
from sendlib.scenarios import Scenario, load_scenario

_CHECKS = "checks.txt"

_FOOTER = (
    '<p style="font: 8pt sans-serif; width: 100%; text-align: center; margin: 0">'
    'Page <span class="pageNumber"></span> of <span class="totalPages"></span></p>'
)
_NO_HEADER = "<span></span>"
_MARGIN = {"top": "15mm", "bottom": "18mm", "left": "15mm", "right": "15mm"}


@dataclass(frozen=True)
class _Inputs:
    """What a run stands on, found before its first notebook starts."""

    authority: Authority
    scenario: Scenario
    notebooks: list[packs.Notebook]
    stale: str

    @property
    def parameters(self) -> set[str]:
        """The names of the parameters that at least one notebook takes."""
        return {entry.name for each in self.notebooks for entry in packs.list_parameters(each.path)}


def run(
    project: Project,
    board: Board,
    *,
    out: Path | None = None,
    pdf: bool | None = None,
    progress: packs.Progress | None = None,
    today: date | None = None,
    wait: float = 0.0,
    fresh: bool = False,
    workers: int | None = None,
    forecasts: Path | None = None,
    published: Callable[[packs.Pack], None] | None = None,
) -> packs.Pack:
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
        Called, from any thread, whenever a cell is done.
    today : date, optional
        The day that the age of the figures is counted to.
    wait : float
        How long to wait for another run to end. [seconds]
    fresh : bool
        Whether to work everything out anew, without results of earlier runs.
    workers : int, optional
        How many notebooks run at a time.
    forecasts : Path, optional
        Where the forecast is stored, to be compared with counts to come; the project's outputs.
    published : callable, optional
        Called with the pack as soon as it is out, before anybody is notified.

    Raises
    ------
    SendlibError
        Whatever ``make_pack`` raises; the last good pack stays.
    Stopped
        If a signal asked the run to end; people are notified of that too.
    GateError
        If the figures are too old for the board, or the pack is not fit.
    NoticeError
        If the pack is out, but a notice of it could not be delivered.
    """
    folder = out or board.folder(project.root)
    with_pdf = board.pdf if pdf is None else pdf
    with stoppable(), notify.failure_notified(board, folder):
        with refusal_recorded(project, board, folder):
            _check_browser(board, with_pdf=with_pdf)
            inputs = _find_inputs(project, board, today or now().date())
        overrides = {packs.find_notebook(project, name).path.name: values
                     for name, values in board.parameters.items()}  # fmt: skip
        pack = packs.make_pack(
            project,
            _setting(board, inputs),
            parameters=_shared(board, inputs),
            overrides=overrides,
            front=lambda draft: make_front(
                board, draft, None if is_time_fixed() else draft.previous
            ),
            review=lambda draft: _review(board, draft, with_pdf=with_pdf),
            out=folder,
            keep=board.keep,
            fresh=fresh,
            workers=workers,
            progress=progress,
            wait=wait,
        )
    if published:
        published(pack)
    try:
        _store_forecast(inputs, board.horizon, forecasts or project.outputs)
    finally:
        notify.notify_published(board, pack)
    return pack


@contextmanager
def refusal_recorded(project: Project, board: Board, out: Path) -> Iterator[None]:
    """Leave a record where a run ends within the block, before it has a folder of its own.

    Only a board that has a file leaves one: a slip in the options of a command
    is of no interest later.
    """
    try:
        yield
    except BaseException as error:
        if board.path is not None:
            code = re.sub(r"[^A-Za-z0-9]+", "-", board.authority).strip("-") or "unknown"
            with suppress(SendlibError, OSError):  # so that the authority's next pack clears it
                code = areas.find_authority(board.authority, data.load(project, "area"))
            title = packs.PackTitle(board.authority, str(board.as_of), code, board.scenarios[0])
            refused = packs.Setting(title, notebooks=(), inputs=(), board=board.described())
            packs.leave_refusal(project, out, error, setting=refused)
        raise


def _check_browser(board: Board, *, with_pdf: bool) -> None:
    """Refuse, before anything runs, what only a browser can do where there is none."""
    asked = {"pdf": with_pdf, "checks: browser": board.checks.browser == "required"}
    lacking = axe.why_not() if any(asked.values()) else ""
    if lacking:
        remedy = "or ask for it no more"
        problems = [
            Problem("no_browser", lacking, key, remedy)
            for key, is_asked in asked.items()
            if is_asked
        ]
        raise BoardError("The board asks for what this machine cannot do.", problems)


def _find_inputs(project: Project, board: Board, today: date) -> _Inputs:
    authority = Authority.open(board.authority, as_of=board.january, project=project, build=True)
    return _Inputs(
        authority,
        load_scenario(project, board.scenarios[0], checkers=CHECKERS),
        notebooks_of(project, board),
        checks.check_freshness(project, board.freshness, as_of=authority.as_of, today=today),
    )


def _setting(board: Board, inputs: _Inputs) -> packs.Setting:
    """What all pages of the pack share."""
    authority, scenario = inputs.authority, inputs.scenario
    january, contact = f"January {authority.as_of}", board.contact or None
    return packs.Setting(
        packs.PackTitle(authority.name, january, authority.code, scenario.slug, contact),
        notebooks=tuple(inputs.notebooks),
        inputs=tuple(packs.DataFile(**entry) for entry in data.inputs(authority.project)),
        scenario=scenario.record(),
        notice=inputs.stale,
        assurance=board.assurance,
        limits=packs.Limits(**board.limits.model_dump()),
        board=board.described(),
    )


def _shared(board: Board, inputs: _Inputs) -> dict[str, object]:
    """What the board says for every page; only what at least one notebook takes."""
    scenario, *others = board.scenarios
    values: dict[str, object] = {
        "la_code": inputs.authority.code,
        "as_of": inputs.authority.as_of,
        "scenario": scenario,
        "horizon": board.horizon,
        **({"compare": ", ".join(others)} if others else {}),
    }
    return {name: value for name, value in values.items() if name in inputs.parameters}


def _review(board: Board, draft: packs.Draft, *, with_pdf: bool) -> packs.Review:
    """Put the pack through its checks; one that passes gets a list of them, and PDFs."""
    problems, done = checks.check_pack(draft, board)
    if problems:
        return packs.Review(problems)
    pdfs = print_pages(sorted(draft.folder.glob("*.html"))) if with_pdf else {}
    return packs.Review(files={_CHECKS: ("\n".join(done) + "\n").encode(), **pdfs})


def print_pages(pages: Sequence[Path]) -> dict[str, bytes]:
    """Each page as a PDF of A4 sheets, by file name: tagged, with a bookmark for every heading.

    It is the same page, printed by Chromium, so nothing in it could differ.
    """
    if lacking := axe.why_not():
        raise GateError(
            "No PDF could be made.", [Problem("no_browser", lacking, "pdf", "or set pdf: false")]
        )
    with axe.open_browser() as browser:
        sheet = browser.new_context(offline=True).new_page()
        files = {}
        for page in pages:
            sheet.goto(page.resolve().as_uri())
            files[f"{page.stem}.pdf"] = sheet.pdf(
                format="A4",
                tagged=True,
                outline=True,
                print_background=True,
                display_header_footer=True,
                header_template=_NO_HEADER,
                footer_template=_FOOTER,
                margin=_MARGIN,  # type: ignore[arg-type]
            )
    return files


def _store_forecast(inputs: _Inputs, horizon: int, folder: Path) -> None:
    """Store the forecast that a pack gave, to be compared with the counts to come."""
    if "horizon" not in inputs.parameters:
        return
    try:
        with suppress(NotAvailableError):  # then the pack gave none
            forecast.store(
                forecast.project(inputs.authority, scenario=inputs.scenario, horizon=horizon),
                folder,
            )
    except OSError as error:
        problem = Problem(
            "forecast_not_stored", str(error), str(folder), "mend that, then run again"
        )
        headline = "The pack is published, but its forecast could not be stored."
        raise OutputError(headline, [problem]) from error
