"""An authority's own figures of money: one workbook, what is wrong with it, and its plan."""

from sendlib.own_figures.workbook import (
    OwnWorkbook,
    plan_slug,
    read_figures,
    store_figures,
    write_template,
)

__all__ = ["OwnWorkbook", "plan_slug", "read_figures", "store_figures", "write_template"]
