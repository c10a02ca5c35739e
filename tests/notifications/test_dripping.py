"""A machine that answers a byte at a time holds its message no longer than one that is silent."""

import socket
import threading
from collections.abc import Iterator

import pytest

from notifications.channels.public_only import NoAnswer, PublicOnly, peer_rule
from tests.fakes import Waited

READ_S = 0.4
DRIPS = 120
EVERY_S = 0.05


@pytest.fixture(params=[b"", b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"], ids=["head", "body"])
def dripping(request: pytest.FixtureRequest) -> Iterator[tuple[str, threading.Event]]:
    """An address that answers for six seconds, a byte every 50 ms, and whether it has said all."""
    done, has_said_all = threading.Event(), threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        asking, _ = server.accept()
        with asking:
            asking.sendall(request.param)
            for _ in range(DRIPS):
                if done.wait(EVERY_S):
                    return
                asking.sendall(b"x")
            has_said_all.set()

    thread = threading.Thread(target=drip)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/", has_said_all
    done.set()
    thread.join()
    server.close()


def test_an_answer_that_drips_is_none(dripping: tuple[str, threading.Event]) -> None:
    url, has_said_all = dripping
    http = Waited(PublicOnly(peer_rule(loopback=True)))

    with pytest.raises(NoAnswer):
        http.post(url, data=b"{}", headers={}, within_s=READ_S)

    assert not has_said_all.is_set()
    http.close()
