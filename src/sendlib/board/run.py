"""Make the pack that a board wants: everything it asked for, checked, published and notified."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sendlib import areas, data, forecast
from sendlib.authority import Authority
from sendlib.board import checks, notify
from sendlib.board.file import Board, BoardError
from sendlib.board.narrative import make_front
from sendlib.board.reading import notebooks_of
from sendlib.clock import is_time_fixed, now
from sendlib.errors import NotAvailableError, OutputError, Problem, SendlibError
from sendlib.finance.levers import CHECKERS
from sendlib.packs import axe
from sendlib.packs.execution import Progress
from sendlib.packs.notebooks import Notebook, find_notebook
from sendlib.packs.pack import Draft, Pack, Review, leave_refusal, make_pack
from sendlib.packs.parameters import list_parameters
from sendlib.packs.setting import PackTitle, Setting
from sendlib.packs.stopping import stoppable
from sendlib.project import Project
from sendlib.scenarios import Scenario, load_scenario
from sendlib.successors import describe_file, read_future

_CHECKS = "checks.txt"

_FOOTER = (
    '<p style="font: 8pt sans-serif; width: 100%; text-align: center; margin: 0">'
    'Page <span class="pageNumber"></span> of <span class="totalPages"></span></p>'
)
_NO_HEADER = "<span></span>"
_MARGIN = {"top": "15mm", "bottom": "18mm", "left": "15mm", "right": "15mm"}


def run(
    project: Project,
    board: Board,
    *,
    out: Path | None = None,
    pdf: bool | None = None,
    progress: Progress | None = None,
    wait: float = 0.0,
    fresh: bool = False,
    workers: int | None = None,
    forecasts: Path | None = None,
    published: Callable[[Pack], None] | None = None,
) -> Pack:
    """Make the pack of a board, and publish it whole or not at all; the last good one stays.

    ``out`` and ``pdf`` are used in place of what the board says; ``progress`` is called, from any
    thread, whenever a cell is done; ``wait`` is for another run to end [seconds]; ``fresh`` works
    out anew what earlier runs stored; ``workers`` notebooks run at a time; the forecast is stored
    in ``forecasts``, or the project's outputs, to be compared with counts to come; ``published``
    gets the pack before anybody is notified.
    """
    folder = out or board.folder(project.root)
    with_pdf = board.pdf if pdf is None else pdf
    with stoppable(), notify.failure_notified(board, folder):
        with refusal_recorded(project, board, folder):
            _check_browser(board, with_pdf=with_pdf)
            authority = Authority.open(
                board.authority, as_of=board.january, project=project, build=True
            )
            scenario = load_scenario(project, board.scenarios[0], checkers=CHECKERS)
            notebooks, day = notebooks_of(project, board), now().date()
            taken = {each.name for one in notebooks for each in list_parameters(one.path)}
            rule = board.freshness
            notice = checks.check_freshness(project, rule, as_of=authority.as_of, today=day)
        overrides = {find_notebook(project, name).path.name: values
                     for name, values in board.parameters.items()}  # fmt: skip
        setting = setting_of(
            authority,
            scenario,
            notebooks,
            contact=board.contact or None,
            notice=notice,
            assurance=board.assurance,
            limits=board.limits,
            board=board.described(),
        )
        pack = make_pack(
            project,
            setting,
            parameters=_shared(board, authority, taken),
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
        if "horizon" in taken:
            _store_forecast(authority, scenario, board.horizon, forecasts or project.outputs)
    finally:
        notify.notify_published(board, pack)
    return pack


@contextmanager
def refusal_recorded(project: Project, board: Board, out: Path) -> Iterator[None]:
    """Leave a record where the run of a board's file ends before it has a folder of its own."""
    try:
        yield
    except BaseException as error:
        if board.path is not None:
            code = re.sub(r"[^A-Za-z0-9]+", "-", board.authority).strip("-") or "unknown"
            with suppress(SendlibError, OSError):  # so that the authority's next pack clears it
                code = areas.find_authority(board.authority, read_future(project).areas)
            title = PackTitle(board.authority, str(board.as_of), code, board.scenarios[0])
            refused = Setting(title, notebooks=(), inputs=(), board=board.described())
            leave_refusal(project, out, error, setting=refused)
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


def setting_of(
    authority: Authority,
    scenario: Scenario,
    notebooks: Sequence[Notebook],
    *,
    contact: str | None = None,
    **others: Any,
) -> Setting:
    """What all pages of a pack share; ``others`` are further fields of it."""
    january, inputs = f"January {authority.as_of}", data.inputs(authority.project)
    if authority.successor:
        inputs.append(describe_file(authority.project))
    return Setting(
        PackTitle(authority.name, january, authority.code, scenario.slug, contact),
        notebooks=tuple(notebooks),
        inputs=inputs,
        scenario=scenario.record(),
        note=authority.note,
        **others,
    )


def _shared(board: Board, authority: Authority, taken: set[str]) -> dict[str, object]:
    """What the board says for every page, of the parameters that at least one notebook takes."""
    scenario, *others = board.scenarios
    values: dict[str, object] = {
        "la_code": authority.code,
        "as_of": authority.as_of,
        "scenario": scenario,
        "horizon": board.horizon,
        **({"compare": ", ".join(others)} if others else {}),
    }
    return {name: value for name, value in values.items() if name in taken}


def _review(board: Board, draft: Draft, *, with_pdf: bool) -> Review:
    """Put the pack through its checks; one that passes gets a list of them, and PDFs."""
    problems, done = checks.check_pack(draft, board)
    if problems:
        return Review(problems)
    pdfs = print_pages(sorted(draft.folder.glob("*.html"))) if with_pdf else {}
    return Review(files={_CHECKS: ("\n".join(done) + "\n").encode(), **pdfs})


def print_pages(pages: Sequence[Path]) -> dict[str, bytes]:
    """Each page as a PDF of A4 sheets, printed by Chromium: tagged, with bookmarks."""
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


def _store_forecast(authority: Authority, scenario: Scenario, horizon: int, folder: Path) -> None:
    """Store the forecast that a pack gave, to be compared with the counts to come."""
    try:
        with suppress(NotAvailableError):  # then the pack gave none
            projection = forecast.project(authority, scenario=scenario, horizon=horizon)
            forecast.store(projection, folder)
    except OSError as error:
        problem = Problem(
            "forecast_not_stored", str(error), str(folder), "mend that, then run again"
        )
        headline = "The pack is published, but its forecast could not be stored."
        raise OutputError(headline, [problem]) from error
