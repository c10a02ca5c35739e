"""A policy that this version of the software cannot read: nothing is lost, and the team is notified."""

import pytest
from sqlalchemy import func, select

from api.db.database import Database
from api.domain.policies.parse import read_policy
from api.domain.trajectory.engine import FORMAT, PatientFactors
from api.models.alert import Alert, Evidence
from api.models.outbox import OutboxMessage
from api.models.patient import Patient, Trajectory
from api.models.score import ScoreRow
from api.models.site_document import PolicyRow
from api.services.policies import policies
from api.services.scoring import rescore_from_checkpoint
from notifications.jobs.rescoring import catch_up
from notifications.jobs.silence import alert_silent_patients
from tests.notifications.conftest import subscribe
from tests.services.test_alert_budget import find
from tests.support.builders import Clinic, a_clinic
from tests.support.site_with_policy import DAY, ENGINE, NOW, OURS, engine_of, set_policy, versions, write


@pytest.fixture
def clinic(database: Database) -> Clinic:
    """A clinic in which it is NOW."""
    with database.begin() as session:
        return a_clinic(session, now=NOW - 100 * DAY)


@pytest.fixture
def unreadable(database: Database, clinic: Clinic) -> Clinic:
    """A clinic whose policy names a threshold that this version of the software does not know."""
    with database.begin() as session:
        session.add(
            PolicyRow(
                site_id=clinic.site.id,
                effective_from=NOW,
                document={"name": "Old", "thresholds": {"of_long_ago": {"value": 1, "source": "x"}}},
                version="old",
                created_at=NOW,
            )
        )
        subscribe(session, clinic.nurse)
    return clinic


def test_under_an_unreadable_policy_the_entry_is_kept_unscored_and_the_team_is_notified(
    database: Database, unreadable: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    write(database, unreadable.patient, NOW, pain_worst=9, red_flags=["chest_pain"])
    with database.read() as session:
        standing = session.get_one(Trajectory, unreadable.patient.id)
        kinds = set(session.scalars(select(OutboxMessage.kind)))
        alerts = session.execute(select(Alert.kind, Alert.tier)).all()
        scores = session.scalar(select(func.count()).select_from(ScoreRow))
        kept = len(rescore_from_checkpoint.surviving_entries(session, unreadable.patient.id))
    assert (standing.status, standing.engine, scores, kept) == ("not_scored", None, 0, 1)
    assert [tuple(row) for row in alerts] == [("red_flag", "same_day")]
    assert "not_scored" in kinds
    assert "entries could not be scored" in caplog.text


def test_an_unreadable_policy_stops_no_other_site_and_no_alert(
    database: Database, unreadable: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    with database.begin() as session:
        other = a_clinic(session, now=NOW - 100 * DAY, name="Elsewhere")
    write(database, other.patient, NOW - DAY)
    set_policy(database, other, OURS)
    assert catch_up(database, engine=ENGINE, now=NOW) == 1
    assert alert_silent_patients(database, engine=ENGINE, now=NOW + 90 * DAY) == 1
    assert find(database, _patient(database, unreadable), now=NOW).times_notified == 1
    assert "a site's policy cannot be read" in caplog.text
    with database.read() as session:
        found = policies.PolicyStore(ENGINE).status(session, unreadable.site.id, now=NOW)
        present = policies.engines_in_force(session, default=ENGINE, now=NOW)
    assert (found.current.content, found.current.version) == (None, None)
    assert "thresholds.of_long_ago: is not known" in (found.current.problem or "")
    assert present.unreadable_sites() == [unreadable.site.id]


def test_another_policy_replaces_an_unreadable_one(database: Database, unreadable: Clinic) -> None:
    write(database, unreadable.patient, NOW)
    set_policy(database, unreadable, OURS, now=NOW + DAY)
    write(database, unreadable.patient, NOW + DAY)
    assert versions(database, unreadable.patient.id) == {engine_of(OURS).version}


def _patient(database: Database, clinic: Clinic) -> Patient:
    with database.read() as session:
        return session.get_one(Patient, clinic.patient.id)


def test_where_scoring_fails_stated_signs_are_alerts_by_the_sites_own_policy(
    database: Database, clinic: Clinic, caplog: pytest.LogCaptureFixture
) -> None:
    ours = read_policy({"name": "Ward 3", "tiers": {"wish_to_stop": "same_day"}})
    set_policy(database, clinic, ours)
    with database.begin() as session:
        trajectory = session.get_one(Trajectory, clinic.patient.id)
        trajectory.engine = engine_of(ours).version
        facts = PatientFactors(ai="letrozole", birth_year=1960).dump()
        trajectory.state = [FORMAT, trajectory.engine, facts, ["nothing that can be read"], None, None]
    write(database, clinic.patient, NOW, wants_to_stop=True)
    assert "entries could not be scored" in caplog.text
    with database.read() as session:
        alerts = session.execute(select(Evidence.kind, Evidence.tier, Evidence.engine)).one()
    assert tuple(alerts) == ("wish_to_stop", "same_day", engine_of(ours).version)
