"""Recovery codes: ten to print, each in place of one one-time code, for a lost authenticator."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Update, func, select, update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.account_errors import NoPendingEnrolment
from api.domain.authority import Principal
from api.models.staff import RecoveryCode, Staff
from api.services import audit
from api.services.access.secret_keys import derive, digest
from api.services.accounts import account_notices, activations

NUMBER = 10


class RecoveryCodeCount(NamedTuple):
    """The number of unused codes of a member of staff, and when they were made."""

    left: int
    created_at: datetime | None


def key_of(secret_key: str) -> bytes:
    """Return the key of stored codes; without a key their 50 bits could be searched."""
    return derive(secret_key, "recovery codes 1")


def make(session: Session, by: Principal, staff: Staff, *, key: bytes, now: datetime) -> list[str]:
    """Return new recovery codes of the caller, whose password was just checked; earlier ones end.

    Only HMACs are kept. The owner of the account is notified.

    Raises:
        NoPendingEnrolment: One-time codes are not set up, so there is nothing to recover.
    """
    if staff.totp_confirmed_at is None:
        raise NoPendingEnrolment("one-time codes are not set up for this account")
    revoke(session, staff.id, now=now)
    codes = [activations.new_code(expires_at=now) for _ in range(NUMBER)]
    rows = [
        {"digest": _digest(staff.id, code, key=key), "staff_id": staff.id, "created_at": now}
        for code, _ in codes
    ]
    insert_once(session, RecoveryCode, values=rows)
    audit.record(session, "recovery_codes.made", by=by, now=now, object_id=staff.id)
    account_notices.notify_owner(session, staff, now=now)
    return [shown.code for _, shown in codes]


def use(session: Session, staff: Staff, typed: str, *, key: bytes, now: datetime) -> bool:
    """Return whether a code of this account was valid and unused; it is marked as used.

    Its use is audited, and the owner notified. The caller holds the lock of the account.
    """
    code = activations.normalise(typed)
    if code is None:
        return False
    kept = session.get(RecoveryCode, _digest(staff.id, code, key=key))
    if kept is None or kept.used_at is not None or kept.revoked_at is not None:
        return False
    kept.used_at = now
    session.flush()
    audit.record(
        session,
        "recovery_code.used",
        by=None,
        now=now,
        site_id=staff.site_id,
        object_id=staff.id,
        detail={"left": codes_of(session, staff.id).left},
    )
    account_notices.notify_owner(session, staff, now=now)
    return True


def codes_of(session: Session, staff_id: UUID) -> RecoveryCodeCount:
    """Return how many codes of a member of staff are left."""
    counted = select(func.count(), func.max(RecoveryCode.created_at)).where(*_unused(staff_id))
    left, created_at = session.execute(counted).one()
    return RecoveryCodeCount(int(left), created_at)


def revoke(session: Session, staff_id: UUID, *, now: datetime) -> None:
    """End the unused codes of a member of staff."""
    session.execute(revocation(now=now).where(RecoveryCode.staff_id == staff_id))


def revocation(*, now: datetime) -> Update:
    """Return the statement that ends all unused codes."""
    unused = (RecoveryCode.used_at.is_(None), RecoveryCode.revoked_at.is_(None))
    return update(RecoveryCode).where(*unused).values(revoked_at=now)


def _unused(staff_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        RecoveryCode.staff_id == staff_id,
        RecoveryCode.used_at.is_(None),
        RecoveryCode.revoked_at.is_(None),
    )


def _digest(staff_id: UUID, code: str, *, key: bytes) -> str:
    return digest(key, f"{staff_id}:{code}")
