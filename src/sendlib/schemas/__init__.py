"""What every tidy table must be, and the check that it is."""

from sendlib.schemas.checks import check_keys, check_table
from sendlib.schemas.contracts import TABLES

__all__ = ["TABLES", "check_keys", "check_table"]
