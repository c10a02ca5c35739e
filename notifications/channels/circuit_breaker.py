"""Places that let one after another wait in vain: left alone for a while, for their sake and for others'."""

import time
from collections.abc import Callable

AFTER = 8
"""How many have waited in vain, one after another and with no answer between."""

LEFT_ALONE_S = 30.0


class CircuitBreaker:
    """Knows which places do not answer."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Believe that everybody answers."""
        self._now_s = now_s
        self._waited: dict[str, int] = {}
        self._until_s: dict[str, float] = {}

    def is_left_alone(self, place: str) -> bool:
        """Say whether to spare a message the wait."""
        return self._now_s() < self._until_s.get(place, 0.0)

    def waited(self, place: str) -> None:
        """Note that somebody waited for as long as anybody does, and there was no answer."""
        self._waited[place] = self._waited.get(place, 0) + 1
        if self._waited[place] >= AFTER:
            self._until_s[place] = self._now_s() + LEFT_ALONE_S

    def answered(self, place: str) -> None:
        """Note that there was an answer, whatever it says."""
        self._waited.pop(place, None)
        self._until_s.pop(place, None)
