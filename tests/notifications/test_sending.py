"""The sending thread: a destination that hangs delays no other, and all work is done."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator

import pytest

from notifications.channels.email import MailTarget
from notifications.channels.web_push import PushTarget
from notifications.channels.webhook import WebhookTarget
from notifications.sender import HostLimitedSender

WITHIN_S = 20
AT_ONCE = 2

Work = Callable[[], Awaitable[int]]


@pytest.fixture
def sending() -> Iterator[HostLimitedSender[int]]:
    """Two at a time to one place."""
    sending: HostLimitedSender[int] = HostLimitedSender(per_destination=AT_ONCE)
    yield sending
    sending.close(nothing)


async def nothing() -> None:
    """Do nothing, last."""


def number(value: int) -> Work:
    async def work() -> int:
        await asyncio.sleep(0)
        return value

    return work


class Gate:
    """Work that hangs until other work opens it."""

    def __init__(self) -> None:
        self._is_open = asyncio.Event()
        self.has_begun = threading.Event()

    async def hang(self) -> int:
        self.has_begun.set()
        await self._is_open.wait()
        return -1

    async def open(self) -> int:
        self._is_open.set()
        return -2


def ended(sending: HostLimitedSender[int], many: int) -> list[int]:
    """Return what ended, in order, once so many have; what comes too late is missing."""
    seen: list[int] = []
    until = time.monotonic() + WITHIN_S
    while len(seen) < many and time.monotonic() < until:
        seen += sending.completed(within_s=0.01)
    return sorted(seen)


def test_a_place_that_hangs_holds_up_nobody_elses(sending: HostLimitedSender[int]) -> None:
    gate = Gate()

    sending.submit([("silent", gate.hang)] * 20 + [(f"other {n % 3}", number(n)) for n in range(20)])

    assert ended(sending, 20) == list(range(20))
    assert sending.completed(within_s=0.01) == []
    sending.submit([("other 1", gate.open)])
    assert ended(sending, 21) == [-2] + [-1] * 20


def test_no_more_than_agreed_are_on_their_way_to_one_place_and_those_in_their_order(
    sending: HostLimitedSender[int],
) -> None:
    began: list[int] = []
    under_way, most = 0, 0

    def work(value: int) -> Work:
        async def going() -> int:
            nonlocal under_way, most
            began.append(value)
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.001)
            under_way -= 1
            return value

        return going

    sending.submit(("one", work(n)) for n in range(40))

    assert ended(sending, 40) == list(range(40))
    assert began == list(range(40))
    assert most == AT_ONCE


def test_what_breaks_is_told_to_who_asks_and_the_lane_goes_on(sending: HostLimitedSender[int]) -> None:
    async def fail() -> int:
        raise SystemExit

    sending.submit([("one", fail), ("one", number(7))])

    with pytest.raises(SystemExit):
        ended(sending, 2)
    assert ended(sending, 1) == [7]


def test_what_ends_while_more_is_submitted_does_not_say_that_nothing_is_under_way(
    sending: HostLimitedSender[int],
) -> None:
    gate, began, submitted = Gate(), threading.Event(), threading.Event()

    async def last() -> int:
        began.set()
        submitted.wait(WITHIN_S)  # the loop stands still, and goes on with what was submitted meanwhile
        return 1

    sending.submit([("one", last)])
    began.wait(WITHIN_S)
    sending.submit([("silent", gate.hang)])
    submitted.set()

    assert ended(sending, 1) == [1]
    gate.has_begun.wait(WITHIN_S)
    is_idle = sending._is_idle.is_set()  # or `completed` would return at once without end
    sending.submit([("other", gate.open)])
    assert (is_idle, ended(sending, 2)) == (False, [-2, -1])


def test_closing_finishes_what_waits_and_does_what_is_last() -> None:
    sending: HostLimitedSender[int] = HostLimitedSender(per_destination=1)
    last: list[int] = []

    async def close() -> None:
        last.extend(sending.completed(within_s=0))

    sending.submit([("one", number(1))] * 50)
    sending.close(close)
    sending.close(close)  # a second time there is nothing to close

    assert last == [1] * 50


def test_all_e_mail_goes_by_one_server_and_all_else_by_the_host_of_its_address() -> None:
    assert WebhookTarget("https://a.example:8443/x", "").destination == "a.example:8443"
    first, second = (PushTarget(f"https://push.example/{n}", "", "") for n in (1, 2))
    assert first.destination == second.destination == "push.example"
    assert MailTarget("a@a.example").destination == MailTarget("b@b.example").destination
