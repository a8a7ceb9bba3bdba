"""Files written in one step or not at all, and those that only their owner may read."""

import ctypes
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file in one step; a loss of power leaves the old one or the new one."""
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.unlink(missing_ok=True)  # what a kill left may be open to more people
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    sync(path.parent)
    return path


@contextmanager
def owner_only() -> Iterator[None]:
    """Let only its owner read what is written within the block, by libraries too.

    A file has that mode from the start, so that a kill leaves none that is open.
    The mask is that of the whole process: not for a block that runs beside others.
    """
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_private(folder: Path) -> Path:
    """Make a folder that only its owner may enter, and close one that was open."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def write_private(path: Path, content: bytes) -> Path:
    """Write a file in one step that only its owner may read, whatever was there before."""
    with owner_only():
        return write_whole(path, content)


def replace_tables(
    folder: Path,
    tables: Mapping[str, "pd.DataFrame"],
    *,
    note: str,
    describe: Callable[[Path], Mapping[str, object]],
) -> None:
    """Write tables and a note on them in place of those before.

    All are written aside first. The old note goes before the first table is
    moved in, and the new one comes last: without a note, nothing counts as stored.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".new-") as name:
        aside = Path(name)
        for table, frame in tables.items():
            frame.to_parquet(aside / f"{table}.parquet", index=False)
        (aside / note).write_text(json.dumps(describe(aside), indent=1), encoding="utf-8")
        (folder / note).unlink(missing_ok=True)
        for file in (*(f"{table}.parquet" for table in tables), note):
            (aside / file).replace(folder / file)


@cache
def read_list(package: str, name: str) -> "pd.DataFrame":
    """A CSV file that stands beside the code of a package, as text."""
    import pandas as pd

    with (files(f"sendlib.{package}") / name).open(encoding="utf-8") as source:
        return pd.read_csv(source, dtype=str, keep_default_na=False)


def read_settings(package: str, name: str) -> Any:
    """What a YAML file beside the code of a package says."""
    return load_yaml((files(f"sendlib.{package}") / name).read_text(encoding="utf-8"))


def load_yaml(text: str) -> Any:
    """What a YAML file says, read by the library's parser in C, many times as fast, where it is."""
    import yaml  # slow to import

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


def sync(path: Path) -> None:
    """Wait until the disk holds a file, or the list of names in a folder."""
    if path.is_dir() and os.name == "nt":
        return  # Windows keeps the names of a folder without being asked
    handle = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Wait until the disk holds a folder and everything in it."""
    for path in folder.rglob("*"):
        if not path.is_symlink():
            sync(path)
    sync(folder)


def exchange_folders(draft: Path, there: Path) -> None:
    """Let two folders of one disk change places; where that fails, both stay as they were.

    On Linux it is one step. Elsewhere it is three renames, the first of which puts ``there``
    aside under the name ``.NAME.old``, where it is found if the power fails between them.
    """
    if sys.platform == "linux" and _exchange(draft, there):
        return
    aside = there.with_name(f".{there.name}.old")
    there.rename(aside)
    try:
        draft.rename(there)
    except OSError:
        aside.rename(there)
        raise
    aside.rename(draft)


def _exchange(first: Path, second: Path) -> bool:
    """The system's own exchange of two names; false where it or the disk has none."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    return bool(rename(here, os.fsencode(first), here, os.fsencode(second), exchange) == 0)
