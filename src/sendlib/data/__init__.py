"""The data: readers of raw files, contracts of the tidy tables, and the one door to them.

``build`` brings the tables up to date with ``data/raw``, ``load`` gives one, and
``TABLES`` says what is in each.
"""

from typing import TYPE_CHECKING

from sendlib.lazy import names_of

if TYPE_CHECKING:
    from sendlib.data.contracts import TABLES, check_contract, check_tables
    from sendlib.data.manifest import read_manifest, read_publications, take_inventory, verify
    from sendlib.data.pipeline import Build, build, build_tables
    from sendlib.data.plausible import to_problems
    from sendlib.data.store import counted_years, inputs, latest_census, load, tables_version

__all__ = [
    "TABLES",
    "Build",
    "build",
    "build_tables",
    "check_contract",
    "check_tables",
    "counted_years",
    "inputs",
    "latest_census",
    "load",
    "read_manifest",
    "read_publications",
    "tables_version",
    "take_inventory",
    "to_problems",
    "verify",
]

__getattr__ = names_of(__name__, __file__)
