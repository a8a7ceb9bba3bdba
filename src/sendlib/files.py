"""Files written in one step or not at all, so that no reader ever sees half of one."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def write_whole(path: Path, content: bytes) -> Path:
    """Write a file in one step; a loss of power leaves the old one or the new one."""
    draft = path.with_name(f".{path.name}.part")
    try:
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
