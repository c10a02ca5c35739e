"""Composes the message that is sent from a claimed message."""

from collections.abc import Callable
from datetime import datetime

from api.domain.alerts.finding import Tier
from api.domain.delivery.messages import Channel, MessageKind
from api.services.alerts import ack_links
from api.services.organisation import invitations
from config.settings import Settings
from notifications.channels.base import Message, Payload, Urgency
from notifications.delivery_results import ClaimedMessage

LONGEST_TTL_S = 28 * 24 * 3600
"""Push services keep a message for at most four weeks."""

APP_PAGE = "/app/#/message?id="
"""Where the phone app takes up a message of a patient; what stands after the ``#`` reaches no server."""

Link = Callable[[ClaimedMessage], str]


def link_maker(settings: Settings) -> Link:
    """Return the function that makes links; the link of an alert acknowledges it, once, after sign-in.

    A webhook gets no such link: a program cannot acknowledge. The link of a patient opens the phone app,
    which leads to what is due.
    """
    invitation_key = invitations.key_of(settings.secret_key)

    def link(message: ClaimedMessage) -> str:
        if message.kind is MessageKind.ALERT and message.channel != Channel.WEBHOOK:
            return ack_links.link_for(message.id, message.expires_at, settings)
        if message.kind is MessageKind.INVITATION:
            return invitations.link_of(message.id, invitation_key, public_url=settings.public_url)
        if message.patient is not None:
            return f"{settings.public_url}{APP_PAGE}{message.id}"
        return f"{settings.public_url}{ack_links.PAGE}{message.id}"

    return link


def compose(message: ClaimedMessage, *, link: Link, now: datetime) -> Message:
    """Return the message to send; only a same-day alert wakes a sleeping phone.

    It carries its id, so that a device can detect repeats.
    """
    return Message(
        payload=Payload(message.kind, message.id, message.language, message.discreet),
        topic=message.topic,
        ttl_s=min(max(int((message.expires_at - now).total_seconds()), 0), LONGEST_TTL_S),
        urgency=Urgency.HIGH if message.tier is Tier.SAME_DAY else Urgency.NORMAL,
        link=link(message),
        alert_id=message.alert_id,
    )
