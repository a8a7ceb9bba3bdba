"""Names of a package that are imported when they are first asked for, so that it starts at once."""

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path


def names_of(package: str, source: str) -> Callable[[str], object]:
    """A ``__getattr__`` for what the file of a package imports for type checkers alone."""
    tree = ast.parse(Path(source).read_text(encoding="utf-8"))
    module_of = {
        alias.name: node.module
        for branch in tree.body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }

    def find(name: str) -> object:
        if name not in module_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(str(module_of[name])), name)

    return find
