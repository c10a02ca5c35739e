"""A machine that answers a byte at a time holds its message no longer than one that is silent."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from notifications.channels.ssrf_guard import NoResponse, PublicHttpClient
from tests.support.fakes import Waited

READ_S = 0.4
DRIPS = 120
EVERY_S = 0.05


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"


@pytest.fixture(params=[(b"", None), (HEAD, 200)], ids=["head", "body"])
def dripping(request: pytest.FixtureRequest) -> Iterator[tuple[str, threading.Event, int | None]]:
    """An address that answers for six seconds, a byte every 50 ms; an event at its end; its status."""
    said, status = request.param
    done, has_said_all = threading.Event(), threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        asking, _ = server.accept()
        with asking, contextlib.suppress(OSError):  # the client is gone
            asking.sendall(said)
            for _ in range(DRIPS):
                if done.wait(EVERY_S):
                    return
                asking.sendall(b"x")
            has_said_all.set()

    thread = threading.Thread(target=drip)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/", has_said_all, status
    done.set()
    thread.join()
    server.close()


def posted(url: str) -> int | None:
    """Return the status of an answer; None: there was none."""
    http = Waited(PublicHttpClient(loopback=True))
    try:
        answer = http.post(url, data=b"{}", headers={}, within_s=READ_S)
    except NoResponse:
        return None
    finally:
        http.close()
    return int(answer.status_code)


def test_an_answer_that_drips_is_not_waited_for_and_counts_if_it_has_said_how_it_ends(
    dripping: tuple[str, threading.Event, int | None],
) -> None:
    url, has_said_all, status = dripping

    assert posted(url) == status
    assert not has_said_all.is_set()
