"""Sends many messages concurrently in one thread, with a limit per destination."""

import asyncio
from asyncio import Task
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Generic, TypeVar

MAX_NAME_LOOKUPS = 64
"""Concurrent DNS lookups; one without an answer occupies a thread."""

T = TypeVar("T")
Work = Callable[[], Awaitable[T]]


@dataclass(slots=True)
class _HostQueue(Generic[T]):
    """Work for one destination, in order of arrival, and the number of tasks that do it."""

    waiting: deque[Work[T]] = field(default_factory=deque)
    tasks: int = 0


class HostLimitedSender(Generic[T]):
    """An event loop in its own thread; a destination that hangs delays only its own messages.

    Threads would switch at every byte they wait for, which costs as much again as encrypting and
    posting.
    """

    def __init__(self, *, per_destination: int) -> None:
        """Start, with at most so many messages in flight to one destination."""
        self._per_destination = per_destination
        self._queues: dict[str, _HostQueue[T]] = {}
        self._tasks: set[Task[None]] = set()
        self._completed: deque[T] = deque()
        self._errors: deque[BaseException] = deque()
        self._is_idle = Event()
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(MAX_NAME_LOOKUPS, thread_name_prefix="names"))
        self._thread = Thread(target=self._loop.run_forever, name="sending", daemon=True)
        self._thread.start()

    def submit(self, work: Iterable[tuple[str, Work[T]]]) -> None:
        """Start work, each item for its destination."""
        items = list(work)
        if items:
            self._is_idle.clear()
            self._loop.call_soon_threadsafe(self._start, items)

    def completed(self, *, within_s: float) -> list[T]:
        """Wait until all work is done or time is up; return the results since the last call.

        Raises:
            BaseException: The error of a work item.
        """
        self._is_idle.wait(within_s)
        if self._errors:
            raise self._errors.popleft()
        return [self._completed.popleft() for _ in range(len(self._completed))]

    def close(self, last: Callable[[], Awaitable[None]]) -> None:
        """Finish all work, run ``last``, and end the thread."""
        if not self._loop.is_closed():
            try:
                asyncio.run_coroutine_threadsafe(self._finish(last), self._loop).result()
            finally:
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join()
                self._loop.close()

    def _start(self, items: Iterable[tuple[str, Work[T]]]) -> None:
        self._is_idle.clear()  # again: work that ended since `submit` may have set it
        for destination, work in items:
            queue = self._queues.setdefault(destination, _HostQueue())
            queue.waiting.append(work)
            if queue.tasks < self._per_destination:
                queue.tasks += 1
                task = self._loop.create_task(self._run(destination, queue))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _run(self, destination: str, queue: _HostQueue[T]) -> None:
        while queue.waiting:
            work = queue.waiting.popleft()
            try:
                self._completed.append(await work())
            except BaseException as error:  # noqa: BLE001 - raised to the caller of `completed`
                self._errors.append(error)
        queue.tasks -= 1
        if not queue.tasks:
            del self._queues[destination]
        if not self._queues:
            self._is_idle.set()

    async def _finish(self, last: Callable[[], Awaitable[None]]) -> None:
        while self._tasks:
            await asyncio.wait(self._tasks)
        await last()
