"""Opaque tokens: random or derived from their predecessor, stored as SHA-256, rotated, revoked."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, bindparam, delete, exists, select, update
from sqlalchemy.orm import Session

from api.db.prepared import PreparedStatement
from api.domain.account_errors import TokenRefused
from api.domain.authority import SCOPES_OF_PATIENT, SCOPES_TO_ENROL, ActorKind, Principal, Scope
from api.models.identity import Grant, Token
from api.services.access import throttle
from api.services.access.secret_keys import base64url, derive

REPEAT_WITHIN = timedelta(seconds=60)
"""A spent refresh token gives its successor again for this long, even if the successor was used."""

REPEATS_BY_SIGN_IN = throttle.AttemptLimit("repeated rotation of a sign-in", 300, throttle.QUARTER)
"""Each repeat stores another access token; a client in a loop must not fill the table."""


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Lifetimes of sign-ins and their tokens.

    The defaults for staff are the limits of NIST SP 800-63B-4, section 2.2.3 (at most one hour without
    activity and 24 hours in all), the second shortened to a shift. A patient must not be signed out by a
    month without entries or a holiday, so the sign-in ends only after 400 days without use.
    """

    access: timedelta = timedelta(minutes=15)
    patient: timedelta = timedelta(days=400)
    staff_idle: timedelta = timedelta(minutes=60)
    """Without a refresh; an active client refreshes at least every ``access``."""
    staff_total: timedelta = timedelta(hours=12)

    def refresh_until(self, kind: str, *, signed_in_at: datetime, refreshed_at: datetime) -> datetime:
        """Return when the sign-in ends unless it is refreshed before."""
        if kind != ActorKind.STAFF:
            return refreshed_at + self.patient
        return min(refreshed_at + self.staff_idle, signed_in_at + self.staff_total)


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """A pair of tokens in clear, as handed out to the client."""

    grant_id: UUID
    kind: ActorKind
    access: str
    refresh: str
    access_expires_at: datetime
    refresh_expires_at: datetime
    must_enrol: bool = False
    """The sign-in can only set up one-time codes, because its role needs them."""


