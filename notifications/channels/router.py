"""Sends each message by the channel of its target."""

from collections.abc import Mapping

from notifications.channels.base import Dead, Delivered, Message, MessageSender, Rehearsed, SendResult, Target


class ChannelRouter:
    """The configured channels behind one interface."""

    def __init__(self, channels: Mapping[str, MessageSender], *, dry_run: bool = False) -> None:
        """Send by ``channels``, by name; in a dry run messages end as rehearsed, never as delivered."""
        self._channels = channels
        self._dry_run = dry_run

    async def send(self, target: Target, message: Message) -> SendResult:
        """Send one message to one target."""
        channel = self._channels.get(target.channel)
        if channel is None:
            return Dead(f"channel {target.channel} is not configured")
        result = await channel.send(target, message)
        return Rehearsed() if self._dry_run and isinstance(result, Delivered) else result

    async def close(self) -> None:
        """Close every channel."""
        for channel in self._channels.values():
            await channel.close()
