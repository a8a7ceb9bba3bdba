"""Run a program of the project's environment, wherever that keeps its programs.

python scripts/in_environment.py ruff check
"""

import subprocess
import sys
from pathlib import Path

ENVIRONMENT = Path(__file__).resolve().parents[1] / ".venv"


def main(program: str, *arguments: str) -> int:
    """Run it with the same input and output, and end as it ends."""
    found = [p for p in ENVIRONMENT.glob(f"*/{program}*") if p.stem == program]
    if not found:
        print(f"{program} is not in {ENVIRONMENT}; run: make test", file=sys.stderr)
        return 2
    return subprocess.run([found[0], *arguments], check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
