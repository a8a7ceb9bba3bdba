"""Run the command line as a person does: a process of its own, in a project of its own."""

import os
import subprocess
import sys
from pathlib import Path


def run_sendlib(
    project: Path, *arguments: str, epoch: str = ""
) -> subprocess.CompletedProcess[str]:
    """What ``sendlib`` with these arguments answers, inside ``project``."""
    environment = {**os.environ, "SENDLIB_ROOT": str(project)}
    if epoch:
        environment["SOURCE_DATE_EPOCH"] = epoch
    command = [sys.executable, "-m", "sendlib", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
