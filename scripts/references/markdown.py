"""The little Markdown that the generated pages need."""

from collections.abc import Iterable, Sequence

MADE = "Made by `make references` from {source}; do not edit it.\n"


def opening(title: str, source: str, *paragraphs: str) -> str:
    """A title, what the page is made from, and what a reader should know first."""
    return "\n".join([f"# {title}\n", MADE.format(source=source), *(f"{p}\n" for p in paragraphs)])


def grid(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, a line to a row."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "".join("| " + " | ".join(map(cell, line)) + " |\n" for line in lines)


def cell(text: str) -> str:
    """A text that stays inside its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def sentence(text: str) -> str:
    """A text that begins with a capital and ends with a full stop."""
    whole = " ".join(text.split()).rstrip(".")
    return f"{whole[:1].upper()}{whole[1:]}."


def codes(values: Iterable[str]) -> str:
    """Values as they stand in a file, one after another."""
    return ", ".join(f"`{value}`" for value in values)
