"""From a row of the outbox to what is sent, and the neutral words a screen shows for each kind."""

from datetime import datetime
from uuid import UUID

from api.domain.findings import Tier
from api.domain.messages import MessageKind
from notifications.channels.base import Message, Payload, Urgency

WORDS = {
    MessageKind.ALERT: "A patient needs you.",
    MessageKind.NOT_SCORED: "A patient's entries need a look.",
    MessageKind.CHECK_IN: "It is time for your check-in.",
    MessageKind.REASSESSMENT: "There are a few questions for you.",
}
"""What a lock screen may show; the payload carries none of it, the device brings the words."""

LONGEST_TTL_S = 28 * 24 * 3600
"""Push services keep a message for four weeks at most."""


def compose(
    kind: MessageKind, message_id: UUID, *, topic: str, expires_at: datetime, tier: Tier | None, now: datetime
) -> Message:
    """Return what is sent; only an alert of the same day wakes a sleeping phone.

    The message's own id goes along, so that a device knows a repeat from a second message.
    """
    left_s = int((expires_at - now).total_seconds())
    return Message(
        payload=Payload(kind, message_id),
        topic=topic,
        ttl_s=min(max(left_s, 0), LONGEST_TTL_S),
        urgency=Urgency.HIGH if tier is Tier.SAME_DAY else Urgency.NORMAL,
    )
