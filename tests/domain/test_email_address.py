"""Normal form of e-mail addresses."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.email_address import NoEmailAddress, read_email


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (" Nora@Example.org\n", "nora@example.org"),
        ("\u00a0nora@example.org\u2003", "nora@example.org"),
        ("nora@MÜLLER.example", "nora@xn--mller-kva.example"),
        ("nora@mu\u0308ller.example", "nora@xn--mller-kva.example"),
        ("jo\u0308rg@example.org", "jörg@example.org"),
        ("nora+clinic@sub.example.org", "nora+clinic@sub.example.org"),
        ("o'hara@example.org", "o'hara@example.org"),
    ],
)
def test_one_person_has_one_address_however_it_is_typed(typed: str, read: str) -> None:
    assert read_email(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "", "nora", "@example.org", "nora@", "nora@localhost", "nora@10.0.0.1", "nora@[10.0.0.1]",
        "no ra@example.org", "nora@exa mple.org", "nora@example..org", "nora@-a.example",
        ".nora@example.org", "no..ra@example.org",
        "nora@example.org, x@example.org", "Nora <nora@example.org>", "nora@example.org\nBcc: x@example.org",
        "no\u202era@example.org", "nora\x00@example.org", "nora@straße.example", "x" * 65 + "@example.org",
        "nora@" + "a" * 64 + ".org", "nora@" + "a." * 130 + "org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_in_words(typed: str) -> None:
    with pytest.raises(NoEmailAddress) as refused:
        read_email(typed)
    assert "@" not in str(refused.value)


@given(st.text(max_size=80) | st.from_regex(r"\A.{1,20}@.{1,20}\.[a-zü]{2,5}\Z"))
def test_whatever_is_read_reads_the_same_again_and_has_an_ascii_host(typed: str) -> None:
    with contextlib.suppress(NoEmailAddress):
        address = read_email(typed)
        assert read_email(address) == address
        assert address.rpartition("@")[2].isascii()
