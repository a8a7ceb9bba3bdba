"""Where everything is: the folders of one sendlib project."""

import os
from dataclasses import dataclass
from pathlib import Path

from sendlib.errors import Problem, ProjectError

ROOT_VARIABLE = "SENDLIB_ROOT"
BRIEFING_VARIABLE = "SENDLIB_BRIEFING"  # set in the kernels that make a page
RESULTS_VARIABLE = "SENDLIB_RESULTS"  # names the folder of results to take and to store
LOG_VARIABLE = "SENDLIB_KERNEL_LOG"  # names the file in which such a kernel says what it opened


@dataclass(frozen=True)
class Project:
    """The folders of a project; nothing is read or made by asking for one."""

    root: Path  # of pyproject.toml, data and notebooks

    @classmethod
    def find(cls, start: Path | None = None) -> "Project":
        """The project around ``start``, or else of ``SENDLIB_ROOT`` or around the working folder.

        Raises
        ------
        ProjectError
            If there is none, in that folder or above it.
        """
        named = os.environ.get(ROOT_VARIABLE)
        begin = Path(named) if named and start is None else (start or Path.cwd())
        for folder in [begin.resolve(), *begin.resolve().parents]:
            if (folder / "data" / "raw" / "manifest.yml").is_file():
                return cls(folder)
        remedy = f"change to the project's folder, or name it in {ROOT_VARIABLE}"
        problem = Problem(
            "no_project", f"no data/raw/manifest.yml in {begin} or above it", remedy=remedy
        )
        raise ProjectError("No sendlib project was found.", [problem])

    @property
    def raw(self) -> Path:
        """Published files, exactly as they came; never written to."""
        return self.root / "data" / "raw"

    @property
    def manifest(self) -> Path:
        """The list of every raw file, with its source and hash."""
        return self.raw / "manifest.yml"

    @property
    def processed(self) -> Path:
        """Tidy tables, rebuilt from ``raw`` by one command."""
        return self.root / "data" / "processed"

    @property
    def private(self) -> Path:
        """An authority's own files; git ignores them, and no page shows a row of them."""
        return self.root / "data" / "private"

    @property
    def results(self) -> Path:
        """What was worked out before, by what it rests on; git ignores it."""
        return self.root / "data" / "results"

    @property
    def notebooks(self) -> Path:
        """The notebooks, without outputs."""
        return self.root / "notebooks"

    @property
    def scenarios(self) -> Path:
        """The scenario files."""
        return self.root / "scenarios"

    @property
    def outputs(self) -> Path:
        """Packs that were made."""
        return self.root / "outputs"
