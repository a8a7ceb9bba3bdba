from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendlib.board.calendar import last_due, next_run
from sendlib.board.file import WEEKDAYS, Schedule

ZONES = ["Europe/London", "UTC", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe"]
CLOCKS = st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda at: f"{at[0]:02}:{at[1]:02}")
DAYS = st.one_of(
    st.just({"every": "day"}),
    st.sampled_from(WEEKDAYS).map(lambda day: {"every": "week", "on": day}),
    st.integers(1, 28).map(lambda day: {"every": "month", "on": day}),
)
SCHEDULES = st.builds(
    lambda days, at, zone: Schedule(**days, at=at, time_zone=zone),
    DAYS,
    CLOCKS,
    st.sampled_from(ZONES),
)
MOMENTS = st.datetimes(datetime(2005, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@given(SCHEDULES, MOMENTS)
def test_the_next_run_is_later_and_nothing_is_due_between(schedule, moment):
    due = next_run(schedule, moment)
    assert due > moment
    assert last_due(schedule, due) == due
    assert last_due(schedule, due - timedelta(seconds=1)) <= moment
    assert next_run(schedule, last_due(schedule, moment)) == due


@given(SCHEDULES, MOMENTS)
def test_a_run_is_due_on_its_day_at_its_time_unless_the_clocks_skip_it(schedule, moment):
    due = next_run(schedule, moment)
    if due.time() != schedule.clock:
        before = due.astimezone(UTC) - timedelta(days=1)
        assert before.astimezone(schedule.zone).utcoffset() != due.utcoffset()
    elif schedule.every == "week":
        assert WEEKDAYS[due.weekday()] == schedule.on
    elif schedule.every == "month":
        assert due.day == schedule.on


@given(st.sampled_from(ZONES), CLOCKS, MOMENTS)
def test_a_daily_run_is_due_once_a_day(zone, at, moment):
    schedule = Schedule(every="day", at=at, time_zone=zone)
    first = next_run(schedule, moment).astimezone(UTC)
    second = next_run(schedule, first).astimezone(UTC)
    skipped = zone == "Pacific/Apia" and first.year == 2011  # the thirtieth of December
    assert timedelta(hours=22) <= second - first <= timedelta(hours=49 if skipped else 26)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (28, "2026-03-28T01:30:00+00:00"),  # winter time
        (29, "2026-03-29T02:30:00+01:00"),  # 01:30 does not exist
        (30, "2026-03-30T01:30:00+01:00"),
    ],
)
def test_a_time_that_the_clocks_skip_is_due_an_hour_later(day, said):
    schedule = Schedule(every="day", at="01:30", time_zone="Europe/London")
    assert next_run(schedule, datetime(2026, 3, day, tzinfo=UTC)).isoformat() == said


def test_a_time_that_the_clocks_show_twice_is_due_once():
    schedule = Schedule(every="day", at="01:30", time_zone="Europe/London")
    first = next_run(schedule, datetime(2026, 10, 25, tzinfo=UTC))
    assert first.astimezone(UTC).isoformat() == "2026-10-25T00:30:00+00:00"
    assert next_run(schedule, first).isoformat() == "2026-10-26T01:30:00+00:00"


def test_a_month_has_its_day_on_either_side_of_a_change_of_year():
    schedule = Schedule(every="month", on=28, at="23:59", time_zone="America/New_York")
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    assert last_due(schedule, new_year).isoformat() == "2026-12-28T23:59:00-05:00"
    assert next_run(schedule, new_year).isoformat() == "2027-01-28T23:59:00-05:00"


def test_a_moment_without_a_time_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        next_run(Schedule(every="day"), datetime(2026, 1, 1))
