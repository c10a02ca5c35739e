"""Two at once on PostgreSQL: what a patient says while a nurse answers is never closed unseen."""

import threading
import time
from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from api.db.database import Database
from api.domain.alerts.status import AlertResolution
from api.domain.trajectory.engine import Engine
from api.models.alert import Alert
from api.services.alerts import actions
from api.services.entries.corrections import withdraw_entry
from tests.support.builders import Clinic, a_clinic, a_report
from tests.support.entries import record_items

ENGINE = Engine()
WITHIN_S = 20


@pytest.fixture
def ward(postgresql: Database) -> Clinic:
    """A clinic on PostgreSQL."""
    with postgresql.begin() as session:
        return a_clinic(session, now=datetime.now(UTC))


def say(database: Database, ward: Clinic, **answers_: object) -> dict[str, object]:
    report = a_report(**answers_)
    with database.begin() as session:
        record_items(session, ward.patient.principal, [report], engine=ENGINE, now=datetime.now(UTC))
    return report


def until_a_session_waits(database: Database) -> None:
    """Wait until a transaction of this database waits for another one's lock."""
    query = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        with database.read() as session:
            if session.scalar(query):
                return
    raise TimeoutError("no session waits")


def resolve(session: Session, ward: Clinic, outcome: AlertResolution) -> None:
    alert = session.scalars(select(Alert)).one()
    now = datetime.now(UTC)
    nurse = ward.nurse.principal
    actions.resolve(session, nurse, alert.id, outcome=outcome, note=None, check=lambda _: None, now=now)
    session.flush()


def alerts_of(database: Database) -> list[tuple[str, str | None]]:
    with database.read() as session:
        return [(a.status, a.outcome) for a in session.scalars(select(Alert).order_by(Alert.opened_at))]


def test_a_red_flag_sent_while_the_nurse_resolves_the_last_one_is_an_alert_of_its_own(
    postgresql: Database, ward: Clinic
) -> None:
    say(postgresql, ward, red_flags=["leg_swelling"])
    phone = threading.Thread(
        target=say, args=(postgresql, ward), kwargs={"red_flags": ["thoughts_of_self_harm"]}
    )
    with postgresql.begin() as session:
        resolve(session, ward, AlertResolution.CALLED_NO_ACTION)
        phone.start()
        until_a_session_waits(postgresql)
    phone.join(WITHIN_S)
    assert alerts_of(postgresql) == [("resolved", "called_no_action"), ("open", None)]


def test_a_withdrawal_does_not_undo_an_answer_given_meanwhile(postgresql: Database, ward: Clinic) -> None:
    report = say(postgresql, ward, red_flags=["chest_pain"])

    def withdraw() -> None:
        with postgresql.begin() as session:
            withdraw_entry(
                session,
                ward.patient.principal,
                UUID(str(report["id"])),
                check_version=lambda _: None,
                engine=ENGINE,
                now=datetime.now(UTC),
            )

    phone = threading.Thread(target=withdraw)
    with postgresql.begin() as session:
        resolve(session, ward, AlertResolution.SENT_TO_EMERGENCY)
        phone.start()
        until_a_session_waits(postgresql)
    phone.join(WITHIN_S)
    assert alerts_of(postgresql) == [("resolved", "sent_to_emergency")]


def test_two_devices_of_one_patient_at_once_lose_nothing_and_score_as_one_after_the_other(
    postgresql: Database, ward: Clinic
) -> None:
    def post_many() -> None:
        for number in range(15):
            say(postgresql, ward, pain_worst=number % 10)

    phones = [threading.Thread(target=post_many) for _ in range(3)]
    for phone in phones:
        phone.start()
    for phone in phones:
        phone.join(WITHIN_S * 2)
    with postgresql.read() as session:
        kept, sequences = session.execute(
            text("SELECT count(*), count(DISTINCT change_seq) FROM entries")
        ).one()
    assert (kept, sequences) == (45, 45)
