"""Stand-ins that keep the promise of the port they stand for."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from notifications.channels.base import Delivered, Message, SendResult
from notifications.channels.web_push import PushTarget


class FakeChannel:
    """Remembers what it was given and ends as it was told; then everything is delivered."""

    def __init__(self, *outcomes: SendResult) -> None:
        """End with these, in turn."""
        self.outcomes = list(outcomes)
        self.sent: list[tuple[PushTarget, Message]] = []
        self.is_closed = False

    async def send(self, address: PushTarget, message: Message) -> SendResult:
        """Take a message."""
        self.sent.append((address, message))
        return self.outcomes.pop(0) if self.outcomes else Delivered()

    async def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True


class BrokenChannel(FakeChannel):
    """Breaks its promise: it throws."""

    async def send(self, address: PushTarget, message: Message) -> SendResult:
        """Throw."""
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
    """Stands until it is moved."""

    def __init__(self, now: datetime) -> None:
        """Stand at ``now``."""
        self.now = now

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by
