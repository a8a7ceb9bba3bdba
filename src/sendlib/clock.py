"""What time it is: the machine's, or the one that ``SOURCE_DATE_EPOCH`` fixes.

With that variable set, two equal runs leave equal bytes.
"""

import os
from datetime import UTC, date, datetime

EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"


def now() -> datetime:
    """The time in UTC, to the second.

    Raises
    ------
    ValueError
        If the variable is set to anything but whole seconds since 1970.
    """
    fixed = os.environ.get(EPOCH_VARIABLE)
    if fixed is None:
        return datetime.now(UTC).replace(microsecond=0)
    return datetime.fromtimestamp(int(fixed), UTC)


def today() -> date:
    """The day in UTC.

    Raises
    ------
    ValueError
        As for :func:`now`.
    """
    return now().date()


def is_time_fixed() -> bool:
    """Whether runs are to leave equal bytes, so that nothing measured is kept."""
    return EPOCH_VARIABLE in os.environ


def stamp(moment: datetime) -> str:
    """Write a moment so that people and machines can read it.

    Examples
    --------
    >>> stamp(datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    '2026-01-02T03:04:00Z'
    """
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def in_words(moment: datetime) -> str:
    """Write a moment for a page.

    Examples
    --------
    >>> in_words(datetime(2026, 1, 2, 3, 4, tzinfo=UTC))
    '2 January 2026 at 03:04 UTC'
    """
    return f"{moment.day} {moment.strftime('%B %Y at %H:%M')} UTC"
