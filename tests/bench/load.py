"""Load generator in its own process: keep-alive connections that send requests one after another.

`python -m tests.bench.load` reads a plan from standard input and writes latencies and statuses to
standard output. Both sides of every ratio get the same bytes from this client.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from itertools import cycle
from typing import Any

HOST = "127.0.0.1"


class Connection(asyncio.Protocol):
    """Connection that sends the next request as soon as the last answer is complete."""

    def __init__(self, requests: list[bytes], until: float, done: asyncio.Future[None]) -> None:
        """Send ``requests`` until all are sent or the time is over."""
        self._requests = iter(requests)
        self._until = until
        self._done = done
        self._seen = b""
        self._sent_at = 0.0
        self._transport: asyncio.Transport
        self.latencies: list[float] = []
        self.answered_at: list[float] = []
        self.statuses: Counter[int] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        """Record a complete answer, and send the next request."""
        self._seen += data
        head, found, body = self._seen.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        now = time.monotonic()
        self.latencies.append(now - self._sent_at)
        self.answered_at.append(now)
        self.statuses[int(head[9:12])] += 1
        self._seen = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """End; a connection closed by the server fails the benchmark."""
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None or time.monotonic() >= self._until:
            if not self._done.done():
                self._done.set_result(None)
            self._transport.close()
            return
        self._sent_at = time.monotonic()
        self._transport.write(request)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without its length")


async def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Run a plan: ``port``, ``seconds``; a connection has ``path``, ``bodies``, ``tokens`` in turn."""
    loop = asyncio.get_running_loop()
    prepared = [
        [_request(each["path"], token, body) for token, body in zip(cycle(each["tokens"]), each["bodies"])]
        for each in plan["connections"]
    ]
    began = time.monotonic()
    until = began + plan["seconds"]
    waiting, protocols = [], []
    for requests in prepared:
        done = loop.create_future()
        protocol = Connection(requests, until, done)
        await loop.create_connection(lambda made=protocol: made, HOST, plan["port"])
        waiting.append(done)
        protocols.append(protocol)
    await asyncio.gather(*waiting)
    last = max(at for each in protocols for at in each.answered_at)
    return {
        "elapsed_s": last - began,
        "latencies_s": [each.latencies for each in protocols],
        "answered_at": [each.answered_at for each in protocols],
        "statuses": sum((each.statuses for each in protocols), Counter()),
    }


def _request(path: str, token: str, body: str) -> bytes:
    content = body.encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\n"
        f"Authorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


if __name__ == "__main__":
    json.dump(asyncio.run(run(json.load(sys.stdin))), sys.stdout)
