"""What publication a file is that is not listed, from its headings, and how to bring it in."""

import gzip
import zlib
from pathlib import Path

from sendlib.data.crosswalks import read_package_table

_HEAD = 65_536  # bytes that are looked at
_TITLE_ROWS = 12


def publication_of(path: Path) -> tuple[str, str]:
    """The name of the publication and the way in; both empty where the headings say nothing.

    A publication is known by headings that begin with those of ``publications.csv``, in
    whatever order, and below a title too.
    """
    for line in _head(path).splitlines()[:_TITLE_ROWS]:
        headings = [cell.strip(' "\ufeff').casefold() for cell in line.split(",")]
        for row in read_package_table("publications.csv").itertuples():
            wanted = str(row.headings).split("; ")
            if all(any(each.startswith(name) for each in headings) for name in wanted):
                return str(row.publication), str(row.way_in)
    return "", ""


def _head(path: Path) -> str:
    """The first lines of a file of text, compressed or not."""
    try:
        with path.open("rb") as file:
            begins = file.read(_HEAD)
        if begins.startswith(b"\x1f\x8b"):
            with gzip.open(path) as unpacked:
                begins = unpacked.read(_HEAD)
    except (OSError, EOFError, zlib.error):
        return ""
    return begins.decode("utf-8", errors="ignore")
