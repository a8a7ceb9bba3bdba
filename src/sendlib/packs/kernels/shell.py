"""What a kernel that makes a page does otherwise than one in which an analyst works.

IPython loads this module as an extension. Figures are drawn as in JupyterLab,
the same bytes each time; whatever fails ends its cell; and a parameter that a
cell sets anew is written into the kernel's log.
"""

import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
from IPython.core.magics.script import ScriptMagics
from IPython.core.pylabtools import print_figure

from sendlib.errors import ParameterError, Problem
from sendlib.project import LOG_VARIABLE

_UNHEEDED = "--no-raise-error"


def load_ipython_extension(shell: Any) -> None:
    """Make ``shell`` one that makes a page."""
    _draw_figures(shell)
    _end_with_what_fails(shell)
    log = os.environ.get(LOG_VARIABLE)
    if log:
        shell.events.register("post_run_cell", _watch(shell, Path(log)))


def _draw_figures(shell: Any) -> None:
    """Show figures as JupyterLab does; matplotlib was imported before there was a kernel."""
    mpl.rcParams["backend"] = "module://matplotlib_inline.backend_inline"
    mpl.rcParams["svg.hashsalt"] = "sendlib"
    png = shell.display_formatter.formatters["image/png"]
    png.for_type_by_name("matplotlib.figure", "Figure", partial(print_figure, base64=True))


def _end_with_what_fails(shell: Any) -> None:
    """Raise an error for what IPython only prints, or passes over."""
    shell.system_raise_on_error = True
    shell.ask_exit = sys.exit
    shell.safe_execfile = partial(shell.safe_execfile, raise_exceptions=True)
    run_file = partial(shell.safe_execfile_ipy, raise_exceptions=True)
    shell.safe_execfile_ipy = _without_pages(run_file)
    ScriptMagics.shebang = _heeded(ScriptMagics.shebang)  # type: ignore[method-assign]


def _without_pages(run_file: Callable[..., None]) -> Callable[..., None]:
    """``%run`` of a notebook, unless that has parameters: they would not be this page's."""

    def run(path: str, **options: Any) -> None:
        if Path(path).suffix == ".ipynb" and _has_parameters(Path(path)):
            remedy = "make it a page of its own, and move what both need into one without any"
            problem = Problem("it has parameters of its own", Path(path).name, remedy)
            raise ParameterError("A page cannot run another inside itself.", [problem])
        run_file(path, **options)

    return run


def _has_parameters(path: Path) -> bool:
    cells = nbformat.read(path, as_version=4).cells
    return any("parameters" in cell.metadata.get("tags", []) for cell in cells)


def _heeded(run: Callable[..., None]) -> Callable[..., None]:
    """``%%script`` and its like, unable to pass over a program that fails or is not there."""

    @wraps(run)
    def heed(self: ScriptMagics, line: str, cell: str) -> None:
        line = line.replace(_UNHEEDED, "")
        _, command = run.parser.parse_known_args(shlex.split(line))  # type: ignore[attr-defined]
        if command and shutil.which(command[0]) is None:
            raise FileNotFoundError(f"There is no program {command[0]!r}.")
        run(self, line, cell)

    return heed


def _watch(shell: Any, log: Path) -> Callable[..., None]:
    """What notes, after each cell, the parameters that it has set to something else.

    A name that comes to stand for another kind of thing, such as a scenario in
    place of its name, says nothing else than before; nor does one that was left
    empty, and is filled in.
    """
    with log.open(encoding="utf-8") as source:
        held: dict[str, Any] = json.loads(source.readline())["given"]
    begun = False

    def note(*_: object) -> None:
        nonlocal begun
        now = {name: shell.user_ns.get(name) for name in held}
        alike = {name: now[name] for name in held if type(now[name]) is type(held[name])}
        changed = {name: value for name, value in alike.items() if value != held[name] != ""}
        if not begun:  # until the values given have taken the place of the notebook's own
            begun = alike == held
            return
        if changed:
            held.update(changed)
            with suppress(OSError), log.open("a", encoding="utf-8") as target:
                target.write(json.dumps({"changed": changed}) + "\n")

    return note
