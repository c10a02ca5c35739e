"""Every reminder at its local minute, none in quiet hours, none twice: a year of many patients.

`PUNCTUALITY_PATIENTS` sets how many; 1,000 were tried so.
"""

import os
import random
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from api.db.database import Database
from api.domain.reminders import ReminderStep
from api.domain.schedule import is_quiet, local_day, moment_of, zone_of
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services.reminders import check_ins
from notifications.jobs.reminders import plan_due
from tests.support.builders import a_clinic, a_patient
from tests.support.simulated_patient import PatientOverAYear

ZONES = (
    "Europe/Berlin", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Moscow", "Europe/Istanbul",
    "Atlantic/Azores", "Africa/Casablanca", "Africa/Cairo", "Africa/Lagos", "Africa/Johannesburg",
    "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu", "America/St_Johns", "America/Havana", "America/Sao_Paulo",
    "America/Santiago", "America/Nuuk", "Asia/Beirut", "Asia/Gaza", "Asia/Tehran", "Asia/Karachi",
    "Asia/Kolkata", "Asia/Kathmandu", "Asia/Yangon", "Asia/Shanghai", "Asia/Tokyo", "Australia/Adelaide",
    "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia",
    "Pacific/Kiritimati", "Antarctica/Troll",
)  # fmt: skip
PATIENTS = int(os.environ.get("PUNCTUALITY_PATIENTS", "400"))
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
DAY = timedelta(days=1)


def habits(chance: random.Random) -> dict[str, object]:
    at = chance.choice([time(9), time(7, 30), time(2, 30), time(1, 15), time(12), time(18, 45), time(23, 30)])
    again = time(at.hour + 4, 5) if at.hour < 19 and chance.random() < 0.3 else None
    quiet = chance.choice([(time(21), time(8)), (time(0), time(0)), (time(22, 30), time(6, 15))])
    return {
        "check_in_weekday": chance.randrange(7),
        "check_in_at": at,
        "check_in_again_at": again,
        "quiet_from": quiet[0],
        "quiet_until": quiet[1],
    }


def lives_a_year(case: PatientOverAYear, chance: random.Random) -> None:
    """Simulate a year: most check-ins are answered within some days, some never."""
    zone = zone_of(case.patient.timezone)
    while case.next_look <= BEGUN + YEAR:
        now = case.next_look
        case.looked_at(now)
        asked = case.told[-1] if case.told else None
        if asked is not None and asked.looked_at == now and chance.random() < 0.5:
            case.writes(local_day(now, zone))


def test_a_year_of_many_patients_in_forty_zones() -> None:
    chance = random.Random(7)
    simulated = [
        PatientOverAYear(enrolled_at=BEGUN, timezone=ZONES[number % len(ZONES)], **habits(chance))
        for number in range(PATIENTS)
    ]
    for case in simulated:
        lives_a_year(case, chance)

    told = [(case, each) for case in simulated for each in case.told]
    late = [each for case, each in told if not case.is_punctual(each)]
    disturbed = [each for case, each in told if case.is_in_quiet(each)]
    twice = [purpose for purpose, times in Counter(each.purpose for _, each in told).items() if times > 1]
    at_once = [key for key, times in Counter((id(case), e.due_at) for case, e in told).items() if times > 1]
    first = sum(ReminderStep.PROMPTED in each.steps for _, each in told)
    print(  # noqa: T201 - figures to be read
        f"{len(simulated)} patients in {len(ZONES)} zones for a year: {first} check-ins asked for, "
        f"{len(told)} reminders with those repeated; {len(late)} not at their local minute, "
        f"{len(disturbed)} in quiet hours, {len(twice)} twice"
    )
    assert (late, disturbed, twice) == ([], [], [])
    assert all(is_after_quiet(case, each.due_at) for case, each in told if each.due_at != each.looked_at)
    assert len(at_once) <= len(told) // 20  # both of a day's, where the check-in is set within quiet hours
    assert first > PATIENTS * 15


def is_after_quiet(case: PatientOverAYear, moment: datetime) -> bool:
    quiet, zone = check_ins.quiet_hours(case.patient), zone_of(case.patient.timezone)
    return is_quiet(moment - timedelta(seconds=1), quiet, zone)


