"""The page is what the notebook holds: its figures, its failures, and the authority it opened.

The notebooks are small and invented; those of one fixture run together.
"""

import re
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook

from command_line import call_sendlib
from invented_notebooks import TITLE, make_project, write_notebook
from sendlib.board.file import Board
from sendlib.board.run import run as run_board
from sendlib.errors import NotebookError, PublicationError
from sendlib.packs.execution import Job, run_all
from sendlib.packs.notebooks import list_notebooks
from sendlib.packs.pack import make_pack
from sendlib.packs.page_checks import PageError
from sendlib.packs.setting import PackTitle, Setting
from sendlib.project import Project

pytestmark = pytest.mark.notebook

PLT = "import matplotlib.pyplot as plt\n"
SHOWN = {
    "plt.show()": (PLT + "plt.plot([1, 2])\nplt.show()", 1),
    "axes at the end": (PLT + "fig, ax = plt.subplots()\nax.plot([1, 2])\nax", 1),
    "a figure at the end": (PLT + "fig = plt.figure()\nplt.plot([1, 2])\nplt.close()\nfig", 1),
    "display": (
        "from matplotlib.figure import Figure\nfig = Figure()\nfig.subplots().plot([1, 2])\n"
        "display(fig)",
        1,
    ),
    "two figures": (PLT + "for high in (1, 2):\n    plt.subplots()[1].bar([1], [high])", 2),
    "a loop that shows": (
        PLT + "for high in (1, 2, 3):\n    plt.plot([0, high])\n    plt.show()",
        3,
    ),
    "seaborn": ("import seaborn as sns\nsns.lineplot(x=[1, 2], y=[3, 4])", 1),
    "facets": (
        "import pandas as pd\nimport seaborn as sns\n"
        "sns.relplot(pd.DataFrame({'a': [1, 2], 'b': [3, 4]}), x='a', y='b', col='a')",
        1,
    ),
    "pandas": ("import pandas as pd\npd.Series([1, 2]).plot.bar()", 1),
    "Image": (
        PLT + "from IPython.display import Image\nplt.plot([1, 2])\nplt.savefig('a.png')\n"
        "plt.close()\nImage('a.png')",
        1,
    ),
    "SVG": (PLT + "%config InlineBackend.figure_formats = ['svg']\nplt.scatter([1, 2], [3, 4])", 1),
}
AS_CHART = """\
from sendlib import charts
fig, ax = plt.subplots()
ax.plot([1, 2], [3, 4])
words = {"alt": "A line that rises from three to four.", "source": "Invented"}
charts.show(ax, title="It rose to 4", **words)"""
PLAIN = PLT + "plt.plot([1, 2, 3], [3, 1, 2])"
THEME = (
    "import seaborn as sns\nsns.set_theme(style='darkgrid')\nplt.rcParams['lines.linewidth'] = 9"
)
DESCRIBED = """\
from IPython.display import Image
Image("a.png", alt="A line that rises from one to two in a single step.")"""


def pack_of(project, out, title=TITLE, **more):
    setting = Setting(title, notebooks=tuple(list_notebooks(project)), inputs=())
    return make_pack(project, setting, out=out, **({"parameters": {}} | more))


