"""A machine that lets one after another wait in vain is left alone for a while."""

import socket

import pytest

from notifications.channels.circuit_breaker import MAX_TIMEOUTS, OPEN_FOR_S, CircuitBreaker
from notifications.channels.ssrf_guard import NoResponse, PublicHttpClient
from tests.support.fakes import Waited
from tests.support.push_service import PushService

SILENT, FINE = "https://silent.example", "https://fine.example"


class Watch:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_it_is_left_alone_after_so_many_in_a_row_and_nobody_else_is() -> None:
    breaker = CircuitBreaker(Watch())
    for _ in range(MAX_TIMEOUTS - 1):
        breaker.record_timeout(SILENT)

    assert not breaker.is_open(SILENT)
    breaker.record_timeout(SILENT)
    assert (breaker.is_open(SILENT), breaker.is_open(FINE)) == (True, False)


def test_one_answer_between_is_enough() -> None:
    breaker = CircuitBreaker(Watch())
    for _ in range(MAX_TIMEOUTS - 1):
        breaker.record_timeout(SILENT)
    breaker.record_answer(SILENT)
    breaker.record_timeout(SILENT)

    assert not breaker.is_open(SILENT)


def test_after_a_while_it_is_asked_again_and_left_alone_at_once_if_it_still_hangs() -> None:
    watch = Watch()
    breaker = CircuitBreaker(watch)
    for _ in range(MAX_TIMEOUTS):
        breaker.record_timeout(SILENT)

    watch.now_s += OPEN_FOR_S
    assert not breaker.is_open(SILENT)
    breaker.record_timeout(SILENT)
    assert breaker.is_open(SILENT)


def test_over_the_wire_nobody_waits_for_who_hangs_until_it_answers(service: PushService) -> None:
    watch = Watch()
    http = Waited(PublicHttpClient(loopback=True, breaker=CircuitBreaker(watch)))
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and says nothing
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        for _ in range(MAX_TIMEOUTS):
            with pytest.raises(NoResponse, match="Timeout"):
                http.post(url, data=b"", headers={}, within_s=0.02)
        with pytest.raises(NoResponse, match="host is skipped"):
            http.post(url, data=b"", headers={}, within_s=60.0)

    answer = http.post(f"{service.origin}/1", data=b"", headers={}, within_s=2.0)
    http.close()

    assert answer.status_code == 201


def test_a_machine_that_refuses_is_not_one_that_hangs() -> None:
    http = Waited(PublicHttpClient(loopback=True, breaker=CircuitBreaker(Watch())))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
        for _ in range(2 * MAX_TIMEOUTS):
            with pytest.raises(NoResponse, match="ConnectionRefusedError"):
                http.post(url, data=b"", headers={}, within_s=2.0)
    http.close()
