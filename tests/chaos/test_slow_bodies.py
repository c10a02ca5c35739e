"""Clients that send slowly, too much or not at all, against a real server."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.db.database import Database
from tests.chaos.served import Answered, Served, served, url_of
from tests.support.builders import Clinic, a_report
from tests.support.servers import HOST

SLOW = 64
"""Four for each thread of the server."""

HEAD = b"POST /v1/me/entries HTTP/1.1\r\nHost: clinic.example\r\nContent-Type: application/json\r\n"


def a_socket(port: int, stack: ExitStack, sent: bytes) -> socket.socket:
    connection = stack.enter_context(socket.create_connection((HOST, port), timeout=10))
    connection.sendall(sent)
    return connection


def answered(connection: socket.socket) -> bytes:
    """Return all that comes until the server hangs up."""
    said = b""
    while chunk := connection.recv(65536):
        said += chunk
    return said


def test_strangers_who_send_one_byte_of_a_body_hold_up_nobody(
    database: Database, clinic: Clinic, tmp_path: Path
) -> None:
    with served(url_of(database), tmp_path) as server, ExitStack() as stack:
        for _ in range(SLOW):
            a_socket(server.port, stack, HEAD + b"Content-Length: 100\r\n\r\n{")
            a_socket(server.port, stack, HEAD + b"Content-Length: 1000000\r\n\r\n{")
            a_socket(server.port, stack, HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n")
            a_socket(server.port, stack, b"POST /v1/me/entr")
        assert server.ask("GET", "/health/live", within_s=5).status == 200
        answer = server.ask(
            "POST", "/v1/me/entries", token=clinic.patient.token, content=a_report(), within_s=5
        )
        assert answer.status == 201


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("inspected")
    with served("sqlite:///unused", folder, app="tests.chaos.inspected:server") as server:
        yield server


@pytest.mark.parametrize(
    "rest", [b"Content-Length: 100\r\n\r\n{", b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"]
)
def test_a_body_that_does_not_arrive_in_time_is_answered_408_and_hung_up_on(
    inspected: Served, rest: bytes
) -> None:
    with ExitStack() as stack:
        said = answered(a_socket(inspected.port, stack, HEAD + rest))
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in said


def test_a_body_that_drips_does_not_move_its_deadline(inspected: Served) -> None:
    with ExitStack() as stack:
        connection = a_socket(inspected.port, stack, HEAD + b"Content-Length: 900\r\n\r\n")
        connection.settimeout(0.1)
        deadline = time.monotonic() + 10
        said = b""
        while not said and time.monotonic() < deadline:
            connection.sendall(b" ")
            try:
                said = connection.recv(1000)
            except TimeoutError:
                continue
    assert said.startswith(b"HTTP/1.1 408 ")


def test_a_body_longer_than_is_taken_is_not_read_and_the_application_hears_its_length(
    inspected: Served,
) -> None:
    said = inspected.ask("POST", "/", content="x" * 2000).content
    assert (said["read"], said["environ"]["CONTENT_LENGTH"]) == (0, "2002")


def test_a_body_that_breaks_off_does_not_reach_the_application(inspected: Served) -> None:
    with ExitStack() as stack:
        connection = a_socket(inspected.port, stack, HEAD + b"Content-Length: 100\r\n\r\n{}")
        connection.shutdown(socket.SHUT_WR)
        assert b" 200 " not in answered(connection)


def test_all_bodies_together_are_bounded_and_room_comes_back(inspected: Served) -> None:
    with ThreadPoolExecutor(12) as phones:
        asked = [
            phones.submit(inspected.ask, "POST", "/slow", content="x" * 900, within_s=10) for _ in range(12)
        ]
        statuses = [each.result().status for each in asked]
    assert set(statuses) == {200, 503}
    assert inspected.ask("POST", "/", content="x" * 900).content["read"] == 902


def test_a_chunked_body_reaches_the_application_whole_with_its_length(inspected: Served) -> None:
    chunk = b"64\r\n" + b"x" * 100 + b"\r\n"
    with ExitStack() as stack:
        sent = HEAD + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + 3 * chunk + b"0\r\n\r\n"
        said = answered(a_socket(inspected.port, stack, sent))
    assert b'"CONTENT_LENGTH": "300"' in said
    assert b'"read": 300' in said


def test_a_header_with_an_underscore_cannot_pass_for_a_proxys(inspected: Served) -> None:
    with ExitStack() as stack:
        sent = HEAD + b"X_Forwarded_For: 1.2.3.4\r\nX-Two: 1\r\nX-Two: 2\r\nConnection: close\r\n\r\n"
        said = answered(a_socket(inspected.port, stack, sent))
    assert b"1.2.3.4" not in said
    assert b'"HTTP_X_TWO": "1,2"' in said


def test_a_path_is_decoded_once(inspected: Served) -> None:
    environ = inspected.ask("GET", "/a%2541/%C3%A9?b=%20").content["environ"]
    assert (environ["PATH_INFO"], environ["QUERY_STRING"]) == ("/a%41/Ã©", "b=%20")


def test_a_fault_below_the_applications_own_handler_is_a_problem_and_ends_no_thread(
    inspected: Served,
) -> None:
    assert [inspected.ask("GET", "/broken").status for _ in range(4)] == [500] * 4
    assert inspected.ask("GET", "/").status == 200


def test_requests_that_wait_too_long_for_a_thread_are_told_to_come_again_and_liveness_never_waits(
    inspected: Served,
) -> None:
    def slow(_: int) -> Answered:
        return inspected.ask("GET", "/slow")

    with ThreadPoolExecutor(8) as phones:
        asked = [phones.submit(slow, number) for number in range(8)]
        time.sleep(0.2)
        assert inspected.ask("GET", "/health/live").status == 200
        assert not any(each.done() for each in asked)
        answers = [each.result() for each in asked]
    statuses = [answer.status for answer in answers]
    assert set(statuses) == {200, 503}
    assert all("retry-after" in answer.headers for answer in answers if answer.status == 503)
