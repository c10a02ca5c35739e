"""Staff leave or move in the middle of an escalation or a rota, and delivery goes on."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from api.db.database import Database
from api.domain.authority import Role
from api.models.alert import Alert, AlertEvent
from api.models.outbox import OutboxMessage, Subscription
from api.models.rota import Rota, Shift
from api.models.site import Team
from api.models.staff import Staff
from api.services.alerts import actions, rotas
from api.services.alerts.ladders import on_call
from api.services.organisation import members
from api.services.organisation.handover import Handover
from notifications import claims
from notifications.channels.results import Delivered
from notifications.delivery_results import DeliveryResult, resolve_target
from notifications.jobs.escalation import escalate_overdue
from notifications.retry_policy import DeliveryPace
from tests.conftest import NOW
from tests.notifications.conftest import an_alert, messages_of, subscribe, the
from tests.support.builders import Clinic, Signed, a_member_of_staff

MINUTE = timedelta(minutes=1)
LEASE = timedelta(minutes=1)


def deactivate(database: Database, ward: Clinic, who: Signed) -> Handover:
    with database.begin() as session:
        return members.deactivate(
            session, ward.site_admin.principal, who.id, site_id=ward.site.id, now=NOW + MINUTE
        )[1]


def change(database: Database, ward: Clinic, who: Signed, **changes: Any) -> Handover:
    with database.begin() as session:
        return members.change(
            session,
            ward.site_admin.principal,
            who.id,
            changes,
            site_id=ward.site.id,
            check_version=lambda _: None,
            now=NOW + MINUTE,
        )[1]


@pytest.fixture
def alert(database: Database, ward: Clinic) -> Alert:
    """A same-day alert that was just pushed to the ward's only nurse."""
    with database.begin() as session:
        for person in (ward.nurse, ward.clinician, ward.coordinator):
            subscribe(session, person)
        return an_alert(session, ward)


def told(database: Database, who: Signed) -> list[str]:
    return [row.state for row in messages_of(database, who)]


def history(database: Database, alert: Alert) -> list[tuple[str, object]]:
    steps = select(AlertEvent).where(AlertEvent.alert_id == alert.id).order_by(AlertEvent.at)
    with database.read() as session:
        return [(step.action, step.staff_id) for step in session.scalars(steps)]


def test_an_alert_that_only_a_leaver_was_told_of_climbs_at_once(
    database: Database, ward: Clinic, alert: Alert
) -> None:
    effects = deactivate(database, ward, ward.nurse)

    assert (effects.alerts_passed_on, effects.sign_ins_ended) == (1, 1)
    assert told(database, ward.nurse) == ["cancelled"]
    assert escalate_overdue(database, now=NOW + MINUTE) == 1
    assert told(database, ward.clinician) == ["pending"]
    assert told(database, ward.nurse) == ["cancelled"]


