"""What a contract is made of: tables, columns, and the columns that many tables have."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sendlib.vocabulary import ValueStatus, labels


@dataclass(frozen=True)
class Column:
    """One column of a tidy table."""

    dtype: str  # str, int64, float64, bool or datetime
    meaning: str  # with its unit in square brackets
    allowed: Sequence[str] = ()  # the only values it may hold; empty for any
    lowest: float | None = None
    highest: float | None = None
    optional: bool = False  # whether it may be missing


@dataclass(frozen=True)
class Table:
    """One tidy table: what a row is, the columns that name it, and every column."""

    row: str
    key: Sequence[str]
    columns: Mapping[str, Column]
    order: Sequence[str] | None = None  # of rows, where not by key; () for that of the file


AREA = Column("str", "three-digit DfE code of an authority; nine-character code of a larger area")
SOURCE = Column("str", "publication the figure comes from, as in table `source`")
STATUS = Column("str", "why the value is there or missing", [*labels(ValueStatus)])
CALENDAR = Column("int64", "calendar year in which it happened", lowest=2009, highest=2050)
FINANCIAL = Column("str", "April to March, such as 2024-25")
ACADEMIC = Column("str", "September to August, such as 2022/23")
VALUE = Column("float64", "value, in `unit`", optional=True)
UNIT = Column("str", "unit")
CONFIDENCE = Column("str", "primary document, secondary or press")
SOURCED = {"value_status": STATUS, "source_id": SOURCE}
