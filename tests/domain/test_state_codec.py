"""States are stored in one fixed format: a state stored by an earlier release stays readable."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.state_codec import codec_of
from api.domain.risk.history import RISK_HISTORY_CODEC, RiskHistory
from api.domain.trajectory.engine import FORMAT, PatientFactors
from api.domain.trajectory.reporting_pattern import ReportingHistory
from api.domain.trajectory.step import STATE_CODEC

STORED = json.loads((Path(__file__).parents[1] / "data" / "stored-state.json").read_text())


class Pair(NamedTuple):
    """A name and an optional moment."""

    name: str
    moment: datetime | None = None


class Example(NamedTuple):
    """One field of each kind."""

    number: float
    entry: UUID
    pair: Pair | None
    pairs: tuple[Pair, ...]
    mixed: tuple[int, Pair]


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value))


def test_a_state_stored_by_an_earlier_release_is_read_and_written_unchanged():
    layout, _, factors, before, day, after = STORED

    assert layout == FORMAT
    assert [STATE_CODEC.dump(STATE_CODEC.load(state)) for state in (before, after)] == [before, after]
    assert DailySummary.load(day).dump() == day
    assert factors == PatientFactors(ai_started_on=date(2026, 1, 25)).dump()


def test_every_kind_of_field_passes_through_json():
    codec = codec_of(Example)
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    pair = Pair("a", moment)
    examples = [
        Example(1.5, UUID(int=7), None, (), (1, Pair("b"))),
        Example(0.1, UUID(int=8), pair, (pair, Pair("c")), (2, pair)),
    ]

    assert [codec.load(through_json(codec.dump(each))) for each in examples] == examples


def test_fields_are_stored_by_position_without_their_names():
    assert codec_of(Pair).dump(Pair("a")) == ["a", None]
    history = ReportingHistory(100, 128, 0b10001)
    assert codec_of(ReportingHistory).dump(history) == [100, 128, "11", None, [], 0, "0"]
    assert RISK_HISTORY_CODEC.dump(RiskHistory()) == (
        [0] * 5 + [0.0] * 18 + [0, 0.0, 0] + [0.0] * 3 + [0] * 3 + [0.0] * 4 + [0] + [0.0] * 8
    )
