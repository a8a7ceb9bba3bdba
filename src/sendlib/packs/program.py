"""The program that makes a pack: its commit, the libraries it stands on, and a hash of its code."""

import hashlib
import platform
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

import sendlib

RECORDED_LIBRARIES = (
    "pandas",
    "numpy",
    "pyarrow",
    "statsmodels",
    "matplotlib",
    "seaborn",
    "papermill",
    "nbconvert",
    "ipykernel",
)


@dataclass(frozen=True)
class Commit:
    """The state of the code.

    Parameters
    ----------
    sha : str
        Full hash of the commit.
    dirty : bool
        Whether files under version control differ from it.
    """

    sha: str
    dirty: bool


def find_commit(root: Path) -> Commit | None:
    """The commit that is checked out at ``root``; None when it is no checkout."""
    sha = _git(root, "rev-parse", "--verify", "HEAD")
    if not sha:
        return None
    # Not git status: that goes by size, and takes a notebook with outputs for a changed one.
    return Commit(sha, bool(_git(root, "diff", "--name-only", "HEAD")))


def _git(root: Path, *arguments: str) -> str | None:
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603
        [program, "-C", str(root), *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else None


def list_versions() -> dict[str, str]:
    """The versions of Python and of the libraries that shape a page."""
    versions = {"sendlib": sendlib.__version__, "python": platform.python_version()}
    for library in RECORDED_LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return versions


def hash_files(root: Path, paths: Iterable[Path]) -> str:
    """A hash of files: of their places below a folder, and of their bytes."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(root).as_posix()}\n".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def hash_program() -> str:
    """A hash of every file of this package: its code, its tables and its templates."""
    root = Path(str(files("sendlib")))
    kept = (path for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return hash_files(root, kept)
