"""Passwords: the check is slow, also for an unknown account."""

from statistics import median
from time import process_time

import pytest

from api.domain.account_errors import WeakPassword
from api.services.accounts import passwords

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
    known, unknown, unusable = (median(seconds(kept) for _ in range(7)) for kept in (KEPT, None, "unusable"))
    assert 0.4 < unknown / known < 2.5
    assert 0.4 < unusable / known < 2.5


@pytest.mark.parametrize(
    "weak", ["", "eleven char", "x" * 1025, "nora.nurse@example.org", "NORA.nurse@example.org"]
)
def test_a_weak_password_is_refused(weak: str) -> None:
    with pytest.raises(WeakPassword):
        passwords.hash_of(weak, email="nora.nurse@example.org")


def test_twelve_characters_are_enough() -> None:
    assert passwords.fits(passwords.hash_of("twelve chars", email="a@example.org"), "twelve chars")


@pytest.mark.parametrize(
    "frequent",
    [
        "123456789012", "password1234", "qwertyuiop12", "aaaaaaaaaaaa", "abcdefghijkl", "1q2w3e4r5t6y",
        "P@ssw0rd1234", "iloveyou1234", "Passwort1234", "motdepasse12", "passwordpassword", "unbelievable",
        "Letrozol2026", "Brustzentrum1", "Willkommen26",
    ],
)  # fmt: skip
def test_a_password_that_is_tried_first_is_refused(frequent: str) -> None:
    with pytest.raises(WeakPassword, match="among the first"):
        passwords.hash_of(frequent, email="a@example.org")


@pytest.mark.parametrize(
    "named", ["nora.nurse2026", "Nora-Nurse-1", "StExample2026", "example.org.1", "St. Example 1"]
)
def test_a_password_made_of_the_persons_the_sites_or_the_addresss_name_is_refused(named: str) -> None:
    with pytest.raises(WeakPassword):
        passwords.hash_of(named, email="nora.nurse@example.org", context=["Nora Nurse", "St. Example"])


@pytest.mark.parametrize(
    "strong",
    [
        PASSWORD,
        "a better horse",
        "Xk3vNq9wPz2L",
        "Streng geheimer Wal im Garten",
        "x9" + "ß" * 3 + "K-27 qp.",
    ],
)
def test_a_password_that_is_hard_to_guess_is_taken(strong: str) -> None:
    assert passwords.fits(passwords.hash_of(strong, email="a@example.org"), strong)


COMPOSED, DECOMPOSED = "Grüße an die Bären 7", "Gru\u0308ße an die Ba\u0308ren 7"


def test_one_password_typed_on_two_keyboards_is_one_password() -> None:
    for typed, again in (
        (COMPOSED, DECOMPOSED),
        (DECOMPOSED, COMPOSED),
        ("ｗｉｄｅ letters 91", "wide letters 91"),
    ):
        assert passwords.fits(passwords.hash_of(typed, email="a@example.org"), again)


def test_a_hash_made_before_passwords_were_normalised_still_fits_and_is_renewed() -> None:
    before = passwords.HASHER.hash(DECOMPOSED)
    assert passwords.fits(before, DECOMPOSED)
    assert not passwords.fits(before, COMPOSED)
    assert passwords.is_outdated(before, DECOMPOSED)
    renewed = passwords.rehash(DECOMPOSED)
    assert passwords.fits(renewed, COMPOSED)
    assert not passwords.is_outdated(renewed, DECOMPOSED)
