"""Every tutorial runs, in one process, on the committed data; the site runs them in kernels."""

import ast
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIALS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))
SHOWN = {
    "add_a_notebook": "Requests: how many are refused?",
    "add_an_indicator": "better: found 'rising'",
    "ask_a_question": 'alt="',
    "load_a_release": "unknown label 'Forest school'",
    "make_a_chart": "alternative text of 7 characters",
}


def cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def run(source: str, names: dict) -> str:
    """What a cell shows for its last expression."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
    if last is None:
        return ""
    shown = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    return shown._repr_html_() if hasattr(shown, "_repr_html_") else repr(shown)


@pytest.fixture(params=TUTORIALS, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    return request.param


def test_every_need_has_its_tutorial_and_the_site_lists_each():
    index = (ROOT / "docs" / "tutorials" / "index.md").read_text(encoding="utf-8")
    assert (
        {path.stem for path in TUTORIALS} == set(SHOWN) == set(re.findall(r"^(\w+)$", index, re.M))
    )


def test_the_start_page_leads_to_every_tutorial_from_a_cell_that_no_briefing_shows():
    start = cells(ROOT / "notebooks" / "00_start_here.ipynb")
    led = {
        name: cell["metadata"].get("tags")
        for cell in start
        for name in re.findall(r"\(\.\./docs/tutorials/(\w+)\.ipynb\)", "".join(cell["source"]))
    }
    assert led == {name: ["explore"] for name in SHOWN}


def test_a_tutorial_opens_with_what_it_is_for_and_says_what_it_does(path):
    kinds = [cell["cell_type"] for cell in cells(path)]
    assert "".join(cells(path)[0]["source"]).startswith("# ")
    assert kinds.count("markdown") >= 4


def test_a_tutorial_runs_and_shows_what_it_promises(path, request, monkeypatch, capsys):
    builds = path.stem == "load_a_release"  # four times: a few areas are enough
    project = request.getfixturevalue("small_built" if builds else "project")
    monkeypatch.setenv("SENDLIB_ROOT", str(project.root))
    names: dict = {}
    code = ["".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "code"]
    shown = [run(source, names) for source in code]
    said = capsys.readouterr().out + "".join(shown)
    assert SHOWN[path.stem] in said
    assert "Traceback" not in said
    assert not (project.root / "outputs").exists()
