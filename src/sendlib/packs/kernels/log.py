"""The log of a kernel: which authorities it opened, and which parameters its cells set anew.

``Authority.open`` writes into the file that an environment variable names, so
programs that a notebook starts write into it too.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ENDING = ".log"


class Log:
    """The log of one kernel, read as it grows.

    Parameters
    ----------
    path : Path
        The file.
    given : Mapping
        The parameters of the notebook, which the kernel watches.
    """

    def __init__(self, path: Path, given: Mapping[str, object]) -> None:
        self.path = path
        self._lines = 1
        path.write_text(json.dumps({"given": dict(given)}) + "\n", encoding="utf-8")

    def take(self) -> list[dict[str, Any]]:
        """What was written since it was last asked."""
        lines = self.path.read_text(encoding="utf-8").splitlines()[self._lines :]
        self._lines += len(lines)
        return [json.loads(line) for line in lines]


@contextmanager
def open_log(executed: Path, given: Mapping[str, object]) -> Iterator[Log]:
    """A log beside the executed copy of a notebook, for as long as the block lasts."""
    log = Log(executed.resolve().with_suffix(ENDING), given)
    try:
        yield log
    finally:
        log.path.unlink(missing_ok=True)
