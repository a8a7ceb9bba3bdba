"""A folder of an authority's own tables: replaced whole, or not at all."""

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

_NOTE = "note.json"


def write_folder(
    folder: Path, tables: Mapping[str, pd.DataFrame], note: Mapping[str, object]
) -> Path:
    """Keep some tables and a note on them, in place of those kept before.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    tables : Mapping[str, pd.DataFrame]
        By name.
    note : Mapping[str, object]
        Values that JSON knows.

    Returns
    -------
    Path
        The folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".new-") as aside:
        for name, table in tables.items():
            table.to_parquet(Path(aside) / f"{name}.parquet", index=False)
        (Path(aside) / _NOTE).write_text(json.dumps(note), encoding="utf-8")
        (folder / _NOTE).unlink(missing_ok=True)  # no note, nothing kept
        for name in (*(f"{name}.parquet" for name in tables), _NOTE):
            (Path(aside) / name).replace(folder / name)
    return folder


def read_folder(folder: Path) -> tuple[dict[str, pd.DataFrame], dict[str, Any]] | None:
    """The tables of a folder by name, and the note on them; none where nothing is kept."""
    if not (folder / _NOTE).is_file():
        return None
    tables = {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    return tables, json.loads((folder / _NOTE).read_text(encoding="utf-8"))
