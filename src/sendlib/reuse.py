"""Results that are worked out once, and taken from a folder wherever they are needed again.

A result is known by what it rests on: the content of tables or their hashes, the values of a
scenario, and the program with its libraries. Whatever of these changes, it is another result,
so none is ever out of date. Nothing that rests on an authority's own records is stored, and no
picture once a process has read some.
"""

import hashlib
import json
import os
import platform
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from functools import cache
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from sendlib.files import make_private
from sendlib.project import LOG_VARIABLE, RESULTS_VARIABLE

MOST_BYTES = 4 * 2**30
"""How much of the disk results may take after a run."""

_LIBRARIES = ("joblib", "matplotlib", "numpy", "pandas", "pyarrow", "scipy", "statsmodels")
_LONGEST_WAIT = 300.0  # for another process at the same result [seconds]
_LOCKS = 3  # hexadecimal digits: 4,096 files
T = TypeVar("T")


def reuse(kind: str, rests_on: object, work_out: Callable[[], T]) -> T:
    """What ``work_out`` gives, or gave before from the same.

    It is stored where the kernels of a run are told to; anywhere else it is worked out, and so
    is what rests on nothing that is named.
    Of several processes that want one result, one works it out.
    """
    place = os.environ.get(RESULTS_VARIABLE)
    try:
        stored = _open(place) if place and rests_on else None
    except OSError:  # a folder that cannot be written to has no results
        stored = None
    if place is None or stored is None:
        return work_out()
    import joblib  # slow to import

    key = joblib.hash((kind, rests_on, code_version()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a damaged result is made anew, a full disk stores none
        is_known = stored.check_call_in_cache(kind, key, None)
        with nullcontext() if is_known else _alone(Path(place), key):
            is_known = is_known or stored.check_call_in_cache(kind, key, None)
            result: T = stored(kind, key, work_out)
    _log(kind, is_known)
    return result


def reuse_published(kind: str, tables: object, work_out: Callable[[], T]) -> T:
    """As :func:`reuse`, of tables by their content; not once this process has read own records."""
    return reuse(kind, None if has_own_records() else tables, work_out)


_read: set[str] = set()


def note_own_records(what: str) -> None:
    """Note that this process has read an authority's own records."""
    _read.add(what)


def has_own_records() -> bool:
    """Whether this process has read any."""
    return bool(_read)


def _stored(kind: str, key: str, work_out: Callable[[], T]) -> T:
    """What is worked out, as it is read from the folder: a picture of either has one name."""
    import joblib

    del kind, key
    joblib.dump(work_out(), copy := BytesIO())
    copy.seek(0)
    result: T = joblib.load(copy)
    return result


@cache
def _open(place: str) -> Any:
    """The function whose results a folder has; made by one process at a time."""
    import joblib

    stored = joblib.Memory(make_private(Path(place)), verbose=0, compress=1).cache(
        _stored, ignore=["work_out"], verbose=0
    )
    with _alone(Path(place), "new"):
        stored.check_call_in_cache("", "", None)  # notes the function in a new folder
    return stored


@cache
def code_version() -> str:
    """A hash of the program, of the tables inside it, and of the libraries that compute."""
    package = Path(__file__).parent
    found = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            found.update(path.relative_to(package).as_posix().encode())
            found.update(path.read_bytes())
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    found.update(" ".join([platform.python_version(), platform.machine(), *libraries]).encode())
    return found.hexdigest()


def trim(place: Path, most: int = MOST_BYTES) -> None:
    """Remove what was not used for longest until the rest fits; what cannot go now stays."""
    if place.is_dir():
        with suppress(OSError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import joblib

            joblib.Memory(place, verbose=0).reduce_size(bytes_limit=most)


@contextmanager
def _alone(place: Path, key: str) -> Iterator[None]:
    """Let one process at a time work at a result; after a long wait, let the next begin."""
    lock = FileLock(place / "locks" / key[:_LOCKS], timeout=_LONGEST_WAIT, is_singleton=True)
    with suppress(Timeout, OSError):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _log(kind: str, is_known: bool) -> None:
    """Say so in the log of a kernel that makes a page; anywhere else, do nothing."""
    log = os.environ.get(LOG_VARIABLE)
    if log:
        with Path(log).open("a", encoding="utf-8") as target:
            target.write(json.dumps({"reused" if is_known else "worked out": kind}) + "\n")
