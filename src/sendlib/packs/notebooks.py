"""The catalogue of notebooks: what there is, and how to name one."""

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pandas as pd

from sendlib.errors import NotebookError, Problem, did_you_mean, raise_any
from sendlib.project import Project

CHAPTERS = {
    "0": "How far to trust it",
    "1": "How far to trust it",
    "2": "Children",
    "3": "Money and neighbours",
    "4": "The deficit",
    "5": "Outcomes",
    "9": "For the board",
}
"""The chapter that the tens digit of a notebook's number stands for."""

_FILE_NAME = re.compile(r"(\d{2})_([a-z0-9_]+)")
_FIRST_HEADING = re.compile(r"^# +(.+?) *$", re.MULTILINE)


@dataclass(frozen=True)
class Notebook:
    """One notebook of the project."""

    number: str  # two digits; the first is the chapter
    slug: str  # the rest of the file name, with hyphens
    title: str  # its first heading
    path: Path

    @property
    def page(self) -> str:
        """The file name of the page that it becomes."""
        return f"{self.number}-{self.slug}.html"

    @property
    def short(self) -> str:
        """What a list of pages calls it: its title up to a colon, or its file's name."""
        name = self.slug.replace("-", " ")
        return self.title.partition(": ")[0] if ": " in self.title else name[:1].upper() + name[1:]

    @property
    def chapter(self) -> str:
        """The title of the chapter that it belongs to."""
        return CHAPTERS.get(self.number[0], "More")


def list_notebooks(project: Project) -> list[Notebook]:
    """All notebooks of a project that are pages, by number.

    A page is named like ``21_demand.ipynb``. Others in the folder, such as
    ``Untitled.ipynb`` or what papermill wrote there, are left alone.
    """
    problems: list[Problem] = []
    notebooks: list[Notebook] = []
    by_number: dict[str, list[str]] = {}
    for path in sorted(project.notebooks.glob("*.ipynb")):
        if not _FILE_NAME.fullmatch(path.stem):
            continue
        try:
            notebooks.append(read_notebook(path))
        except NotebookError as error:
            problems += error.problems
        else:
            by_number.setdefault(notebooks[-1].number, []).append(path.name)
    problems += [
        Problem(
            "number_shared", f"{', '.join(names)} share the number {number}", remedy="renumber one"
        )
        for number, names in by_number.items()
        if len(names) > 1
    ]
    raise_any(NotebookError, "The notebooks cannot be listed.", problems)
    return notebooks


def contents(project: Project) -> pd.DataFrame:
    """The pages of a whole pack, but for the first, and the question that each answers.

    Returns
    -------
    pd.DataFrame
        ``page`` (its number), ``question`` and ``address`` (the file name of the page).
    """
    pages = [(each.number, each.title, each.page) for each in list_notebooks(project)]
    return pd.DataFrame(pages[1:], columns=["page", "question", "address"])


def find_notebook(project: Project, name: str) -> Notebook:
    """The notebook of that number, slug or file name; the nearest names where there is none."""
    wanted = Path(name).name.removesuffix(".ipynb").replace("_", "-").lower()
    known: list[str] = []
    for notebook in list_notebooks(project):
        full = f"{notebook.number}-{notebook.slug}"
        if wanted in (notebook.number, notebook.slug, full):
            return notebook
        known += [notebook.slug, full]
    remedy = did_you_mean(wanted, known) or f"valid: {', '.join(known[1::2])}"
    raise NotebookError(
        "No such notebook.", [Problem("unknown_notebook", f"found {name!r}", remedy=remedy)]
    )


def read_notebook(path: Path) -> Notebook:
    """Read number, slug and title of one notebook."""
    named = _FILE_NAME.fullmatch(path.stem)
    cells = nbformat.read(path, as_version=4).cells
    words = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    title = _FIRST_HEADING.search(words)
    if not named or not title:
        problem = Problem("no_heading", "no first heading", path.name, "begin it with: # Title")
        if not named:
            remedy = "name it like 21_demand.ipynb"
            problem = Problem("unusual_file_name", "unusual file name", path.name, remedy)
        raise NotebookError("The notebook cannot be used.", [problem])
    return Notebook(named[1], named[2].replace("_", "-"), title[1], path)
