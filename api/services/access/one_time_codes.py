"""One-time codes (TOTP, RFC 6238): enrolling an authenticator, and using each code once."""

import base64
import hmac
import logging
from datetime import datetime
from uuid import UUID

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.errors import AlreadyEnrolled, NoPendingEnrolment, OneTimeCodeWrong
from api.models.staff import Staff
from api.services import audit

log = logging.getLogger(__name__)

STEP_S = 30
STEPS_OF_GRACE = (0, -1, 1)  # the clock of a phone is up to half a minute off
ISSUER = "AIMSS Monitor"


def key_of(secret_key: str) -> Fernet:
    """Return the key that secrets are kept under, derived from the server's secret key."""
    derive = HKDF(hashes.SHA256(), length=32, salt=None, info=b"aimss one-time codes 1")
    return Fernet(base64.urlsafe_b64encode(derive.derive(secret_key.encode())))


def begin(session: Session, by: Principal, *, key: Fernet) -> pyotp.TOTP:
    """Make a new secret, which counts once a code of it was sent back.

    Raises:
        AlreadyEnrolled: Codes are in use; a stolen sign-in must not be able to swap them.
    """
    staff = _locked(session, by.id)
    if staff.totp_confirmed_at is not None:
        raise AlreadyEnrolled("remove the present one-time codes first")
    totp = pyotp.TOTP(pyotp.random_base32(), name=staff.email, issuer=ISSUER)
    staff.totp_secret = key.encrypt(totp.secret.encode()).decode()
    session.flush()
    return totp


def confirm(session: Session, by: Principal, code: str, *, key: Fernet, now: datetime) -> None:
    """Turn codes on for the caller's account.

    Raises:
        NoPendingEnrolment: None was begun, or it was confirmed before.
        OneTimeCodeWrong: The code does not fit.
    """
    staff = _locked(session, by.id)
    if staff.totp_secret is None or staff.totp_confirmed_at is not None:
        raise NoPendingEnrolment("begin one first")
    if not use(staff, code, key=key, now=now):
        raise OneTimeCodeWrong("the code does not fit; check the clock of the device that shows it")
    staff.totp_confirmed_at = now
    session.flush()
    audit.record(session, "one_time_codes.enrolled", by=by, now=now, object_id=staff.id)


def remove(session: Session, by: Principal, code: str, *, key: Fernet, now: datetime) -> None:
    """Turn codes off for the caller's account.

    Raises:
        NoPendingEnrolment: They are not on.
        OneTimeCodeWrong: The code does not fit.
    """
    staff = _locked(session, by.id)
    if staff.totp_confirmed_at is None:
        raise NoPendingEnrolment("one-time codes are not set up for this account")
    if not use(staff, code, key=key, now=now):
        raise OneTimeCodeWrong("the code does not fit; check the clock of the device that shows it")
    staff.totp_secret = staff.totp_confirmed_at = None
    session.flush()
    audit.record(session, "one_time_codes.removed", by=by, now=now, object_id=staff.id)


def use(staff: Staff, code: str, *, key: Fernet, now: datetime) -> bool:
    """Say whether a code is right now and was not used before; a right one is used up.

    The caller holds the row's lock, so that of two who send the same code only one gets in.
    """
    if staff.totp_secret is None:
        return False
    try:
        secret = key.decrypt(staff.totp_secret.encode()).decode()
    except InvalidToken:
        log.error("one-time code cannot be checked: was SECRET_KEY changed? reset-staff helps")  # noqa: TRY400
        return False
    totp = pyotp.TOTP(secret, interval=STEP_S)
    present = int(now.timestamp()) // STEP_S
    fitting = [
        present + grace
        for grace in STEPS_OF_GRACE
        if hmac.compare_digest(totp.generate_otp(present + grace).encode(), code.encode())
    ]
    if not fitting or max(fitting) <= staff.totp_last_step:
        return False
    staff.totp_last_step = max(fitting)
    return True


def _locked(session: Session, staff_id: UUID) -> Staff:
    return session.get_one(Staff, staff_id, with_for_update=True)
