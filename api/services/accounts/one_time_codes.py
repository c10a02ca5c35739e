"""One-time codes (TOTP, RFC 6238): enrolling, replacing and removing an authenticator, using codes once."""

import hmac
import logging
from datetime import datetime, timedelta
from typing import NamedTuple

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.orm import Session

from api.domain.account_errors import (
    AlreadyEnrolled,
    NoPendingEnrolment,
    OneTimeCodesNeeded,
    OneTimeCodeWrong,
    SignInFailed,
)
from api.domain.authority import SCOPES_OF_ROLE, Principal, Role
from api.domain.errors import DomainError
from api.models.identity import Grant
from api.models.staff import Staff
from api.services import audit
from api.services.access.secret_keys import encryption_key
from api.services.accounts import account_notices, devices, recovery_codes

log = logging.getLogger(__name__)

STEP_S = 30
DIGITS = 6
STEPS_OF_GRACE = (0, -1, 1)  # the clock of a phone is up to half a minute off
ISSUER = "AIMSS Monitor"
PENDING_FOR = timedelta(minutes=15)
"""Time in which a new secret must be confirmed by a code."""


class CodeKeys(NamedTuple):
    """The keys of what is stored of second factors."""

    secrets: Fernet
    recovery: bytes


def key_of(secret_key: str) -> CodeKeys:
    """Return the keys of stored secrets and recovery codes, derived from the server's secret key."""
    return CodeKeys(encryption_key(secret_key, "one-time codes 1"), recovery_codes.key_of(secret_key))


def begin(
    session: Session, by: Principal, known: Staff, code: str | None, *, key: CodeKeys, now: datetime
) -> pyotp.TOTP | DomainError:
    """Create a new secret, which is in use once confirmed by a code.

    Args:
        session: A writing session.
        by: The caller.
        known: The caller's account, whose password was checked a moment ago.
        code: A code of the present authenticator, or a recovery code, where there is one: it is replaced.
        key: See `key_of`.
        now: The present moment.

    Returns:
        The secret; or `OneTimeCodeWrong`, which is returned so that the count is committed.

    Raises:
        AlreadyEnrolled: Codes are in use, and none was sent: a stolen sign-in must not swap them.
        SignInFailed: The account has changed since the password was checked.
    """
    staff = lock_unchanged(session, known)
    if staff.totp_confirmed_at is not None:
        if code is None:
            raise AlreadyEnrolled("one-time codes are set up: send a present code to replace them")
        if not use_any(session, staff, code, key=key, now=now):
            return _wrong()
    totp = pyotp.TOTP(pyotp.random_base32(), name=staff.email, issuer=ISSUER)
    staff.totp_pending = key.secrets.encrypt(totp.secret.encode()).decode()
    staff.totp_pending_at = now
    session.flush()
    audit.record(session, "one_time_codes.begun", by=by, now=now, object_id=staff.id)
    return totp


def confirm(session: Session, by: Principal, code: str, *, key: CodeKeys, now: datetime) -> None:
    """Turn the new codes on, end every other sign-in of the account, and notify its owner.

    A sign-in that could only enrol holds the scopes of its role from now on.

    Raises:
        NoPendingEnrolment: None was begun within a quarter of an hour, or it was confirmed before.
        OneTimeCodeWrong: The code does not fit.
    """
    staff = session.get_one(Staff, by.id, with_for_update=True)
    begun_at = staff.totp_pending_at
    if staff.totp_pending is None or begun_at is None or now - begun_at > PENDING_FOR:
        raise NoPendingEnrolment("begin one first")
    step = _step_of(staff.totp_pending, code, key=key, now=now)
    if step is None:
        raise _wrong()
    change = "enrolled" if staff.totp_confirmed_at is None else "replaced"
    staff.totp_secret, staff.totp_last_step, staff.totp_confirmed_at = staff.totp_pending, step, now
    staff.totp_pending = staff.totp_pending_at = None
    session.get_one(Grant, by.grant_id).scopes = sorted(SCOPES_OF_ROLE[Role(staff.role)])
    _changed(session, by, staff, f"one_time_codes.{change}", now=now)


