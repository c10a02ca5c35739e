"""Threads that send, never all of them to the same place: who hangs holds up half of them at most."""

from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from notifications.channels.base import Address, AnyAddress, Hook

T = TypeVar("T")


class Lanes(Generic[T]):
    """A lane for each place, in the order things came; so many of one lane are worked on at a time."""

    def __init__(self, threads: int, *, each: int) -> None:
        """Work with ``threads`` in all, and with ``each`` at most on one lane."""
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="send")
        self._each = each
        self._lock = Lock()
        self._waiting: dict[str, deque[tuple[Future[T], Callable[[], T]]]] = {}
        self._busy: Counter[str] = Counter()

    def submit(self, place: str, work: Callable[[], T]) -> Future[T]:
        """Let ``work`` be done when its lane has come to it."""
        future: Future[T] = Future()
        with self._lock:
            self._waiting.setdefault(place, deque()).append((future, work))
            if self._busy[place] >= self._each:
                return future
            self._busy[place] += 1
        self._threads.submit(self._go_along, place)
        return future

    def close(self) -> None:
        """Let the threads go, when what waits is done."""
        self._threads.shutdown()

    def _go_along(self, place: str) -> None:
        while (following := self._next(place)) is not None:
            future, work = following
            try:
                future.set_result(work())
            except BaseException as gone:  # noqa: BLE001 - it belongs to who asked for the result
                future.set_exception(gone)

    def _next(self, place: str) -> tuple[Future[T], Callable[[], T]] | None:
        with self._lock:
            waiting = self._waiting.get(place)
            if waiting:
                return waiting.popleft()
            self._waiting.pop(place, None)
            self._busy[place] -= 1
            if not self._busy[place]:
                del self._busy[place]
            return None


def place_of(address: AnyAddress | None) -> str:
    """Return what answers for an address, or does not: a host, or the one server all e-mail goes by.

    >>> place_of(Address("https://push.example.org/a/b", "", ""))
    'push.example.org'
    """
    match address:
        case Address(endpoint=url) | Hook(url=url):
            return urlsplit(url).netloc
    return "mail"
