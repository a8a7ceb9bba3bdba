"""Boards, runs and small notebooks for tests; whatever they say is invented."""

import json
import shutil
from pathlib import Path

from invented_notebooks import write_notebook
from sendlib.packs.publish import switch_latest
from sendlib.project import Project

TAKES = """\
la_code: str = "865"  # three-digit DfE code
scenario: str = "baseline"  # file in scenarios/
as_of: int = 2025  # year of the January count
goal_pct: float = 80.0  # the chance wanted
compare: str = "white_paper"  # other scenarios"""

SHOWS = """\
from sendlib import pages
pages.key_figures(pages.KeyFigure("plans_next_january", (6100, 6500, 7100), label="Plans"))"""

BOARD = """\
name: Invented board
authority: "865"
"""  # two lines, so that what follows begins on the third


def make_board_project(project: Project, root: Path) -> Project:
    """A copy of a built project with two small notebooks, 21 and 41."""
    for part in ("data", "scenarios"):
        shutil.copytree(project.root / part, root / part)
    (root / "notebooks").mkdir()
    (root / "boards").mkdir()
    copy = Project(root)
    write_notebook(copy.notebooks, "21_plans.ipynb", title="Plans", parameters=TAKES, cells=[SHOWS])
    write_notebook(copy.notebooks, "41_money.ipynb", title="Money", parameters=TAKES)
    return copy


def write_board(project: Project, text: str, name: str = "invented.yml") -> Path:
    path = project.root / "boards" / name
    path.write_text(text, encoding="utf-8")
    return path


def write_run(out: Path, number: int, state: str = "published", **said: object) -> str:
    """Leave a run as one that ended would have left it; the newest published one is on show."""
    record = {
        "run_id": f"2026010{number}T063000Z_865_baseline",
        "sequence": number,
        "state": state,
        "started": f"2026-01-0{number}T06:30:00Z",
        "pack": {"la_code": "865", "scenario": "baseline"},
        "board": {"name": "Invented board", "sha256": "0"},
        "problems": [],
        **said,
    }
    folder = out / "runs" / str(record["run_id"])
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    if state == "published":
        switch_latest(folder, out)
    return folder.name
