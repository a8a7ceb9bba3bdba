"""A pack that is made but not yet published: what those see who judge it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sendlib.briefing.outputs.folders import Published
from sendlib.briefing.pages.render import Page, Setting
from sendlib.briefing.parameters import Value
from sendlib.briefing.run import Job
from sendlib.project import Project


@dataclass(frozen=True)
class Draft:
    """A pack after all its notebooks ran.

    Parameters
    ----------
    run_id : str
        Name of its folder.
    folder : Path
        Where it is being made. When the gate looks, every page, the executed
        notebooks and a record are there.
    project : Project
        Whose notebooks ran.
    setting : Setting
        What its pages share.
    pages : tuple[Page, ...]
        The pages made from notebooks.
    jobs : tuple[Job, ...]
        What was run.
    parameters : dict[str, dict[str, Value]]
        For each notebook file, all parameters with their values.
    previous : Published or None
        The last published pack of the same board, authority and scenario.
    started : datetime
        When the run began, in UTC.
    """

    run_id: str
    folder: Path
    project: Project
    setting: Setting
    pages: tuple[Page, ...]
    jobs: tuple[Job, ...]
    parameters: dict[str, dict[str, Value]]
    previous: Published | None
    started: datetime

    @property
    def figures(self) -> dict[str, dict[str, Any]]:
        """Every key figure by its key, as the first page that states it gives it.

        Returns
        -------
        dict[str, dict]
            ``label``, ``value``, ``detail``, ``numbers`` and ``page``.
        """
        return gather_figures(self.pages)


def gather_figures(pages: Sequence[Page]) -> dict[str, dict[str, Any]]:
    """The key figures of several pages by their keys; the first that states one gives it."""
    gathered: dict[str, dict[str, Any]] = {}
    for page in pages:
        for figure in page.figures:
            gathered.setdefault(str(figure["key"]), _describe(figure, page.notebook.page))
    return gathered


def _describe(figure: Mapping[str, Any], page: str) -> dict[str, Any]:
    named = {name: figure[name] for name in ("label", "value", "detail")}
    return {**named, "numbers": list(figure["numbers"]), "page": page}
