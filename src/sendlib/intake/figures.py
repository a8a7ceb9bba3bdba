"""What is stored of an authority's own figures of money: one table, apart from published ones."""

from contextlib import suppress
from datetime import date
from typing import Any

import pandas as pd

from sendlib.errors import NotBuiltError
from sendlib.intake.store import Store
from sendlib.project import Project

FIGURES = Store("own_figures", "own figures of the authority", "sendlib finance read FILE --la {}")
TABLE = "own_figure"
SOURCE_ID = "own_figures"
COLUMNS = ("sheet", "financial_year", "month", "name", "item", "value", "note")


def empty_figures() -> pd.DataFrame:
    """The columns of the table and no row."""
    types = dict.fromkeys(COLUMNS, "str") | {"value": "float64"}
    return pd.DataFrame(columns=list(COLUMNS)).astype(types)


def load_figures(project: Project, area_code: str) -> pd.DataFrame:
    """An authority's own figures, a row for each; none where none are stored.

    The note on them stands in ``attrs``: ``synthetic`` and ``read_on``.
    """
    with suppress(NotBuiltError):
        tables, note = FIGURES.load(project, area_code)
        frame = tables[TABLE]
        frame.attrs.update(note)
        return frame
    return empty_figures()


def save_figures(project: Project, area_code: str, values: pd.DataFrame, **note: Any) -> None:
    """Store an authority's own figures in place of those before."""
    FIGURES.save(project, area_code, {TABLE: values[list(COLUMNS)]}, note)


def own_source(frame: pd.DataFrame, name: str) -> dict[str, str]:
    """Own figures as a row of table ``source``."""
    read_on = date.fromisoformat(frame.attrs["read_on"])
    invented = ", INVENTED" if frame.attrs["synthetic"] else ""
    return {
        "source_id": SOURCE_ID,
        "title": f"Own figures, read {read_on.day} {read_on:%B %Y}{invented}",
        "publisher": name,
        "published": frame.attrs["read_on"],
        "licence": "the authority's own",
        "where": "sendlib finance read",
    }
