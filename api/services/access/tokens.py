"""Opaque tokens: made at random, kept as their SHA-256, short to use, rotated, revoked."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.orm import Session

from api.domain.authority import ActorKind, Principal, Scope
from api.domain.errors import TokenRefused
from api.models.identity import Grant, Token
from api.prepared import Prepared

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long tokens are good for."""

    access: timedelta = ACCESS_LIFETIME
    refresh: timedelta = REFRESH_LIFETIME


@dataclass(frozen=True, slots=True)
class Issued:
    """A pair of tokens as they are handed out, once."""

    grant_id: UUID
    access: str
    refresh: str
    access_expires_at: datetime
    refresh_expires_at: datetime


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def authenticate(connection: Connection, token: str, *, now: datetime) -> Principal | None:
    """Return whom an access token or service key stands for; None if it is not good now."""
    found = _GOOD.one_or_none(connection, {"digest": digest_of(token)})
    if found is None:
        return None
    use, expires_at, revoked_at, kind, subject_id, site_id, grant_id, scopes, team_id = found
    if use == "refresh" or revoked_at is not None or (expires_at is not None and expires_at <= now):
        return None
    return Principal(ActorKind(kind), subject_id, site_id, grant_id, frozenset(map(Scope, scopes)), team_id)


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
    lifetimes: Lifetimes = Lifetimes(),
) -> Issued:
    """Sign somebody in on one device, and hand out its first pair of tokens."""
    holder = {"kind": kind, "subject_id": subject_id, "site_id": site_id, "team_id": team_id, "label": label}
    sign_in = _new_grant(session, now=now, scopes=scopes, **holder)
    return _issue(session, sign_in.id, now=now, lifetimes=lifetimes)


def make_key(
    session: Session, *, subject_id: UUID, site_id: UUID, scopes: Iterable[Scope], label: str, now: datetime
) -> str:
    """Make a service account's key, which works until it is revoked; it is shown this once."""
    holder = {"kind": ActorKind.SERVICE, "subject_id": subject_id, "site_id": site_id, "label": label}
    service = _new_grant(session, now=now, scopes=scopes, **holder)
    key = secrets.token_urlsafe(32)
    session.add(Token(digest=digest_of(key), grant_id=service.id, use="key", created_at=now))
    session.flush()
    return key


def rotate(
    session: Session, refresh: str, *, now: datetime, lifetimes: Lifetimes = Lifetimes()
) -> Issued | None:
    """Trade a refresh token for a new pair; it works once.

    Returns:
        The new pair; None where the token had been used before: then somebody holds a copy, the
        whole sign-in is revoked, and the caller must let that be committed before refusing.

    Raises:
        TokenRefused: The token is unknown, expired or revoked.
    """
    token = session.scalar(
        select(Token).where(Token.digest == digest_of(refresh), Token.use == "refresh").with_for_update()
    )
    sign_in = session.get(Grant, token.grant_id) if token else None
    if token is None or sign_in is None or sign_in.revoked_at is not None:
        raise TokenRefused("sign in again")
    if token.used_at is not None:
        revoke(session, [sign_in.id], because="refresh token used twice", now=now)
        return None
    if token.expires_at is not None and token.expires_at <= now:
        raise TokenRefused("sign in again")
    token.used_at = now
    sign_in.refreshed_at = now
    session.execute(delete(Token).where(Token.grant_id == sign_in.id, Token.use == "access"))
    return _issue(session, sign_in.id, now=now, lifetimes=lifetimes)


def revoke(session: Session, grant_ids: Iterable[UUID], *, because: str, now: datetime) -> None:
    """End sign-ins: their tokens stop working with the next request."""
    session.execute(
        update(Grant)
        .where(Grant.id.in_(list(grant_ids)), Grant.revoked_at.is_(None))
        .values(revoked_at=now, revoked_because=because)
    )


def live_grants(session: Session, subject_id: UUID) -> list[Grant]:
    """Return somebody's sign-ins that still work, newest first."""
    return list(
        session.scalars(
            select(Grant)
            .where(Grant.subject_id == subject_id, Grant.revoked_at.is_(None))
            .order_by(Grant.created_at.desc(), Grant.id)
        )
    )


def forget_expired(session: Session, *, now: datetime) -> None:
    """Delete tokens that can no longer be used, a week after they ran out."""
    session.execute(delete(Token).where(Token.expires_at < now - timedelta(days=7)))


def _new_grant(session: Session, *, now: datetime, scopes: Iterable[Scope], **holder: Any) -> Grant:
    sign_in = Grant(id=uuid4(), scopes=sorted(scopes), created_at=now, refreshed_at=now, **holder)
    session.add(sign_in)
    session.flush()
    return sign_in


def _issue(session: Session, grant_id: UUID, *, now: datetime, lifetimes: Lifetimes) -> Issued:
    access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    issued = Issued(grant_id, access, refresh, now + lifetimes.access, now + lifetimes.refresh)
    session.add_all(
        [
            Token(
                digest=digest_of(access),
                grant_id=grant_id,
                use="access",
                created_at=now,
                expires_at=issued.access_expires_at,
            ),
            Token(
                digest=digest_of(refresh),
                grant_id=grant_id,
                use="refresh",
                created_at=now,
                expires_at=issued.refresh_expires_at,
            ),
        ]
    )
    session.flush()
    return issued


_TOKENS, _GRANTS = Token.__table__, Grant.__table__
_GOOD = Prepared(
    select(
        *_TOKENS.c["use", "expires_at"],
        *_GRANTS.c["revoked_at", "kind", "subject_id", "site_id", "id", "scopes", "team_id"],
    )
    .join_from(_TOKENS, _GRANTS, _GRANTS.c.id == _TOKENS.c.grant_id)
    .where(_TOKENS.c.digest == bindparam("digest"))
)
