"""A project of one's own under version control, as a clone would be."""

import shutil
import subprocess
from pathlib import Path

PARTS = (
    *(
        ".gitattributes",
        ".gitignore",
        "data/raw",
        "docs/tutorials",
        "lab",
        "notebooks",
        "scenarios",
    ),
    "src/sendlib/packs/template/blocks.css",
)


def git(folder: Path, *arguments: str) -> str:
    """What git says in a folder."""
    identity = ["-c", "user.name=Invented", "-c", "user.email=invented@example.org"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def as_git_sees(path: Path) -> str:
    """A file as it would be committed; as it is, where no version of it is known."""
    try:
        return git(path.parent, "show", f":./{path.name}")
    except subprocess.CalledProcessError:
        return path.read_text(encoding="utf-8")


def make_checkout(root: Path, folder: Path, parts: tuple[str, ...] = PARTS) -> Path:
    """Copy parts of the project into a repository of their own and commit them."""
    for part in parts:
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (root / part).is_dir() else shutil.copy
        copy(root / part, folder / part)
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "invented")
    return folder
