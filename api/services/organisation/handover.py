"""Ends the duties of a member of staff: alerts, rotas, messages and sign-ins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Exists, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from api.domain.alerts.status import AlertStatus
from api.domain.delivery.messages import Channel, MessageKind, MessageState
from api.models.alert import Alert
from api.models.outbox import OutboxMessage, Subscription
from api.models.patient import Patient
from api.models.rota import Rota, Shift
from api.models.staff import Invitation, Staff
from api.services.accounts import devices
from api.services.alerts import events
from api.services.messages import outbox, subscriptions
from api.services.organisation import directory

_NOTIFIED = (MessageState.PENDING, MessageState.DELIVERED, MessageState.REHEARSED)


@dataclass(frozen=True, slots=True)
class LostShift:
    """A shift on call that a change left without a member of staff."""

    rota: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Handover:
    """Sign-ins, alerts and shifts that a change took from a member of staff."""

    sign_ins_ended: int = 0
    alerts_passed_on: int = 0
    shifts: Sequence[LostShift] = ()

    def counts(self) -> dict[str, int]:
        """Return the counts for the audit."""
        return {
            "sign_ins_ended": self.sign_ins_ended,
            "alerts_passed_on": self.alerts_passed_on,
            "shifts_ended": len(self.shifts),
        }


NO_HANDOVER = Handover()


def lock_alerts(session: Session, staff_id: UUID) -> list[Alert]:
    """Lock the alerts of a member of staff: assigned to them, acknowledged by them, or open and sent to them.

    Call it before their own row is locked: delivery locks in the order alert, person, message.
    """
    theirs = or_(
        Alert.assigned_to == staff_id,
        (Alert.status == AlertStatus.ACKNOWLEDGED) & (Alert.acknowledged_by == staff_id),
        (Alert.status == AlertStatus.OPEN) & Alert.next_rung_at.is_not(None) & _is_recipient(staff_id),
    )
    waiting = select(Alert).where(Alert.closed_at.is_(None), theirs).order_by(Alert.id)
    return list(session.scalars(waiting.with_for_update(of=Alert).execution_options(populate_existing=True)))


def step_down(
    session: Session, staff: Staff, waiting: Sequence[Alert], *, because: str, now: datetime
) -> Handover:
    """End sign-ins, shifts and alerts of a member of staff, whose row has the new role and team already.

    Every sign-in and its push addresses end. Shifts that are under way end now, later ones are deleted.
    Pending messages are cancelled. An open alert that was sent to no other member escalates at once. One
    they had acknowledged opens again, and one assigned to them is assigned to nobody, unless they may still
    answer it; its events are kept.

    Args:
        session: The transaction of the change.
        staff: The member of staff, locked.
        waiting: What `lock_alerts` returned.
        because: The reason, for sign-ins and messages.
        now: The present moment.
    """
    shifts = _end_shifts(session, staff.id, now=now)
    _take_back_messages(session, staff.id, [alert.id for alert in waiting], because=because, now=now)
    ended = end_sign_ins(session, staff, because=because, now=now).sign_ins_ended
    session.flush()
    passed_on = sum(_pass_on(session, staff, alert, now=now) for alert in waiting)
    return Handover(ended, passed_on, shifts)


def end_sign_ins(session: Session, staff: Staff, *, because: str, now: datetime) -> Handover:
    """End every sign-in of a member of staff, and retire every push address of theirs."""
    ended = devices.end_all(session, staff.id, because=because, now=now)
    theirs = Subscription.recipient_id == staff.id  # also one whose sign-in had expired
    session.execute(subscriptions.retirement(theirs, because=because, now=now))
    return Handover(ended)


def revoke_invitations(session: Session, staff_id: UUID, *, now: datetime) -> None:
    """Revoke the unused invitations of a member of staff."""
    session.execute(
        update(Invitation)
        .where(Invitation.staff_id == staff_id, *directory.OPEN_INVITATION)
        .values(revoked_at=now)
    )
    links = (OutboxMessage.recipient_id == staff_id, OutboxMessage.kind == MessageKind.INVITATION)
    session.execute(outbox.cancellation(*links, because="replaced", now=now))


def _pass_on(session: Session, staff: Staff, alert: Alert, *, now: datetime) -> bool:
    may_answer = staff.active and _may_see(session, staff, alert)
    if alert.status == AlertStatus.ACKNOWLEDGED and alert.acknowledged_by == staff.id and not may_answer:
        events.reopen(
            session, alert, "reopened: the member of staff who acknowledged it no longer answers it", now=now
        )
        return True
    is_left = alert.assigned_to == staff.id and not may_answer
    if is_left:
        alert.assigned_to = None
        events.record_event(session, alert, "unassigned: the member of staff no longer answers it", now=now)
    return _escalate_if_alone(session, staff, alert, now=now) or is_left


def _escalate_if_alone(session: Session, staff: Staff, alert: Alert, *, now: datetime) -> bool:
    """Escalate an open alert at once if of all staff only this member was notified of it."""
    of_alert = select(Alert.id).where(Alert.id == alert.id, _is_recipient(staff.id))
    is_waiting = alert.status == AlertStatus.OPEN and alert.next_rung_at is not None
    if not is_waiting or session.scalar(of_alert) is None:
        return False
    if _is_another_member_notified(session, staff.id, alert):
        return False
    alert.next_rung_at = now
    events.record_event(
        session, alert, "passed on: the notified member of staff no longer answers it", now=now
    )
    return True


def _is_recipient(staff_id: UUID) -> Exists:
    """Return the condition that a member of staff was notified of the present escalation of an alert."""
    return exists().where(
        OutboxMessage.alert_id == Alert.id,
        OutboxMessage.recipient_id == staff_id,
        OutboxMessage.created_at >= Alert.escalating_since,
    )


def _may_see(session: Session, staff: Staff, alert: Alert) -> bool:
    team_id = session.scalar(select(Patient.team_id).where(Patient.id == alert.patient_id))
    return staff.team_id is None or staff.team_id == team_id


def _is_another_member_notified(session: Session, staff_id: UUID, alert: Alert) -> bool:
    """Return whether another active member of staff was or will be notified of an open alert."""
    is_recipient = (
        select(OutboxMessage.id)
        .join(Staff, Staff.id == OutboxMessage.recipient_id)
        .where(
            OutboxMessage.alert_id == alert.id,
            OutboxMessage.created_at >= alert.escalating_since,
            OutboxMessage.state.in_(_NOTIFIED),
            Staff.active,
            Staff.id != staff_id,
        )
    )
    return session.scalar(is_recipient.limit(1)) is not None


def _take_back_messages(
    session: Session, staff_id: UUID, alert_ids: Sequence[UUID], *, because: str, now: datetime
) -> None:
    """Cancel the pending messages to a member of staff, and the calls to them about these alerts."""
    is_call = and_(
        OutboxMessage.channel == Channel.CALL_LIST,
        OutboxMessage.state == MessageState.DEAD,
        OutboxMessage.alert_id.in_(alert_ids),
    )
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.recipient_id == staff_id)
        .where(or_(OutboxMessage.state == MessageState.PENDING, is_call))
        .values(state=MessageState.CANCELLED, settled_at=now, last_outcome=because)
    )


def _end_shifts(session: Session, staff_id: UUID, *, now: datetime) -> list[LostShift]:
    """End the shift that is under way, and delete later ones."""
    of_rotas = (
        select(Rota)
        .where(Rota.id.in_(select(Shift.rota_id).where(Shift.staff_id == staff_id, Shift.ends_at > now)))
        .order_by(Rota.id)
        .with_for_update()
    )
    rotas = {rota.id: rota for rota in session.scalars(of_rotas)}
    theirs = (Shift.staff_id == staff_id, Shift.ends_at > now, Shift.rota_id.in_(rotas))
    shifts = session.scalars(select(Shift).where(*theirs).order_by(Shift.begins_at, Shift.id)).all()
    lost = [LostShift(rotas[each.rota_id].name, max(each.begins_at, now), each.ends_at) for each in shifts]
    session.execute(delete(Shift).where(*theirs, Shift.begins_at >= now))
    session.execute(update(Shift).where(*theirs, Shift.begins_at < now).values(ends_at=now))
    for rota in rotas.values():
        rota.version, rota.changed_at = rota.version + 1, now
    return lost
