"""Where the packs and the site of a run go: a folder, or an address of fsspec, in one way.

Stores of objects have no rename, so a pack stands under a name of its own, and a note that is
written last says which one of an authority is on show.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fsspec import available_protocols
from fsspec.core import url_to_fs
from fsspec.utils import get_protocol

from sendlib.errors import Problem, did_you_mean

NOTE = "made.json"
"""The file beside an authority's packs: which is on show, what of, and its forecasts."""


@dataclass(frozen=True)
class Destination:
    """A folder or an address; names in it are parted by ``/``."""

    address: str

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """The file system, and the folder in it."""
        files, folder = url_to_fs(self.address)
        return files, folder.rstrip("/")

    def path(self, name: str) -> str:
        """A name as the file system of the place knows it."""
        return f"{self._opened[1]}/{name}"

    @property
    def folder(self) -> Path | None:
        """The folder, where it is one that this machine sees as such."""
        files, folder = self._opened
        return Path(folder) if "file" in files.protocol else None

    def __str__(self) -> str:
        return str(self.folder or self.address)

    def read(self, name: str) -> bytes | None:
        """What a file holds; nothing where there is none."""
        try:
            content: bytes = self._opened[0].cat_file(self.path(name))
        except (FileNotFoundError, NotADirectoryError):
            return None
        return content

    def note(self, folder: str) -> dict[str, Any]:
        """What an authority's note says; empty where there is none that can be read."""
        try:
            return dict(json.loads(self.read(f"{folder}/{NOTE}") or b"{}"))
        except ValueError:
            return {}

    def write(self, name: str, content: bytes) -> None:
        """Write a file beside the one before, then in its stead."""
        files, path = self._opened[0], self.path(name)
        draft = f"{path}.part"
        files.makedirs(path.rpartition("/")[0], exist_ok=True)
        files.pipe_file(draft, content)
        files.mv(draft, path)

    def put(self, name: str, folder: Path, paths: Iterable[Path]) -> None:
        """Copy files of a folder of this machine, under the names that they have in it."""
        there = self.path(name)
        names = {str(path): f"{there}/{path.relative_to(folder).as_posix()}" for path in paths}
        files = self._opened[0]
        for above in sorted({name.rpartition("/")[0] for name in names.values()}):
            files.makedirs(above, exist_ok=True)
        files.put(list(names), list(names.values()))

    def remove(self, name: str) -> None:
        """Remove a file, or a folder with all that is in it."""
        self._opened[0].rm(self.path(name), recursive=True)

    def names(self, name: str) -> list[str]:
        """The names in a folder, without those above; none where there is no folder."""
        try:
            self._opened[0].invalidate_cache()
            found = self._opened[0].ls(self.path(name), detail=False)
        except FileNotFoundError:
            return []
        return [str(each).rstrip("/").rpartition("/")[2] for each in found]

    def find_problems(self, mark: str = "") -> list[Problem]:
        """Why there is no such place, or why a file called ``mark`` cannot be written there."""
        try:
            self.path(mark)
            if mark:
                self.write(mark, b"")
                self.write(mark, b"")  # a file has to give way to the next of its name
                self.remove(mark)
        except Exception as error:
            return [self._describe(error)]
        return []

    def _describe(self, error: Exception) -> Problem:
        """Why a place cannot be used: each file system has errors of its own."""
        protocol = get_protocol(self.address)
        if protocol not in available_protocols():
            remedy = did_you_mean(protocol, available_protocols())
            return Problem(
                "unknown_protocol", f"nothing is known of {protocol}://", "--out", remedy
            )
        if isinstance(error, ImportError):
            found = f"a package for {protocol}:// is not installed"
            return Problem("protocol_not_installed", found, "--out", str(error))
        remedy = "give a folder or an address that may be written to"
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        return Problem(
            "place_not_writable", f"{self} cannot be written to: {said}", "--out", remedy
        )
