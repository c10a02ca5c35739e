"""Requests that wait for a change without a thread.

The application names a topic and answers as if there was nothing. That answer is kept. When the topic
changes, the application is asked again; when the time is over, the kept answer is sent.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass

log = logging.getLogger(__name__)

HOLD = "aimss.hold"
"""Key in a request's environment of the `Hold` by which the application may let it wait."""

WATCHED_EVERY_S = 0.5
"""Interval at which changes are looked for while requests wait for them."""

MOST_HELD = 2000
"""Requests of a process that wait at most; further ones are answered at once."""

Watch = Callable[[], Collection[Hashable]]
"""Returns the topics that have changed since its last call."""


@dataclass(slots=True, eq=False)
class Hold:
    """One request that may wait, with what to do when its wait ends."""

    ask_again: Callable[[], None]
    send_kept: Callable[[], None]
    topic: Hashable = None
    until: float | None = None
    asked_at: float = 0.0
    """Time of the last question to the application; what changes later wakes the request."""

    def wait(self, topic: Hashable, *, seconds: float) -> None:
        """Let the request wait for a change of ``topic``, for ``seconds`` since it was asked first."""
        self.topic = topic
        if self.until is None:
            self.until = time.monotonic() + seconds

    def ask(self) -> None:
        """Note that the application is asked now."""
        self.topic, self.asked_at = None, time.monotonic()

    @property
    def is_wanted(self) -> bool:
        """True where the application wants the request to wait."""
        return self.topic is not None and self.until is not None and self.until > time.monotonic()


class HeldRequests:
    """The waiting requests of one process; all methods but ``start`` belong to its event loop."""

    def __init__(self, watch: Watch) -> None:
        """Hold none yet."""
        self._watch = watch
        self._held: set[Hold] = set()
        self._changed_at: dict[Hashable, float] = {}

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to look for changes."""
        self._loop = loop
        threading.Thread(target=self._look, name="web-watch", daemon=True).start()

    @property
    def has_room(self) -> bool:
        """True where one more request may wait."""
        return len(self._held) < MOST_HELD

    def keep(self, hold: Hold) -> None:
        """Let a request wait, unless its topic has changed since the application was asked."""
        self._held.add(hold)
        if self._changed_at.get(hold.topic, 0.0) >= hold.asked_at:
            self._wake({hold.topic})
            return
        seconds = (hold.until or 0.0) - time.monotonic()
        self._loop.call_later(max(seconds, 0.0), self._end, hold, hold.asked_at)

    def _end(self, hold: Hold, asked_at: float) -> None:
        """End a wait whose time is over; one that was woken meanwhile has its own end."""
        if hold in self._held and hold.asked_at == asked_at:
            self._held.discard(hold)
            hold.send_kept()

    def _look(self) -> None:
        """Look for changes while requests wait, and once at the start, so that the first misses none."""
        is_first = True
        while True:
            if self._held or is_first:
                try:
                    topics = self._watch()
                except Exception as error:  # noqa: BLE001 - such as a database that is away: waits end in time
                    log.warning("changes could not be read", extra={"error": type(error).__name__})
                else:
                    is_first = False
                    self._loop.call_soon_threadsafe(self._note, topics)
            time.sleep(WATCHED_EVERY_S)

    def _note(self, topics: Collection[Hashable]) -> None:
        self._changed_at |= dict.fromkeys(topics, time.monotonic())
        self._wake(topics)

    def _wake(self, topics: Collection[Hashable]) -> None:
        for hold in [each for each in self._held if each.topic in topics]:
            self._held.discard(hold)
            hold.ask_again()
