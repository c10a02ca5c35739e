"""One port before all ways out: each message leaves by the way its address is of."""

from collections.abc import Mapping

from notifications.channels.base import (
    Dead,
    Delivered,
    DeliveryChannel,
    MailTarget,
    Message,
    Outcome,
    PushTarget,
    Rehearsed,
    Target,
)


class ChannelRouter:
    """Hands each message to the channel for its kind of address."""

    def __init__(self, channels: Mapping[type, DeliveryChannel], *, dry_run: bool = False) -> None:
        """Send by ``channels``; those of a dry run end as rehearsed, never as delivered."""
        self._channels = channels
        self._dry_run = dry_run

    async def send(self, address: Target, message: Message) -> Outcome:
        """Bring one message to one address."""
        channel = self._channels.get(type(address))
        if channel is None:
            return Dead(f"this server has no way to {_NAMES.get(type(address), 'a webhook')}")
        outcome = await channel.send(address, message)
        return Rehearsed() if self._dry_run and isinstance(outcome, Delivered) else outcome

    async def close(self) -> None:
        """Give connections back."""
        for channel in self._channels.values():
            await channel.close()


_NAMES: Mapping[type, str] = {PushTarget: "a browser", MailTarget: "a mailbox"}
