"""Git sees the cells of a notebook, and nothing of what running and saving it leaves there."""

import shutil
import subprocess
import sys
from pathlib import Path

_LANGUAGE = ("codemirror_mode", "file_extension", "mimetype", "nbconvert_exporter")
NOTED = (
    *(f"metadata.language_info.{key}" for key in (*_LANGUAGE, "pygments_lexer", "version")),
    *("metadata.papermill", "cell.metadata.papermill", "cell.metadata.jupyter"),
)
"""What JupyterLab and papermill note in a file, beside the outputs that nbstripout removes."""


def set_filter(root: Path) -> None:
    """Set the filter that .gitattributes names; a download that is no checkout goes without."""
    program = f'"{Path(sys.executable).as_posix()}" -m nbstripout'
    _git(root, "config", "filter.nbstripout.clean", program)
    _git(root, "config", "filter.nbstripout.extrakeys", " ".join(NOTED))


def refresh(os_path: str, model: dict, **_: object) -> None:
    """Once a notebook is saved: tell git where its cells are as they were.

    ``git status`` takes a file of another size for a changed one, and does not ask
    the filter; adding it when the filter finds no difference changes nothing else.
    """
    path = Path(os_path)
    if model["type"] == "notebook" and _git(path.parent, "diff", "--quiet", "--", path.name) == 0:
        _git(path.parent, "add", "--update", "--", path.name)


def _git(folder: Path, *arguments: str) -> int:
    """How git ends; without git, as if it had failed."""
    program = shutil.which("git")
    if program is None:
        return 1
    command = [program, "-C", folder, *arguments]
    return subprocess.run(command, capture_output=True, check=False).returncode  # noqa: S603
