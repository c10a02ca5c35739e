"""Creates, lists and removes webhooks of a site, and derives the key of their secrets."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.domain.authority import Principal
from api.domain.delivery.public_address import webhook_of
from api.domain.errors import AddressRefused, UnknownWebhook
from api.models.outbox import Webhook
from api.services import audit
from api.services.access.secret_keys import encryption_key
from api.services.messages.subscriptions import Resolver, check_target

SECRET_BYTES = 32
"""Standard Webhooks requires 24 to 64."""


class NewWebhook(NamedTuple):
    """A new webhook, and its secret, which is shown once."""

    webhook: Webhook
    secret: str


def key_of(secret_key: str) -> Fernet:
    """Return the key that encrypts secrets, derived from the server's secret key.

    Signing needs the secrets themselves, so digests do not suffice. Encrypted, a copy of the database
    cannot sign.
    """
    return encryption_key(secret_key, "webhooks 1")


def check(url: str, *, loopback: bool, resolver: Resolver) -> None:
    """Refuse an address that must not be sent to; resolves names, so it runs outside any transaction.

    A host that cannot be resolved now is accepted: every send checks the IP address.

    Raises:
        AddressRefused: It is not the https address of a public machine.
    """
    try:
        check_target(webhook_of(url, loopback=loopback), resolver)
    except AddressRefused as refused:
        why = (refused.problems or {}).get("endpoint", str(refused))
        raise AddressRefused(f"the webhook is refused: {why}", {"url": why}) from refused


def add(
    session: Session, *, site_id: UUID, url: str, key: Fernet, now: datetime, by: Principal | None = None
) -> NewWebhook:
    """Create a webhook with a checked address; ``by`` None is the command line."""
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    webhook = Webhook(
        id=uuid4(),
        site_id=site_id,
        url=url,
        secret=key.encrypt(secret.encode()).decode(),
        created_at=now,
        created_by=by.id if by else None,
    )
    session.add(webhook)
    session.flush()
    audit.record(session, "webhook.added", by=by, now=now, site_id=site_id, object_id=webhook.id)
    return NewWebhook(webhook, secret)


def list_webhooks(session: Session, site_id: UUID) -> Sequence[Webhook]:
    """Return a site's webhooks, oldest first, including retired ones."""
    query = select(Webhook).where(Webhook.site_id == site_id).order_by(Webhook.created_at, Webhook.id)
    return session.scalars(query).all()


def remove(
    session: Session,
    *,
    webhook_id: UUID,
    now: datetime,
    site_id: UUID | None = None,
    by: Principal | None = None,
) -> None:
    """Retire a webhook; repeating the call changes nothing. Its row stays for the log.

    Raises:
        UnknownWebhook: There is none; ``site_id`` None searches every site.
    """
    query = select(Webhook).where(Webhook.id == webhook_id).with_for_update()
    webhook = session.scalar(query if site_id is None else query.where(Webhook.site_id == site_id))
    if webhook is None:
        raise UnknownWebhook("there is no such webhook")
    if webhook.retired_at is not None:
        return
    webhook.retired_at, webhook.retired_reason = now, "removed"
    session.flush()
    audit.record(session, "webhook.removed", by=by, now=now, site_id=webhook.site_id, object_id=webhook.id)