def remove(
    session: Session, by: Principal, known: Staff, code: str, *, key: CodeKeys, now: datetime
) -> DomainError | None:
    """Turn codes off, end every other sign-in of the account, and notify its owner.

    Returns:
        None; or `OneTimeCodeWrong`, which is returned so that the count is committed.

    Raises:
        NoPendingEnrolment: They are not on.
        SignInFailed: The account has changed since the password was checked.
    """
    staff = lock_unchanged(session, known)
    if staff.totp_confirmed_at is None:
        raise NoPendingEnrolment("one-time codes are not set up for this account")
    if not use_any(session, staff, code, key=key, now=now):
        return _wrong()
    _turn_off(session, staff, now=now)
    _changed(session, by, staff, "one_time_codes.removed", now=now)
    return None


def reset(session: Session, by: Principal, staff: Staff, *, now: datetime) -> None:
    """Turn the codes of another, locked account off, such as after a lost phone.

    Every sign-in of the account ends, and its owner is notified. A role that needs codes sets up others at
    the next sign-in.

    Raises:
        NoPendingEnrolment: They are not on.
        OneTimeCodesNeeded: The account is the caller's own: a stolen sign-in must not turn them off.
    """
    if staff.id == by.id:
        raise OneTimeCodesNeeded("turn off your own one-time codes by password and code")
    if staff.totp_confirmed_at is None:
        raise NoPendingEnrolment("one-time codes are not set up for this account")
    _turn_off(session, staff, now=now)
    staff.version += 1
    _changed(session, by, staff, "one_time_codes.reset", now=now)


def lock_unchanged(session: Session, known: Staff) -> Staff:
    """Return an account whose password was checked a moment ago, locked until the commit.

    Raises:
        SignInFailed: It was deactivated, or its password changed, meanwhile.
    """
    staff = session.get_one(Staff, known.id, with_for_update=True)
    if not staff.active or staff.password_hash != known.password_hash:
        raise SignInFailed(
            "the e-mail address, the password or the code is wrong", reason="changed meanwhile"
        )
    return staff


def use_any(session: Session, staff: Staff, code: str, *, key: CodeKeys, now: datetime) -> bool:
    """Return whether a code of the authenticator, or a recovery code, is valid; a valid one is used up."""
    if code.isdigit() and len(code) == DIGITS:
        return use(staff, code, key=key, now=now)
    return recovery_codes.use(session, staff, code, key=key.recovery, now=now)


def use(staff: Staff, code: str, *, key: CodeKeys, now: datetime) -> bool:
    """Return whether a code is valid now and unused; a valid one is marked as used.

    The caller holds the row's lock, so that the same code sent twice is accepted once.
    """
    step = _step_of(staff.totp_secret, code, key=key, now=now) if staff.totp_secret else None
    last = staff.totp_last_step
    if last > _present_step(now) + max(STEPS_OF_GRACE):
        last = 0  # from before the clock was set back; it would lock the owner out until then
    if step is None or step <= last:
        return False
    staff.totp_last_step = step
    return True


def _step_of(encrypted: str, code: str, *, key: CodeKeys, now: datetime) -> int | None:
    """Return the newest step of time that a code belongs to, of those that are accepted now."""
    try:
        secret = key.secrets.decrypt(encrypted.encode()).decode()
    except InvalidToken:
        log.error("one-time code cannot be checked: was SECRET_KEY changed? reset-staff helps")  # noqa: TRY400
        return None
    totp = pyotp.TOTP(secret, interval=STEP_S)
    fitting = [
        _present_step(now) + grace
        for grace in STEPS_OF_GRACE
        if hmac.compare_digest(totp.generate_otp(_present_step(now) + grace).encode(), code.encode())
    ]
    return max(fitting, default=None)


def _present_step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_S


def _turn_off(session: Session, staff: Staff, *, now: datetime) -> None:
    staff.totp_secret = staff.totp_confirmed_at = None
    recovery_codes.revoke(session, staff.id, now=now)


def _changed(session: Session, by: Principal, staff: Staff, action: str, *, now: datetime) -> None:
    session.flush()
    ended = devices.end_all(session, staff.id, because="one-time codes changed", now=now, spare=by.grant_id)
    audit.record(session, action, by=by, now=now, object_id=staff.id, detail={"ended": ended})
    account_notices.notify_owner(session, staff, now=now)


def _wrong() -> OneTimeCodeWrong:
    return OneTimeCodeWrong("the code does not fit; check the clock of the device that shows it")
