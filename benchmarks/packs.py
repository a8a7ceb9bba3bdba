"""How fast is a pack made, beside the commands it could be made with, and beside its floor?

All notebooks of the project, two at a time, from the last to the first, in these ways, each
in a process of its own, one after another in every round:

lab        as the next, in an environment that holds JupyterLab too (where `make lab` has made it)
commands   the papermill command, then the nbconvert command, for each notebook
in_process papermill and HTMLExporter in one process, a fresh kernel for each notebook
cold       what `sendlib board run` does: forked kernels, our pages, the board's checks, the
           record; nothing is in the store of results
warm       the same once more: every notebook runs, and takes its results from the store
floor      the notebooks as plain scripts in forks of one warm interpreter: no kernel, no page

Then how the cost grows: packs of the pages of a run of England for one, two and four
authorities with one store, cold, and the page of the cohort with more draws. Packs are made
in a project of links to this one, so that its outputs and results stay as they are. The
processors' seconds are those of every process that a way leaves behind, on Linux.

    make bench              or, for fewer rounds: ROUNDS=1 python benchmarks/packs.py
"""

import ast
import ctypes
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

from sendlib import data
from sendlib.project import ROOT_VARIABLE, Project

AT_ONCE, ROUNDS = 2, int(os.environ.get("ROUNDS", "3"))
LAB = Path(__file__).resolve().parents[1] / ".venv-lab" / "bin"
WAYS = (*(["lab"] if LAB.is_dir() else []), "commands", "in_process", "cold", "warm", "floor")
AIMED = "cold at 3 x commands and 2.2 x in_process, warm at a fifth of its processor seconds"
AUTHORITIES = ("865", "802", "866", "885")
DRAWS = (250, 500, 1000, 2000)
_REAPS_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER


def run(*command: object) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True)


def lab(notebooks: list[Path], out: Path) -> None:
    commands(notebooks, out, programs=LAB)


def commands(notebooks: list[Path], out: Path, programs: Path | None = None) -> None:
    programs = programs or Path(sys.executable).parent

    def one(notebook: Path) -> None:
        made = out / notebook.name
        run(programs / "papermill", "-k", "python3", notebook, made)
        run(programs / "jupyter-nbconvert", "--to", "html", "--no-input", made)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, notebooks))


def in_process(notebooks: list[Path], out: Path) -> None:
    import papermill
    from jupyter_core.utils import ensure_event_loop
    from nbconvert import HTMLExporter

    def one(notebook: Path) -> None:
        ensure_event_loop()
        made = papermill.execute_notebook(
            notebook, out / notebook.name, kernel_name="python3", progress_bar=False
        )
        page = HTMLExporter(exclude_input=True).from_notebook_node(made)[0]
        (out / notebook.name).with_suffix(".html").write_text(page)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(one, notebooks))


def board(
    out: Path, authority: str = "865", pages: str = "all", scenario: str = "baseline"
) -> None:
    from sendlib.board.file import Board, Checks
    from sendlib.board.run import run as run_board

    numbers = "all" if pages == "all" else tuple(pages.split(","))
    wanted = Board(
        name="benchmark",
        authority=authority,
        notebooks=numbers,
        scenarios=(scenario,),
        checks=Checks(browser="off"),
    )
    run_board(Project.find(), wanted, out=out / authority, workers=AT_ONCE)


def cold(_notebooks: list[Path], out: Path) -> None:
    board(out)


def several(_notebooks: list[Path], out: Path) -> None:
    from sendlib.england.plan import PAGES

    for authority in sys.argv[4:]:
        board(out, authority, ",".join(PAGES))


def drawn(_notebooks: list[Path], out: Path) -> None:
    board(out, pages="23", scenario=sys.argv[4])


warm = cold


def floor(notebooks: list[Path], _out: Path) -> None:
    from nbconvert import PythonExporter

    import_module("sendlib.packs.preloaded")
    scripts = [PythonExporter().from_filename(str(path))[0] for path in notebooks]
    running: set[int] = set()
    while scripts or running:
        while scripts and len(running) < AT_ONCE:
            script = scripts.pop(0)
            pid = os.fork()
            if pid == 0:
                play(script)
            running.add(pid)
        pid, status = os.wait()
        running.discard(pid)
        if status:
            raise SystemExit("A script failed.")


