"""A few kills of a run at random moments; `python scripts/kill_runs.py` makes hundreds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks at /proc"),
]


def test_a_run_killed_at_any_moment_leaves_the_last_good_pack_and_nothing_at_work():
    command = [sys.executable, ROOT / "scripts" / "kill_runs.py", "--kills", "12", "--json"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    tally = json.loads(done.stdout)
    assert tally["kills"] == 12
    assert {what for what in tally if what.startswith("came")} > {
        "came while notebooks ran, or before"
    }
