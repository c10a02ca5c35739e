"""Reminders follow what survives: an answer that is withdrawn or moved is asked for again, and back."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from api.db.database import Database
from api.domain.assessments.assessment import AssessmentStatus, AssessmentSubmission
from api.domain.entries.origin import EntryOrigin, EntryVia, ReportedBy
from api.domain.instruments import registry
from api.domain.schedule import local_day, zone_of
from api.models.patient import Patient
from api.models.reminder import Reminder
from api.services.assessments.assessments import change_assessment, record_assessment, withdraw_assessment
from api.services.entries import corrections
from api.services.entries.record import EntrySubmission, record_entries
from api.services.patients import enrolment
from api.services.reminders import check_ins, close, snooze
from api.services.reminders.due_now import due_check_ins
from api.services.worklist import beside as worklist
from tests.notifications.conftest import messages_of, subscribe, the
from tests.support.builders import Clinic, Signed, a_patient, a_report, signed_in
from tests.support.entries import record_items
from tests.support.reminded_patient import (
    DAY,
    ENGINE,
    ENROLLED,
    HOUR,
    MONDAY,
    a_reminded_ward,
    every_day,
    plan,
    reminders,
    told,
    with_text,
)

CHECK_IN = ("check_in", "2026-03-02")


@pytest.fixture
def ward(database: Database) -> Clinic:
    """A clinic whose patient, with a phone and a mailbox, is asked on Mondays at nine."""
    return a_reminded_ward(database)


def writes(database: Database, patient: Signed, now: datetime, *, about: datetime | None = None) -> UUID:
    sent = a_report(recorded_at=about or now)
    with database.begin() as session:
        record_items(session, patient.principal, [sent], engine=ENGINE, now=now)
    return UUID(sent["id"])


def withdraws(database: Database, patient: Signed, entry: UUID, now: datetime) -> None:
    with database.begin() as session:
        corrections.withdraw_entry(
            session, patient.principal, entry, check_version=lambda _: None, engine=ENGINE, now=now
        )


def moves(database: Database, patient: Signed, entry: UUID, to: datetime, now: datetime) -> None:
    with database.begin() as session:
        said = a_report(recorded_at=to, id=entry)
        corrections.correct_entry(
            session, patient.principal, entry, said, check_version=lambda _: None, engine=ENGINE, now=now
        )


def unheard(database: Database, ward: Clinic) -> bool:
    with database.read() as session:
        return worklist.unreachable_patients(session, ward.nurse.principal) != []


def is_due(database: Database, ward: Clinic, now: datetime) -> bool:
    with database.read() as session:
        return due_check_ins(session, session.get_one(Patient, ward.patient.id), now=now) != []


@pytest.mark.parametrize("how", ["withdrawn", "moved to another day"])
def test_a_check_in_whose_answer_is_taken_back_is_chased_to_the_teams_list(
    database: Database, ward: Clinic, how: str
) -> None:
    plan(database, MONDAY)
    entry = writes(database, ward.patient, MONDAY + HOUR)
    assert reminders(database)[CHECK_IN].closed_because == "done"

    if how == "withdrawn":
        withdraws(database, ward.patient, entry, MONDAY + 2 * HOUR)
    else:
        moves(database, ward.patient, entry, MONDAY - 5 * DAY, MONDAY + 2 * HOUR)

    row = reminders(database)[CHECK_IN]
    assert (row.closed_at, row.closed_because, row.step) == (None, None, "asked")
    assert the(database, Patient, ward.patient.id).is_prompted is True
    assert is_due(database, ward, MONDAY + 2 * HOUR)
    every_day(database, 6, at=MONDAY + DAY)
    assert [each[0] for each in told(database)] == ["Mon 02", "Tue 03", "Wed 04"]
    assert unheard(database, ward)


def test_a_check_in_that_was_answered_before_it_was_asked_is_asked_once_the_answer_is_gone(
    database: Database, ward: Clinic
) -> None:
    entry = writes(database, ward.patient, MONDAY - HOUR)
    plan(database, MONDAY)
    assert reminders(database) == {}

    withdraws(database, ward.patient, entry, MONDAY + HOUR)
    every_day(database, 1, at=MONDAY + DAY)

    assert told(database) == [("Tue 03", "check_in", "web_push")]
    assert reminders(database)[CHECK_IN].step == "asked"


def test_a_correction_that_moves_an_entry_to_the_check_ins_day_answers_it(
    database: Database, ward: Clinic
) -> None:
    entry = writes(database, ward.patient, MONDAY - 5 * HOUR, about=MONDAY - 4 * DAY)
    plan(database, MONDAY)
    assert reminders(database)[CHECK_IN].closed_at is None

    moves(database, ward.patient, entry, MONDAY - HOUR, MONDAY + HOUR)

    assert reminders(database)[CHECK_IN].closed_because == "done"
    assert [row.state for row in messages_of(database)] == ["cancelled"]
    assert not is_due(database, ward, MONDAY + HOUR)
    assert the(database, Patient, ward.patient.id).is_prompted is False


def test_a_second_entry_keeps_a_check_in_done_when_the_first_is_withdrawn(
    database: Database, ward: Clinic
) -> None:
    plan(database, MONDAY)
    first = writes(database, ward.patient, MONDAY + HOUR)
    writes(database, ward.patient, MONDAY + 2 * HOUR)

    withdraws(database, ward.patient, first, MONDAY + 3 * HOUR)

    assert reminders(database)[CHECK_IN].closed_because == "done"


@pytest.mark.parametrize("about", [timedelta(0), -6 * DAY], ids=["answers it", "is about an earlier day"])
def test_who_was_unheard_from_is_on_the_list_again_when_what_came_is_withdrawn(
    database: Database, ward: Clinic, about: timedelta
) -> None:
    every_day(database, 6)
    assert unheard(database, ward)
    later = MONDAY + 6 * DAY
    entry = writes(database, ward.patient, later, about=MONDAY + HOUR + about)
    assert not unheard(database, ward)

    withdraws(database, ward.patient, entry, later + HOUR)
    assert unheard(database, ward)

    writes(database, ward.patient, later + 2 * HOUR)
    assert not unheard(database, ward)


def test_an_old_check_in_is_not_asked_again_once_the_next_one_has_come(
    database: Database, ward: Clinic
) -> None:
    plan(database, MONDAY)
    entry = writes(database, ward.patient, MONDAY + HOUR)
    every_day(database, 7, at=MONDAY + DAY)  # the next Monday's is asked

    withdraws(database, ward.patient, entry, MONDAY + 7 * DAY + HOUR)

    assert reminders(database)[CHECK_IN].closed_because == "superseded"
    assert reminders(database)["check_in", "2026-03-09"].closed_at is None


def test_what_was_put_off_is_asked_again_after_the_pause_when_its_answer_is_gone(
    database: Database, ward: Clinic
) -> None:
    plan(database, MONDAY)
    with database.begin() as session:
        snooze.snooze(
            session,
            ward.patient.principal,
            wanted=snooze.SnoozeEnd.TWO_HOURS,
            now=MONDAY + timedelta(minutes=1),
        )
    entry = writes(database, ward.patient, MONDAY + HOUR)
    withdraws(database, ward.patient, entry, MONDAY + HOUR + timedelta(minutes=5))

    plan(database, MONDAY + 3 * HOUR)

    assert reminders(database)[CHECK_IN].step == "asked"


def completed(now: datetime) -> AssessmentSubmission:
    instrument = registry.find("bpi-sf")
    answers = {item.id: item.lowest for item in instrument.items if not item.choices}
    return AssessmentSubmission(AssessmentStatus.COMPLETE, now, answers, {}, instrument="bpi-sf")


@pytest.mark.parametrize("how", ["withdrawn", "moved"])
def test_a_questionnaire_that_is_taken_back_is_asked_for_again(
    database: Database, ward: Clinic, how: str
) -> None:
    with_text(database, ward, "bpi-sf")
    plan(database, MONDAY)
    [asked] = [row for (purpose, _), row in reminders(database).items() if purpose == "reassessment"]
    done = uuid4()
    with database.begin() as session:
        record_assessment(
            session, ward.patient.principal, done, completed(MONDAY + HOUR), engine=ENGINE, now=MONDAY + HOUR
        )
    assert reminders(database)["reassessment", asked.slot].closed_because == "done"

    with database.begin() as session:
        if how == "withdrawn":
            withdraw_assessment(
                session, ward.patient.principal, done, check_version=lambda _: None, engine=ENGINE,
                now=MONDAY + 2 * HOUR,
            )  # fmt: skip
        else:
            old = completed(MONDAY - 90 * DAY)
            change_assessment(
                session, ward.patient.principal, done,
                AssessmentSubmission(
                    old.status, old.recorded_at, old.answers, {}, local_date=date(2025, 12, 2)
                ),
                check_version=lambda _: None, engine=ENGINE, now=MONDAY + 2 * HOUR,
            )  # fmt: skip

    row = reminders(database)["reassessment", asked.slot]
    assert (row.closed_at, row.closed_because) == (None, None)
    every_day(database, 1, at=MONDAY + DAY)
    assert reminders(database)["reassessment", asked.slot].step == "nudged"


def test_withdrawing_for_somebody_who_has_left_opens_nothing(database: Database, ward: Clinic) -> None:
    plan(database, MONDAY)
    writes(database, ward.patient, MONDAY + HOUR)
    with database.begin() as session:
        session.get_one(Patient, ward.patient.id).status = "completed"
        close.reopen_after_change(
            session, ward.patient.id, lost=MONDAY.date(), has_responded=False, now=MONDAY + DAY
        )

    assert reminders(database)[CHECK_IN].closed_because == "done"


@pytest.fixture
def newcomer(database: Database, ward: Clinic) -> Callable[[], Signed]:
    """Return a way to enrol one more patient who is asked on Mondays at nine."""

    def enrol() -> Signed:
        with database.begin() as session:
            patient = a_patient(session, ward.team, now=ENROLLED)
            signed = signed_in(session, patient, now=ENROLLED)
            subscribe(session, signed)
            check_ins.start_check_ins(patient, now=ENROLLED)
            return signed

    return enrol


def unanswered_slots(database: Database, patient: Signed) -> dict[str, str | None]:
    """Return the check-ins that are open (None) or closed by a response alone."""
    with database.read() as session:
        rows = session.scalars(select(Reminder).where(Reminder.patient_id == patient.id))
        return {row.slot: row.closed_because for row in rows if row.closed_because in {None, "heard"}}


moments = st.integers(0, 20 * 24).map(lambda hours: timedelta(hours=hours))
LATEST = "2026-03-23"
BERLIN = zone_of("Europe/Berlin")


@st.composite
def fates(draw: st.DrawFn) -> list[tuple[timedelta, timedelta | None, timedelta | None]]:
    """Draw entries: when each is written, when it is changed, and to which moment (None: it is withdrawn)."""
    drawn = []
    for at in sorted(draw(st.lists(moments, min_size=1, max_size=4))):
        changed_at = draw(st.none() | st.integers(1, 72).map(lambda hours: timedelta(hours=hours)))
        moment = None if changed_at is None else at + changed_at
        to = (
            None
            if moment is None
            else draw(st.none() | st.floats(0, 1).map(lambda part, to=moment: part * to))
        )
        drawn.append((at, moment, to))
    return drawn


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=fates())
@example(fates=[(15 * DAY + 15 * HOUR, 18 * DAY + 15 * HOUR, 18 * DAY + 15 * HOUR)])  # to a later local date
@example(
    fates=[(0 * DAY, None, None), (12 * DAY + 8 * HOUR, 12 * DAY + 9 * HOUR, 0 * DAY), (16 * DAY, None, None)]
)
def test_after_any_corrections_what_is_waited_for_is_what_the_surviving_entries_leave_open(
    database: Database,
    newcomer: Callable[[], Signed],
    fates: list[tuple[timedelta, timedelta | None, timedelta | None]],
) -> None:
    changed, plain = newcomer(), newcomer()
    deeds: list[tuple[timedelta, int, Callable[[datetime], object]]] = [
        (DAY * number, 0, lambda now: plan(database, now)) for number in range(25)
    ]
    entries: dict[int, UUID] = {}
    survivors = []
    for nth, (at, changed_at, to) in enumerate(fates):
        left = at if changed_at is None else to
        survivors += [] if left is None else [local_day(MONDAY + left, BERLIN)]
        deeds.append((at, 1, lambda now, nth=nth: entries.update({nth: writes(database, changed, now)})))
        if left is not None:
            sent_at = at if changed_at is None or left <= at else changed_at  # never about the future
            write = lambda now, about=MONDAY + left: writes(database, plain, now, about=about)  # noqa: E731
            deeds.append((sent_at, 1, write))
        if changed_at is not None and left is None:
            deeds.append(
                (changed_at, 2, lambda now, nth=nth: withdraws(database, changed, entries[nth], now))
            )
        elif changed_at is not None:
            move = lambda now, nth=nth, to=MONDAY + left: moves(database, changed, entries[nth], to, now)  # noqa: E731
            deeds.append((changed_at, 2, move))
    for at, _, deed in sorted(deeds, key=lambda each: each[:2]):
        deed(MONDAY + at)

    unanswered, newest = unanswered_slots(database, changed), max(survivors, default=date.min)
    still_open = [date.fromisoformat(slot) for slot, because in unanswered.items() if because is None]
    assert [slot for slot in still_open if check_ins.is_answered(newest, slot)] == []
    assert (LATEST in unanswered) == (LATEST in unanswered_slots(database, plain))


def test_the_team_is_reminded_to_call_a_patient_without_a_phone_and_no_message_goes_out(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        patient = session.get_one(Patient, ward.patient.id)
        enrolment.change(session, ward.nurse.principal, patient, {"by_telephone": True}, now=ENROLLED)
    every_day(database, 9)
    assert told(database) == []
    with database.read() as session:
        [listed] = worklist.unreachable_patients(session, ward.nurse.principal)
    assert listed.reason == "a check-in by telephone is due since 2 March 2026; no entry since"
    said = EntrySubmission(
        ward.nurse.principal.writing_for(ward.patient.id),
        [a_report(recorded_at=MONDAY + 8 * DAY)],
        origin=EntryOrigin(EntryVia.PHONE, ReportedBy.PATIENT),
    )
    with database.begin() as session:
        record_entries(session, [said], engine=ENGINE, now=MONDAY + 8 * DAY + HOUR)
    assert not unheard(database, ward)
