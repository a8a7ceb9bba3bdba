"""What goes on in the process of a kernel that makes a page.

A kernel is held to its limits before its first thread starts, so that whatever
a notebook does stays inside them. What the platform cannot hold it to is said
in the record of the run. As an extension of IPython, this module makes whatever
fails end its cell, and notes the parameters that a cell sets anew. It is
imported by the run's own process too, so what is slow is imported where needed.
"""

import ctypes
import gc
import json
import logging
import os
import shlex
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial, wraps
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from sendlib.errors import ParameterError, Problem
from sendlib.packs.setting import InForce, Limits, Network
from sendlib.project import LOG_VARIABLE

if TYPE_CHECKING:
    from IPython.core.magics.script import ScriptMagics

_NEW_USERS = 0x10000000  # CLONE_NEWUSER
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET


def run(
    report: "connection.Connection[InForce, None]",
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: str,
    limits: Limits,
) -> None:
    """Turn this fork into a kernel, and report what it is held to; it never comes back."""
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    gc.freeze()  # what is shared is never looked through again, so it stays shared
    os.setsid()
    os.umask(0o077)  # what a notebook writes is nobody else's
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    in_force = _hold_to(limits)
    threading.Thread(target=_end_with_the_run, daemon=True).start()
    with report:
        report.send(in_force)
    np.random.seed()  # noqa: NPY002  # forks would all draw the same where nothing is seeded
    # An interrupt at its end is jupyter_client's way to say so: what befell it, its run reports.
    app = IPKernelApp.instance(parent_handle=os.getppid(), log_level=logging.CRITICAL)
    app.initialize(list(arguments))  # type: ignore[no-untyped-call]
    app.start()  # type: ignore[no-untyped-call]
    os._exit(0)


def _end_with_the_run() -> None:
    """End this kernel, with whatever it has started, when the process that asked for it is gone."""
    run = parent_process()
    connection.wait([run.sentinel] if run else [])
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _hold_to(limits: Limits) -> InForce:
    """Hold this process to ``limits``; it must have one thread only.

    Time is not held here: whoever waits for the kernel does that.
    """
    import resource  # where kernels are forked alone

    network: Network = "cut off" if _leave_network() else "refused to Python"
    _refuse_sockets()
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = limits.memory_mb * 2**20
    soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    return InForce("forked", network, limits.memory_mb)


def _leave_network() -> bool:
    """Move this process to where there is no network; whether the system allows it.

    Without the right to do so alone, the process becomes the only user of a
    space of users of its own, under its own number, which carries that right.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if libc.unshare(_NEW_USERS | _NEW_NETWORK) != 0:
        return False
    with suppress(OSError):  # without these, files are still ours, only the names are lost
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True


def _refuse_sockets() -> None:
    """Refuse every socket to another machine that Python code asks for, with a reason.

    Libraries that are not written in Python are not seen by this.
    """
    import socket

    refused = {socket.AF_INET, socket.AF_INET6}

    def refuse(event: str, values: tuple[object, ...]) -> None:
        if event == "socket.getaddrinfo" or (event == "socket.__new__" and values[1] in refused):
            raise PermissionError(
                "A notebook has no network: put what it needs in data/raw, or in data/private"
            )

    sys.addaudithook(refuse)


def load_ipython_extension(shell: Any) -> None:
    """Make ``shell`` one that makes a page: figures as JupyterLab shows them, no error unheeded."""
    import matplotlib as mpl
    from IPython.core.magics.script import ScriptMagics
    from IPython.core.pylabtools import print_figure

    mpl.rcParams["svg.hashsalt"] = "sendlib"  # the same bytes each time
    png = shell.display_formatter.formatters["image/png"]
    png.for_type_by_name("matplotlib.figure", "Figure", partial(print_figure, base64=True))
    shell.system_raise_on_error = True
    shell.ask_exit = sys.exit
    shell.safe_execfile = partial(shell.safe_execfile, raise_exceptions=True)
    run_file = partial(shell.safe_execfile_ipy, raise_exceptions=True)
    shell.safe_execfile_ipy = partial(_run_without_parameters, run_file)
    ScriptMagics.shebang = _heeded(ScriptMagics.shebang)  # type: ignore[method-assign]
    if log := os.environ.get(LOG_VARIABLE):
        shell.events.register("post_run_cell", _watch(shell, Path(log)))


def _run_without_parameters(run_file: Callable[..., None], path: str, **options: Any) -> None:
    """``%run`` of a notebook, unless that has parameters: they would not be this page's."""
    cells = nbformat.read(path, as_version=4).cells if Path(path).suffix == ".ipynb" else []
    if any("parameters" in cell.metadata.get("tags", []) for cell in cells):
        remedy = "make it a page of its own, and move what both need into one without any"
        problem = Problem("own_parameters", "it has parameters of its own", Path(path).name, remedy)
        raise ParameterError("A page cannot run another inside itself.", [problem])
    run_file(path, **options)


def _heeded(run: Callable[..., None]) -> Callable[..., None]:
    """``%%script`` and its like, unable to pass over a program that fails or is not there."""

    @wraps(run)
    def heed(self: "ScriptMagics", line: str, cell: str) -> None:
        line = line.replace("--no-raise-error", "")
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
        known: dict[str, Any] = json.loads(source.readline())["parameters"]
    begun = False

    def note(*_: object) -> None:
        nonlocal begun
        now = {name: shell.user_ns.get(name) for name in known}
        alike = {name: now[name] for name in known if type(now[name]) is type(known[name])}
        changed = {name: value for name, value in alike.items() if value != known[name] != ""}
        if not begun:  # until the run's values have taken the place of the notebook's own
            begun = alike == known
            return
        if changed:
            known.update(changed)
            with suppress(OSError), log.open("a", encoding="utf-8") as target:
                target.write(json.dumps({"changed": changed}) + "\n")

    return note
