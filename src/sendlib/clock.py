"""What time it is: the machine's, or the one that ``SOURCE_DATE_EPOCH`` fixes.

With that variable set, two equal runs leave equal bytes.
"""

import os
from datetime import UTC, date, datetime

EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"


def now() -> datetime:
    """The time in UTC, to the second."""
    fixed = os.environ.get(EPOCH_VARIABLE)
    if fixed is None:
        return datetime.now(UTC).replace(microsecond=0)
    return datetime.fromtimestamp(int(fixed), UTC)


def today() -> date:
    """The day in UTC."""
    return now().date()


def is_time_fixed() -> bool:
    """Whether runs are to leave equal bytes, so that nothing measured is stored."""
    return EPOCH_VARIABLE in os.environ


def stamp(moment: datetime) -> str:
    """A moment as 2026-01-02T03:04:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def in_words(moment: datetime) -> str:
    """A moment for a page: 2 January 2026 at 03:04 UTC."""
    return f"{moment.day} {moment.strftime('%B %Y at %H:%M')} UTC"
