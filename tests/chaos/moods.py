"""A push service in bad moods, which keeps a ledger of what it took from whom."""

import json
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from tests.support.push_service import Dropped, Push, bytes_of

HANGS_FOR_S = 8.0
"""Longer than any sender waits."""


class Mood(StrEnum):
    """Behaviour of the push service towards one browser."""

    WELL = "well"
    BUSY = "busy"  # every first try is answered 429 with a Retry-After
    BROKEN = "broken"  # every first try is answered 500
    DROPS = "drops"  # every first try is taken, and the connection dropped
    HANGS = "hangs"  # every first attempt is accepted and never answered
    GONE = "gone"  # 410, from the second message on
    REFUSES = "refuses"  # 400, always
    DOWN = "down"  # 503, always


SHARES = {
    Mood.WELL: 0.80,
    Mood.BUSY: 0.06,
    Mood.BROKEN: 0.05,
    Mood.DROPS: 0.03,
    Mood.HANGS: 0.005,
    Mood.GONE: 0.025,
    Mood.REFUSES: 0.02,
    Mood.DOWN: 0.01,
}


@dataclass(frozen=True)
class Taken:
    """One push that was answered with 201."""

    sender: str
    at: float


Key = tuple[str, str]
"""Path and topic: the browser and the message, as far as a push service can see."""


@dataclass
class Moody:
    """Answers by the mood of the browser, and writes down what it has acknowledged."""

    moods: Mapping[str, Mood]
    """By the path of a browser."""
    taken: dict[Key, list[Taken]] = field(default_factory=lambda: defaultdict(list))
    answered: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    """Set at the end, which releases hanging requests."""
    _attempts: Counter[Key] = field(default_factory=Counter)
    _seen: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def reachable(self) -> int:
        """Return how many browsers take every message in the end."""
        never = {Mood.GONE, Mood.REFUSES, Mood.DOWN}
        return sum(mood not in never for mood in self.moods.values())

    def __call__(self, push: Push) -> tuple[int, dict[str, str]]:
        """Answer a push."""
        key = (push.path, push.headers["topic"])
        mood = self.moods[push.path]
        with self._lock:
            self._attempts[key] += 1
            self._seen[push.path].add(key[1])
            is_first = self._attempts[key] == 1
            status = self._status(mood, push.path, is_first=is_first)
            self.answered[str(status) if status else mood.value] += 1
            if status == 201:
                self.taken[key].append(Taken(sender_of(push.headers["authorization"]), time.monotonic()))
                self.acknowledged += 1
        if mood is Mood.HANGS and is_first:
            self.over.wait(HANGS_FOR_S)
        if status == 0:
            raise Dropped
        return status, {"Retry-After": "1"} if status == 429 else {}

    def _status(self, mood: Mood, path: str, *, is_first: bool) -> int:
        """Return the status; 0 for none at all."""
        always = {Mood.REFUSES: 400, Mood.DOWN: 503, Mood.WELL: 201}
        at_first = {Mood.BUSY: 429, Mood.BROKEN: 500, Mood.DROPS: 0, Mood.HANGS: 0}
        if mood in always:
            return always[mood]
        if mood is Mood.GONE:
            return 410 if len(self._seen[path]) > 1 else 201
        return at_first[mood] if is_first else 201


def moods_for(paths: list[str], *, seed: int) -> dict[str, Mood]:
    """Deal out moods by their shares; each there is at least once."""
    dealt = random.Random(seed).choices(list(SHARES), list(SHARES.values()), k=len(paths) - len(Mood))
    return dict(zip(paths, [*Mood, *dealt], strict=True))


@cache
def sender_of(authorization: str) -> str:
    """Return the subject a VAPID header was signed for: each worker of a test has its own."""
    token = authorization.removeprefix("vapid t=").partition(",")[0]
    return str(json.loads(bytes_of(token.split(".")[1]))["sub"])
