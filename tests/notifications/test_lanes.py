"""Threads that send: whoever hangs keeps half of them at most, and nothing is left lying."""

import threading
from collections.abc import Iterator

import pytest

from notifications.channels.base import Address, Hook, Mailbox
from notifications.lanes import Lanes, place_of

WITHIN_S = 20


@pytest.fixture
def lanes() -> Iterator[Lanes[int]]:
    """Four threads, two of them to one place."""
    lanes: Lanes[int] = Lanes(4, each=2)
    yield lanes
    lanes.close()


def test_a_place_that_hangs_holds_up_nobody_elses(lanes: Lanes[int]) -> None:
    answers = threading.Event()

    def hang() -> int:
        answers.wait(WITHIN_S)
        return 0

    hanging = [lanes.submit("silent", hang) for _ in range(20)]
    others = [lanes.submit(f"other {n % 3}", lambda n=n: n) for n in range(20)]  # type: ignore[misc]

    assert [other.result(WITHIN_S) for other in others] == list(range(20))
    assert not any(each.done() for each in hanging)
    answers.set()
    assert [each.result(WITHIN_S) for each in hanging] == [0] * 20


def test_no_more_than_agreed_are_on_their_way_to_one_place_and_those_in_their_order(
    lanes: Lanes[int],
) -> None:
    lock, now, most, began = threading.Lock(), 0, 0, []

    def work(number: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
            began.append(number)
        meeting.wait(WITHIN_S)  # nobody goes on before a second one is there
        with lock:
            now -= 1
        return number

    meeting = threading.Barrier(2)
    done = [lanes.submit("one", lambda n=n: work(n)) for n in range(40)]  # type: ignore[misc]

    assert [each.result(WITHIN_S) for each in done] == list(range(40))
    assert most == 2
    assert all(abs(place - number) <= 1 for place, number in enumerate(began))


def test_what_fails_is_told_to_who_asked_and_the_lane_goes_on(lanes: Lanes[int]) -> None:
    def fail() -> int:
        raise SystemExit

    failed, fine = lanes.submit("one", fail), lanes.submit("one", lambda: 7)

    with pytest.raises(SystemExit):
        failed.result(WITHIN_S)
    assert fine.result(WITHIN_S) == 7


def test_closing_finishes_what_waits() -> None:
    lanes: Lanes[int] = Lanes(1, each=1)
    waiting = [lanes.submit("one", lambda: 1) for _ in range(50)]

    lanes.close()

    assert sum(each.result(0) for each in waiting) == 50


def test_all_e_mail_goes_by_one_server_and_all_else_by_the_hosts_of_its_address() -> None:
    assert place_of(Hook("https://a.example:8443/x", "")) == "a.example:8443"
    assert place_of(Address("https://push.example/1", "", "")) == place_of(
        Address("https://push.example/2", "", "")
    )
    assert place_of(Mailbox("a@a.example")) == place_of(Mailbox("b@b.example"))
