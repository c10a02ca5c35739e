"""Circuit breaker per host: opens for 30 s after 8 consecutive timeouts."""

import time
from collections.abc import Callable

MAX_TIMEOUTS = 8
"""Consecutive timeouts after which a host is skipped."""

OPEN_FOR_S = 30.0


class CircuitBreaker:
    """Counts timeouts per host; a host that does not answer would occupy every connection."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Start with every host allowed."""
        self._now_s = now_s
        self._timeouts: dict[str, int] = {}
        self._open_until_s: dict[str, float] = {}

    def is_open(self, host: str) -> bool:
        """Return whether requests to a host are skipped now."""
        return self._now_s() < self._open_until_s.get(host, 0.0)

    def record_timeout(self, host: str) -> None:
        """Record that a request to a host timed out."""
        self._timeouts[host] = self._timeouts.get(host, 0) + 1
        if self._timeouts[host] >= MAX_TIMEOUTS:
            self._open_until_s[host] = self._now_s() + OPEN_FOR_S

    def record_answer(self, host: str) -> None:
        """Record that a host answered, whatever the answer."""
        self._timeouts.pop(host, None)
        self._open_until_s.pop(host, None)