def test_an_alert_that_a_colleague_was_told_of_too_keeps_its_pace(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        colleague = a_member_of_staff(session, ward.team, now=NOW, email_notices=True)
        subscribe(session, ward.nurse)
        alert = an_alert(session, ward)

    effects = deactivate(database, ward, ward.nurse)

    assert effects.alerts_passed_on == 0
    assert escalate_overdue(database, now=NOW + MINUTE) == 0
    assert the(database, Alert, alert.id).next_rung_at == NOW + 30 * MINUTE
    with database.read() as session:
        told_too = select(OutboxMessage.state).where(OutboxMessage.recipient_id == colleague.id)
        assert session.scalars(told_too).all() == ["pending"]


def test_a_message_that_a_worker_has_claimed_ends_with_the_account(
    database: Database, ward: Clinic, alert: Alert
) -> None:
    with database.begin() as session:
        [claimed] = claims.claim(session, now=NOW, limit=10, lease=LEASE)

    deactivate(database, ward, ward.nurse)
    with database.begin() as session:  # its push was taken all the same, and its worker says so
        claims.settle(
            session, [DeliveryResult(claimed, Delivered())], now=NOW + MINUTE, backoff=DeliveryPace().backoff
        )

    assert told(database, ward.nurse) == ["cancelled"]
    assert escalate_overdue(database, now=NOW + MINUTE) == 1
    assert told(database, ward.clinician) == ["pending"]


def test_a_message_written_while_somebody_leaves_dies_and_the_next_rung_is_told(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        session.get_one(Staff, ward.nurse.id).email_notices = True
        alert = an_alert(session, ward)
    with database.begin() as session:  # as an escalation did that had read the account just before
        session.get_one(Staff, ward.nurse.id).active = False

    with database.begin() as session:
        [claimed] = claims.claim(session, now=NOW, limit=10, lease=LEASE)
    ending = resolve_target(claimed, now=NOW, backoff=DeliveryPace().backoff)
    with database.begin() as session:
        claims.settle_failed(session, DeliveryResult(claimed, ending), now=NOW)  # type: ignore[arg-type]

    assert told(database, ward.nurse) == ["dead"], "staff who left are not on the call list"
    assert the(database, Alert, alert.id).next_rung_at == NOW


def test_what_a_leaver_had_acknowledged_opens_again_and_stays_theirs_in_history(
    database: Database, ward: Clinic, alert: Alert
) -> None:
    with database.begin() as session:
        actions.acknowledge(session, ward.nurse.principal, alert.id, check=lambda _: None, now=NOW)

    effects = deactivate(database, ward, ward.nurse)

    now = the(database, Alert, alert.id)
    assert (effects.alerts_passed_on, now.status, now.acknowledged_by) == (1, "open", None)
    assert ("acknowledged", ward.nurse.id) in history(database, alert)
    assert told(database, ward.clinician) == ["pending"]


def test_what_was_assigned_to_a_leaver_is_assigned_to_nobody(database: Database, ward: Clinic) -> None:
    with database.begin() as session:
        subscribe(session, ward.nurse)
        alerts = [an_alert(session, ward), an_alert(session, ward, kind="severe_symptoms")]
        for alert in alerts:
            actions.assign(
                session, ward.nurse.principal, alert.id, to=ward.clinician.id, check=lambda _: None, now=NOW
            )
        until = NOW + timedelta(hours=1)
        actions.snooze(
            session, ward.nurse.principal, alert.id, until=until, note=None, check=lambda _: None, now=NOW
        )

    assert change(database, ward, ward.clinician, role=Role.NURSE).alerts_passed_on == 0
    assert deactivate(database, ward, ward.clinician).alerts_passed_on == 2
    assert [the(database, Alert, each.id).assigned_to for each in alerts] == [None, None]
    assert the(database, Alert, alert.id).status == "snoozed"
    assert history(database, alert)[-1] == ("unassigned: the member of staff no longer answers it", None)


def test_what_a_leaver_closed_keeps_their_name(database: Database, ward: Clinic, alert: Alert) -> None:
    with database.begin() as session:
        actions.resolve(
            session,
            ward.nurse.principal,
            alert.id,
            outcome="visit_booked",
            note=None,
            check=lambda _: None,
            now=NOW,
        )

    assert deactivate(database, ward, ward.nurse).alerts_passed_on == 0
    closed = the(database, Alert, alert.id)
    assert (closed.status, closed.closed_by, closed.acknowledged_by) == (
        "resolved",
        ward.nurse.id,
        ward.nurse.id,
    )


def test_a_clinic_left_without_anybody_of_a_rung_goes_on_to_the_next(
    database: Database, ward: Clinic
) -> None:
    with database.begin() as session:
        subscribe(session, ward.clinician)
    deactivate(database, ward, ward.nurse)

    with database.begin() as session:
        an_alert(session, ward)

    assert told(database, ward.clinician) == ["pending"]
    assert told(database, ward.nurse) == []


def test_a_new_role_takes_a_message_back_and_keeps_what_may_still_be_answered(
    database: Database, ward: Clinic, alert: Alert
) -> None:
    with database.begin() as session:
        second = an_alert(session, ward, kind="severe_symptoms")
        actions.acknowledge(session, ward.nurse.principal, second.id, check=lambda _: None, now=NOW)

    effects = change(database, ward, ward.nurse, role=Role.CLINICIAN)

    assert effects.alerts_passed_on == 1
    assert the(database, Alert, alert.id).next_rung_at == NOW + MINUTE
    assert the(database, Alert, second.id).acknowledged_by == ward.nurse.id
    with database.read() as session:
        addresses = select(Subscription.retired_reason).where(Subscription.recipient_id == ward.nurse.id)
        assert session.scalars(addresses).all() == ["role or team changed"]


def test_who_moves_to_another_team_leaves_what_they_had_acknowledged_to_the_old_one(
    database: Database, ward: Clinic, alert: Alert
) -> None:
    with database.begin() as session:
        actions.acknowledge(session, ward.nurse.principal, alert.id, check=lambda _: None, now=NOW)
        another = Team(id=uuid4(), site_id=ward.site.id, name="Another team")
        session.add(another)

    effects = change(database, ward, ward.nurse, team_id=another.id)

    assert (effects.alerts_passed_on, the(database, Alert, alert.id).status) == (1, "open")
    assert told(database, ward.clinician) == ["pending"]


def a_rota(database: Database, ward: Clinic, who: Signed) -> None:
    """Put a person on call from an hour ago for eight hours, and again tomorrow."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    with database.begin() as session:
        rotas.set_rota(
            session,
            ward.coordinator.principal,
            "nights",
            [
                rotas.ShiftRequest(session.get_one(Staff, who.id).email, begins, begins + 8 * hour)
                for begins in (NOW - hour, NOW - hour + day)
            ],
            check_version=lambda _: None,
            now=NOW - 2 * hour,
        )


@pytest.mark.parametrize("way", ["deactivated", "moved"])
def test_a_shift_under_way_ends_and_later_ones_are_taken_off(
    database: Database, ward: Clinic, way: str
) -> None:
    a_rota(database, ward, ward.nurse)

    if way == "deactivated":
        effects = deactivate(database, ward, ward.nurse)
    else:
        effects = change(database, ward, ward.nurse, role=Role.COORDINATOR, team_id=None)

    with database.read() as session:
        shifts = session.scalars(select(Shift)).all()
        rota = session.scalars(select(Rota)).one()
        later = NOW + MINUTE
        assert session.scalars(on_call(ward.site.id, "nights", now=later)).all() == []
    assert [(shift.begins_at, shift.ends_at) for shift in shifts] == [(NOW - timedelta(hours=1), later)]
    assert rota.version == 2, "the planner sees that it changed"
    assert [(lost.rota, lost.begins_at) for lost in effects.shifts] == [
        ("nights", later),
        ("nights", NOW + timedelta(hours=23)),
    ]
