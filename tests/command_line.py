"""Run the command line as a person does, in a project of its own."""

import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from sendlib.cli import main


def run_sendlib(
    project: Path, *arguments: str, epoch: str = ""
) -> subprocess.CompletedProcess[str]:
    """What ``sendlib`` with these arguments answers, inside ``project``: a process of its own."""
    environment = {**os.environ, "SENDLIB_ROOT": str(project)}
    if epoch:
        environment["SOURCE_DATE_EPOCH"] = epoch
    command = [sys.executable, "-m", "sendlib", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def call_sendlib(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, which has imported everything already."""
    said, told, code = StringIO(), StringIO(), 0
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(said),
        redirect_stderr(told),
    ):
        patch.setenv("SENDLIB_ROOT", str(project))
        patch.setattr(sys, "argv", ["sendlib", *arguments])
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return subprocess.CompletedProcess(arguments, code, said.getvalue(), told.getvalue())
