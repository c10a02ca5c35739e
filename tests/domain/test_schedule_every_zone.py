"""Every zone of the time zone database, and every change of its clocks from 2020 to 2040."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from api.domain.schedule import (
    CheckInTimes,
    QuietHours,
    is_quiet,
    latest_check_in,
    local_day,
    moment_of,
    next_allowed,
    next_at,
    next_check_in,
    next_of,
    previous_at,
    zone_of,
)
from api.domain.zones import timezones

BEGINS, ENDS = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2020, 2041))
A_STEP = 3 * 24 * 3600  # no zone changes its clocks and back within it
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NIGHT = QuietHours(time(21), time(8))


def offset(zone: ZoneInfo, second: int) -> timedelta:
    return datetime.fromtimestamp(second, zone).utcoffset() or timedelta(0)


def changed_between(zone: ZoneInfo, low: int, high: int) -> int:
    """Return the second from which another offset holds."""
    before = offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
    return high


@cache
def every_change() -> dict[str, list[datetime]]:
    """Return the moments at which each zone's clocks change, found by bisection."""
    found: dict[str, list[datetime]] = {}
    for name in sorted(timezones()):
        zone, changes, low = zone_of(name), [], BEGINS
        while low < ENDS:
            high = min(low + A_STEP, ENDS)
            if offset(zone, low) != offset(zone, high):
                high = changed_between(zone, low, high)
                changes.append(datetime.fromtimestamp(high, UTC))
            low = high
        found[name] = changes
    return found


def times_at(zone: ZoneInfo, change: datetime) -> set[time]:
    """Return clock times worth a look: ordinary ones, the change's own, and one inside the gap or overlap."""
    before, after = (change - MINUTE).astimezone(zone), change.astimezone(zone)
    wall = {moment.replace(tzinfo=None) for moment in (before, after)}
    half = (after.replace(tzinfo=None) - before.replace(tzinfo=None) - MINUTE) / 2
    inside = before.replace(tzinfo=None) + MINUTE + half
    return {time(9), time(0), time(23, 59)} | {moment.time() for moment in (*wall, inside)}


def test_the_database_holds_what_is_to_be_proved() -> None:
    changes = every_change()
    print(f"{len(changes)} zones, {sum(map(len, changes.values()))} changes of clocks from 2020 to 2040")  # noqa: T201
    assert len(changes) > 590
    assert sum(map(len, changes.values())) > 8000
    assert len(changes["Europe/Berlin"]) == 42
    assert len(changes["America/Nuuk"]) > 30  # from 2024 on over midnight


def test_a_time_comes_exactly_once_on_every_day_around_every_change() -> None:
    for name, changes in every_change().items():
        zone = zone_of(name)
        for change in changes:
            for at in times_at(zone, change):
                check_once_a_day(zone, change, at)


def check_once_a_day(zone: ZoneInfo, change: datetime, at: time) -> None:
    first = local_day(change, zone) - 2 * DAY
    days = [first + n * DAY for n in range(5)]
    moments = [moment_of(day, at, zone) for day in days]
    gap = offset(zone, int(change.timestamp())) - offset(zone, int(change.timestamp()) - 1)
    for day, moment in zip(days, moments, strict=True):
        read = moment.astimezone(zone)
        wall = datetime.combine(day, at)
        is_met = read.replace(tzinfo=None) == wall and read.fold == 0
        moved_by_the_gap = gap > timedelta(0) and read.replace(tzinfo=None) == wall + gap
        assert is_met or (moved_by_the_gap and abs(moment - change) < gap), (zone, change, at)
    chain = [moments[0]]
    while len(chain) < len(moments):
        chain.append(next_at(at, zone, after=chain[-1]))
    assert chain == moments, (zone, change, at)
    back = [moments[-1]]
    while len(back) < len(moments):
        back.append(previous_at(at, zone, before=back[-1]))
    assert back[::-1] == moments, (zone, change, at)


def test_two_times_of_a_day_take_turns_across_every_change() -> None:
    times = [time(9), time(18, 30)]
    for name, changes in every_change().items():
        zone = zone_of(name)
        for change in changes:
            day = local_day(change, zone)
            wanted = sorted(moment_of(day + n * DAY, at, zone) for n in (-1, 0, 1) for at in times)
            moment, found = wanted[0] - MINUTE, []
            for _ in wanted:
                moment = next_of(times, zone, after=moment)
                found.append(moment)
            assert found == wanted, (name, change)


def test_quiet_hours_hold_in_every_minute_around_every_change() -> None:
    for name, changes in every_change().items():
        zone = zone_of(name)
        for change in changes:
            here = (change - MINUTE).astimezone(zone).time()
            for quiet in (NIGHT, QuietHours(time(0), here), QuietHours(here, change.astimezone(zone).time())):
                for minutes in (-95, -31, -1, 0, 1, 29, 61, 125):
                    check_quiet(zone, change + minutes * MINUTE, quiet)


def check_quiet(zone: ZoneInfo, moment: datetime, quiet: QuietHours) -> None:
    allowed = next_allowed(moment, quiet, zone)
    assert not is_quiet(allowed, quiet, zone), (zone, moment, quiet)
    assert moment <= allowed < moment + DAY + 3 * HOUR, (zone, moment, quiet)
    assert (allowed == moment) == (not is_quiet(moment, quiet, zone)), (zone, moment, quiet)


def test_weekly_check_ins_are_each_due_once_and_found_again_across_every_change() -> None:
    for name, changes in every_change().items():
        zone = zone_of(name)
        for change in changes:
            day = local_day(change, zone)
            plan = CheckInTimes(
                day.weekday(), (change + MINUTE).astimezone(zone).time(), zone, day - 28 * DAY
            )
            due, days = moment_of(day - 7 * DAY, plan.at, zone) - MINUTE, []
            for _ in range(3):
                due = next_check_in(plan, after=due)
                days.append(latest_check_in(plan, by=due))
                assert latest_check_in(plan, by=due - MINUTE) == days[-1] - 7 * DAY
            assert days == [day + n * DAY for n in (-7, 0, 7)], (name, change)


def test_a_time_that_the_clocks_pass_over_at_midnight_is_met_on_the_other_side() -> None:
    nuuk, day = zone_of("America/Nuuk"), date(2026, 3, 28)  # 23:00 becomes 00:00
    late = moment_of(day, time(23, 30), nuuk)
    assert late.astimezone(nuuk).isoformat()[:16] == "2026-03-29T00:30"
    assert next_at(time(23, 30), nuuk, after=late - 20 * MINUTE) == late
    plan = CheckInTimes(day.weekday(), time(23, 30), nuuk, day)
    assert next_check_in(plan, after=late - 20 * MINUTE) == late
    assert latest_check_in(plan, by=late) == day


def test_the_change_itself_is_found_to_the_second() -> None:
    assert every_change()["Europe/Berlin"][12:14] == [
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
    ]
    assert local_day(every_change()["Antarctica/Troll"][0], zone_of("Antarctica/Troll")) == date(2020, 3, 29)
