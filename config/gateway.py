"""RSGI-to-WSGI gateway that reads each body under a deadline before a thread is assigned.

Granian's own WSGI interface assigns a thread first and reads the body in it without a deadline, so
that one slow client per thread stops the server. Here the event loop reads bodies, and a slow one
costs memory for a while only.
"""

import asyncio
import json
import logging
import resource
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from queue import SimpleQueue
from typing import Any, Protocol

from config.environ import environ_of
from config.held_requests import HOLD, HeldRequests, Hold, Watch

log = logging.getLogger(__name__)

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

SMALL_BYTES = 16_000
"""Bodies up to this stated length are read in one step, and counted on arrival."""

LOGGED_EVERY_S = 10.0
"""Interval at which refusals are logged together, so that a flood does not fill the disk."""

THREADS = 16
"""Python threads of a web process. Concurrent entries wait for each other in these threads and share one
transaction (`api.services.entries.group_commit`): in `make bench`, 16 threads answer a tenth to a fifth
more requests than 8, and a third to three quarters more than 2. A slow password check in a sign-in blocks
one thread only."""


@dataclass(frozen=True, slots=True)
class GatewayLimits:
    """Limits of one process."""

    threads: int = THREADS
    body_s: float = 20.0
    """From the end of the headers to the end of the body: 1 MB at 50 kB/s."""
    body_bytes: int = 1_000_000
    """Of one body; the rest of a longer one is not read, and the application receives its length."""
    buffered_bytes: int = 64_000_000
    """Of all bodies received in whole or in part that wait for a thread or are being answered."""
    queue_s: float = 10.0
    """Time limit of the wait for a thread; phones repeat their request after it."""


class HttpProtocol(Protocol):
    """Granian's object to answer one request with."""

    async def __call__(self) -> bytes: ...  # noqa: D102 - the whole body
    def __aiter__(self) -> Any: ...
    def response_bytes(  # noqa: D102
        self, status: int, headers: list[tuple[str, str]], body: bytes
    ) -> None: ...


@dataclass(slots=True)
class _Job:
    environ: dict[str, Any]
    protocol: HttpProtocol
    done: asyncio.Future[None]
    give_up_at: float
    answer: tuple[int, list[tuple[str, str]], bytes] | None = None
    """Answer that is kept while the request waits for a change."""


