"""A small run to interrupt: two invented notebooks, in a process of its own.

``python small_run.py ROOT MARK`` publishes a pack whose every page shows MARK,
in the project at ROOT, and ends as the command line does.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NAMES = ("21_first.ipynb", "22_second.ipynb")

_PARAMETERS = 'mark: str = ""  # what the page shows'
_SHOW = "f'The mark is {mark}.'"


def make_project(root: Path) -> Path:
    """A project that holds nothing but two notebooks."""
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "raw" / "manifest.yml").write_text("[]\n")
    (root / "notebooks").mkdir()
    for name in NAMES:
        write_notebook(root, name)
    return root


def write_notebook(root: Path, name: str, *cells: str) -> None:
    """Write one notebook: its opening, its parameters, and what it shows."""
    declared = new_code_cell(_PARAMETERS, metadata={"tags": ["parameters"]})
    opening = new_markdown_cell(f"# Page {name[:2]}\n\nInvented, for a test.")
    shown = [new_code_cell(cell) for cell in (*cells, _SHOW)]
    node = new_notebook(cells=[opening, declared, *shown])
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(node, root / "notebooks" / name)


def start(root: Path, mark: str, *before: str, **environment: str) -> subprocess.Popen[str]:
    """Start a run; ``before`` comes ahead of it on the command line."""
    return subprocess.Popen(
        [*before, sys.executable, __file__, str(root), mark],
        env={**os.environ, "SENDLIB_ROOT": str(root), "OMP_NUM_THREADS": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def run(
    root: Path, mark: str, *before: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Make a run to its end."""
    process = start(root, mark, *before, **environment)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def find_processes(root: Path) -> list[int]:
    """Every process that works for the project at ``root``, by what it was started with."""
    wanted = f"SENDLIB_ROOT={root}\0".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            begun, state = (entry / "environ").read_bytes(), (entry / "stat").read_text()
        except OSError:
            continue
        if wanted in begun and state.rpartition(")")[2].split()[0] != "Z":
            found.append(int(entry.name))
    return [number for number in found if number != os.getpid()]


def wait_for_processes(root: Path, *, most: float = 60.0) -> list[int]:
    """Those processes that are still there after a while; they are ended. [seconds]"""
    limit = time.monotonic() + most
    while (left := find_processes(root)) and time.monotonic() < limit:
        time.sleep(0.05)
    for number in left:
        os.kill(number, signal.SIGKILL)
    return left


def main(root: Path, mark: str) -> None:
    """Publish a pack, and end as the command line does."""
    from sendlib.errors import SendlibError
    from sendlib.packs.notebooks import list_notebooks
    from sendlib.packs.pack import make_pack
    from sendlib.packs.setting import Limits, PackTitle, Retention, Setting
    from sendlib.project import Project

    project = Project(root)
    seconds = int(os.environ.get("SMALL_RUN_SECONDS", "120"))
    out = os.environ.get("SMALL_RUN_OUT")
    try:
        pack = make_pack(
            project,
            Setting(
                PackTitle("Inventedshire", "January 2026", "999", "baseline"),
                notebooks=tuple(list_notebooks(project)),
                inputs=({"path": "data/raw/x.csv", "sha256": "ab" * 32, "title": "Invented"},),
                limits=Limits(notebook_seconds=seconds),
            ),
            parameters={"mark": mark},
            out=Path(out) if out else None,
            keep=Retention(runs=4, days=800),
        )
    except SendlibError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(error.exit_code) from error
    sys.stdout.write(f"{pack.run_id}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
