"""Sends many messages at a time in one thread, but never too many to the same place."""

import asyncio
from asyncio import Task
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from notifications.channels.base import MailTarget, PushTarget, Target, WebhookTarget

NAMES_AT_ONCE = 64
"""How many names of hosts are asked for at a time: one that nobody answers for holds a thread."""

NOWHERE = ""
"""The place of what is not sent at all."""

T = TypeVar("T")
Work = Callable[[], Awaitable[T]]


@dataclass(slots=True)
class _HostQueue(Generic[T]):
    """What waits for one place, in the order it came, and how many tasks see to it."""

    waiting: deque[Work[T]] = field(default_factory=deque)
    tasks: int = 0


class HostLimitedSender(Generic[T]):
    """An event loop in a thread of its own: whoever hangs keeps nobody waiting but its own.

    Threads instead would take turns with the interpreter at every byte they wait for, which cost as
    much again as encrypting and posting.
    """

    def __init__(self, *, to_one_place: int) -> None:
        """Begin; so many at most are on their way to one place."""
        self._to_one_place = to_one_place
        self._lanes: dict[str, _HostQueue[T]] = {}
        self._tasks: set[Task[None]] = set()
        self._ended: deque[T] = deque()
        self._broken: deque[BaseException] = deque()
        self._is_idle = Event()
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(NAMES_AT_ONCE, thread_name_prefix="names"))
        self._thread = Thread(target=self._loop.run_forever, name="sending", daemon=True)
        self._thread.start()

    def submit(self, work: Iterable[tuple[str, Work[T]]]) -> None:
        """Let all of it be done, each for its place."""
        begun = list(work)
        if begun:
            self._is_idle.clear()
            self._loop.call_soon_threadsafe(self._begin, begun)

    def ended(self, *, within_s: float) -> list[T]:
        """Wait so long at most, or until nothing is under way; return what has ended since the last time.

        Raises:
            BaseException: What some work ended with instead.
        """
        self._is_idle.wait(within_s)
        if self._broken:
            raise self._broken.popleft()
        return [self._ended.popleft() for _ in range(len(self._ended))]

    def close(self, last: Callable[[], Awaitable[None]]) -> None:
        """Finish what is under way, do what is ``last``, and let the thread go."""
        if not self._loop.is_closed():
            try:
                asyncio.run_coroutine_threadsafe(self._finish(last), self._loop).result()
            finally:
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join()
                self._loop.close()

    def _begin(self, work: Iterable[tuple[str, Work[T]]]) -> None:
        self._is_idle.clear()  # again: what ended since it was submitted may have said otherwise
        for place, each in work:
            lane = self._lanes.setdefault(place, _HostQueue())
            lane.waiting.append(each)
            if lane.tasks < self._to_one_place:
                lane.tasks += 1
                task = self._loop.create_task(self._go_along(place, lane))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _go_along(self, place: str, lane: _HostQueue[T]) -> None:
        while lane.waiting:
            work = lane.waiting.popleft()
            try:
                self._ended.append(await work())
            except BaseException as broken:  # noqa: BLE001 - it belongs to who asks how it ended
                self._broken.append(broken)
        lane.tasks -= 1
        if not lane.tasks:
            del self._lanes[place]
        if not self._lanes:
            self._is_idle.set()

    async def _finish(self, last: Callable[[], Awaitable[None]]) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)
        await last()


def place_of(address: Target | None) -> str:
    """Return what answers for an address, or does not: a host, or the one server all e-mail goes by.

    >>> place_of(PushTarget("https://push.example.org/a/b", "", ""))
    'push.example.org'
    """
    match address:
        case PushTarget(endpoint=url) | WebhookTarget(url=url):
            return urlsplit(url).netloc
        case MailTarget():
            return "mail"
    return NOWHERE
