"""Refresh a small project under faults at random, and count after which its data are not whole.

    .venv/bin/python scripts/refresh_faults.py --runs 1000

Each run meets up to four faults of a replica on loopback, chosen by its seed. All that is amiss
has to be nought.
"""

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from raw_copy import make_small_tree  # noqa: E402
from refreshing import adopt_first, publish, published_for, refresh_under_faults  # noqa: E402
from replica import Replica  # noqa: E402
from replica.project import revise_figures  # noqa: E402
from sendlib.project import Project  # noqa: E402


def main() -> None:
    """Run as often as asked, and end with 1 where data were not whole."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    with TemporaryDirectory() as name:
        small = Project(Path(name) / "small")
        make_small_tree(Project(ROOT), small)
        project = adopt_first(small, Path(name) / "adopted", ROOT / "data" / "sources.yml")
        with Replica(published_for(project)) as replica:
            publish(replica, "requests", lambda content: revise_figures(content, 3))
            start = time.monotonic()
            seeds = range(options.first, options.first + options.runs)
            landed, wrong = refresh_under_faults(project, Path(name), replica, seeds)
            seconds = time.monotonic() - start
            kinds = len({kind for kind, _ in replica.faults.struck})
            struck = len(replica.faults.struck)
    print(f"{options.runs} refreshes in {seconds:.0f} s: {struck} faults of {kinds} kinds struck")
    print(f"{landed} landed, {options.runs - landed} were refused, {len(wrong)} not whole {wrong}")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
