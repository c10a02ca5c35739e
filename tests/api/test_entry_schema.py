"""The documented entry and the one that is read are the same: two readers, one verdict."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import RAISE, ValidationError

from api.domain.entries.parse import read_entry
from api.domain.entries.questions import DOSE_REASONS, QUESTIONS, RED_FLAGS, SITES
from api.domain.errors import InvalidEntry
from api.schemas.entry import NewEntrySchema

NOW = datetime(2026, 3, 2, tzinfo=UTC)
places = st.fixed_dictionaries(
    {"site": st.sampled_from([*SITES, "nose"]), "side": st.sampled_from(["left", "both", "port", 1])}
)
values = st.one_of(
    st.integers(-1, 11),
    st.sampled_from(
        [720, 721, 10.0, 2.5, "3", "", " ", "taken", "skipped", "lost", "a\x00b", True, False, None]
    ),
    st.lists(st.sampled_from([*RED_FLAGS, *DOSE_REASONS, "no", 7]), max_size=3),
    st.lists(places, max_size=3),
    st.text(max_size=5),
)


@settings(max_examples=600, deadline=None)
@given(answers=st.dictionaries(st.sampled_from([*(a.name for a in QUESTIONS), "pian"]), values, max_size=4))
def test_what_the_schema_documents_is_what_is_read(answers: dict[str, Any]) -> None:
    raw = {"id": str(UUID(int=1)), "recorded_at": "2026-03-01T19:00:00+01:00", "pain_at_rest": 1} | answers
    try:
        read_entry(raw, zone_at=lambda _: UTC, born_in=1960, now=NOW)
        read = set()
    except InvalidEntry as wrong:
        read = set(wrong.problems or {})
    try:
        NewEntrySchema(unknown=RAISE).load(raw)
        documented = set()
    except ValidationError as wrong:
        documented = set(wrong.messages_dict)
    if raw.get("pain_at_rest") is not None or "entry" not in read:
        assert read - {"entry"} == documented
