"""Days of the calendar in the browser, compared with Python's calendar and time zones."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.faces.bare_page import BarePhone

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Africa/Lagos",
    "Asia/Tehran",
)
PHONE_ZONES = (
    "Europe/Berlin",
    "America/Santiago",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
START, YEARS = datetime(2024, 1, 1, tzinfo=UTC), 4


def moments(count: int) -> list[datetime]:
    """Return moments of some years, half of them within minutes of a midnight or a change of the clock."""
    chance = random.Random(18)
    anywhere = [START + timedelta(seconds=chance.randrange(YEARS * 365 * 86_400)) for _ in range(count)]
    hours = [moment.replace(minute=0, second=0) for moment in anywhere]
    return anywhere + [hour + timedelta(minutes=chance.choice((-6, -1, 0, 1, 5, 29, 31))) for hour in hours]


def as_ms(moment: datetime) -> int:
    """Return a moment as JavaScript counts it."""
    return round(moment.timestamp() * 1000)


def test_the_day_of_a_moment_in_a_named_zone_is_that_of_the_calendar(
    new_bare_phone: Callable[..., BarePhone],
) -> None:
    phone, tried = new_bare_phone(), moments(300)
    found = phone.run(
        "return zones.map((zone) => times.map((ms) => m.dayOf(new Date(ms), zone)))",
        zones=list(ZONES),
        times=[as_ms(each) for each in tried],
    )
    for zone, days in zip(ZONES, found, strict=True):
        assert days == [str(each.astimezone(ZoneInfo(zone)).date()) for each in tried], zone


@pytest.mark.parametrize("zone", PHONE_ZONES)
def test_the_days_and_times_of_the_phone_are_those_of_its_zone(
    new_bare_phone: Callable[..., BarePhone], zone: str
) -> None:
    phone, tried = new_bare_phone(timezone_id=zone), moments(150)
    found = phone.run(
        "return times.map((ms) => { const now = new Date(ms); return ["
        "  m.today(now), m.stamp(now), m.lastDays(7, now), m.dayOfStamp(m.stamp(now)),"
        "  m.moved(m.stamp(now), -5_400_000), m.msToTomorrow(now)]; })",
        times=[as_ms(each) for each in tried],
    )
    for moment, (today, stamp, days, of_stamp, moved, to_tomorrow) in zip(tried, found, strict=True):
        local = moment.astimezone(ZoneInfo(zone))
        assert today == of_stamp == str(local.date())
        assert datetime.fromisoformat(stamp) == moment
        assert datetime.fromisoformat(stamp).utcoffset() == local.utcoffset()
        assert days == [str(local.date() - timedelta(days=back)) for back in range(7)]
        assert datetime.fromisoformat(moved) == moment - timedelta(hours=1, minutes=30)
        assert moved[-6:] == stamp[-6:]
        tomorrow = (moment + timedelta(milliseconds=to_tomorrow)).astimezone(ZoneInfo(zone))
        before = (moment + timedelta(milliseconds=to_tomorrow - 1)).astimezone(ZoneInfo(zone))
        assert (tomorrow.date(), before.date()) == (local.date() + timedelta(days=1), local.date())


def test_days_are_counted_in_the_calendar(new_bare_phone: Callable[..., BarePhone]) -> None:
    phone, chance = new_bare_phone(timezone_id="America/Santiago"), random.Random(19)
    pairs = [
        (date(2020, 1, 1) + timedelta(days=chance.randrange(4000)), chance.randrange(-900, 900))
        for _ in range(500)
    ]
    found = phone.run(
        "return pairs.map(([day, days]) =>"
        " [m.plus(day, days), m.between(day, m.plus(day, days)), m.weekday(day), m.isDay(day)])",
        pairs=[[str(day), days] for day, days in pairs],
    )
    assert found == [
        [str(day + timedelta(days=days)), days, day.isoweekday() % 7, True] for day, days in pairs
    ]


def test_what_is_no_day_is_told_apart(new_bare_phone: Callable[..., BarePhone]) -> None:
    wrong = ["2026-02-29", "2026-13-01", "2026-1-01", "", "today", None, "2026-11-31", "2026-11-27T00:00"]
    assert new_bare_phone().run("return wrong.filter((day) => m.isDay(day))", wrong=wrong) == []


def test_today_and_seven_days_back_are_open_also_at_five_past_midnight(
    new_bare_phone: Callable[..., BarePhone],
) -> None:
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        phone = new_bare_phone(timezone_id=zone)
        now = datetime(2026, 3, 29, 0, 5, tzinfo=ZoneInfo(zone))
        is_open = phone.run(
            "return [1, 0, -1, -7, -8].map((days) => m.isOpen(m.plus('2026-03-29', days), new Date(now)))",
            now=as_ms(now),
        )
        assert is_open == [False, True, True, True, False]