def article_of(page):
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").article


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A pack of figures, made twice."""
    root = tmp_path_factory.mktemp("drawn")
    project = make_project(root)
    cells = [part for name, (cell, _) in SHOWN.items() for part in (f"## {name}", cell)]
    cells += ["## Described", AS_CHART, DESCRIBED]
    write_notebook(project.notebooks, "11_ways.ipynb", cells=cells)
    write_notebook(project.notebooks, "21_plain.ipynb", cells=[PLAIN])
    write_notebook(project.notebooks, "22_theme.ipynb", cells=[PLT + THEME, PLAIN])
    write_notebook(project.notebooks, "23_plain.ipynb", cells=[PLAIN])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1767323045")
        return [pack_of(project, root / out, workers=1) for out in ("first", "second")]


def test_every_figure_that_a_cell_shows_stands_on_the_page_and_asks_for_a_description(drawn):
    article = article_of(drawn[0].folder / "11-ways.html")
    for place, (name, (_, figures)) in enumerate(SHOWN.items()):
        found = article.select(f'figure.picture [data-cell="{4 + 2 * place}"]')
        assert len(found) == figures, name
        for image in found:
            assert image["alt"] == "No description has been provided for this figure."
            asked = image.find_next_sibling("p").get_text()
            assert "charts.show(ax, title=..., alt=..., source=...)" in asked
    assert len(article.select("figure.chart")) == 1
    described = article.select("figure.picture")[-1]
    assert described.img["alt"].startswith("A line that rises")
    assert described.p is None
    assert not re.search(r"Axes|Line2D|FacetGrid|Collection", article.get_text())


def test_a_figure_without_a_description_is_a_warning_to_whoever_runs_a_notebook(drawn):
    told = [str(problem) for problem in drawn[0].warnings]
    assert len(told) == sum(figures for _, figures in SHOWN.values()) + 3
    assert told[0] == (
        "11-ways.html, cell 4 (under 'plt.show()'): a figure has no alternative text. "
        "Show it with charts.show(ax, title=..., alt=..., source=...)."
    )


def test_figures_are_the_same_bytes_each_time(drawn):
    for first, second in zip(drawn[0].pages, drawn[1].pages, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_a_style_holds_for_the_plain_figures_of_its_own_notebook_only(drawn):
    pages = ("21-plain", "22-theme", "23-plain")
    pictures = [article_of(drawn[0].folder / f"{name}.html").img["src"] for name in pages]
    assert pictures[0] == pictures[2] != pictures[1]


def tagged(source, tag):
    return new_code_cell(source, metadata={"tags": [tag]})


FAILING = {
    "exit": ("print('the last words')\nexit()", "SystemExit. It printed last: 'the last words'"),
    "quit": ("quit", "SystemExit"),
    "sys_exit": ("import sys\nsys.exit(0)", "SystemExit: 0. What stands below it did not run"),
    "raised": ("raise SystemExit", "SystemExit"),
    "shell": ("!echo counted; exit 3", "exit status 3. It printed last: 'counted'"),
    "assigned": ("lines = !false", "exit status 1"),
    "bash": ("%%bash\necho counted\nfalse", "exit status 1. It printed last: 'counted'"),
    "heedless": ("%%bash --no-raise-error\nfalse", "exit status 1"),
    "script": ("%%script --no-raise-error sh\nexit 4", "exit status 4"),
    "nothing": ("%%script no_such_program\n1", "There is no program 'no_such_program'"),
    "run": ("%run fails.py", "SystemExit: 2. It printed last: 'in the script'"),
    "run_on": ("%run -e fails.py", "SystemExit: 2"),
    "inner": ("%run fails.ipynb", "the cell failed. It printed last: 'UsageError: Line magic"),
    "page": ("%run page.ipynb", "A page cannot run another inside itself.\n  - page.ipynb: it has"),
    "allowed": (tagged("print(7)\n1 / 0", "raises-exception"), "division by zero. It printed la"),
    "explored": (tagged("1 / 0", "explore"), "ZeroDivisionError"),
    "captured": ("%%capture\n1 / 0", "ZeroDivisionError"),
    "shown": (
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    get_ipython().showtraceback()",
        "ZeroDivisionError: division by zero",
    ),
    "magic": ("%no_such_magic", "the cell failed. It printed last: 'UsageError"),
    "swallowed": (
        "get_ipython().set_custom_exc((Exception,), lambda *_, **more: print('no'))\n1 / 0",
        "the cell failed. It printed last: 'no'",
    ),
    "died": (
        "import os\nimport time\nprint('before')\ntime.sleep(0.5)\nos.kill(os.getpid(), 9)",
        "its kernel ended while the cell ran (signal SIGKILL). It printed last: 'before'",
    ),
    "left": ("import os\nos._exit(0)", "its kernel ended while the cell ran (exit code 0)"),
    "undrawn": (PLT + r"plt.title(r'$\no{$')", "ParseFatalException"),
    "misnamed": (
        "from sendlib import data\nfrom sendlib.project import Project\n"
        "data.load(Project.find(), 'ehcp_caselod')",
        "UnknownNameError: There is no table ehcp_caselod",
    ),
}


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """What is told of each notebook that fails, by its name; all run together."""
    project = make_project(tmp_path_factory.mktemp("failing"))
    (project.root / "fails.py").write_text("print('in the script')\nraise SystemExit(2)\n")
    nbformat.write(
        new_notebook(cells=[new_code_cell("%no_such_magic")]), project.root / "fails.ipynb"
    )
    page = tagged('la_code: str = "865"', "parameters")
    nbformat.write(new_notebook(cells=[page]), project.root / "page.ipynb")
    jobs = []
    for number, (name, (cell, _)) in enumerate(FAILING.items(), start=10):
        cells = ["## The deficit", cell, "print('went on')"]
        file = f"{number}_{name}.ipynb"
        jobs.append(Job(write_notebook(project.notebooks, file, cells=cells), {"growth": 2.0}))
    with pytest.raises(NotebookError) as caught:
        run_all(jobs, root=project.root, folder=project.root / "run", then=lambda done: done)
    assert not list((project.root / "run").glob("*.log"))
    return {problem.where.partition(".")[0][3:]: str(problem) for problem in caught.value.problems}


@pytest.mark.parametrize("name", FAILING)
def test_a_cell_that_fails_in_any_way_fails_its_notebook(failed, name):
    assert f"_{name}.ipynb, cell 4 (under 'The deficit'): " in failed[name]
    assert FAILING[name][1] in failed[name]


@pytest.fixture
def real(project, tmp_path):
    """A project of its own on the committed data, without notebooks."""
    for part in ("data", "scenarios"):
        (tmp_path / part).symlink_to(project.root / part)
    (tmp_path / "notebooks").mkdir()
    return Project(tmp_path)


ASKED = 'la_code: str = "865"  # authority\nas_of: int = 2025  # January\nhorizon: int = 5  # years'
OPEN = """\
from sendlib.authority import Authority
authority = Authority.open(la_code, as_of=as_of)"""
ANOTHER = 'Authority.open("Hampshire", as_of=as_of)'
PROGRAM = """\
import subprocess, sys
program = "from sendlib.authority import Authority; Authority.open('850', as_of=2024)"
subprocess.run([sys.executable, "-c", program], check=True)"""
TOLD = "opens the authority 850, but the page is about Wiltshire"
ELSEWHERE = {
    "later": ([OPEN, ANOTHER], 5, TOLD),
    "captured": ([OPEN, f"%%capture\n{ANOTHER}"], 5, TOLD),
    "instead": ([OPEN.replace("la_code", '"850"')], 4, TOLD),
    "overwritten": (['la_code = "850"', OPEN], 4, "sets la_code to '850', but the page says '865'"),
    "unopened": ([OPEN, 'la_code = "850"'], 5, "sets la_code to '850', but the page says '865'"),
    "other_years": ([OPEN, "for horizon in (1, 2):\n    pass"], 5, "sets horizon to 2, but the pa"),
    "another_notebook": ([OPEN, "%run inner.ipynb"], 5, TOLD),
    "another_program": ([OPEN, PROGRAM], 5, TOLD),
    "not_held": ([OPEN, 'Authority.open("Kent", as_of=as_of)'], 5, "opens the authority 886"),
    "earlier": ([OPEN.replace("=as_of", "=2019")], 4, "looks from January 2019, but the page says"),
    "too_late": ([OPEN, OPEN.replace("=as_of", "=2025")], 5, "looks from January 2025, but the pa"),
}


def test_a_page_of_another_authority_than_asked_for_is_refused_with_its_cell(real):
    write_notebook(real.notebooks, "10_good.ipynb", parameters=ASKED, cells=["## Why?", OPEN])
    inner = [new_code_cell(ASKED.replace("865", "850")), new_code_cell(OPEN)]
    nbformat.write(new_notebook(cells=inner), real.root / "inner.ipynb")
    for number, (name, (cells, _, _)) in enumerate(ELSEWHERE.items(), start=11):
        named = {"parameters": ASKED, "cells": ["## Why?", *cells]}
        write_notebook(real.notebooks, f"{number}_{name}.ipynb", **named)
    title = PackTitle("Wiltshire", "January 2024", "865")
    with pytest.raises(PageError) as caught:
        pack_of(real, real.outputs, title, parameters={"la_code": "865", "as_of": 2024})
    assert not (real.outputs / "latest").exists()
    told = [str(problem) for problem in caught.value.problems]
    assert not [line for line in told if "10_good" in line]
    for name, (_, cell, words) in ELSEWHERE.items():
        own = [line for line in told if f"_{name}.ipynb, cell {cell} (under 'Why?'): " in line]
        assert any(words in line for line in own), (name, told)


def test_a_notebook_may_name_the_authorities_that_it_opens_or_open_none(real, monkeypatch):
    (real.root / "elsewhere").mkdir()
    monkeypatch.chdir(real.root / "elsewhere")
    both = f'{ASKED}\nauthorities: str = "850, 802"  # that it compares'
    beside = [
        OPEN,
        "[Authority.open(code.strip(), as_of=as_of) for code in authorities.split(',')]",
    ]
    write_notebook(real.notebooks, "11_both.ipynb", parameters=both, cells=beside)
    filled = f'{ASKED}\nreport_on: str = ""  # a month'
    rebound = [OPEN, "report_on = report_on or '2025-04'\nhorizon = [horizon]"]
    cells = [*rebound, "Authority.open('865', as_of=2019).name"]
    write_notebook(real.notebooks, "12_past.ipynb", parameters=filled, cells=cells)
    write_notebook(real.notebooks, "13_none.ipynb", title="How?", parameters=None, cells=["1 + 1"])
    title = PackTitle("Wiltshire", "January 2025", "865")
    pack = pack_of(real, Path("packs"), title)
    titles = [
        BeautifulSoup(page.read_text(), "html.parser").title.get_text() for page in pack.pages[1:4]
    ]
    assert titles[0] == titles[1] == "Invented page – Wiltshire – January 2025"
    assert titles[2] == "How? – January 2025"


def test_a_board_refuses_a_figure_without_a_description(real):
    cells = ["## How many?", PLAIN]
    write_notebook(real.notebooks, "76_figure.ipynb", parameters=ASKED, cells=cells)
    board = Board(name="Invented", authority="865", notebooks=("76",), checks={"browser": "off"})
    with pytest.raises(PublicationError, match=r"76-figure.html, cell 4 .*: a figure has no al"):
        run_board(real, board)
    assert not (real.outputs / "latest").exists()


def test_a_figure_alone_is_published_with_a_warning_and_an_exit_leaves_it_as_it_was(real):
    write_notebook(real.notebooks, "63_page.ipynb", parameters=None, cells=["## Why?", PLAIN])
    made = call_sendlib(real.root, "notebook", "run", "63")
    assert made.returncode == 0, made.stderr
    assert "Warning: 63-page.html, cell 3 (under 'Why?'): a figure has no alter" in made.stderr
    latest = real.outputs / "notebooks" / "latest"
    assert len(article_of(latest / "63-page.html").select("figure.picture p.note")) == 1
    for page in latest.glob("*.html"):
        soup = BeautifulSoup(page.read_text("utf-8"), "html.parser")
        soup.footer.decompose()
        assert "Wiltshire" not in soup.get_text(), page.name
    before = {page.name: page.read_bytes() for page in latest.glob("*.html")}
    cells = ["## The deficit", "import sys\nprint('no data')\nsys.exit()"]
    write_notebook(real.notebooks, "63_page.ipynb", parameters=None, cells=cells)
    failed = call_sendlib(real.root, "notebook", "run", "63")
    assert failed.returncode == 3
    assert (
        "63_page.ipynb, cell 3 (under 'The deficit'): SystemExit. It printed last: 'no data'"
        in (failed.stderr)
    )
    assert {page.name: page.read_bytes() for page in latest.glob("*.html")} == before
