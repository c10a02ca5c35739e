"""Guessing is slow, and counting it survives everything."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from api.db.database import Database
from api.domain.errors import TooManyTries
from api.models.identity import Throttle
from api.services.access import throttle
from api.services.access.throttle import AttemptLimit
from tests.conftest import NOW

THREE = AttemptLimit("knocking", 3, timedelta(minutes=15))
KNOCK = THREE.of("192.0.2.7")


def count(database: Database, *counters: throttle.Counter, minutes: float = 0) -> None:
    with database.begin() as session:
        throttle.count_attempt(session, counters, now=NOW + timedelta(minutes=minutes))


def test_the_fourth_of_three_attempts_is_refused_with_the_time_to_wait(database: Database) -> None:
    for minute in (0, 5, 10):
        count(database, KNOCK, minutes=minute)
    with pytest.raises(TooManyTries) as refused:
        count(database, KNOCK, minutes=14)
    assert refused.value.retry_after_s == 60


def test_a_new_window_begins_when_the_old_one_is_over(database: Database) -> None:
    for _ in range(3):
        count(database, KNOCK)
    count(database, KNOCK, minutes=15)
    with database.read() as session:
        assert session.get_one(Throttle, KNOCK.key).attempts == 1


def test_a_refused_try_does_not_lengthen_the_wait(database: Database) -> None:
    for _ in range(3):
        count(database, KNOCK)
    for minute in range(1, 14):
        with pytest.raises(TooManyTries):
            count(database, KNOCK, minutes=minute)
    count(database, KNOCK, minutes=15)


def test_one_place_does_not_use_up_what_another_may(database: Database) -> None:
    for _ in range(3):
        count(database, KNOCK)
    count(database, THREE.of("192.0.2.8"))


def test_a_try_that_one_limit_refuses_is_counted_by_none(database: Database) -> None:
    everybody = AttemptLimit("any client", 100, timedelta(minutes=15)).of("all")
    for _ in range(3):
        count(database, KNOCK, everybody)
    with pytest.raises(TooManyTries):
        count(database, KNOCK, everybody)
    with database.read() as session:
        assert session.get_one(Throttle, everybody.key).attempts == 3


def test_a_success_is_taken_off_the_count(database: Database) -> None:
    for _ in range(10):
        count(database, KNOCK)
        with database.begin() as session:
            throttle.refund_attempt(session, [KNOCK])
    with database.read() as session:
        assert session.get_one(Throttle, KNOCK.key).attempts == 0


def test_old_counters_are_forgotten(sqlite: Database) -> None:
    count(sqlite, KNOCK)
    with sqlite.begin() as session:
        throttle.delete_old(session, now=NOW + timedelta(days=2))
        assert session.get(Throttle, KNOCK.key) is None


def test_the_key_does_not_reveal_its_subject() -> None:
    assert "192.0.2.7" not in KNOCK.key


def test_twenty_at_once_get_three_tries_between_them(postgresql: Database) -> None:
    def knock(_: int) -> bool:
        try:
            count(postgresql, KNOCK)
        except TooManyTries:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        let_in = sum(pool.map(knock, range(20)))
    assert let_in == 3


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("a-socket", "a-socket"),
        (None, "unknown"),
    ],
)
def test_a_home_is_one_place_however_many_addresses_it_has(address: str | None, place: str) -> None:
    assert throttle.network_of(address) == place


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7:4711", "192.0.2.7"),
        ("[2001:db8:1:2:3:4:5:6]:4711", "2001:db8:1:2::"),
        ("[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::"),
    ],
)
def test_a_port_is_no_part_of_a_place(address: str, place: str) -> None:
    assert throttle.network_of(address) == place
