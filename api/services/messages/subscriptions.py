"""Registering the push address of a browser, and retiring it."""

import base64
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import ColumnElement, Update, select, update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.account_errors import UnknownDevice
from api.domain.authority import ActorKind, Principal
from api.domain.delivery.public_address import HttpsDestination, PushServices, check_public, target_of
from api.domain.errors import AddressRefused
from api.models.outbox import OutboxMessage, Subscription
from api.models.patient import Patient
from api.models.staff import Staff
from api.services import audit
from api.services.messages import receipts

P256DH_BYTES = 65  # an uncompressed point of P-256, RFC 8291 section 3.1
AUTH_BYTES = 16  # RFC 8291 section 3.2

MOST_ADDRESSES = 10
"""Push addresses in use per person; a further one retires the oldest."""

Resolver = Callable[[str], list[str]]
"""Resolves a host name to IP addresses; raises OSError if it cannot."""


@dataclass(frozen=True, slots=True)
class BrowserSubscription:
    """A subscription as a browser returns it."""

    endpoint: str
    p256dh: str
    auth: str
    vapid_key: str | None = None
    """The public key that it was made with."""


def resolve(host: str) -> list[str]:
    """Return the IP addresses of a host."""
    found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    return sorted({str(address[0]) for *_, address in found})


def check(address: BrowserSubscription, *, services: PushServices, resolver: Resolver) -> None:
    """Refuse an address that must not be sent to; resolves names, so it runs outside any transaction.

    A listed host that cannot be resolved now is accepted: every send checks the IP address.

    Raises:
        AddressRefused: Naming the field that is wrong, and why.
    """
    _check_keys(address)
    check_target(target_of(address.endpoint, services), resolver)


def check_target(target: HttpsDestination, resolver: Resolver) -> None:
    """Refuse a machine in a private network; one that cannot be resolved now is accepted.

    Raises:
        AddressRefused: It is not a public machine.
    """
    if not target.is_loopback:
        with suppress(OSError):
            check_public(resolver(target.host))


def register(
    session: Session, principal: Principal, *, device: UUID, address: BrowserSubscription, now: datetime
) -> Subscription:
    """Store a checked address for this device, replacing its previous one.

    A browser has one push address. The same address of another person who used the phone, or of an
    earlier id of the device, is retired, so that each message reaches its recipient only. One sign-in
    has one address and one person `MOST_ADDRESSES`; further ones are retired, the oldest first.
    """
    people = Patient if principal.kind is ActorKind.PATIENT else Staff
    # one registration of a person after the other, so that each counts all addresses
    session.get(people, principal.id, with_for_update={"key_share": True})
    before = _stored(session, principal, device)
    same_address = Subscription.endpoint == address.endpoint
    session.execute(retirement(same_address, because="the browser was registered anew", now=now))
    registered = {"grant_id": principal.grant_id, **asdict(address)}
    new = {
        "id": uuid4(),
        "site_id": principal.site_id,
        "recipient_id": principal.id,
        "device": device,
        "created_at": now,
    }
    insert_once(session, Subscription, values=[new | registered])
    subscription = _of_device(session, principal, device)
    if subscription.endpoint != address.endpoint:
        # the history of the old address does not apply to the new one
        subscription.created_at = now
        subscription.last_receipt_at = subscription.probed_at = subscription.distrusted_at = None
    for name, value in registered.items():
        setattr(subscription, name, value)
    subscription.retired_at = subscription.retired_reason = None
    session.flush()
    retired = _retire_beyond_limits(session, subscription, now=now)
    if retired or before != _stored(session, principal, device):
        _audit(session, "push.registered", principal, subscription, now=now, retired=retired)
    return subscription


def _stored(session: Session, principal: Principal, device: UUID) -> tuple[Any, ...] | None:
    """Return the stored address of a device; None if there is none."""
    columns = Subscription.__table__.c["endpoint", "p256dh", "auth", "grant_id", "retired_at"]
    kept = select(*columns).where(Subscription.recipient_id == principal.id, Subscription.device == device)
    row = session.execute(kept).one_or_none()
    return None if row is None else tuple(row)


def _retire_beyond_limits(session: Session, newest: Subscription, *, now: datetime) -> int:
    """Retire other addresses of the sign-in, and the oldest of the person; return the number."""
    others = session.scalars(
        select(Subscription)
        .where(
            Subscription.recipient_id == newest.recipient_id,
            Subscription.id != newest.id,
            Subscription.retired_at.is_(None),
        )
        .order_by(Subscription.created_at.desc(), Subscription.id)
    ).all()
    same_sign_in = [each for each in others if each.grant_id == newest.grant_id]
    beyond = [each for each in others if each not in same_sign_in][MOST_ADDRESSES - 1 :]
    for because, rows in (("its sign-in has another address", same_sign_in), ("too many addresses", beyond)):
        for each in rows:
            each.retired_at, each.retired_reason = now, because
    session.flush()
    return len(same_sign_in) + len(beyond)


