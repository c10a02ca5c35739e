"""The wait that another server requests, read within bounds."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.channels.http_outcome import LONGEST_WAIT, wait_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@given(st.text() | st.from_regex(r"\A[+-]?[0-9]{1,400}\Z") | st.from_regex(r"\A\w{3}, \d+ \w{3} \d+ .*\Z"))
def test_any_answer_is_a_wait_of_an_hour_at_most_or_none(retry_after: str) -> None:
    wait = wait_of(retry_after, now=NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST_WAIT


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        (None, None),
        ("0", timedelta(0)),
        (" 120 ", timedelta(minutes=2)),
        ("000000000090", timedelta(seconds=90)),
        ("99999999999999999999", LONGEST_WAIT),
        ("9" * 5000, LONGEST_WAIT),
        ("-5", None),
        ("1e3", None),
        ("٣", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_WAIT),
        ("Fri, 31 Dec 9999 23:59:59 -2359", LONGEST_WAIT),
        ("Mon, 01 Jan 0001 00:00:00 +2359", timedelta(0)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", timedelta(0)),
        ("Mon, 02 Mar 99999999999 12:00:00 GMT", None),
        ("soon", None),
    ],
)
def test_seconds_and_dates_are_bounded_and_nonsense_is_none(
    retry_after: str | None, wait: timedelta | None
) -> None:
    assert wait_of(retry_after, now=NOW) == wait


@given(st.integers(0, 3600))
def test_a_date_within_the_hour_is_waited_for(seconds: int) -> None:
    until = NOW + timedelta(seconds=seconds)
    assert wait_of(format_datetime(until, usegmt=True), now=NOW) == until - NOW
