"""From a row of the outbox to what is sent."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from api.domain.alerts.finding import Tier
from api.domain.delivery.messages import Channel, MessageKind
from api.services.alerts import ack_links
from api.services.organisation import invitations
from config.settings import DEVELOPMENT_URL, Settings
from notifications.channels.base import Message, Payload, Urgency
from notifications.delivery import ClaimedMessage

LONGEST_TTL_S = 28 * 24 * 3600
"""Push services keep a message for four weeks at most."""

Link = Callable[[ClaimedMessage], str]


def leads_to(settings: Settings) -> Link:
    """Return how a message's link is made: that of an alert acknowledges it, once, after sign-in.

    A webhook's program is no person and is given none of these.
    """
    invitation_key = invitations.key_of(settings.secret_key)

    def link(message: ClaimedMessage) -> str:
        if message.kind is MessageKind.ALERT and message.channel is not Channel.WEBHOOK:
            return ack_links.link_for(message.id, message.expires_at, settings)
        if message.kind is MessageKind.INVITATION:
            return invitations.link_of(message.id, invitation_key, public_url=settings.public_url)
        return f"{settings.public_url}{ack_links.PAGE}{message.id}"

    return link


def compose(
    payload: Payload,
    *,
    topic: str,
    expires_at: datetime,
    tier: Tier | None,
    now: datetime,
    link: str = DEVELOPMENT_URL,
    alert_id: UUID | None = None,
) -> Message:
    """Return what is sent; only an alert of the same day wakes a sleeping phone.

    The message's own id goes along, so that a device knows a repeat from a second message.
    """
    left_s = int((expires_at - now).total_seconds())
    return Message(
        payload=payload,
        topic=topic,
        ttl_s=min(max(left_s, 0), LONGEST_TTL_S),
        urgency=Urgency.HIGH if tier is Tier.SAME_DAY else Urgency.NORMAL,
        link=link,
        alert_id=alert_id,
    )
