"""Passwords: slow to check, as slow for nobody."""

from statistics import median
from time import process_time

import pytest

from api.domain.errors import WeakPassword
from api.services.access import passwords

PASSWORD = "correct horse battery"
KEPT = passwords.hash_of(PASSWORD, email="a@example.org")


def seconds(kept: str | None) -> float:
    """Return the time of the processor: what else the machine does is not in it."""
    start = process_time()
    passwords.fits(kept, "wrong horse battery")
    return process_time() - start


def test_a_password_is_kept_as_argon2id_with_its_parameters() -> None:
    assert KEPT.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits(KEPT, PASSWORD)
    assert not passwords.fits(KEPT, PASSWORD.title())


def test_nobodys_password_fits_nothing_and_takes_as_long() -> None:
    assert not passwords.fits(None, PASSWORD)
    assert not passwords.fits("unusable", PASSWORD)
    somebody, nobody, unusable = (
        median(seconds(kept) for _ in range(7)) for kept in (KEPT, None, "unusable")
    )
    assert 0.4 < nobody / somebody < 2.5
    assert 0.4 < unusable / somebody < 2.5


@pytest.mark.parametrize(
    "weak", ["", "eleven char", "x" * 1025, "nora.nurse@example.org", "NORA.nurse@example.org"]
)
def test_a_weak_password_is_refused(weak: str) -> None:
    with pytest.raises(WeakPassword):
        passwords.hash_of(weak, email="nora.nurse@example.org")


def test_twelve_characters_are_enough() -> None:
    assert passwords.fits(passwords.hash_of("twelve chars", email="a@example.org"), "twelve chars")