class _Refused(Exception):
    """The request is answered with ``status``, without the application."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


TOO_SLOW = "The request's body did not arrive in time. Nothing of it was read; send it again."
TOO_BUSY = "The server is busy. Nothing of this request was read; send it again with the same ids."


def _is_of_a_patient(environ: Mapping[str, Any]) -> bool:
    return str(environ["PATH_INFO"]).startswith("/v1/me/")


class Gateway:
    """Serves a WSGI application through Granian's RSGI interface."""

    def __init__(
        self,
        app: WsgiApp,
        *,
        limits: GatewayLimits | None = None,
        lanes: Iterable[str] = (),
        watch: Watch | None = None,
    ) -> None:
        """Serve ``app``; each path in ``lanes`` has its own thread and never waits for the others.

        With ``watch`` the application may let requests wait for a change: see `config.held_requests`.
        """
        self._app = app
        self._limits = limits or GatewayLimits()
        self._common: SimpleQueue[_Job] = SimpleQueue()
        self._lanes: dict[str, SimpleQueue[_Job]] = {path: SimpleQueue() for path in lanes}
        self._held = HeldRequests(watch) if watch else None
        self._buffered = 0
        self._refusals: defaultdict[int, int] = defaultdict(int)
        self._logged_at = 0.0

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start the threads; Granian calls this once in each process."""
        # sockets must not use up the files of the database
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        self._loop = loop
        queues = [self._common] * self._limits.threads + list(self._lanes.values())
        for number, queue in enumerate(queues):
            threading.Thread(target=self._work, args=(queue,), name=f"web-{number}", daemon=True).start()
        if self._held is not None:
            self._held.start(loop)

    async def __rsgi__(self, scope: Any, protocol: HttpProtocol) -> None:
        """Read the request, hand it to a thread, and wait for the answer."""
        environ = environ_of(scope)
        try:
            body = await self._body(environ, protocol)
        except _Refused as refused:
            protocol.response_bytes(*problem(refused.status, refused.detail))
            self._count(refused.status)
            return
        environ["wsgi.input"] = BytesIO(body)
        job = _Job(environ, protocol, self._loop.create_future(), time.monotonic() + self._limits.queue_s)
        if self._held is not None and not body and self._held.has_room:
            environ[HOLD] = Hold(lambda: self._ask_again(job), lambda: self._send_kept(job))
        try:
            self._lanes.get(environ["PATH_INFO"], self._common).put(job)
            await job.done
        finally:
            self._buffered -= len(body)

    async def _body(self, environ: dict[str, Any], protocol: HttpProtocol) -> bytes:
        """Return the body, counted as buffered; of one above the limit its beginning, or nothing.

        The application rejects such a body by its stated length, and searches the beginning of a
        patient's body for statements about safety.
        """
        stated = environ.get("CONTENT_LENGTH")
        chunked = environ.pop("HTTP_TRANSFER_ENCODING", None) is not None
        length = int(stated) if stated is not None and stated.isdecimal() else 0
        is_too_long = length > self._limits.body_bytes
        if (not chunked and length == 0) or (is_too_long and not _is_of_a_patient(environ)):
            return b""
        try:
            async with asyncio.timeout(self._limits.body_s):
                if chunked or length > SMALL_BYTES:
                    body = await self._chunks(environ, protocol)
                else:
                    body = await protocol()
                    self._buffered += len(body)
        except TimeoutError:
            raise _Refused(HTTPStatus.REQUEST_TIMEOUT, TOO_SLOW) from None
        if not chunked and len(body) != min(length, self._limits.body_bytes):
            self._buffered -= len(body)
            raise _Refused(HTTPStatus.BAD_REQUEST, "The request's body broke off.")
        return body

    async def _chunks(self, environ: dict[str, Any], protocol: HttpProtocol) -> bytes:
        """Read a body in chunks and count them; leave the rest of a long one unread."""
        read, is_whole = bytearray(), False
        try:
            async for chunk in protocol:
                read += chunk
                self._buffered += len(chunk)
                if len(read) > self._limits.body_bytes:
                    environ["CONTENT_LENGTH"] = str(max(len(read), int(environ.get("CONTENT_LENGTH") or 0)))
                    beginning = bytes(read[: self._limits.body_bytes]) if _is_of_a_patient(environ) else b""
                    self._buffered += len(beginning)
                    return beginning
                if self._buffered > self._limits.buffered_bytes:
                    raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE, TOO_BUSY)
            is_whole = True
        finally:
            if not is_whole:
                self._buffered -= len(read)
        environ["CONTENT_LENGTH"] = str(len(read))
        return bytes(read)

    def _work(self, queue: SimpleQueue[_Job]) -> None:
        while True:
            job, is_held = queue.get(), False
            try:
                is_held = self._answer(job)
            except Exception as error:  # the application has its own handler, so this is a bug
                log.exception("request failed", extra={"error": type(error).__name__})
                job.protocol.response_bytes(
                    *problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong.")
                )
            finally:
                if not is_held:
                    self._loop.call_soon_threadsafe(_finish, job.done)
                del job  # release the body while the thread waits for the next job

    def _answer(self, job: _Job) -> bool:
        """Answer a request; return whether it waits for a change instead."""
        if time.monotonic() > job.give_up_at:
            self._loop.call_soon_threadsafe(self._count, HTTPStatus.SERVICE_UNAVAILABLE)
            job.protocol.response_bytes(*problem(HTTPStatus.SERVICE_UNAVAILABLE, TOO_BUSY))
            return False
        hold: Hold | None = job.environ.get(HOLD)
        if hold is not None:
            hold.ask()
        started: list[tuple[Any, ...]] = []
        answer = self._app(job.environ, lambda *start: started.append(start))
        try:
            body = b"".join(answer)
        finally:
            getattr(answer, "close", lambda: None)()
        status, headers, *_ = started[-1]  # an error after the start replaces it
        job.answer = (int(status.partition(" ")[0]), headers, body)
        if self._held is not None and hold is not None and hold.is_wanted:
            self._loop.call_soon_threadsafe(self._held.keep, hold)
            return True
        job.protocol.response_bytes(*job.answer)
        return False

    def _ask_again(self, job: _Job) -> None:
        job.give_up_at = time.monotonic() + self._limits.queue_s
        self._common.put(job)

    def _send_kept(self, job: _Job) -> None:
        if job.answer is not None:
            job.protocol.response_bytes(*job.answer)
        _finish(job.done)

    def _count(self, status: HTTPStatus) -> None:
        """Count a refusal, and log those of the last interval together."""
        self._refusals[status] += 1
        now = time.monotonic()
        if now - self._logged_at >= LOGGED_EVERY_S:
            for each, count in self._refusals.items():
                log.warning("requests refused unread", extra={"status": int(each), "count": count})
            self._refusals.clear()
            self._logged_at = now


def _finish(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)


def problem(status: HTTPStatus, detail: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, headers and body of an RFC 9457 problem that ends its connection."""
    body = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    headers = [
        ("Content-Type", "application/problem+json"),
        ("Cache-Control", "no-store"),
        ("Connection", "close"),
    ]
    if status != HTTPStatus.INTERNAL_SERVER_ERROR:
        headers.append(("Retry-After", "2"))
    return int(status), headers, json.dumps(body).encode()
