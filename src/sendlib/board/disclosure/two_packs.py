"""Two packs side by side: what their difference tells that neither tells alone."""

from collections.abc import Iterator

import pandas as pd

from sendlib.board.disclosure.shown import Grid, Shown
from sendlib.board.disclosure.small import gives_away, to_counts
from sendlib.errors import Problem

_ENDS = {"low", "middle", "high"}
_REMEDY = "show the earlier figure, or withhold or round it in this pack"


def compare(now: Shown, before: Shown, *, fewest: int) -> Iterator[Problem]:
    """Tables of own records that both packs have, cell by cell.

    Cells are matched by table, row and heading, so a count of another January
    is another cell. The ends of a range are what a model drew and count no one.

    Parameters
    ----------
    now, before : Shown
        The same page of two packs.
    fewest : int
        A difference from one to below it is a problem.
    """
    earlier = {grid.name: grid for grid in before.grids if grid.own}
    for grid in now.grids:
        if grid.own and grid.name in earlier:
            where = f"{now.page}, table {grid.name}"
            yield from _grid_problems(grid, earlier[grid.name], where, fewest)


def _grid_problems(now: Grid, before: Grid, where: str, fewest: int) -> Iterator[Problem]:
    new, old = (_counted(grid) for grid in (now, before))
    if not (new.index.is_unique and old.index.is_unique):
        return
    apart = (new - old.reindex(index=new.index, columns=new.columns)).abs()
    small = (apart > 0) & (apart < fewest)
    for row, column in small.stack().pipe(lambda cells: cells[cells]).index:
        found = f"with the last pack it tells a difference below {fewest} in {column}"
        yield Problem(found, f"{where}, {row}", _REMEDY)
    if not small.any(axis=None) and _given_away_together(now, before, fewest):
        found = "what one pack withholds can be told from the other"
        yield Problem(found, where, "withhold the same cells as the last pack did")


def _counted(grid: Grid) -> pd.DataFrame:
    """The counts of a table: of ranges, only those whose ends are one number. [count]"""
    counts = to_counts(grid)
    ends = [name for name in counts.columns if name.casefold() in _ENDS]
    if not ends:
        return counts
    certain = counts[ends].nunique(axis=1) == 1
    return counts.assign(**{name: counts[name].where(certain) for name in ends})


def _given_away_together(now: Grid, before: Grid, fewest: int) -> bool:
    """Whether a table, with the cells that the last pack showed of it, gives a cell away."""
    if (now.columns, now.heads) != (before.columns, before.heads):
        return False
    cells = tuple(
        tuple(old if new == "[c]" else new for new, old in zip(new_row, old_row, strict=False))
        for new_row, old_row in zip(now.cells, before.cells, strict=True)
    )
    same = all(
        new == old or "[c]" in (new, old)
        for new_row, old_row in zip(now.cells, before.cells, strict=True)
        for new, old in zip(new_row, old_row, strict=False)
    )
    together = Grid(now.name, now.own, now.headings, now.heads, cells)
    alone = gives_away(now, fewest=fewest) or gives_away(before, fewest=fewest)
    return same and not alone and gives_away(together, fewest=fewest)