def _audit(
    session: Session,
    action: str,
    by: Principal,
    subscription: Subscription,
    *,
    now: datetime,
    retired: int = 0,
) -> None:
    patient_id = by.id if by.kind is ActorKind.PATIENT else None
    audit.record(
        session,
        action,
        by=by,
        now=now,
        patient_id=patient_id,
        object_id=subscription.id,
        detail={"retired": retired} if retired else None,
    )


def key_of(offered: str | None, held: Sequence[str]) -> str | None:
    """Return the public key a browser subscribed with: the one it names, or else the newest of ``held``.

    Raises:
        AddressRefused: It is not a key of this server: the push service would refuse other signatures.
    """
    if offered is not None and offered not in held:
        raise _refused("public_key", "it is not a key of this server; subscribe anew with /v1/push-key")
    return offered or next(iter(held), None)


def to_renew(session: Session, principal: Principal, *, held: Sequence[str]) -> list[UUID]:
    """Return the caller's devices that subscribed with another key than the newest of ``held``."""
    live = select(Subscription).where(
        Subscription.recipient_id == principal.id, Subscription.retired_at.is_(None)
    )
    made_with = {each.device: each.vapid_key or held[-1] for each in session.scalars(live)}
    return sorted(device for device, key in made_with.items() if key != held[0])


def retire(session: Session, principal: Principal, *, device: UUID, now: datetime) -> None:
    """Retire the address of one of the caller's devices; repeating the call changes nothing.

    Raises:
        UnknownDevice: The caller never registered it.
    """
    subscription = _of_device(session, principal, device)
    if subscription.retired_at is None:
        subscription.retired_at = now
        subscription.retired_reason = "unsubscribed"
        _audit(session, "push.retired", principal, subscription, now=now)
    session.flush()


def retirement(*of: ColumnElement[bool], because: str, now: datetime) -> Update:
    """Return the statement that retires the push addresses in use that meet all conditions ``of``."""
    in_use = update(Subscription).where(Subscription.retired_at.is_(None), *of)
    return in_use.values(retired_at=now, retired_reason=because)


def find_live(session: Session, principal: Principal, *, device: UUID) -> Subscription:
    """Return the address in use of one of the caller's devices.

    Raises:
        UnknownDevice: The caller has registered none, or it is retired.
    """
    found = session.scalar(
        select(Subscription).where(
            Subscription.recipient_id == principal.id,
            Subscription.device == device,
            Subscription.retired_at.is_(None),
        )
    )
    if found is None:
        raise UnknownDevice("this device is not registered for push")
    return found


def send_test(session: Session, principal: Principal, *, device: UUID, now: datetime) -> OutboxMessage:
    """Send a test notification to one of the caller's devices; return the message.

    Raises:
        UnknownDevice: The caller has registered none, or it is retired.
    """
    subscription = find_live(session, principal, device=device)
    message = receipts.send_test(session, subscription, now=now)
    _audit(session, "push.tested", principal, subscription, now=now)
    return message


def by_grant(session: Session, recipient_id: UUID) -> dict[UUID, Subscription]:
    """Return the push addresses of a person by the sign-in that registered them; the newest of several."""
    live = select(Subscription).where(
        Subscription.recipient_id == recipient_id, Subscription.retired_at.is_(None)
    )
    return {each.grant_id: each for each in session.scalars(live.order_by(Subscription.created_at))}


def _of_device(session: Session, principal: Principal, device: UUID) -> Subscription:
    found = session.scalar(
        select(Subscription)
        .where(Subscription.recipient_id == principal.id, Subscription.device == device)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise UnknownDevice("this device was never registered for push")
    return found


def _check_keys(address: BrowserSubscription) -> None:
    point = _read("p256dh", address.p256dh, P256DH_BYTES)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise _refused("p256dh", "it is not a point of P-256") from error
    _read("auth", address.auth, AUTH_BYTES)


def _read(name: str, text: str, length: int) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise _refused(name, "it is not base64url") from error
    if len(raw) != length:
        raise _refused(name, f"it is {len(raw)} bytes long; {length} are needed")
    return raw


def _refused(name: str, why: str) -> AddressRefused:
    return AddressRefused(f"{name} is refused: {why}", {name: why})
