"""A clinic at NOW, and short ways to put addresses and alerts into it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.db.database import Database
from api.models.alert import Alert
from api.models.outbox import OutboxMessage, Subscription
from api.services.alerts import escalate
from api.services.messages import subscriptions
from api.services.messages.subscriptions import BrowserSubscription
from tests.conftest import NOW
from tests.support.builders import Clinic, Signed, a_clinic
from tests.support.push_service import Browser, PushService, push_service


@pytest.fixture
def ward(database: Database) -> Clinic:
    """A clinic in which it is NOW, on each kind of database."""
    with database.begin() as session:
        return a_clinic(session, now=NOW)


@pytest.fixture
def service() -> Iterator[PushService]:
    """A push service on this machine."""
    with push_service() as running:
        yield running


def subscribe(session: Session, person: Signed, browser: Browser | None = None) -> Subscription:
    """Register a browser of a person; further browsers are added to the first."""
    browser = browser or Browser("https://fcm.googleapis.com")
    keys = {"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth}
    theirs = (
        Subscription.recipient_id == person.id,
        Subscription.device != browser.device,
        Subscription.retired_at.is_(None),
    )
    if session.scalar(select(Subscription.id).where(*theirs).limit(1)) is None:
        address = BrowserSubscription(**keys)
        return subscriptions.register(
            session, person.principal, device=browser.device, address=address, now=NOW
        )
    further = Subscription(
        site_id=person.principal.site_id,
        recipient_id=person.id,
        grant_id=person.principal.grant_id,
        device=browser.device,
        created_at=NOW,
        **keys,
    )
    session.add(further)
    session.flush()
    return further


def an_alert(session: Session, clinic: Clinic, **changes: Any) -> Alert:
    """Open an alert about the clinic's patient, and notify the first rung."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "site_id": clinic.site.id,
        "patient_id": clinic.patient.id,
        "kind": "worsening",
        "tier": "same_day",
        "status": "open",
        "priority": 1,
        "reason": "worst pain is 3 points above the baseline",
        "first_day": NOW.date(),
        "raised_at": NOW,
        "opened_at": NOW,
        "escalating_since": NOW,
        "times_notified": 0,
        "rung": 0,
        "version": 1,
    }
    alert = Alert(**values | changes)
    session.add(alert)
    session.flush()
    escalate.start(session, alert, now=NOW)
    session.flush()
    return alert


def messages_of(database: Database, recipient: Signed | None = None) -> list[OutboxMessage]:
    """Return what stands in the outbox, oldest first."""
    query = select(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.dedupe_key)
    if recipient is not None:
        query = query.where(OutboxMessage.recipient_id == recipient.id)
    with database.read() as session:
        return list(session.scalars(query))


def the(database: Database, table: type[Any], key: UUID) -> Any:
    """Return one row as it stands in the database now."""
    with database.read() as session:
        return session.get_one(table, key)


@pytest.fixture
def alert(database: Database, ward: Clinic) -> Alert:
    """An alert with a pending message to its first rung, one nurse with one browser."""
    with database.begin() as session:
        subscribe(session, ward.nurse)
        return an_alert(session, ward)
