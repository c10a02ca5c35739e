"""Service accounts and their keys: made, listed, rotated and revoked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.account_errors import NameTaken, ScopeRefused, UnknownService
from api.domain.authority import SCOPES_OF_OPERATOR, SCOPES_OF_SERVICE, ActorKind, Principal, Scope
from api.models.identity import Grant, Token
from api.models.staff import ServiceAccount
from api.services import audit
from api.services.access import tokens
from api.services.accounts import devices

LIFETIME = timedelta(days=365)
OVERLAP = timedelta(days=7)
USE_NOTED_EVERY = timedelta(hours=1)
"""Precision of the last use of a key; storing it at every request would cost a write each."""


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """One key of a service account, without its secret; ``expires_at`` None: it does not expire."""

    id: UUID
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Service:
    """A service account with the keys that work."""

    account: ServiceAccount
    keys: Sequence[ServiceKey]


@dataclass(frozen=True, slots=True)
class NewServiceKey:
    """A service account, and its new key, which is shown once."""

    service: Service
    secret: str


def create(
    session: Session,
    by: Principal | None,
    *,
    site_id: UUID,
    name: str,
    scopes: Iterable[str],
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> NewServiceKey:
    """Create a service account with its first key.

    Raises:
        ScopeRefused: A scope does not exist, is not for services, or is the operator's to give.
        NameTaken: The site has a service account of this name.
    """
    allowed = _allowed(scopes, by)
    account_id = uuid4()
    values = {"id": account_id, "site_id": site_id, "name": name, "scopes": allowed, "created_at": now}
    if not insert_once(session, ServiceAccount, values=[values]):
        taken = f"the site has a service account {name!r} already"
        raise NameTaken(taken, {"name": taken})
    account = session.get_one(ServiceAccount, account_id)
    expires_at = (now + lifetime).isoformat()
    _audit(session, "service.created", by, account, now=now, scopes=allowed, expires_at=expires_at)
    secret = _new_key(session, account, now=now, lifetime=lifetime)
    return NewServiceKey(_with_keys(session, [account], now=now)[0], secret)


def list_services(session: Session, site_id: UUID, *, now: datetime) -> list[Service]:
    """Return a site's service accounts by name, each with the keys that work, the newest first."""
    accounts = select(ServiceAccount).where(ServiceAccount.site_id == site_id).order_by(ServiceAccount.name)
    return _with_keys(session, session.scalars(accounts).all(), now=now)


def read(session: Session, site_id: UUID, service_id: UUID, *, now: datetime) -> Service:
    """Return one service account of a site.

    Raises:
        UnknownService: The site has no such service account.
    """
    return _with_keys(session, [_find(session, site_id, service_id)], now=now)[0]


def rotate(
    session: Session,
    by: Principal | None,
    service_id: UUID,
    *,
    site_id: UUID,
    now: datetime,
    lifetime: timedelta = LIFETIME,
    overlap: timedelta = OVERLAP,
) -> NewServiceKey:
    """Create a key with the scopes of the account; earlier keys stop working after ``overlap``.

    Raises:
        UnknownService: The site has no such service account.
        ScopeRefused: The account holds a scope that is the operator's to give.
    """
    account = _find(session, site_id, service_id, to_change=True)
    _allowed(account.scopes, by)
    ends_at = now + overlap
    before = [key.id for key in _with_keys(session, [account], now=now)[0].keys]
    session.execute(
        update(Token)
        .where(Token.grant_id.in_(before), or_(Token.expires_at.is_(None), Token.expires_at > ends_at))
        .values(expires_at=ends_at)
    )
    if not overlap:
        devices.end(session, before, because="replaced by a new key", now=now)
    secret = _new_key(session, account, now=now, lifetime=lifetime)
    ending = {"keys_ending": len(before), "end_at": ends_at.isoformat()}
    _audit(session, "service.key_rotated", by, account, now=now, **ending)
    return NewServiceKey(_with_keys(session, [account], now=now)[0], secret)