def digest_of(token: str) -> str:
    """Return the stored digest of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def authenticate(connection: Connection, token: str, *, now: datetime) -> Principal | None:
    """Return the principal of an access token or service key; None: it is not valid."""
    found = _GOOD.one_or_none(connection, {"digest": digest_of(token)})
    if found is None:
        return None
    use, expires_at, revoked_at, kind, subject_id, site_id, grant_id, scopes, team_id, patient_id, ends_at = (
        found
    )
    over = any(end is not None and end <= now for end in (expires_at, ends_at))
    if use == "refresh" or revoked_at is not None or over:
        return None
    who = {"id": patient_id, "proxy_id": subject_id} if kind == ActorKind.PROXY else {"id": subject_id}
    return Principal(
        ActorKind(kind),
        site_id=site_id,
        grant_id=grant_id,
        scopes=_scopes(kind, scopes),
        team_id=team_id,
        **who,
    )


def grant(  # noqa: PLR0913 - each is a column of the sign-in, and named
    session: Session,
    *,
    kind: ActorKind,
    subject_id: UUID,
    site_id: UUID,
    scopes: Iterable[Scope],
    label: str,
    now: datetime,
    team_id: UUID | None = None,
    patient_id: UUID | None = None,
    ends_at: datetime | None = None,
    lifetimes: Lifetimes = Lifetimes(),
) -> IssuedTokens:
    """Sign in on one device, and return its first pair of tokens.

    ``patient_id`` is the patient who let a proxy in, and ``ends_at`` the end of it.
    """
    holder = {"kind": kind, "subject_id": subject_id, "site_id": site_id, "team_id": team_id, "label": label}
    holder |= {"patient_id": patient_id, "ends_at": ends_at}
    sign_in = _new_grant(session, now=now, scopes=scopes, **holder)
    return _issue(session, sign_in, secrets.token_urlsafe(32), now=now, lifetimes=lifetimes)


def make_token(
    session: Session,
    *,
    subject_id: UUID,
    site_id: UUID,
    scopes: Iterable[Scope],
    label: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
    """Create a key of a service account, which works until it expires or is revoked; it is shown once."""
    holder = {"kind": ActorKind.SERVICE, "subject_id": subject_id, "site_id": site_id, "label": label}
    service = _new_grant(session, now=now, scopes=scopes, **holder)
    key = secrets.token_urlsafe(32)
    session.add(
        Token(digest=digest_of(key), grant_id=service.id, use="key", created_at=now, expires_at=expires_at)
    )
    session.flush()
    return key


def rotation_key(secret_key: str) -> bytes:
    """Return the key that successors of refresh tokens are derived with."""
    return derive(secret_key, "refresh tokens 1")


def is_refresh_token(session: Session, refresh: str) -> bool:
    """Return whether a refresh token was issued here; unknown ones need no writing transaction."""
    issued = exists().where(Token.digest == digest_of(refresh), Token.use == "refresh")
    return bool(session.scalar(select(issued)))


def rotate(
    session: Session, refresh: str, *, key: bytes, now: datetime, lifetimes: Lifetimes = Lifetimes()
) -> IssuedTokens | None:
    """Trade a refresh token for its successor and a new access token.

    A client that never got the answer, or a second tab that holds the same token, may repeat the request:
    the successor is derived from the token, so the same one comes out although only its digest is stored.
    Access tokens issued before keep working until they expire.

    Args:
        session: A writing session; the sign-in's row is locked, so that rotations of it are serialised.
        refresh: The refresh token.
        key: See `rotation_key`.
        now: The present moment.
        lifetimes: The limits in force, also for sign-ins that were made under longer ones.

    Returns:
        The new pair; None where the token was spent over a minute ago and its successor has been used:
        then two parties hold tokens of this sign-in, and the caller must end it.

    Raises:
        TokenRefused: The token is unknown, expired or revoked.
        TooManyTries: A spent token was repeated hundreds of times.
    """
    of_digest = select(Token).where(Token.digest == digest_of(refresh), Token.use == "refresh")
    token = session.scalar(of_digest.with_for_update())
    sign_in = session.get(Grant, token.grant_id, with_for_update={"key_share": True}) if token else None
    if token is None or sign_in is None or sign_in.revoked_at is not None:
        raise TokenRefused("sign in again")
    if token.used_at is not None:
        if not _may_repeat(session, token, token.used_at, now=now):
            return None
        throttle.count_attempt(session, [REPEATS_BY_SIGN_IN.of(str(sign_in.id))], now=now)
    until = lifetimes.refresh_until(
        sign_in.kind, signed_in_at=sign_in.created_at, refreshed_at=token.created_at
    )
    if now >= min(until, token.expires_at or until, sign_in.ends_at or until):
        raise TokenRefused("sign in again")
    successor = base64url(hmac.digest(key, refresh.encode(), "sha256"))
    token.used_at = token.used_at or now
    token.successor = digest_of(successor)
    sign_in.refreshed_at = now
    return _issue(session, sign_in, successor, now=now, lifetimes=lifetimes)


def revoke(session: Session, grant_ids: Iterable[UUID], *, because: str, now: datetime) -> None:
    """End sign-ins: their tokens stop working with the next request."""
    session.execute(
        update(Grant)
        .where(Grant.id.in_(list(grant_ids)), Grant.revoked_at.is_(None))
        .values(revoked_at=now, revoked_because=because)
    )


def live_grants(session: Session, subject_id: UUID) -> list[Grant]:
    """Return the active sign-ins of a patient, member of staff or service account, newest first."""
    return list(
        session.scalars(
            select(Grant)
            .where(Grant.subject_id == subject_id, Grant.revoked_at.is_(None))
            .order_by(Grant.created_at.desc(), Grant.id)
        )
    )


def delete_expired(session: Session, *, now: datetime) -> None:
    """Delete tokens that can no longer be used, a week after they ran out."""
    session.execute(delete(Token).where(Token.expires_at < now - timedelta(days=7)))


def _new_grant(session: Session, *, now: datetime, scopes: Iterable[Scope], **holder: Any) -> Grant:
    sign_in = Grant(id=uuid4(), scopes=sorted(scopes), created_at=now, refreshed_at=now, **holder)
    session.add(sign_in)
    session.flush()
    return sign_in


def _may_repeat(session: Session, token: Token, used_at: datetime, *, now: datetime) -> bool:
    """Return whether a spent token still gives its successor.

    Within the minute always. Later only while the successor is unused: the client then never got it.
    """
    if now - used_at < REPEAT_WITHIN:
        return True
    successor = session.get(Token, token.successor) if token.successor else None
    return successor is not None and successor.used_at is None


def _issue(
    session: Session, sign_in: Grant, refresh: str, *, now: datetime, lifetimes: Lifetimes
) -> IssuedTokens:
    """Store a new access token, and the refresh token unless it was issued before."""
    access = secrets.token_urlsafe(32)
    made: dict[str, Any] = {"grant_id": sign_in.id, "created_at": now}
    kept = session.get(Token, digest_of(refresh))
    if kept is None:
        until = lifetimes.refresh_until(sign_in.kind, signed_in_at=sign_in.created_at, refreshed_at=now)
        until = min(until, sign_in.ends_at or until)
        kept = Token(digest=digest_of(refresh), use="refresh", expires_at=until, **made)
        session.add(kept)
    refresh_until = kept.expires_at or now
    access_until = min(now + lifetimes.access, refresh_until)
    session.add(Token(digest=digest_of(access), use="access", expires_at=access_until, **made))
    session.flush()
    kind = ActorKind(sign_in.kind)
    must_enrol = kind is ActorKind.STAFF and frozenset(sign_in.scopes) == SCOPES_TO_ENROL
    return IssuedTokens(sign_in.id, kind, access, refresh, access_until, refresh_until, must_enrol)


def _scopes(kind: str, stored: Iterable[str]) -> frozenset[Scope]:
    """Return the scopes of a sign-in; a phone that signed in before a scope existed has it too."""
    scopes = frozenset(map(Scope, stored))
    if kind == ActorKind.PATIENT:
        return SCOPES_OF_PATIENT
    return scopes | {Scope.DEVICES} if kind == ActorKind.STAFF and Scope.SELF in scopes else scopes


_TOKENS, _GRANTS = Token.__table__, Grant.__table__
_GOOD = PreparedStatement(
    select(
        *_TOKENS.c["use", "expires_at"],
        *_GRANTS.c["revoked_at", "kind", "subject_id", "site_id", "id", "scopes", "team_id"],
        *_GRANTS.c["patient_id", "ends_at"],
    )
    .join_from(_TOKENS, _GRANTS, _GRANTS.c.id == _TOKENS.c.grant_id)
    .where(_TOKENS.c.digest == bindparam("digest"))
)
