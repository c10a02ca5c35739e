"""Stand-ins that keep the promise of the port they stand for."""

import threading
from datetime import datetime, timedelta

from notifications.channels.base import Address, Delivered, Message, Outcome


class FakeChannel:
    """Remembers what it was given and ends as it was told; then everything is delivered."""

    def __init__(self, *outcomes: Outcome) -> None:
        """End with these, in turn."""
        self.outcomes = list(outcomes)
        self.sent: list[tuple[Address, Message]] = []
        self.is_closed = False
        self._lock = threading.Lock()

    def send(self, address: Address, message: Message) -> Outcome:
        """Take a message."""
        with self._lock:
            self.sent.append((address, message))
            return self.outcomes.pop(0) if self.outcomes else Delivered()

    def close(self) -> None:
        """Remember that it was closed."""
        self.is_closed = True


class BrokenChannel(FakeChannel):
    """Breaks its promise: it throws."""

    def send(self, address: Address, message: Message) -> Outcome:
        """Throw."""
        super().send(address, message)
        raise RuntimeError("a bug")


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
