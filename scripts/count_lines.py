"""Count the project's own lines: code by package, and what the notebooks are made of.

    .venv/bin/python scripts/count_lines.py [FOLDER]

Lines of source, tests, benchmarks and scripts are counted in one way: all of them, and
those that are neither blank, comment, docstring nor import. FOLDER is the project; the
one that this file stands in otherwise.
"""

import ast
import json
import re
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PARTS = ("src/sendlib", "tests", "benchmarks", "scripts")


@dataclass(frozen=True)
class Cells:
    """What a notebook is made of.

    Parameters
    ----------
    sizes : tuple[int, ...]
        Lines of each cell of code, blank ones left out.
    words : int
        Words of prose.
    explore : int
        Cells of code that show a frame to an analyst.
    """

    sizes: tuple[int, ...]
    words: int
    explore: int

    @property
    def lines(self) -> int:
        """Lines of code."""
        return sum(self.sizes)


def read_cells(path: Path) -> Cells:
    """What one notebook is made of."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    prose = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return Cells(
        tuple(sum(bool(line.strip()) for line in "".join(c["source"]).splitlines()) for c in code),
        len(re.findall(r"\w+", prose)),
        sum("explore" in cell["metadata"].get("tags", []) for cell in code),
    )


def count_code(path: Path) -> tuple[int, int]:
    """All lines of a module, and those that are neither blank, comment, docstring nor import."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    plain = set(_spans(ast.parse(text)))
    code = [
        n
        for n, line in enumerate(lines, start=1)
        if line.strip() and not line.strip().startswith("#") and n not in plain
    ]
    return len(lines), len(code)


def _spans(tree: ast.Module) -> Iterator[int]:
    """The lines of docstrings and imports."""
    for node in ast.walk(tree):
        lone_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if lone_text or isinstance(node, ast.Import | ast.ImportFrom):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def main(root: Path) -> None:
    """Print both tables."""
    print(f"{'part':44}{'modules':>8}{'lines':>8}{'code':>8}")
    for part in PARTS:
        counted = {path: count_code(path) for path in sorted((root / part).rglob("*.py"))}
        _print_row(part, list(counted.values()))
        if part == "src/sendlib":
            inside = sorted({path.relative_to(root / part).parts[0] for path in counted})
            for name in inside:
                own = [
                    count
                    for path, count in counted.items()
                    if path.relative_to(root / part).parts[0] == name
                ]
                _print_row(f"  {name}", own)
    print()
    print(f"{'notebook':34}{'lines':>6}{'median':>7}{'longest':>8}{'words/line':>11}{'explore':>8}")
    found = {path.stem: read_cells(path) for path in sorted((root / "notebooks").glob("*.ipynb"))}
    for name, cells in found.items():
        _print_cells(name, cells)
    every = found.values()
    sizes = tuple(size for cells in every for size in cells.sizes)
    words, explore = sum(c.words for c in every), sum(c.explore for c in every)
    _print_cells("all", Cells(sizes, words, explore))


def _print_row(name: str, counted: list[tuple[int, int]]) -> None:
    lines, code = (sum(count[n] for count in counted) for n in (0, 1))
    print(f"{name:44}{len(counted):>8}{lines:>8,}{code:>8,}")


def _print_cells(name: str, cells: Cells) -> None:
    print(
        f"{name:34}{cells.lines:>6,}{statistics.median(cells.sizes):>7g}{max(cells.sizes):>8}"
        f"{cells.words / cells.lines:>11.1f}{cells.explore:>8}"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1])
