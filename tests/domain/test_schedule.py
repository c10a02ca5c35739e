"""Local time is real: gaps, overlaps, quiet hours and weekly appointments, over zones and transitions."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from api.domain.schedule import (
    CheckInTimes,
    QuietHours,
    is_quiet,
    local_day,
    moment_of,
    next_allowed,
    next_at,
    next_check_in,
    zone_of,
)

ZONES = [
    "Europe/Berlin",
    "Europe/Dublin",  # winter time is the exception
    "America/New_York",
    "America/St_Johns",  # half hours
    "America/Havana",  # changes at midnight
    "America/Nuuk",
    "Africa/Casablanca",  # twice more a year, by the moon
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Gaza",
    "Australia/Lord_Howe",  # half an hour of summer
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Antarctica/Troll",  # two hours
    "UTC",
]
BERLIN = ZoneInfo("Europe/Berlin")
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)

zones = st.sampled_from(ZONES).map(zone_of)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def transitions(zone: ZoneInfo) -> list[datetime]:
    """Return the hours of 2020-2040 in which the clocks of a zone change."""
    found, day, end = [], datetime(2020, 1, 1, tzinfo=UTC), datetime(2041, 1, 1, tzinfo=UTC)
    while day < end:
        if (day + DAY).astimezone(zone).utcoffset() != day.astimezone(zone).utcoffset():
            hours = (day + n * HOUR for n in range(24))
            change = (
                h for h in hours if (h + HOUR).astimezone(zone).utcoffset() != h.astimezone(zone).utcoffset()
            )
            found.extend(change)
        day += DAY
    return found


@st.composite
def places_and_moments(draw: st.DrawFn) -> tuple[ZoneInfo, datetime]:
    """Draw a zone and a moment, every other time close to a change of its clocks."""
    zone, moment = draw(zones), draw(moments)
    changes = TRANSITIONS[zone.key]
    if changes and draw(st.booleans()):
        minutes = draw(st.integers(-36 * 60, 36 * 60))
        moment = draw(st.sampled_from(changes)) + timedelta(minutes=minutes)
    return zone, moment


TRANSITIONS = {name: transitions(zone_of(name)) for name in ZONES}


def test_the_zones_change_their_clocks_often_enough_to_prove_something() -> None:
    assert len(TRANSITIONS["Europe/Berlin"]) == 42
    assert sum(map(len, TRANSITIONS.values())) > 400


@given(places_and_moments(), clocks)
@settings(max_examples=150, deadline=None)
def test_a_clock_time_is_met_exactly_or_moves_by_the_length_of_the_gap(
    place: tuple[ZoneInfo, datetime], at: time
) -> None:
    zone, day = place[0], local_day(place[1], place[0])
    moment = moment_of(day, at, zone)
    read = moment.astimezone(zone)

    wall = datetime.combine(day, at)
    before, after = ((moment + n * DAY).astimezone(zone).utcoffset() or timedelta(0) for n in (-1, 1))
    gap = max(after - before, timedelta(0))
    assert read.replace(tzinfo=None) in {wall, wall + gap}
    if read.replace(tzinfo=None) == wall:
        assert read.fold == 0


@given(places_and_moments(), clocks)
@settings(max_examples=150, deadline=None)
def test_the_next_time_lies_ahead_and_within_two_days(place: tuple[ZoneInfo, datetime], at: time) -> None:
    zone, now = place

    moment = next_at(at, zone, after=now)

    assert now < moment <= now + DAY + 2 * HOUR
    assert moment in {moment_of(local_day(moment, zone) + n * DAY, at, zone) for n in (-1, 0)}


@given(places_and_moments(), clocks, clocks)
@example((ZoneInfo("Europe/Berlin"), datetime(2020, 3, 28, 21, tzinfo=UTC)), time(2, 1), time(2))
@settings(max_examples=200, deadline=None)
def test_a_message_waits_for_the_end_of_quiet_hours_and_no_longer(
    place: tuple[ZoneInfo, datetime], begins: time, ends: time
) -> None:
    zone, moment = place
    quiet = QuietHours(begins, ends)

    allowed = next_allowed(moment, quiet, zone)

    assert not is_quiet(allowed, quiet, zone)
    # a day more where the only hours that are not quiet are those the clocks leave out
    assert moment <= allowed < moment + 2 * DAY + 3 * HOUR
    if not is_quiet(moment, quiet, zone):
        assert allowed == moment
    else:
        step = timedelta(minutes=15)
        between = int((allowed - moment) / step)
        awake = [n for n in range(between) if not is_quiet(moment + n * step, quiet, zone)]
        shifted = {
            change for change in TRANSITIONS[zone.key] if moment - 3 * HOUR < change < allowed + 3 * HOUR
        }
        assert not awake or shifted  # only where the clocks change can a minute of day slip by


@given(places_and_moments(), st.integers(0, 6), clocks, st.integers(-30, 400))
@settings(max_examples=150, deadline=None)
def test_check_ins_come_weekly_to_week_twelve_and_then_every_fourth_week(
    place: tuple[ZoneInfo, datetime], weekday: int, at: time, days_since_start: int
) -> None:
    zone, now = place
    plan = CheckInTimes(weekday, at, zone, local_day(now, zone) - days_since_start * DAY)

    due = [next_check_in(plan, after=now)]
    for _ in range(5):
        due.append(next_check_in(plan, after=due[-1]))

    assert due[0] > now
    for earlier, later in pairwise(due):
        days = [(local_day(moment, zone) - plan.started_on).days for moment in (earlier, later)]
        weekly = days[1] // 7 <= 12
        step = days[1] - days[0]
        assert step == 7 if weekly else step in {7, 14, 21, 28}
        if days[0] // 7 > 12:
            assert step == 28
    met = {moment_of(local_day(moment, zone), at, zone) == moment for moment in due}
    assert met == {True} or any(abs(change - m) < DAY for m in due for change in TRANSITIONS[zone.key])


@pytest.mark.parametrize(
    ("day", "at", "utc"),
    [
        (date(2026, 3, 28), time(2, 30), "2026-03-28T01:30"),
        (date(2026, 3, 29), time(2, 30), "2026-03-29T01:30"),  # 03:30 summer time
        (date(2026, 3, 29), time(3, 30), "2026-03-29T01:30"),
        (date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),  # the first of two
        (date(2026, 10, 25), time(3, 0), "2026-10-25T02:00"),
    ],
)
def test_berlin_in_the_nights_the_clocks_change(day: date, at: time, utc: str) -> None:
    assert moment_of(day, at, BERLIN) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_weekly_check_in_stays_at_nine_when_the_clocks_change() -> None:
    plan = CheckInTimes(0, time(9), BERLIN, date(2026, 3, 2))
    due, read = datetime(2026, 3, 20, tzinfo=UTC), []
    for _ in range(3):
        due = next_check_in(plan, after=due)
        read.append((due.isoformat()[:16], due.astimezone(BERLIN).strftime("%a %H:%M")))

    assert read == [
        ("2026-03-23T08:00", "Mon 09:00"),
        ("2026-03-30T07:00", "Mon 09:00"),
        ("2026-04-06T07:00", "Mon 09:00"),
    ]


@pytest.mark.parametrize(
    ("begins", "ends", "at", "allowed"),
    [
        (time(21), time(8), "2026-03-02T20:59", "2026-03-02T20:59"),
        (time(21), time(8), "2026-03-02T21:00", "2026-03-03T08:00"),
        (time(21), time(8), "2026-03-03T03:00", "2026-03-03T08:00"),
        (time(13), time(14), "2026-03-03T13:30", "2026-03-03T14:00"),
        (time(8), time(8), "2026-03-03T08:00", "2026-03-03T08:00"),  # no quiet hours
        (time(21), time(2, 30), "2026-10-25T01:00", "2026-10-25T02:30"),
    ],
)
def test_quiet_hours_in_berlin(begins: time, ends: time, at: str, allowed: str) -> None:
    def read(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)

    assert next_allowed(read(at), QuietHours(begins, ends), BERLIN) == read(allowed)


def test_quiet_hours_that_end_in_the_overlap_end_for_the_second_time_when_it_is_past_the_first() -> None:
    between = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # 02:15 for the second time

    assert next_allowed(between, QuietHours(time(21), time(2, 30)), BERLIN) == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )
