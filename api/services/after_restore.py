"""Measures after a restore from a backup: sign-ins, codes and messages of the backup end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from api.domain.alerts.status import AlertStatus
from api.domain.authority import ActorKind
from api.domain.enrolment import PatientStatus
from api.domain.reminders import ClosedReason
from api.models.alert import Alert
from api.models.identity import ActivationCode, Grant
from api.models.patient import Patient
from api.models.proxy import Proxy
from api.models.reminder import Reminder
from api.models.restore import Restore
from api.models.staff import Invitation
from api.services import audit
from api.services.accounts import activations, recovery_codes
from api.services.messages import outbox, subscriptions
from api.services.organisation import directory

BECAUSE = "the server was restored from a backup"

ESCALATES_AFTER = timedelta(minutes=15)
"""Time the team has before an open alert that was overdue in the backup escalates."""


@dataclass(frozen=True, slots=True)
class RestoreSummary:
    """Number of items that were ended or postponed."""

    sign_ins: int
    codes: int
    messages: int
    reminders: int
    alerts: int


def settle_restore(session: Session, *, keep_service_keys: bool, now: datetime) -> RestoreSummary:
    """End the state of a backup that must not continue after a restore; it is safe to repeat.

    Sign-ins, codes and invitations that were ended since the backup would work again, so all of them end.
    Pending messages were sent since or are out of date, so they are cancelled. It is not known which open
    alerts were answered since, so they stay open, and those overdue escalate in 15 minutes. Cursors of
    change feeds become invalid, so that phones read everything again and resend what is missing.
    """
    session.add(Restore(restored_at=now))
    settled = RestoreSummary(
        sign_ins=_end_sign_ins(session, keep_service_keys=keep_service_keys, now=now),
        codes=_end_codes(session, now=now),
        messages=_count(session, outbox.cancellation(because=BECAUSE, now=now)),
        reminders=_count(
            session,
            update(Reminder)
            .where(Reminder.closed_at.is_(None), Reminder.due_at <= now)
            .values(closed_at=now, closed_because=ClosedReason.LAPSED),
        ),
        alerts=_count(
            session,
            update(Alert)
            .where(Alert.status == AlertStatus.OPEN, Alert.next_rung_at < now + ESCALATES_AFTER)
            .values(next_rung_at=now + ESCALATES_AFTER),
        ),
    )
    detail = {name: getattr(settled, name) for name in RestoreSummary.__slots__}
    audit.record(session, "server.restored", by=None, now=now, detail=detail)
    return settled


def _end_sign_ins(session: Session, *, keep_service_keys: bool, now: datetime) -> int:
    live = update(Grant).where(Grant.revoked_at.is_(None))
    if keep_service_keys:
        live = live.where(Grant.kind != ActorKind.SERVICE)
    ended = _count(session, live.values(revoked_at=now, revoked_because=BECAUSE))
    session.execute(subscriptions.retirement(because=BECAUSE, now=now))
    session.execute(
        update(Patient)
        .where(Patient.status == PatientStatus.ACTIVE, Patient.signed_out_at.is_(None))
        .values(signed_out_at=now, signed_out_because=BECAUSE)
    )
    return ended


def _end_codes(session: Session, *, now: datetime) -> int:
    unused = update(ActivationCode).where(*activations.UNUSED)
    invited = update(Invitation).where(*directory.OPEN_INVITATION)
    let_in = update(Proxy).where(Proxy.revoked_at.is_(None))
    ended = sum(_count(session, each.values(revoked_at=now)) for each in (unused, invited, let_in))
    return ended + _count(session, recovery_codes.revocation(now=now))


def _count(session: Session, statement: Any) -> int:
    return session.connection().execute(statement).rowcount
