"""Law 2 with statements of safety in refused items: the order of arrival does not matter to them either."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.entries.questions import RED_FLAGS
from api.models.alert import Alert, Evidence
from api.services.scoring import patient_lock, score
from tests.services.test_order import ENGINE, LATER, a_day, report

__all__ = ["report"]

statements = st.fixed_dictionaries(
    {},
    optional={
        "red_flags": st.lists(st.sampled_from(RED_FLAGS[:4]), min_size=1, max_size=2, unique=True),
        "wants_to_stop": st.just(True),
    },
)


@st.composite
def items(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw valid items, and refused ones under the ids of valid ones, of others, and without one."""
    sent = []
    for number in draw(st.lists(st.integers(0, 30), min_size=1, max_size=6, unique=True)):
        if draw(st.booleans()):
            sent.append(a_day(number, pain_worst=3) | draw(statements))
        for _ in range(draw(st.integers(0, 2))):
            refused = a_day(number, pain_worst=draw(st.integers(90, 92))) | draw(statements)
            sent.append(refused if draw(st.booleans()) else refused | {"id": "none"})
    return sent


def stated_of(session: Session, patient_id: UUID) -> list[Any]:
    """Return the open alerts of what was stated, with their evidence."""
    rows = session.execute(
        select(
            Alert.kind, Alert.tier, Alert.reason, Alert.first_day, Alert.raised_at, Alert.emergency,
            Alert.priority, Evidence.key, Evidence.day, Evidence.raised_at, Evidence.numbers,
            Evidence.from_rejected_entry, Evidence.withdrawn_at,
        )
        .join(Evidence, Evidence.alert_id == Alert.id)
        .where(Alert.patient_id == patient_id, Alert.kind.in_(["red_flag", "wish_to_stop"]))
        .order_by(Alert.kind, Evidence.key)
    )  # fmt: skip
    shown = [list(row) for row in rows]
    for row in shown:  # without a readable id the key is of the patient, and differs between two of them
        row[7] = "digest" if row[7].startswith("item:") else row[7]
    return sorted(shown, key=str)


def across(rows: list[Any]) -> list[Any]:
    """Leave out the alert's words: of two digests at one moment the later one differs between patients."""
    return sorted(([row[0], *row[3:]] for row in rows), key=str)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=items(), data=st.data())
def test_statements_end_the_same_in_any_order_and_after_a_replay(
    report: Callable[[list[list[dict[str, Any]]]], UUID],
    database: Database,
    sent: list[dict[str, Any]],
    data: st.DataObject,
) -> None:
    shuffled = data.draw(st.permutations(sent + sent[: len(sent) // 2]))
    cut = data.draw(st.integers(0, len(shuffled)))
    in_order, any_order = report([[item] for item in sent]), report([shuffled[:cut], shuffled[cut:]])
    with database.begin() as session:
        before = stated_of(session, any_order)
        assert across(before) == across(stated_of(session, in_order))
        stated = {flag for item in sent for flag in item.get("red_flags", ())}
        assert {flag for row in before for flag in row[10].get("red_flags", ())} == stated
        score.rescore(session, patient_lock.lock(session, any_order, now=LATER), engine=ENGINE, now=LATER)
    with database.read() as session:
        assert stated_of(session, any_order) == before
