"""Push service that accepts everything and records the time: `python -m tests.bench.sink PORT`.

It runs in its own process, so that it takes no time from the workers. `GET /seen` returns a list of path
and moment, on the monotonic clock that all processes of a machine share.
"""

import asyncio
import json
import sys
import time

HOST = "127.0.0.1"
TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"

seen: list[tuple[str, float]] = []


class Receiver(asyncio.Protocol):
    """One kept-alive connection of a sender."""

    def __init__(self) -> None:
        """Start without data."""
        self._unread = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every complete request."""
        self._unread += data
        while True:
            head, found, rest = self._unread.partition(b"\r\n\r\n")
            if not found or len(rest) < (length := _length(head)):
                return
            self._unread = rest[length:]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        method, path, _ = head.split(b" ", 2)
        if method == b"POST":
            seen.append((path.decode(), time.monotonic()))
            self._transport.write(TAKEN)
            return
        body = json.dumps(seen).encode()
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def serve(port: int) -> None:
    """Accept pushes until this process ends."""
    server = await asyncio.get_running_loop().create_server(Receiver, HOST, port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
