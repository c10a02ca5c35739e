"""Sign-in with a password and a one-time code, and changes of staff to their own account."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.account_errors import OneTimeCodeRequired, SignInFailed
from api.domain.authority import SCOPES_OF_ROLE, SCOPES_TO_ENROL, ActorKind, Principal, Role
from api.domain.errors import DomainError
from api.models.staff import Staff
from api.services import audit, counters
from api.services.access import throttle, tokens
from api.services.accounts import account_notices, devices, known_origins, one_time_codes, passwords

log = logging.getLogger(__name__)

UNKNOWN_ORIGIN = known_origins.SignInOrigin("unknown")


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """Credentials of an attempt to sign in, with the address in normal form, and its origin."""

    email: str
    password: str = field(repr=False)
    code: str | None = field(default=None, repr=False)
    label: str = "browser"
    origin: known_origins.SignInOrigin = UNKNOWN_ORIGIN


@dataclass(frozen=True, slots=True)
class SignInRules:
    """Rules of a server for sign-ins, and the keys they need."""

    code_key: one_time_codes.CodeKeys
    origin_key: bytes = field(repr=False)
    lifetimes: tokens.Lifetimes
    roles_with_codes: frozenset[Role] = frozenset()
    """Roles that must have one-time codes; without them a sign-in can only set them up."""


def check_password(session: Session, attempt: SignInAttempt) -> Staff:
    """Return the account with this address and password; slow, so it runs outside the write transaction.

    Raises:
        SignInFailed: The address or the password is wrong, after the same time.
    """
    staff = session.scalar(select(Staff).where(Staff.email == attempt.email))
    stored = staff.password_hash if staff and staff.active else None
    fits = passwords.fits(stored, attempt.password)
    if staff is None:
        raise _failed("no account")
    if not staff.active:
        raise _failed("inactive")
    if not fits:
        raise _failed("password")
    return staff


def sign_in(
    session: Session,
    attempt: SignInAttempt,
    known: Staff,
    *,
    rules: SignInRules,
    counted: Sequence[throttle.Counter],
    now: datetime,
) -> tokens.IssuedTokens | DomainError:
    """Sign in an account whose password was just checked, in one transaction.

    Returns:
        The tokens; or `OneTimeCodeRequired` or `SignInFailed`, which are returned and not raised, so that
        the counts and the audit of the failure are committed.

    Raises:
        TooManyTries: Too many one-time codes were tried for this account.
    """
    try:
        issued = _grant(session, attempt, known, rules=rules, now=now)
    except OneTimeCodeRequired as required:  # the password was right: not a guess
        throttle.refund_attempt(session, counted)
        return required
    except SignInFailed as failed:
        note_failure(session, attempt, reason=failed.reason, now=now)
        return failed
    throttle.refund_attempt(session, counted)
    known_origins.remember(
        session, attempt.email, attempt.origin, staff_id=known.id, key=rules.origin_key, now=now
    )
    _count(session, "started")
    log.info("signed in", extra={"staff_id": known.id, "site_id": known.site_id})
    return issued


def _grant(
    session: Session, attempt: SignInAttempt, known: Staff, *, rules: SignInRules, now: datetime
) -> tokens.IssuedTokens:
    staff = one_time_codes.lock_unchanged(session, known)
    if staff.totp_confirmed_at is not None:
        _check_code(session, staff, attempt, key=rules.code_key, now=now)
    if passwords.is_outdated(staff.password_hash, attempt.password):
        staff.password_hash = passwords.rehash(attempt.password)
    role = Role(staff.role)
    must_enrol = staff.totp_confirmed_at is None and role in rules.roles_with_codes
    scopes = SCOPES_TO_ENROL if must_enrol else SCOPES_OF_ROLE[role]
    issued = tokens.grant(
        session,
        kind=ActorKind.STAFF,
        subject_id=staff.id,
        site_id=staff.site_id,
        team_id=staff.team_id,
        scopes=scopes,
        label=attempt.label,
        now=now,
        lifetimes=rules.lifetimes,
    )
    who = Principal(ActorKind.STAFF, staff.id, staff.site_id, issued.grant_id, scopes, staff.team_id)
    audit.record(session, "session.started", by=who, now=now, object_id=issued.grant_id)
    return issued


def _check_code(
    session: Session, staff: Staff, attempt: SignInAttempt, *, key: one_time_codes.CodeKeys, now: datetime
) -> None:
    """Check the one-time code; the attempt is counted in the transaction that uses the code."""
    if attempt.code is None:
        raise OneTimeCodeRequired("send the code of your authenticator as well")
    attempts = [throttle.SIGN_IN_CODE_BY_STAFF.of(str(staff.id))]
    throttle.count_attempt(session, attempts, now=now)
    if not one_time_codes.use_any(session, staff, attempt.code, key=key, now=now):
        raise _failed("one-time code")
    throttle.refund_attempt(session, attempts)


def note_failure(session: Session, attempt: SignInAttempt, *, reason: str, now: datetime) -> None:
    """Log and audit a failed sign-in: the account, if there is one, never the input."""
    staff = session.scalar(select(Staff).where(Staff.email == attempt.email))
    site_id, staff_id = (staff.site_id, staff.id) if staff else (None, None)
    detail = {"reason": reason}
    audit.record(
        session, "sign_in.failed", by=None, now=now, site_id=site_id, object_id=staff_id, detail=detail
    )
    _count(session, "failed")
    log.warning("sign-in failed", extra={"staff_id": staff_id, "site_id": site_id, "reason": reason})


def _count(session: Session, outcome: str) -> None:
    counters.add(session, {(counters.SIGN_INS, f"staff {outcome}"): 1}, source=counters.once())


def check_own_password(session: Session, by: Principal, password: str) -> Staff:
    """Return the caller's account if this is its password; slow, like `check_password`.

    Raises:
        SignInFailed: It is not.
    """
    return check_password(session, SignInAttempt(session.get_one(Staff, by.id).email, password))


def note_wrong_own_password(session: Session, by: Principal, *, reason: str, now: datetime) -> None:
    """Log and audit a wrong password of a user who is signed in."""
    audit.record(session, "password.wrong", by=by, now=now, object_id=by.id, detail={"reason": reason})
    log.warning("wrong password of a signed-in user", extra={"staff_id": by.id, "site_id": by.site_id})


def set_password(session: Session, by: Principal, known: Staff, new_hash: str, *, now: datetime) -> None:
    """Set a new password for the caller, end every other sign-in, and notify the owner.

    Raises:
        SignInFailed: The account has changed since the old password was checked.
    """
    staff = one_time_codes.lock_unchanged(session, known)
    staff.password_hash = new_hash
    ended = devices.end_all(session, staff.id, because="password changed", now=now, spare=by.grant_id)
    session.flush()
    audit.record(session, "password.changed", by=by, now=now, object_id=staff.id, detail={"ended": ended})
    account_notices.notify_owner(session, staff, now=now)


def change_own(session: Session, by: Principal, changes: Mapping[str, Any], *, now: datetime) -> Staff:
    """Change the name, language or notices by e-mail of the caller.

    Turning e-mail on again states that the mailbox works.
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


def _failed(reason: str) -> SignInFailed:
    return SignInFailed("the e-mail address, the password or the code is wrong", reason=reason)
