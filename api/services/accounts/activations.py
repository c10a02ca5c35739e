"""Activation codes, which register the phone of a patient."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from api.domain.account_errors import ActivationRefused
from api.domain.authority import SCOPES_OF_PATIENT, ActorKind, Principal
from api.domain.enrolment import PatientStatus
from api.domain.errors import PatientNotActive
from api.models.identity import ActivationCode
from api.models.patient import Patient
from api.services import audit
from api.services.access import tokens
from api.services.access.secret_keys import derive, digest

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
LENGTH = 10  # 50 bits: at the overall throttle, all guesses of 72 hours hit one of 1000 codes once in 4e6
_AS_READ = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})

OWN_CODE_WORKS_FOR = timedelta(minutes=10)
"""Lifetime of a code that a patient makes: the next device is at hand."""

UNUSED = (ActivationCode.used_at.is_(None), ActivationCode.revoked_at.is_(None))
"""Conditions of codes that may work, unless they have expired."""


class NewCode(NamedTuple):
    """A new code, which is shown once."""

    code: str
    expires_at: datetime


def normalise(typed: str) -> str | None:
    """Return the normal form of a typed code; None: it is not a code.

    >>> normalise("o1il2-abcde"), normalise("0111 2ABCDE"), normalise("too short")
    ('01112ABCDE', '01112ABCDE', None)
    """
    code = typed.upper().translate(_AS_READ)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def key_of(secret_key: str) -> bytes:
    """Return the key of stored codes; without a key their 50 bits could be searched."""
    return derive(secret_key, "activation codes 1")


def new_code(*, expires_at: datetime) -> tuple[str, NewCode]:
    """Return a random code in its normal form, and as it is shown."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return code, NewCode(f"{code[:5]}-{code[5:]}", expires_at)


def make_code(
    session: Session, by: Principal, patient: Patient, *, key: bytes, lifetime: timedelta, now: datetime
) -> NewCode:
    """Create a code for the next device of a patient, and revoke unused codes from before.

    A code made by the team replaces all of them, a code made by the patient only the patient's own: a code
    on paper from the team keeps working. So at most two codes of a patient work at a time. The caller
    holds the lock of the patient's row, so that monitoring cannot end meanwhile.

    Raises:
        PatientNotActive: The patient has left monitoring.
    """
    if patient.status != PatientStatus.ACTIVE:
        raise PatientNotActive(f"the patient is {patient.status}")
    own = [ActivationCode.created_by == patient.id] if by.id == patient.id else []
    revoke_codes(session, patient.id, *own, now=now)
    code, shown = new_code(expires_at=now + lifetime)
    made = ActivationCode(
        digest=digest(key, code),
        patient_id=patient.id,
        created_at=now,
        created_by=by.id,
        expires_at=shown.expires_at,
    )
    session.add(made)
    session.flush()
    audit.record(session, "activation.created", by=by, now=now, patient_id=patient.id)
    return shown


def redeem(
    session: Session, typed: str, *, key: bytes, label: str, now: datetime, lifetimes: tokens.Lifetimes
) -> tokens.IssuedTokens:
    """Sign in the device of a patient with a code, which is then used.

    Raises:
        ActivationRefused: The code is wrong, used, expired or replaced, or the patient has left
            monitoring; the error does not reveal which.
    """
    patient = _patient_of(session, typed, key=key, now=now)
    if patient is None or patient.status != PatientStatus.ACTIVE:
        raise ActivationRefused("the code does not work; the care team can make a new one")
    issued = tokens.grant(
        session,
        kind=ActorKind.PATIENT,
        subject_id=patient.id,
        site_id=patient.site_id,
        scopes=SCOPES_OF_PATIENT,
        label=label,
        now=now,
        lifetimes=lifetimes,
    )
    patient.signed_out_at = patient.signed_out_because = None
    principal = Principal(ActorKind.PATIENT, patient.id, patient.site_id, issued.grant_id, SCOPES_OF_PATIENT)
    audit.record(
        session, "device.activated", by=principal, now=now, patient_id=patient.id, object_id=issued.grant_id
    )
    return issued


def revoke_codes(session: Session, patient_id: UUID, *of: ColumnElement[bool], now: datetime) -> None:
    """Revoke the unused codes of a patient, or those of them that meet all conditions ``of``."""
    unused = update(ActivationCode).where(ActivationCode.patient_id == patient_id, *UNUSED, *of)
    session.execute(unused.values(revoked_at=now))


def _patient_of(session: Session, typed: str, *, key: bytes, now: datetime) -> Patient | None:
    """Mark a code as used, and return its patient with the row locked."""
    code = normalise(typed) or ""
    kept_as = [digest(key, code), _unkeyed(code)]
    owner = select(Patient).join(ActivationCode, ActivationCode.patient_id == Patient.id)
    patient = session.scalar(
        owner.where(ActivationCode.digest.in_(kept_as)).with_for_update(of=Patient, key_share=True)
    )
    used = (
        update(ActivationCode)
        .where(ActivationCode.digest.in_(kept_as), ActivationCode.expires_at > now, *UNUSED)
        .values(used_at=now)
        .returning(ActivationCode.digest)
    )
    return patient if session.scalar(used) else None


def _unkeyed(code: str) -> str:
    """Return the digest of codes from before they had a key; some may be on paper for a few days."""
    return hashlib.sha256(code.encode()).hexdigest()
