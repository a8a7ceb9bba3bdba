"""When a pack is due, by a local clock: the next time, and the last one.

A time that the clocks skip in spring is due an hour later by the clock; a time
that they show twice in autumn is due the first time.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sendlib.board.file import WEEKDAYS, Schedule

_REACH = 33  # days: past the longest month, and a day on either side for time zones


def next_run(schedule: Schedule, after: datetime) -> datetime:
    """The first time due later than a moment.

    Examples
    --------
    >>> monthly = Schedule(every="month", on=5, at="06:30", time_zone="Europe/London")
    >>> next_run(monthly, datetime(2026, 3, 5, 7, tzinfo=UTC)).isoformat()
    '2026-04-05T06:30:00+01:00'
    """
    moment = _aware(after)
    first = moment.astimezone(schedule.zone).date() - timedelta(days=1)
    return next(due for due in _due(schedule, first, 1) if due > moment).astimezone(schedule.zone)


def last_due(schedule: Schedule, before: datetime) -> datetime:
    """The last time due by a moment, the moment itself included.

    Examples
    --------
    >>> weekly = Schedule(every="week", on="monday", at="06:30", time_zone="Europe/London")
    >>> last_due(weekly, datetime(2026, 3, 5, 7, tzinfo=UTC)).isoformat()
    '2026-03-02T06:30:00+00:00'
    """
    moment = _aware(before)
    last = moment.astimezone(schedule.zone).date() + timedelta(days=1)
    return next(due for due in _due(schedule, last, -1) if due <= moment).astimezone(schedule.zone)


def _due(schedule: Schedule, start: date, step: int) -> Iterator[datetime]:
    """Every time due from a day on, in UTC, forwards or backwards."""
    for count in range(_REACH + 2):
        day = start + timedelta(days=step * count)
        if _is_due(schedule, day):
            local = datetime.combine(day, schedule.clock, tzinfo=schedule.zone)
            yield local.astimezone(UTC)


def _is_due(schedule: Schedule, day: date) -> bool:
    match schedule.every:
        case "month":
            return day.day == schedule.on
        case "week":
            return WEEKDAYS[day.weekday()] == schedule.on
    return True


def _aware(moment: datetime) -> datetime:
    """The moment in UTC, so that clocks that are set back do not mix up before and after."""
    if moment.tzinfo is None:
        raise ValueError("the moment has no time zone; use datetime.now(UTC)")
    return moment.astimezone(UTC)
