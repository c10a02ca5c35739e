"""Alert budget: alerts notified now, alerts held back, and their release."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.models.alert import Alert, AlertEvent
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.models.site import Site
from api.services.alerts import budget, reconcile
from api.services.alerts.reconcile import AlertContext
from notifications.jobs.escalation import escalate_overdue, release_held_back
from tests.notifications.conftest import subscribe
from tests.support.builders import Clinic, a_clinic, a_patient

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
"""A Wednesday; the week begins on Monday 2 March, and the next on 9 March, in Berlin."""
PLACES = 5
DAY = timedelta(days=1)


@pytest.fixture
def ward(database: Database) -> Clinic:
    """A clinic in which it is NOW, on each kind of database."""
    with database.begin() as session:
        return a_reachable_clinic(session)


def a_reachable_clinic(session: Session) -> Clinic:
    """Create a clinic whose nurse has a browser, so that the first rung can be notified."""
    clinic = a_clinic(session, now=NOW)
    subscribe(session, clinic.nurse)
    return clinic


def patients_of(database: Database, ward: Clinic, count: int) -> list[Patient]:
    """Enrol patients, each with a number as reference."""
    with database.begin() as session:
        return [a_patient(session, ward.team, now=NOW, reference=f"P{n}") for n in range(count)]


def find(
    database: Database,
    patient: Patient,
    kind: FindingKind = FindingKind.WORSENING,
    *,
    tier: Tier = Tier.ROUTINE,
    now: datetime = NOW,
    p: float = 0.8,
    withdraw: bool = False,
) -> Alert:
    """Let the engine find something about a patient, or no longer find it."""
    finding = Finding(kind, tier, str(now.date()), now.date(), now, "it", {"p_worsening": p}, "a source")
    with database.begin() as session:
        subject = AlertContext(patient.id, patient.site_id, "an engine")
        reconcile.reconcile(session, subject, [] if withdraw else [finding], since=None, now=now)
        session.flush()
        query = select(Alert).where(Alert.patient_id == patient.id, Alert.kind == kind)
        return session.scalars(query.order_by(Alert.opened_at.desc())).first()  # type: ignore[return-value]


def told_of(database: Database) -> set[str]:
    """Return the patients the team was notified of."""
    with database.read() as session:
        return set(
            session.scalars(
                select(Patient.reference)
                .join(Alert, Alert.patient_id == Patient.id)
                .where(Alert.times_notified > 0)
            )
        )


def a_full_week(database: Database, ward: Clinic, more: int = 3) -> list[Patient]:
    """Fill the budget of the week, and have ``more`` patients over."""
    patients = patients_of(database, ward, PLACES + more)
    for patient in patients[:PLACES]:
        find(database, patient)
    return patients


def test_a_small_clinic_is_notified_of_all_patients_at_once(database: Database, ward: Clinic) -> None:
    for patient in patients_of(database, ward, PLACES):
        assert find(database, patient).times_notified == 1


def test_what_the_week_has_no_room_for_is_opened_and_held_back(database: Database, ward: Clinic) -> None:
    patients = a_full_week(database, ward)
    held = find(database, patients[PLACES])
    assert (held.status, held.times_notified, held.notified_at) == ("open", 0, None)
    assert held.next_rung_at == NOW + 7 * DAY
    with database.read() as session:
        actions = session.scalars(
            select(AlertEvent.action).where(AlertEvent.alert_id == held.id).order_by(AlertEvent.id)
        ).all()
        messages = session.scalar(select(func.count()).where(OutboxMessage.alert_id == held.id))
    assert set(actions) == {"opened", "held back: this week's alert budget is full"}
    assert messages == 0
    assert release_held_back(database, now=NOW + DAY) == 0
    assert escalate_overdue(database, now=NOW + DAY) == 0


@pytest.mark.parametrize(
    ("kind", "tier"),
    [
        (FindingKind.RED_FLAG, Tier.SAME_DAY),
        (FindingKind.WISH_TO_STOP, Tier.ROUTINE),
        (FindingKind.WORSENING, Tier.SAME_DAY),
    ],
)
def test_red_flags_wishes_to_stop_and_the_same_day_are_never_held_back(
    database: Database, ward: Clinic, kind: FindingKind, tier: Tier
) -> None:
    patients = a_full_week(database, ward)
    assert find(database, patients[PLACES], kind, tier=tier).times_notified == 1


def test_a_patient_the_team_hears_of_anyway_is_not_held_back(database: Database, ward: Clinic) -> None:
    patients = a_full_week(database, ward)
    assert find(database, patients[0], FindingKind.SILENCE).times_notified == 1
    find(database, patients[PLACES], FindingKind.WISH_TO_STOP)
    assert find(database, patients[PLACES], FindingKind.SILENCE).times_notified == 1


def test_a_new_week_notifies_the_most_harmful_first(database: Database, ward: Clinic) -> None:
    patients = a_full_week(database, ward, more=PLACES + 2)
    for number, patient in enumerate(patients[PLACES:]):
        find(database, patient, p=0.3 + number / 20)
    with database.begin() as session:  # the team answers the alerts it was notified of
        session.execute(update(Alert).where(Alert.times_notified > 0).values(status="acknowledged"))
    sunday, monday = datetime(2026, 3, 8, 22, 59, tzinfo=UTC), datetime(2026, 3, 8, 23, 0, tzinfo=UTC)
    assert release_held_back(database, now=sunday) == 0
    assert release_held_back(database, now=monday) == PLACES
    assert {patient.reference for patient in patients} - told_of(database) == {"P5", "P6"}
    assert release_held_back(database, now=monday) == 0


def test_an_answer_frees_the_place_of_an_alert_that_is_notified_repeatedly(
    database: Database, ward: Clinic
) -> None:
    patients = a_full_week(database, ward)
    find(database, patients[PLACES])
    next_week = NOW + 6 * DAY
    assert (
        release_held_back(database, now=next_week) == 0
    )  # without an answer the old ones are notified again
    with database.begin() as session:
        one = select(Alert.id).where(Alert.times_notified > 0).limit(1).scalar_subquery()
        session.execute(update(Alert).where(Alert.id == one).values(status="acknowledged"))
    assert release_held_back(database, now=next_week) == 1


def test_nothing_is_held_back_longer_than_a_week(database: Database, ward: Clinic) -> None:
    patients = a_full_week(database, ward)
    held = find(database, patients[PLACES])
    almost = NOW + 7 * DAY - timedelta(seconds=1)
    assert release_held_back(database, now=almost) == 0
    assert release_held_back(database, now=NOW + 7 * DAY) == 1
    with database.read() as session:
        notified = session.get_one(Alert, held.id)
        assert (notified.times_notified, notified.notified_at, notified.escalating_since) == (
            1,
            NOW + 7 * DAY,
            NOW + 7 * DAY,
        )


def test_an_alert_without_findings_is_retracted_without_a_notice(database: Database, ward: Clinic) -> None:
    patients = a_full_week(database, ward)
    find(database, patients[PLACES])
    gone = find(database, patients[PLACES], withdraw=True)
    assert (gone.status, gone.times_notified, gone.next_rung_at) == ("retracted", 0, None)
    assert release_held_back(database, now=NOW + 8 * DAY) == 0


def test_a_self_care_alert_notifies_no_team(database: Database, ward: Clinic) -> None:
    (patient,) = patients_of(database, ward, 1)
    alert = find(database, patient, tier=Tier.SELF_CARE)
    assert (alert.status, alert.times_notified, alert.next_rung_at) == ("open", 0, None)
    assert release_held_back(database, now=NOW + 9 * DAY) + escalate_overdue(database, now=NOW + 9 * DAY) == 0


@pytest.mark.parametrize(
    ("before", "after", "notified"),
    [(Tier.SELF_CARE, Tier.ROUTINE, 1), (Tier.ROUTINE, Tier.SELF_CARE, 1), (Tier.ROUTINE, Tier.SAME_DAY, 2)],
)
def test_another_policy_moves_an_open_alert_to_its_tier(
    database: Database, ward: Clinic, before: Tier, after: Tier, notified: int
) -> None:
    (patient,) = patients_of(database, ward, 1)
    find(database, patient, tier=before)
    moved = find(database, patient, tier=after)
    assert (moved.tier, moved.times_notified, moved.next_rung_at is None) == (
        after,
        notified,
        after is Tier.SELF_CARE,
    )


def test_an_alert_that_becomes_same_day_climbs_within_the_hour(database: Database, ward: Clinic) -> None:
    (patient,) = patients_of(database, ward, 1)
    find(database, patient, now=NOW)
    urgent = find(database, patient, tier=Tier.SAME_DAY, now=NOW)

    assert urgent.next_rung_at == NOW + timedelta(minutes=30)
    assert escalate_overdue(database, now=NOW + timedelta(minutes=30)) == 1


def test_a_held_back_alert_that_becomes_same_day_is_notified_at_once(
    database: Database, ward: Clinic
) -> None:
    patients = a_full_week(database, ward)
    assert find(database, patients[PLACES]).times_notified == 0
    assert find(database, patients[PLACES], tier=Tier.SAME_DAY).times_notified == 1


def test_another_sites_alerts_fill_no_place_here(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        elsewhere = a_clinic(session, now=NOW, name="Elsewhere")
    a_full_week(database, elsewhere)
    with database.begin() as session:
        patient = a_patient(session, ward.team, now=NOW)
    assert find(database, patient).times_notified == 1


def test_a_tick_takes_as_many_queries_for_many_alerts_as_for_one(
    database: Database, ward: Clinic, count_queries: Callable
) -> None:
    patients = a_full_week(database, ward, more=12)
    find(database, patients[PLACES])
    with count_queries() as few:
        release_held_back(database, now=NOW)
    for patient in patients[PLACES + 1 :]:
        find(database, patient)
    with count_queries() as many:
        release_held_back(database, now=NOW)
    assert len(many) == len(few)


def test_a_site_that_fails_holds_up_no_other(
    database: Database, ward: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    with database.begin() as session:
        elsewhere = a_clinic(session, now=NOW, name="Elsewhere")
    for clinic in (ward, elsewhere):
        with database.begin() as session:
            patients = [a_patient(session, clinic.team, now=NOW) for _ in range(PLACES + 1)]
        for patient in patients:
            find(database, patient)
    with database.begin() as session:
        session.execute(update(Site).where(Site.id == ward.site.id).values(timezone="Mars/Olympus"))
    assert release_held_back(database, now=NOW + 8 * DAY) == 1
    assert "held-back alerts could not be released" in caplog.text


def at_once(*steps: Callable[[], object]) -> None:
    """Run steps in threads of their own."""
    threads = [threading.Thread(target=step) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


@pytest.fixture
def busy(postgresql: Database) -> tuple[Database, Clinic]:
    """A clinic on PostgreSQL."""
    with postgresql.begin() as session:
        clinic = a_reachable_clinic(session)
    return postgresql, clinic


def test_two_alerts_opened_at_once_never_take_the_last_place_together(busy: tuple[Database, Clinic]) -> None:
    database, clinic = busy
    patients = patients_of(database, clinic, PLACES * 3)
    at_once(*[lambda patient=patient: find(database, patient) for patient in patients])  # type: ignore[misc]
    assert len(told_of(database)) == PLACES


def test_two_workers_at_once_notify_each_alert_once(busy: tuple[Database, Clinic]) -> None:
    database, clinic = busy
    patients = a_full_week(database, clinic, more=PLACES)
    for patient in patients[PLACES:]:
        find(database, patient)
    with database.begin() as session:
        session.execute(update(Alert).where(Alert.times_notified > 0).values(status="acknowledged"))
    notified: list[int] = []
    at_once(*[lambda: notified.append(release_held_back(database, now=NOW + 6 * DAY))] * 4)
    assert sum(notified) == PLACES
    with database.read() as session:
        assert set(session.scalars(select(Alert.times_notified))) == {1}


def test_a_worker_leaves_a_site_to_the_one_that_has_it(busy: tuple[Database, Clinic]) -> None:
    database, clinic = busy
    patients = a_full_week(database, clinic)
    find(database, patients[PLACES])

    def release(session: Session) -> int:
        return budget.release_held(session, clinic.site.id, now=NOW + 8 * DAY)

    with database.begin() as one, database.begin() as other:
        assert (release(one), release(other)) == (1, 0)
