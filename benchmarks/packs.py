"""How fast is a pack made, beside the commands it could be made with, and beside its floor?

All notebooks of the project, two at a time, from the last to the first, in these ways, each
in a process of its own, one after another in every round:

lab        as the next, in an environment that holds JupyterLab too (where `make lab` has made it)
commands   the papermill command, then the nbconvert command, for each notebook
in_process papermill and HTMLExporter in one process, a fresh kernel for each notebook
pack       what `sendlib brief` does: forked kernels, our pages, their checks, the record
floor      the notebooks as plain scripts in forks of one warm interpreter: no kernel, no page

    make bench
"""

import ast
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sendlib import data
from sendlib.project import Project

AT_ONCE, ROUNDS = 2, int(os.environ.get("ROUNDS", "3"))
LAB = Path(__file__).resolve().parents[1] / ".venv-lab" / "bin"
WAYS = (*(["lab"] if LAB.is_dir() else []), "commands", "in_process", "pack", "floor")
LARGEST = 3.0, 0.8  # what is aimed at: times the commands, and of the floor


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


def pack(notebooks: list[Path], out: Path, *, packs: int = 1) -> None:
    from sendlib import packs
    from sendlib.packs.notebooks import read_notebook

    for _ in range(packs):
        packs.make_pack(
            Project.find(),
            packs.Setting(
                packs.PackTitle("Wiltshire", "the last January", "865"),
                notebooks=tuple(sorted(map(read_notebook, notebooks), key=lambda n: n.number)),
                inputs=(),
            ),
            parameters={},
            out=out,
            workers=AT_ONCE,
        )


def floor(notebooks: list[Path], _out: Path) -> None:
    from nbconvert import PythonExporter

    from sendlib.packs.kernels import modules_of

    scripts = [PythonExporter().from_filename(str(path))[0] for path in notebooks]
    for module in ("IPython.core.formatters", *modules_of(notebooks)):
        try:
            __import__(module)
        except ImportError:
            continue
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


def measure(way: str, *arguments: str) -> tuple[float, float]:
    """Seconds by the clock and of processors that one way takes, imports and all."""
    out = Path(tempfile.mkdtemp(prefix="packs-"))
    before, begin = os.times(), time.perf_counter()
    try:
        subprocess.run([sys.executable, __file__, "--way", way, str(out), *arguments], check=True)
        taken, after = time.perf_counter() - begin, os.times()
    finally:
        shutil.rmtree(out)
    spent = after.children_user + after.children_system
    return taken, spent - before.children_user - before.children_system


def side_by_side(many: int) -> None:
    rounds = [{way: measure(way) for way in WAYS} for _ in range(ROUNDS)]
    clock = {way: statistics.median(found[way][0] for found in rounds) for way in WAYS}
    spent = {way: statistics.median(found[way][1] for found in rounds) for way in WAYS}
    print(f"{many} notebooks, {AT_ONCE} at a time, median of {ROUNDS} rounds")
    print("way         clock s  processor s  a minute  x commands  x floor")
    for way in WAYS:
        print(
            f"{way:11} {clock[way]:7.1f} {spent[way]:12.1f} {60 * many / clock[way]:9.1f}"
            f" {clock['commands'] / clock[way]:11.2f} {clock['floor'] / clock[way]:8.2f}"
        )
    print(f"Aimed at: {LARGEST[0]} x commands, {LARGEST[1]} x floor.")


def grow(notebooks: list[Path]) -> None:
    for part in (1, len(notebooks) // 2, len(notebooks)):
        taken, spent = measure("pack", str(part))
        print(f"pack of {part:2}: {taken:6.1f} s by the clock, {spent:6.1f} s of processors")


def main() -> None:
    project = Project.find()
    os.environ |= {"OMP_NUM_THREADS": "1", "SENDLIB_ROOT": str(project.root)}
    os.environ |= {"SENDLIB_BRIEFING": "1"}
    os.chdir(project.root)
    notebooks = sorted(project.notebooks.glob("*.ipynb"), reverse=True)
    if sys.argv[1:2] == ["--way"]:
        way, out, *part = sys.argv[2:]
        chosen = notebooks[-int(part[0]) :] if part else notebooks
        globals()[way](chosen, Path(out))
        return
    data.build(project)
    side_by_side(len(notebooks))
    grow(notebooks)


if __name__ == "__main__":
    main()
