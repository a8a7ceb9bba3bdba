"""Parts of a page: tables, key figures, notes; sentences are in ``pages.narrative``."""

from sendlib.pages.markup import Block
from sendlib.pages.notes import (
    KeyFigure,
    banner,
    caveats,
    decisions,
    finding,
    headline,
    key_figures,
    links,
    missing,
    not_available,
    own_records,
    peer_figure,
    same_gap,
    takeaway,
)
from sendlib.pages.tables import Table, table

__all__ = [
    "Block",
    "KeyFigure",
    "Table",
    "banner",
    "caveats",
    "decisions",
    "finding",
    "headline",
    "key_figures",
    "links",
    "missing",
    "not_available",
    "own_records",
    "peer_figure",
    "same_gap",
    "table",
    "takeaway",
]
