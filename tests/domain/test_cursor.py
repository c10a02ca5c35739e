"""A cursor is what this server made, or nothing."""

import base64
import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain import cursor
from api.domain.errors import InvalidCursor

PRINTED = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=50)
PARTS = st.lists(PRINTED | st.integers(-(2**63) + 1, 2**63 - 1), max_size=4)


@given(PARTS)
def test_what_went_in_comes_out(parts: list[str | int]) -> None:
    assert cursor.decode(cursor.encode(*parts), len(parts)) == parts


@given(st.text(max_size=100))
def test_any_other_text_is_refused_and_never_breaks_anything(text: str) -> None:
    with pytest.raises(InvalidCursor):
        cursor.decode_as(text, UUID)


@pytest.mark.parametrize(
    "content",
    [[True], [None], [1.5], [[1]], {"0": 1}, "1", 1, [2**63], ["\0"], ["a\nb"], ["\ud800"], [], [1, 2]],
)
def test_only_keys_are_let_through(content: object) -> None:
    text = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    with pytest.raises(InvalidCursor):
        cursor.decode(text, 1)


@pytest.mark.parametrize("text", ["x" * 1001, "W" * 900 + "ä", base64.b64encode(b"[" * 700).decode()])
def test_nonsense_is_cheap(text: str) -> None:
    with pytest.raises(InvalidCursor):
        cursor.decode(text, 1)


@pytest.mark.parametrize(
    "text",
    ["2026-03-02", "2026-03-02T12:00:00", "0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59-01:00", "yesterday", 7],
)  # fmt: skip
def test_only_moments_there_are_with_their_offset_are_let_through(text: str | int) -> None:
    with pytest.raises(InvalidCursor):
        cursor.decode_as(cursor.encode(text), cursor.moment)


@pytest.mark.parametrize("place", [2**31, -(2**31), 2**63 - 1, "x"])
def test_no_place_is_beyond_what_a_list_can_hold(place: int | str) -> None:
    assert cursor.decode_as(cursor.encode(2**31 - 1), cursor.number) == [2**31 - 1]
    with pytest.raises(InvalidCursor):
        cursor.decode_as(cursor.encode(place), cursor.number)
