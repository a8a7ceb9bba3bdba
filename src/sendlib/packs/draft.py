"""A pack that is made but not yet published: what those see who judge it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sendlib.packs.pages.render import Page
from sendlib.packs.under_way import Run


@dataclass(frozen=True)
class Draft:
    """A pack after all its notebooks ran.

    Parameters
    ----------
    run : Run
        The run that makes it.
    pages : tuple[Page, ...]
        The pages made from notebooks.
    """

    run: Run
    pages: tuple[Page, ...]

    @property
    def folder(self) -> Path:
        """Where it is being made; when the gate looks, its pages and its notebooks are there."""
        return self.run.folder

    @property
    def figures(self) -> dict[str, dict[str, Any]]:
        """Every key figure by its key, as the first page that states it gives it.

        Returns
        -------
        dict[str, dict]
            ``label``, ``value``, ``detail``, ``numbers`` and ``page``.
        """
        gathered: dict[str, dict[str, Any]] = {}
        for page in self.pages:
            for figure in page.figures:
                gathered.setdefault(str(figure["key"]), _describe(figure, page.notebook.page))
        return gathered


def _describe(figure: Mapping[str, Any], page: str) -> dict[str, Any]:
    named = {name: figure[name] for name in ("label", "value", "detail")}
    return {**named, "numbers": list(figure["numbers"]), "page": page}
