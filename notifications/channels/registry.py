"""All delivery channels by name.

The class of channel ``x`` is the constant ``CHANNEL`` of the module `notifications.channels.x`, so a
new member of `Channel` needs no line here.
"""

from collections.abc import Container
from importlib import import_module

from api.domain.delivery.messages import AUTOMATIC_CHANNELS
from config.settings import Settings
from notifications.channels.base import Clock, DeliveryChannel


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
