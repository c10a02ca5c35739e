"""People a patient lets in: invited with a one-time code, signed in, listed, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.authority import SCOPES_OF_READING_PROXY, SCOPES_OF_WRITING_PROXY, ActorKind, Principal
from api.domain.enrolment import PatientStatus
from api.domain.errors import InvalidMoment, PatientNotActive, ProxyConflict, TooManyProxies, UnknownProxy
from api.models.identity import Grant
from api.models.patient import Patient
from api.models.proxy import Proxy
from api.services import audit
from api.services.access import tokens
from api.services.access.secret_keys import digest
from api.services.access.visibility import find_patient
from api.services.accounts import devices
from api.services.accounts.activations import NewCode, new_code, normalise

MOST = 5
"""People with access at a time."""
LONGEST = timedelta(days=400)
PAST_SHOWN = 50
"""People listed whose access has ended; those with access are always listed."""


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to let in: the id of the invitation, the name, what they may do, and until when."""

    id: UUID
    name: str
    may_write: bool
    until: datetime


def invite(
    session: Session, by: Principal, invitee: Invitee, *, key: bytes, lifetime: timedelta, now: datetime
) -> tuple[Proxy, NewCode, bool]:
    """Let somebody in by a one-time code, which is shown once.

    The same invitation again, by its id, lets in nobody else: it gets a new code, and the former code, of
    which only a hash is stored, ends.

    Returns:
        The access, the code, and whether the access is new.

    Raises:
        PatientNotActive: The patient has left monitoring.
        InvalidMoment: The end is past, or too far ahead.
        TooManyProxies: Several people have access already.
        ProxyConflict: The id belongs to another invitation, or its code was used, or its access has ended.
    """
    patient = find_patient(session, by, by.id, to_change=True)
    if patient.status != PatientStatus.ACTIVE:
        raise PatientNotActive("monitoring has ended; please call your care team")
    known = session.get(Proxy, invitee.id, with_for_update=True)
    if known is not None:
        _check_is_retry(known, by, invitee, now=now)
        shown = _give_code(known, key=key, lifetime=lifetime, now=now)
        audit.record(session, "proxy.code_renewed", by=by, now=now, patient_id=patient.id, object_id=known.id)
        return known, shown, False
    if not now < invitee.until <= now + LONGEST:
        raise InvalidMoment(f"until must be in the future, and at most {LONGEST.days} days ahead")
    if len(_live(session, patient.id, now=now)) >= MOST:
        raise TooManyProxies(f"at most {MOST} people can be let in at a time")
    proxy = Proxy(
        id=invitee.id,
        site_id=patient.site_id,
        patient_id=patient.id,
        name=invitee.name,
        may_write=invitee.may_write,
        until=invitee.until,
        created_at=now,
    )
    shown = _give_code(proxy, key=key, lifetime=lifetime, now=now)
    session.add(proxy)
    session.flush()
    audit.record(session, "proxy.invited", by=by, now=now, patient_id=patient.id, object_id=proxy.id)
    return proxy, shown, True


def _check_is_retry(known: Proxy, by: Principal, invitee: Invitee, *, now: datetime) -> None:
    """Raise unless an invitation is the one sent before, and nobody has signed in by it."""
    sent = (by.id, invitee.name, invitee.may_write, invitee.until)
    if (known.patient_id, known.name, known.may_write, known.until) != sent:
        raise ProxyConflict("this id belongs to another invitation")
    if known.code_used_at is not None or known.revoked_at is not None or known.until <= now:
        raise ProxyConflict("the code of this invitation was used, or its access has ended")


def _give_code(proxy: Proxy, *, key: bytes, lifetime: timedelta, now: datetime) -> NewCode:
    """Give an invitation a new code, in place of any before, and return it."""
    code, shown = new_code(expires_at=min(now + lifetime, proxy.until))
    proxy.code_digest, proxy.code_expires_at = digest(key, code), shown.expires_at
    return shown


def redeem(
    session: Session, typed: str, *, key: bytes, label: str, now: datetime, lifetimes: tokens.Lifetimes
) -> tokens.IssuedTokens | None:
    """Sign in somebody a patient has let in, by the one-time code; None: it is no such code, or over."""
    found = session.execute(
        select(Proxy, Patient)
        .join(Patient, Patient.id == Proxy.patient_id)
        .where(Proxy.code_digest == digest(key, normalise(typed) or ""))
        .with_for_update(of=Proxy)
    ).one_or_none()
    if found is None:
        return None
    proxy, patient = found
    is_over = min(proxy.code_expires_at, proxy.until) <= now or proxy.revoked_at is not None
    if is_over or proxy.code_used_at is not None or patient.status != PatientStatus.ACTIVE:
        return None
    proxy.code_used_at = now
    scopes = SCOPES_OF_WRITING_PROXY if proxy.may_write else SCOPES_OF_READING_PROXY
    issued = tokens.grant(
        session,
        kind=ActorKind.PROXY,
        subject_id=proxy.id,
        site_id=proxy.site_id,
        scopes=scopes,
        label=label,
        now=now,
        patient_id=patient.id,
        ends_at=proxy.until,
        lifetimes=lifetimes,
    )
    who = Principal(ActorKind.PROXY, patient.id, proxy.site_id, issued.grant_id, scopes, proxy_id=proxy.id)
    audit.record(session, "proxy.activated", by=who, now=now, patient_id=patient.id, object_id=proxy.id)
    return issued


def list_proxies(session: Session, by: Principal, *, now: datetime) -> Sequence[Proxy]:
    """Return the people a patient has let in, newest first: all with access, and the last without."""
    live = _live(session, by.id, now=now)
    past = select(Proxy).where(Proxy.patient_id == by.id, Proxy.id.not_in([proxy.id for proxy in live]))
    last = session.scalars(past.order_by(Proxy.created_at.desc(), Proxy.id).limit(PAST_SHOWN))
    return sorted([*live, *last], key=attrgetter("created_at"), reverse=True)


def revoke(session: Session, by: Principal, proxy_id: UUID, *, now: datetime) -> None:
    """End the access of somebody at once: the code and every sign-in. Repeating it changes nothing.

    Raises:
        UnknownProxy: The patient has let in no such person.
    """
    proxy = session.scalar(select(Proxy).where(Proxy.id == proxy_id, Proxy.patient_id == by.id))
    if proxy is None:
        raise UnknownProxy("there is no such person")
    if proxy.revoked_at is None:
        _end(session, [proxy], because="ended by the patient", now=now)
        audit.record(session, "proxy.ended", by=by, now=now, patient_id=by.id, object_id=proxy.id)


def end_all(session: Session, patient_id: UUID, *, because: str, now: datetime) -> None:
    """End the access of everybody a patient has let in."""
    _end(session, _live(session, patient_id, now=now), because=because, now=now)


def _live(session: Session, patient_id: UUID, *, now: datetime) -> Sequence[Proxy]:
    live = Proxy.patient_id == patient_id, Proxy.revoked_at.is_(None), Proxy.until > now
    return session.scalars(select(Proxy).where(*live)).all()


def _end(session: Session, ended: Sequence[Proxy], *, because: str, now: datetime) -> None:
    for proxy in ended:
        proxy.revoked_at = now
    theirs = select(Grant.id).where(
        Grant.kind == ActorKind.PROXY,
        Grant.subject_id.in_([proxy.id for proxy in ended]),
        Grant.revoked_at.is_(None),
    )
    devices.end(session, session.scalars(theirs), because=because, now=now, by_owner=True)
