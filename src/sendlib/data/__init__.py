"""The data: readers of raw files, contracts of the tidy tables, and the one door to them.

``build`` brings the tables up to date with ``data/raw``, ``load`` gives one, and
``TABLES`` says what is in each.
"""

from sendlib.data.checks import check_keys, check_table
from sendlib.data.contracts import TABLES
from sendlib.data.inventory import take_inventory, verify
from sendlib.data.manifest import read_manifest
from sendlib.data.store import (
    Build,
    build,
    build_tables,
    inputs,
    latest_census,
    load,
    with_full_releases,
)

__all__ = [
    "TABLES",
    "Build",
    "build",
    "build_tables",
    "check_keys",
    "check_table",
    "inputs",
    "latest_census",
    "load",
    "read_manifest",
    "take_inventory",
    "verify",
    "with_full_releases",
]
