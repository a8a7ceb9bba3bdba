"""Run a replica of this project's sources on loopback, for demonstration.

    .venv/bin/python scripts/run_replica.py --revise 7
    .venv/bin/sendlib data refresh --dry-run --api http://127.0.0.1:5050

A fault is asked for with a POST to /_faults, such as {"kind": "504", "path": "csv", "times": 9}.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from replica import Replica  # noqa: E402
from replica.project import from_project  # noqa: E402


def main() -> None:
    """Answer on loopback until the process is interrupted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--port", type=int, default=5050, help="port on loopback")
    parser.add_argument("--revise", type=int, help="seed of invented revisions, as a new version")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project")
    options = parser.parse_args()
    catalogue = from_project(options.root, revise=options.revise)
    with Replica(catalogue, port=options.port) as replica:
        count = len(catalogue.data_sets) + len(catalogue.files)
        print(f"{count} data sets and files at {replica.url}")
        print(f"sendlib data refresh --dry-run --api {replica.url}")
        try:
            replica.wait()
        except KeyboardInterrupt:
            print("ended")


if __name__ == "__main__":
    main()
