"""The process beside a worker that makes packs: it reads tasks line by line, and answers each."""

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from time import perf_counter
from typing import Any

from sendlib import finance, forecast
from sendlib.authority import Authority
from sendlib.board.file import Board, Checks
from sendlib.board.run import run
from sendlib.errors import NotAvailableError, SendlibError
from sendlib.packs.publish import RUN_FILE
from sendlib.packs.setting import Limits, Retention
from sendlib.packs.stopping import Stopped
from sendlib.project import RESULTS_VARIABLE, Project
from sendlib.scenarios import load_scenario

_LOOKS_EVERY = 1.0  # seconds
_GRACE = 5.0  # seconds


def main() -> None:
    """Answer tasks until there are no more, or whoever gives them is gone."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    project = Project.find()
    for line in sys.stdin:
        print(json.dumps(answer(project, json.loads(line))), file=answers, flush=True)


def _end_with(parent: int) -> None:
    """Stop when the worker is gone: in an orderly way, then at once.

    The first signal is an exception here, and is lost where Python may not raise one.
    """
    while os.getppid() == parent:
        time.sleep(_LOOKS_EVERY)
    while True:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE)


def answer(project: Project, task: dict[str, Any]) -> dict[str, Any]:
    """Make what a task asks for; an answer says what came of it."""
    began = perf_counter()
    try:
        note = _make(project, task)
    except Stopped:
        raise
    except Exception as error:
        said = [f"{type(error).__name__}: {error}"]
        if isinstance(error, SendlibError):
            said = [str(problem) for problem in error.problems] or [error.headline]
        return {"state": "failed", "problems": said}
    return {"state": "made", "note": note, "seconds": perf_counter() - began}


def _make(project: Project, task: dict[str, Any]) -> dict[str, Any]:
    """Publish a pack in a folder of this machine; a note says what it is and what the site shows.

    It has what the pack was made from, its files by their hashes, and the forecasts.
    """
    os.environ.update(task["environment"])
    os.environ.pop(RESULTS_VARIABLE, None)
    if not task["fresh"]:
        os.environ[RESULTS_VARIABLE] = str(project.results)
    folder = Path(task["scratch"])
    board = Board(
        name="sendlib england",
        authority=task["code"],
        scenarios=tuple(task["scenarios"]),
        horizon=task["horizon"],
        notebooks=tuple(task["pages"]),
        checks=Checks(browser="off"),
        keep=Retention(runs=1),
        limits=Limits(**task["limits"]),
    )
    pack = run(
        project, board, out=folder, forecasts=folder, fresh=task["fresh"], workers=1, wait=60.0
    )
    record = json.loads((pack.folder / RUN_FILE).read_text(encoding="utf-8"))
    files, ahead = {**record["pages"], **record["files"]}, forecasts_of(project, task)
    return {"version": task["version"], "run_id": pack.run_id, "files": files, "ahead": ahead}


def forecasts_of(project: Project, task: dict[str, Any]) -> dict[str, Any]:
    """The forecast of plans, places and money of an authority, as the site shows it."""
    authority = Authority.open(task["code"], project=project)
    scenario = load_scenario(project, task["scenarios"][0])
    ahead: dict[str, Any] = {"as_of": authority.as_of}
    try:
        plans = forecast.project(authority, scenario=scenario, horizon=task["horizon"])
    except NotAvailableError as error:
        return ahead | {"why": error.headline}
    past = plans.backtest()
    error_pct = 100 * (past["forecast"] / past["actual"] - 1).abs()
    brief = finance.brief(authority, scenario=scenario)
    return ahead | {
        "plans_now": float(plans.counted["plans"].iloc[-1]),
        "plans": _last(plans.ranges),
        "past": [
            {"years": int(years), "error_pct": float(rows.mean()), "rows": len(rows)}
            | {"inside": int(past.loc[rows.index, "inside"].sum())}
            for years, rows in error_pct.groupby(past["horizon"])
        ],
        "places": _last(brief.special_places),
        "deficit": _last(brief.deficits),
        "why": str(brief.deficits.attrs.get("why", "")),
    }


def _last(frame: Any) -> dict[str, Any]:
    """The range in the last year of a frame, with that year; nothing where there is none."""
    if frame.empty or "low" not in frame or frame["low"].isna().all():
        return {}
    row = frame.iloc[-1]
    named = {name: row[name] for name in ("census_year", "financial_year", "now") if name in row}
    ends = {name: row[name] for name in ("low", "middle", "high") if name in row}
    return {
        name: value if isinstance(value, str) else float(value)
        for name, value in (named | ends).items()
    }


if __name__ == "__main__":
    main()
