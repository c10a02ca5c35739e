"""Sites with policies of their own, and patients with entries there."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from api.db.database import Database
from api.domain.policies.parse import read_policy
from api.domain.policies.site_policy import PolicyDocument
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.models.score import ScoreRow
from api.services.policies.policies import PolicyStore, SitePolicy
from tests.support.builders import Clinic, Signed
from tests.support.entries import record_items

ENGINE = Engine()
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
OURS = read_policy(
    {
        "name": "Ward 3",
        "tiers": {"severe_symptoms": "same_day"},
        "thresholds": {
            "severe_from": {"value": 8, "source": "Ward 3, 1 March 2026"},
            "severe_ends": {"value": 7.5, "source": "Ward 3, 1 March 2026"},
        },
    }
)
THEIRS = read_policy({"name": "Elsewhere", "tiers": {"severe_symptoms": "self_care"}})
EARLY = {"silence_days": 7, "silence_few_days": 7, "silence_longest_days": 7}
QUICK = read_policy(
    {
        "name": "Quick to notice",
        "thresholds": {name: {"value": value, "source": "Ward 3"} for name, value in EARLY.items()},
    }
)


def engine_of(policy: PolicyDocument) -> Engine:
    return policy.engine()


def set_policy(
    database: Database, clinic: Clinic, policy: PolicyDocument, *, now: datetime = NOW, **more: Any
) -> SitePolicy:
    """Set a policy of a clinic."""
    with database.begin() as session:
        done, _ = PolicyStore(ENGINE).set(session, clinic.site.id, policy, now=now, **more)
    return done


def write(database: Database, patient: Signed, moment: datetime, **answers: Any) -> None:
    """Record an entry of a patient at a moment."""
    item = {"id": str(uuid4()), "recorded_at": moment.isoformat(), "local_date": str(moment.date())}
    with database.begin() as session:
        record_items(
            session, patient.principal, [item | (answers or {"pain_worst": 7})], engine=ENGINE, now=moment
        )


def a_week_of_sevens(database: Database, patient: Signed) -> None:
    for number in range(7):
        write(database, patient, NOW - (7 - number) * DAY)


def versions(database: Database, patient_id: UUID) -> set[str]:
    """Return the engine versions of a patient's scores."""
    with database.read() as session:
        return set(session.scalars(select(ScoreRow.engine).where(ScoreRow.patient_id == patient_id)))


def severe(database: Database, patient_id: UUID) -> list[tuple[str, str]]:
    """Return tier and status of a patient's alerts about severe symptoms."""
    with database.read() as session:
        found = select(Alert.tier, Alert.status).where(Alert.patient_id == patient_id)
        rows = session.execute(found.where(Alert.kind == "severe_symptoms").order_by(Alert.opened_at))
        return [(tier, status) for tier, status in rows]
