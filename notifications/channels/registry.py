"""All delivery channels by name, and the router that sends each message by the channel of its target.

The class of channel ``x`` is the constant ``CHANNEL`` of the module `notifications.channels.x`, so a
new member of `Channel` needs no line here.
"""

from collections.abc import Container, Mapping
from importlib import import_module

from api.domain.delivery.messages import AUTOMATIC_CHANNELS
from config.settings import Settings
from notifications.channels.base import Clock, DeliveryChannel, Message, MessageSender, Target
from notifications.channels.results import Dead, Delivered, Rehearsed, SendResult


def _channel_of(name: str) -> type[DeliveryChannel]:
    channel: type[DeliveryChannel] = import_module(f"notifications.channels.{name}").CHANNEL
    return channel


CHANNELS: dict[str, type[DeliveryChannel]] = {name: _channel_of(name) for name in sorted(AUTOMATIC_CHANNELS)}


def open_channels(settings: Settings, *, clock: Clock) -> dict[str, DeliveryChannel]:
    """Return the channels that the operator configured, by name."""
    opened = {name: channel.open(settings, clock=clock) for name, channel in CHANNELS.items()}
    return {name: channel for name, channel in opened.items() if channel is not None}


def waiting_channels(configured: Container[str]) -> frozenset[str]:
    """Return the channels whose messages wait until the operator configures them."""
    return frozenset(
        name for name, channel in CHANNELS.items() if channel.waits_for_settings and name not in configured
    )


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
