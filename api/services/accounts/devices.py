"""Devices: sign-ins as shown to their owner, and their end together with the push address."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from api.domain.account_errors import UnknownDevice
from api.domain.authority import ActorKind, Principal
from api.models.identity import Grant, Token
from api.models.outbox import Subscription
from api.services import audit
from api.services.access import tokens
from api.services.accounts import signed_out
from api.services.messages import subscriptions


def end(
    session: Session, grant_ids: Iterable[UUID], *, because: str, now: datetime, by_owner: bool = False
) -> None:
    """End sign-ins, and retire the push addresses they registered.

    The team is notified if it was a patient's last device and not ended by the patient.
    """
    ids = list(grant_ids)
    tokens.revoke(session, ids, because=because, now=now)
    session.execute(subscriptions.retirement(Subscription.grant_id.in_(ids), because=because, now=now))
    if not by_owner:
        signed_out.record(session, ids, because=because, now=now)


def end_all(
    session: Session, subject_id: UUID, *, because: str, now: datetime, spare: UUID | None = None
) -> int:
    """End all sign-ins of a person except ``spare``; return their number."""
    ids = [one.id for one in tokens.live_grants(session, subject_id) if one.id != spare]
    end(session, ids, because=because, now=now)
    return len(ids)


def sign_out(session: Session, by: Principal, *, now: datetime) -> None:
    """End the sign-in the caller is using."""
    end(session, [by.grant_id], because="signed out", now=now, by_owner=True)
    audit.record(session, "session.ended", by=by, now=now, object_id=by.grant_id)


def revoke_device(
    session: Session,
    by: Principal,
    grant_id: UUID,
    *,
    of: UUID,
    now: datetime,
    patient_id: UUID | None = None,
) -> None:
    """End one sign-in of the person ``of``; ``patient_id`` is the same id for a patient.

    Raises:
        UnknownDevice: The person has no such sign-in, or it has ended.
    """
    live = select(Grant.id).where(Grant.id == grant_id, Grant.subject_id == of, Grant.revoked_at.is_(None))
    if session.scalar(live) is None:
        raise UnknownDevice("there is no such device")
    end(session, [grant_id], because="revoked", now=now, by_owner=by.id == of)
    audit.record(session, "device.revoked", by=by, now=now, patient_id=patient_id, object_id=grant_id)


def rotate(
    session: Session, refresh: str, *, key: bytes, now: datetime, lifetimes: tokens.Lifetimes
) -> tokens.IssuedTokens | None:
    """Exchange a refresh token for a new pair, or end a sign-in whose tokens were copied.

    Returns:
        The new pair; None: the sign-in was ended, which the caller commits before it refuses.

    Raises:
        TokenRefused: The token is unknown, expired or revoked.
    """
    issued = tokens.rotate(session, refresh, key=key, now=now, lifetimes=lifetimes)
    if issued is None:
        of_token = select(Grant).join(Token).where(Token.digest == tokens.digest_of(refresh))
        copied = session.scalars(of_token).one()
        end(session, [copied.id], because="refresh token used twice", now=now)
        audit.record(
            session,
            "token.reused",
            by=None,
            now=now,
            site_id=copied.site_id,
            patient_id=copied.subject_id if copied.kind == ActorKind.PATIENT else copied.patient_id,
            object_id=copied.id,
        )
    return issued


def end_expired(session: Session, *, now: datetime) -> None:
    """End sign-ins that expired unused; the team of a patient is notified.

    Staff continue to be notified by push after a sign-in expires over night, if it registered an
    address. Such a sign-in stays on the list of devices, where it can be ended.
    """
    has_push_address = exists().where(Subscription.grant_id == Grant.id, Subscription.retired_at.is_(None))
    expired = (
        select(Grant.id)
        .join(Token)
        .where(
            Token.use == "refresh",
            Token.expires_at <= now,
            Token.used_at.is_(None),
            Grant.revoked_at.is_(None),
            or_(Grant.kind == ActorKind.PATIENT, ~has_push_address),
        )
    )
    ids = list(session.scalars(expired))
    if ids:
        end(session, ids, because="not used for too long", now=now)
