"""Staff accounts as their owners use them: signing in, passwords, names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.authority import SCOPES_OF_ROLE, ActorKind, Principal, Role
from api.domain.errors import OneTimeCodeRequired, SignInFailed
from api.models.staff import Staff
from api.services import audit
from api.services.access import devices, one_time_codes, passwords, tokens
from api.services.access.tokens import Issued, Lifetimes


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody who wants to sign in has sent."""

    email: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    label: str = "browser"


def check_password(session: Session, attempt: Attempt) -> Staff:
    """Return whose password this is; slow on purpose, so it runs before the transaction that writes.

    Raises:
        SignInFailed: The address or the password is wrong, after the same time.
    """
    staff = session.scalar(select(Staff).where(Staff.email == attempt.email.lower(), Staff.active))
    if not passwords.fits(staff.password_hash if staff else None, attempt.password) or staff is None:
        raise _failed()
    return staff


def sign_in(
    session: Session, attempt: Attempt, known: Staff, *, key: Fernet, now: datetime, lifetimes: Lifetimes
) -> Issued:
    """Sign in somebody whose password was checked a moment ago.

    Raises:
        OneTimeCodeRequired: The account is enrolled for codes, and none was sent.
        SignInFailed: The code is wrong or was used, or the account has changed since.
    """
    staff = _unchanged(session, known)
    if staff.totp_confirmed_at is not None:
        if attempt.code is None:
            raise OneTimeCodeRequired("send the code of your authenticator as well")
        if not one_time_codes.use(staff, attempt.code, key=key, now=now):
            raise _failed()
    if passwords.is_outdated(staff.password_hash):
        staff.password_hash = passwords.rehash(attempt.password)
    scopes = SCOPES_OF_ROLE[Role(staff.role)]
    issued = tokens.grant(
        session,
        kind=ActorKind.STAFF,
        subject_id=staff.id,
        site_id=staff.site_id,
        team_id=staff.team_id,
        scopes=scopes,
        label=attempt.label,
        now=now,
        lifetimes=lifetimes,
    )
    who = Principal(ActorKind.STAFF, staff.id, staff.site_id, issued.grant_id, scopes, staff.team_id)
    audit.record(session, "session.started", by=who, now=now, object_id=issued.grant_id)
    return issued


def note_failure(session: Session, attempt: Attempt, *, now: datetime) -> None:
    """Keep that somebody could not sign in: whose account it was if there is one, never what was typed."""
    staff = session.scalar(select(Staff).where(Staff.email == attempt.email.lower()))
    site_id, staff_id = (staff.site_id, staff.id) if staff else (None, None)
    audit.record(session, "sign_in.failed", by=None, now=now, site_id=site_id, object_id=staff_id)


def find_staff(session: Session, by: Principal) -> Staff:
    """Return the caller's own account."""
    return session.get_one(Staff, by.id)


def check_own_password(session: Session, by: Principal, password: str) -> Staff:
    """Return the caller's account if this is its password; slow on purpose, like `check_password`.

    Raises:
        SignInFailed: It is not.
    """
    return check_password(session, Attempt(find_staff(session, by).email, password))


def set_password(session: Session, by: Principal, known: Staff, new_hash: str, *, now: datetime) -> None:
    """Give the caller a new password, and end every sign-in but the one it was changed with.

    Raises:
        SignInFailed: The account has changed since the old password was checked.
    """
    staff = _unchanged(session, known)
    staff.password_hash = new_hash
    ended = devices.end_all(session, staff.id, because="password changed", now=now, spare=by.grant_id)
    session.flush()
    audit.record(session, "password.changed", by=by, now=now, object_id=staff.id, detail={"ended": ended})


def change_own(session: Session, by: Principal, changes: Mapping[str, Any], *, now: datetime) -> Staff:
    """Change what members of staff choose about themselves: name, language, whether e-mail may come.

    Whoever turns e-mail on again says that the mailbox works.
    """
    staff = session.get_one(Staff, by.id, with_for_update=True)
    for name, value in changes.items():
        setattr(staff, name, value)
    if changes.get("email_notices"):
        staff.email_gone_at = None
    session.flush()
    audit.record(
        session, "staff.changed", by=by, now=now, object_id=staff.id, detail={"fields": sorted(changes)}
    )
    return staff


def _unchanged(session: Session, known: Staff) -> Staff:
    staff = session.get_one(Staff, known.id, with_for_update=True)
    if not staff.active or staff.password_hash != known.password_hash:
        raise _failed()
    return staff


def _failed() -> SignInFailed:
    return SignInFailed("the e-mail address, the password or the code is wrong")