def play(script: str) -> None:
    """Run a script in this fork; what its cells end in is formatted as a kernel would."""
    from IPython.core.formatters import DisplayFormatter

    formatter = DisplayFormatter()

    def show(*things: object) -> None:
        for thing in things:
            if thing is not None:
                formatter.format(thing)

    code = 1
    try:
        names = {"__name__": "__main__", "display": show, "show_last": show}
        for cell in script.split("# In[ ]:"):
            tree = ast.parse(cell)
            if tree.body and isinstance(tree.body[-1], ast.Expr):
                last = ast.Expression(tree.body.pop().value)
                exec(compile(tree, "cell", "exec"), names)
                show(eval(compile(last, "cell", "eval"), names))
            else:
                exec(compile(tree, "cell", "exec"), names)
        code = 0
    finally:
        os._exit(code)


def stage() -> Path:
    """A project of links to this one, with a store of its own and a scenario for each of DRAWS."""
    root, here = Path(tempfile.mkdtemp(prefix="packs-")), Project.find().root
    for part in ("data/raw", "data/processed", "notebooks", "strategies", "areas"):
        (root / part).parent.mkdir(exist_ok=True)
        (root / part).symlink_to(here / part)
    shutil.copytree(here / "scenarios", root / "scenarios")
    for draws in DRAWS:
        (root / "scenarios" / f"draws_{draws}.yml").write_text(
            f"name: {draws} draws\nquestion: What do {draws} draws cost?\nextends: baseline\n"
            f"changes:\n  - {{lever: cohort.draws, value: {draws}, unit: draws, why: to measure}}\n"
        )
    return root


def measure(way: str, *arguments: str, root: Path) -> tuple[float, float]:
    """Seconds by the clock and of processors that one way takes, imports and all."""
    out = Path(tempfile.mkdtemp(prefix="packs-"))
    before, begin = os.times(), time.perf_counter()
    try:
        subprocess.run(
            [sys.executable, __file__, "--way", way, str(out), *arguments],
            check=True,
            env={**os.environ, ROOT_VARIABLE: str(root)},
        )
        taken = time.perf_counter() - begin
        reap()
        after = os.times()
    finally:
        shutil.rmtree(out)
    spent = after.children_user + after.children_system
    return taken, spent - before.children_user - before.children_system


def reap() -> None:
    """Wait for what the way left behind, so that its seconds count."""
    try:
        while True:
            os.wait()
    except ChildProcessError:
        return


def one_round() -> dict[str, tuple[float, float]]:
    root = stage()  # cold begins with an empty store, and warm with what cold left there
    try:
        return {way: measure(way, root=root) for way in WAYS}
    finally:
        shutil.rmtree(root)


def side_by_side(many: int) -> None:
    rounds = [one_round() for _ in range(ROUNDS)]
    clock = {way: statistics.median(found[way][0] for found in rounds) for way in WAYS}
    spent = {way: statistics.median(found[way][1] for found in rounds) for way in WAYS}
    print(f"{many} notebooks, {AT_ONCE} at a time, median of {ROUNDS} rounds")
    print("way         clock s  processor s  a minute  x commands  x in_process  x floor")
    for way in WAYS:
        print(
            f"{way:11} {clock[way]:7.1f} {spent[way]:12.1f} {60 * many / clock[way]:9.1f}"
            f" {clock['commands'] / clock[way]:11.2f} {clock['in_process'] / clock[way]:13.2f}"
            f" {clock['floor'] / clock[way]:8.2f}"
        )
    print(f"Aimed at: {AIMED}.")


def grow() -> None:
    asked = [("several", AUTHORITIES[:many]) for many in (1, 2, 4)]
    asked += [("drawn", (f"draws_{draws}",)) for draws in DRAWS]
    for way, arguments in asked:
        root = stage()
        try:
            taken, spent = measure(way, *arguments, root=root)
        finally:
            shutil.rmtree(root)
        named = f"{len(arguments)} authorities" if way == "several" else arguments[0]
        print(f"{named:14} {taken:6.1f} s by the clock, {spent:6.1f} s of processors")


def main() -> None:
    project = Project.find()
    os.environ |= {"OMP_NUM_THREADS": "1", "SENDLIB_BRIEFING": "1"}
    os.chdir(project.root)
    notebooks = sorted(project.notebooks.glob("*.ipynb"), reverse=True)
    if sys.argv[1:2] == ["--way"]:
        globals()[sys.argv[2]](notebooks, Path(sys.argv[3]))
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_REAPS_ORPHANS, 1, 0, 0, 0)
    data.build(project)
    side_by_side(len(notebooks))
    grow()


if __name__ == "__main__":
    main()
