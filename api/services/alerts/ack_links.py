"""Signed links from a message to its alert, each of which acknowledges the alert once.

A link is the page ``/m/<message id>`` with a token after the ``#``, which browsers do not send to servers,
so it is in no log. The token holds the message's id and its expiry, under an HMAC, and nothing else. Only
the recipient of the message can redeem it, signed in, and only once.
"""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.authority import Principal
from api.domain.errors import InvalidLink, LinkExpired, LinkOfAnother, LinkUsed
from api.models.alert import Alert, UsedLink
from api.models.outbox import OutboxMessage
from api.services.access.secret_keys import derive, read_signed, sign
from api.services.alerts import actions
from config.settings import Settings

PAGE = "/m/"
ID_BYTES, MOMENT_BYTES = 16, 5
TOKEN_LENGTH = 50
"""16 + 5 bytes and 16 of the HMAC, in base64url."""

_LATEST = (1 << 8 * MOMENT_BYTES) - 1


def link_for(message_id: UUID, expires_at: datetime, settings: Settings) -> str:
    """Return the link of a message; without a SECRET_KEY it only opens the page.

    Args:
        message_id: The id of the message; it does not reveal the patient.
        expires_at: Expiry of the message and of the link.
        settings: The server's address and secret key, the same in web and worker.
    """
    page = f"{settings.public_url}{PAGE}{message_id}"
    return f"{page}#{token_for(message_id, expires_at, settings)}" if settings.secret_key else page


def token_for(message_id: UUID, expires_at: datetime, settings: Settings) -> str:
    """Return the token that acknowledges the alert of a message once, for its recipient."""
    until = min(int(expires_at.timestamp()), _LATEST).to_bytes(MOMENT_BYTES, "big")
    return sign(message_id.bytes + until, _key_of(settings))


def redeem(session: Session, token: str, by: Principal, *, settings: Settings, now: datetime) -> Alert:
    """Acknowledge the alert of a link, once, for the recipient of the message.

    Raises:
        InvalidLink: It was not made by this server, or is about no alert.
        LinkOfAnother: It was sent to another person.
        LinkExpired: It has expired, or the alert was opened again since.
        LinkUsed: It was used before.
        UnknownAlert: The caller may no longer see the patient.
        AlertAlreadyClosed: The alert was closed.
    """
    message_id, expires_at = _read(token, settings)
    message = session.get(OutboxMessage, message_id)
    if message is None or message.alert_id is None:
        raise InvalidLink("this link is about no alert")
    if message.recipient_id != by.id:
        raise LinkOfAnother("this link was sent to another person: open the alert in the worklist")
    if expires_at <= now:
        raise LinkExpired(f"this link was good until {expires_at:%Y-%m-%d %H:%M} UTC")
    alert = actions.find_alert(session, by, message.alert_id, lock=True)
    if message.created_at < alert.escalating_since:
        raise LinkExpired("the alert was opened again since this was sent: open it before you answer")
    used = {"message_id": message.id, "used_by": by.id, "used_at": now}
    if not insert_once(session, UsedLink, values=[used]):
        raise LinkUsed("this link was used before: the alert is on the worklist")
    return actions.acknowledge(session, by, alert.id, check=lambda _: None, now=now)


def _read(token: str, settings: Settings) -> tuple[UUID, datetime]:
    """Return the id of the message and the expiry that a token holds."""
    claim = read_signed(token, _key_of(settings)) if settings.secret_key else None
    if claim is None:
        raise InvalidLink("this link was not made here, or part of it is missing")
    until = int.from_bytes(claim[ID_BYTES:], "big")
    return UUID(bytes=claim[:ID_BYTES]), datetime.fromtimestamp(until, UTC)


def _key_of(settings: Settings) -> bytes:
    return derive(settings.secret_key, "acknowledgement links 1")
