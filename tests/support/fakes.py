"""Fakes that implement the ports of the product."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from notifications.channels.base import Message
from notifications.channels.results import Delivered, SendResult
from notifications.channels.web_push import PushTarget


class FakeChannel:
    """Channel that records messages and returns the given outcomes, then only successes."""

    def __init__(self, *outcomes: SendResult) -> None:
        """Return these outcomes, in turn."""
        self.outcomes = list(outcomes)
        self.sent: list[tuple[PushTarget, Message]] = []
        self.is_closed = False

    async def send(self, address: PushTarget, message: Message) -> SendResult:
        """Record a message."""
        self.sent.append((address, message))
        return self.outcomes.pop(0) if self.outcomes else Delivered()

    async def close(self) -> None:
        """Record the call."""
        self.is_closed = True


class BrokenChannel(FakeChannel):
    """Channel that breaks its contract by raising."""

    async def send(self, address: PushTarget, message: Message) -> SendResult:
        """Raise."""
        await super().send(address, message)
        raise RuntimeError("a bug")


class Waited:
    """A channel, or what posts for one: whatever it does is waited for, in an event loop of its own."""

    def __init__(self, of: Any) -> None:
        """Wait for what ``of`` does."""
        self.of = of
        self._loop = asyncio.Runner()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a method that ends when that of the channel has."""
        return lambda *args, **more: self._loop.run(getattr(self.of, name)(*args, **more))

    def close(self) -> None:
        """Give connections and the loop back."""
        self._loop.run(self.of.close())
        self._loop.close()


class FakeClock:
    """Clock that moves only on request."""

    def __init__(self, now: datetime) -> None:
        """Start at ``now``."""
        self.now = now

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Move the clock forward."""
        self.now += by
