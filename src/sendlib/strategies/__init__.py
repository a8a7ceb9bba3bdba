"""What an authority's strategies said they would do, from ``strategies/``, and what became of it.

A file is of one authority. A measure names the published figures that come nearest, so that
its figure, its years and how it is written are the same as on the page of indicators.
"""

from sendlib.strategies.file import read_strategies
from sendlib.strategies.inspection import inspection_figures, say_inspection
from sendlib.strategies.rows import (
    answers,
    asked_rows,
    inspection_rows,
    measure_rows,
    printed_rows,
    priority_rows,
    published,
    say_strategy,
    targets,
)

__all__ = [
    "answers",
    "asked_rows",
    "inspection_figures",
    "inspection_rows",
    "measure_rows",
    "printed_rows",
    "priority_rows",
    "published",
    "read_strategies",
    "say_inspection",
    "say_strategy",
    "targets",
]