def revoke(
    session: Session,
    by: Principal | None,
    service_id: UUID,
    *,
    site_id: UUID,
    now: datetime,
    key_id: UUID | None = None,
) -> int:
    """Revoke one key of a service account, or all; return their number.

    Raises:
        UnknownService: The site has no such service account, or the account no such key that works.
    """
    account = _find(session, site_id, service_id, to_change=True)
    keys = [key.id for key in _with_keys(session, [account], now=now)[0].keys]
    ended = [key for key in keys if key_id in {None, key}]
    if key_id is not None and not ended:
        raise UnknownService("the service account has no such key")
    if ended:
        devices.end(session, ended, because="revoked", now=now)
        _audit(session, "service.key_revoked", by, account, now=now, keys=len(ended))
    return len(ended)


def note_use(session: Session, key_id: UUID, *, now: datetime) -> None:
    """Store that a key was used, at most once in `USE_NOTED_EVERY`."""
    is_new = Grant.last_used_at.is_(None) | (Grant.last_used_at <= (now - USE_NOTED_EVERY))
    session.execute(update(Grant).where(Grant.id == key_id, is_new).values(last_used_at=now))


def _new_key(session: Session, account: ServiceAccount, *, now: datetime, lifetime: timedelta) -> str:
    return tokens.make_token(
        session,
        subject_id=account.id,
        site_id=account.site_id,
        scopes={*map(Scope, account.scopes), Scope.SELF},  # it may ask who it is, and throw its key away
        label=account.name,
        now=now,
        expires_at=now + lifetime,
    )


def _find(session: Session, site_id: UUID, service_id: UUID, *, to_change: bool = False) -> ServiceAccount:
    wanted = select(ServiceAccount).where(ServiceAccount.site_id == site_id, ServiceAccount.id == service_id)
    account = session.scalar(wanted.with_for_update(key_share=True) if to_change else wanted)
    if account is None:
        raise UnknownService("there is no such service account")
    return account


def _with_keys(session: Session, accounts: Sequence[ServiceAccount], *, now: datetime) -> list[Service]:
    """Return accounts with their valid keys, by one query."""
    session.flush()
    rows = session.execute(
        select(Grant.subject_id, Grant.id, Grant.created_at, Token.expires_at, Grant.last_used_at)
        .join(Token, Token.grant_id == Grant.id)
        .where(
            Grant.kind == ActorKind.SERVICE,
            Grant.subject_id.in_([account.id for account in accounts]),
            Grant.revoked_at.is_(None),
            Token.use == "key",
            or_(Token.expires_at.is_(None), Token.expires_at > now),
        )
        .order_by(Grant.created_at.desc(), Grant.id)
    ).all()
    keys: dict[UUID, list[ServiceKey]] = {account.id: [] for account in accounts}
    for row in rows:
        keys[row.subject_id].append(ServiceKey(row.id, row.created_at, row.expires_at, row.last_used_at))
    return [Service(account, keys[account.id]) for account in accounts]


def _allowed(scopes: Iterable[str], by: Principal | None) -> list[Scope]:
    """Return scopes a service may hold; those that reach beyond a site only the operator (None) gives."""
    may_be = SCOPES_OF_SERVICE if by is None else SCOPES_OF_SERVICE - SCOPES_OF_OPERATOR
    wanted = set(scopes)
    refused = sorted(wanted - may_be)
    if refused or not wanted:
        problem = f"{', '.join(refused)}: not for a service" if refused else "name at least one scope"
        if SCOPES_OF_OPERATOR.intersection(refused):
            problem = f"{', '.join(refused)}: only the operator gives it, from the command line"
        allowed = f"{problem}; allowed are {', '.join(sorted(may_be))}"
        raise ScopeRefused(allowed, {"scopes": allowed})
    return sorted(Scope(word) for word in wanted)


def _audit(
    session: Session,
    action: str,
    by: Principal | None,
    account: ServiceAccount,
    *,
    now: datetime,
    **detail: Any,
) -> None:
    audit.record(
        session, action, by=by, now=now, site_id=account.site_id, object_id=account.id, detail=detail
    )
