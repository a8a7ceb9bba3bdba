"""Say why the outputs could not be written, and what to do about it."""

import errno
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sendlib.errors import OutputError, Problem

_FULL = (
    "no space is left",
    "free some space there, or name another folder with --out, then run again",
)
_FORBIDDEN = (
    "writing is not allowed",
    "allow writing there, or name another folder with --out, then run again",
)
_IN_THE_WAY = (
    "a file stands where a folder is needed",
    "move that file away, or name another folder with --out",
)
_ONLY_WRITES_FAIL_SO: Mapping[int, tuple[str, str]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _FORBIDDEN,
}
_KNOWN: Mapping[int, tuple[str, str]] = {
    **_ONLY_WRITES_FAIL_SO,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
}
_ELSE = "see that the folder is there and its disk in order, then run again"


@contextmanager
def outputs_in(out: Path) -> Iterator[None]:
    """Turn an error of the file system about ``out`` into one that a person can act on.

    An error that says nothing of ``out``, and is not one that only a write can
    meet, passes as it is: that is a fault of the program.
    """
    try:
        yield
    except OSError as error:
        if not _is_about(error, out):
            raise
        raise _explain(error, out) from error


def _is_about(error: OSError, out: Path) -> bool:
    if error.errno in _ONLY_WRITES_FAIL_SO:
        return True
    places = [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if name]
    return any(place.is_relative_to(out) or out.is_relative_to(place) for place in places)


def _explain(error: OSError, out: Path) -> OutputError:
    reason = (error.strerror or str(error)).lower()
    found, remedy = _KNOWN.get(error.errno or 0, (reason, _ELSE))
    where = os.fsdecode(error.filename) if error.filename else str(out)
    headline = "The pack could not be written; the last one published stays as it was."
    return OutputError(headline, [Problem(found, where, remedy)])