def test_every_day_of_the_plan_is_asked_for_and_no_other() -> None:
    for name in ZONES:
        case = PatientOverAYear(enrolled_at=BEGUN, timezone=name)
        case.live(BEGUN + YEAR)
        slots = [date.fromisoformat(slot) for told in case.told for slot in told.slots]
        asked = sorted(set(slots))
        started = local_day(BEGUN, zone_of(name))
        mondays = [started + n * DAY for n in range(366) if (started + n * DAY).weekday() == 0]
        wanted = [day for day in mondays if is_wanted((day - started).days // 7)]
        end = local_day(BEGUN + YEAR, zone_of(name))
        assert asked == [
            day for day in wanted if moment_of(day, time(9), zone_of(name)) > BEGUN and day < end
        ]


def is_wanted(week: int) -> bool:
    return week <= 12 or (week - 12) % 4 == 0


journeys = st.lists(st.tuples(st.sampled_from(ZONES), st.integers(1, 60 * 24 * 12)), max_size=8)


@given(st.sampled_from(ZONES), journeys, st.sampled_from([time(0, 30), time(2, 30), time(9), time(23, 30)]))
@settings(max_examples=150, deadline=None)
def test_a_traveller_gets_each_check_in_once(home: str, journey: Sequence[tuple[str, int]], at: time) -> None:
    case = PatientOverAYear(
        enrolled_at=BEGUN, timezone=home, check_in_at=at, quiet_from=time(0), quiet_until=time(0)
    )
    now = BEGUN
    for zone, minutes in journey:
        now += timedelta(minutes=minutes)
        case.live(now)
        case.changes({"timezone": zone}, now)
    now = max(now, BEGUN + 70 * DAY)
    case.live(now)

    asked = [
        slot
        for told in case.told
        for slot, step in zip(told.slots, told.steps, strict=True)
        if step is ReminderStep.PROMPTED
    ]
    assert len(asked) == len(set(asked))
    days = sorted(date.fromisoformat(slot) for slot in asked)
    latest = check_ins.check_in_times(case.patient)
    assert [(later - earlier).days for earlier, later in pairwise(days)] == [7] * (len(days) - 1)
    assert days[0] <= local_day(BEGUN, zone_of(home)) + 8 * DAY
    assert days[-1] >= local_day(now, latest.zone) - 8 * DAY
    assert max(Counter(told.purpose for told in case.told).values()) == 1


@given(st.sampled_from(ZONES), st.sampled_from(ZONES), st.integers(5, 60))
@example("Europe/Berlin", "Europe/London", 60)  # wherever it is nine, the phone is in the other place
@settings(max_examples=20, deadline=None)
def test_a_phone_that_cannot_decide_where_it_is_loses_no_check_in(one: str, other: str, minutes: int) -> None:
    case = PatientOverAYear(enrolled_at=BEGUN, timezone=one)
    now = BEGUN
    while now < BEGUN + 16 * DAY:
        now += timedelta(minutes=minutes)
        case.live(now)
        case.changes({"timezone": other if case.patient.timezone == one else one}, now)
    case.live(now)

    asked = [told.slots[0] for told in case.told if ReminderStep.PROMPTED in told.steps]
    assert len(asked) == len(set(asked))
    assert {"2026-01-05", "2026-01-12"} <= set(asked)
    longest = max(later - earlier for earlier, later in pairwise(case.looks))
    assert longest <= timedelta(hours=24 + 26)  # a day, and as far as clocks are apart


@pytest.mark.slow
def test_the_planner_in_a_database_is_as_punctual_over_the_nights_the_clocks_change(sqlite: Database) -> None:
    begun = datetime(2026, 3, 1, tzinfo=UTC)
    with sqlite.begin() as session:
        team = a_clinic(session, now=begun).team
        for name in ZONES:
            patient = a_patient(
                session, team, now=begun, timezone=name, check_in_weekday=6, check_in_at=time(2, 30)
            )
            check_ins.start_check_ins(patient, now=begun)
    looks = 0
    while (now := next_look(sqlite)) < begun + 36 * DAY:
        plan_due(sqlite, now=now)
        looks += 1

    with sqlite.read() as session:
        zones = {row.id: row.timezone for row in session.execute(select(Patient.id, Patient.timezone))}
        rows = session.execute(
            select(OutboxMessage.recipient_id, OutboxMessage.created_at, OutboxMessage.not_before)
        ).all()
        slots = session.execute(select(Reminder.patient_id, Reminder.slot)).all()
        purposes = session.scalar(select(func.count(func.distinct(OutboxMessage.dedupe_key))))
    wrong = [row for row in rows if not is_right(zones[row[0]], row[1], row[2])]
    print(  # noqa: T201 - figures to be read
        f"the planner itself: {looks} looks, {len(rows)} reminders in {len(ZONES)} zones; {len(wrong)} wrong"
    )
    assert wrong == []
    assert purposes == len(rows)
    assert Counter(slots) == Counter(set(slots))
    assert {len([1 for who, _ in slots if who == each]) for each in zones_asked(slots)} == {5, 6}


def next_look(database: Database) -> datetime:
    with database.read() as session:
        moment = session.scalar(select(func.min(Patient.next_reminder_check_at)))
    assert moment is not None
    return moment


def is_right(name: str, planned_at: datetime, not_before: datetime) -> bool:
    """Return whether it was planned at 02:30 local time, and is due at 08:00, after quiet hours."""
    zone = zone_of(name)
    day = local_day(planned_at, zone)
    return moment_of(day, time(2, 30), zone) == planned_at and moment_of(day, time(8), zone) == not_before


def zones_asked(slots: Sequence[tuple[UUID, str]]) -> set[UUID]:
    return {who for who, _ in slots}
