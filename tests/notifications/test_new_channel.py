"""A channel that the product does not have, text messages, defined here and nowhere else.

In the product it would touch six files: the enum `Channel` with the order of channels, the class of
its addresses, `notifications/channels/sms.py`, the settings, `.env.example`, and a migration of the
check constraints. Here a table, two classes and one setting stand for them.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar, Self
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from api.db.base import UtcDateTime
from api.db.database import Database
from api.domain.delivery.messages import Channel, MessageKind
from api.models.outbox import OutboxMessage
from api.models.patient import Patient
from api.services.messages import outbox
from api.services.messages.addresses import ADDRESSES, ChannelAddresses, DeliveryRoute
from config.settings import Settings
from notifications.channels.base import ClaimedQuery, ClaimedRow, Clock, DeliveryChannel, Message, Target
from notifications.channels.http_outcome import outcome_of
from notifications.channels.registry import CHANNELS, ChannelRouter, open_channels, waiting_channels
from notifications.channels.results import Retry, SendResult
from notifications.channels.ssrf_guard import NoResponse, PublicHttpClient
from notifications.relay import Relay
from notifications.retry_policy import DeliveryPace
from notifications.templates import title_of
from tests.conftest import NOW
from tests.notifications.conftest import messages_of
from tests.support.builders import Clinic
from tests.support.fakes import FakeClock
from tests.support.relays import run_once

SMS = "sms"


class Tables(DeclarativeBase):
    """Tables of this module; a migration would create them."""


class TextNumber(Tables):
    __tablename__ = "text_numbers"

    recipient_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class SmsSettings(Settings):
    """The settings with one more."""

    sms_gateway: str = ""


class SmsAddresses(ChannelAddresses):
    channel = key = SMS

    def find(self, session: Session, recipients: Any, kind: MessageKind | None = None) -> list[DeliveryRoute]:
        in_use = sa.select(TextNumber.recipient_id).where(
            TextNumber.recipient_id.in_(recipients), TextNumber.retired_at.is_(None)
        )
        return [DeliveryRoute(SMS, each) for each in session.scalars(in_use)]


@dataclass(frozen=True, slots=True)
class SmsTarget(Target):
    channel: ClassVar[str] = SMS
    number: str

    @property
    def destination(self) -> str:
        return "sms gateway"


class Sms(DeliveryChannel):
    name = SMS
    timeout_s = 5.0
    not_configured = "SMS_GATEWAY is not set: no text messages are sent"

    def __init__(self, url: str, *, clock: Clock) -> None:
        self._url, self._clock = url, clock
        self._http = PublicHttpClient(loopback=True)

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock) -> Self | None:
        url = getattr(settings, "sms_gateway", "")
        return cls(url, clock=clock) if url else None

    @classmethod
    def fallbacks(cls) -> tuple[str, ...]:
        return (Channel.EMAIL, Channel.CALL_LIST)

    @classmethod
    def select(cls, claimed: ClaimedQuery) -> ClaimedQuery:
        return claimed.add_columns(
            TextNumber.number, TextNumber.retired_at.label("number_retired_at")
        ).outerjoin(TextNumber, TextNumber.recipient_id == OutboxMessage.recipient_id)

    @classmethod
    def target(cls, row: ClaimedRow) -> SmsTarget | None:
        return SmsTarget(row.number) if row.number and row.number_retired_at is None else None

    @classmethod
    def retire(
        cls,
        session: Session,
        target: SmsTarget,
        *,
        recipient_id: UUID,
        reason: str,  # noqa: ARG003
        now: datetime,
    ) -> None:
        same = (TextNumber.recipient_id == recipient_id, TextNumber.number == target.number)
        session.execute(sa.update(TextNumber).where(*same).values(retired_at=now))

    async def send(self, target: SmsTarget, message: Message) -> SendResult:
        payload = message.payload
        text = title_of(payload.kind, payload.language, discreet=payload.discreet)
        body = json.dumps({"to": target.number, "text": f"{text} {message.link}"}).encode()
        try:
            answer = await self._http.post(self._url, data=body, headers={}, within_s=self.timeout_s)
        except NoResponse as error:
            return Retry(str(error))
        return outcome_of(answer.status_code, answer.headers.get("Retry-After"), now=self._clock())

    async def close(self) -> None:
        await self._http.close()


@dataclass
class Gateway:
    """A gateway for text messages on this machine."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    texts: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """A running gateway; it accepts everything after the statuses it is given."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = gateway.statuses.pop(0) if gateway.statuses else 202
            gateway.texts += [body] if status < 300 else []
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        gateway.url = f"http://127.0.0.1:{server.server_address[1]}/texts"
        yield gateway
        server.shutdown()
        thread.join()


@contextmanager
def migrated(database: Database) -> Iterator[None]:
    """Allow the channel in the outbox, as a migration would; take it back afterwards."""
    allow_channels(database, [*Channel, SMS])
    Tables.metadata.create_all(database.engine)
    yield
    Tables.metadata.drop_all(database.engine)
    with database.begin() as session:
        session.execute(sa.delete(OutboxMessage).where(OutboxMessage.channel == SMS))
    allow_channels(database, list(Channel))


def allow_channels(database: Database, names: list[str]) -> None:
    with database.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("outbox") as batch:
            if connection.dialect.name != "sqlite":  # whose copy of the table has no checks
                batch.drop_constraint(operations.f("ck_outbox_channel"), type_="check")
            batch.create_check_constraint(
                operations.f("ck_outbox_channel"), sa.column("channel").in_([str(name) for name in names])
            )


@pytest.fixture
def with_sms(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The channel in both registries and in the database."""
    monkeypatch.setitem(ADDRESSES, SMS, SmsAddresses())
    monkeypatch.setitem(CHANNELS, SMS, Sms)
    with migrated(database):
        yield


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOW)


@pytest.fixture
def relay(with_sms: None, database: Database, gateway: Gateway, clock: FakeClock) -> Iterator[Relay]:
    """A relay with the channels of the settings."""
    channels = open_channels(SmsSettings(sms_gateway=gateway.url), clock=clock)
    router = ChannelRouter(channels)
    relay = Relay(database, router, pace=DeliveryPace(10, 2), clock=clock, waiting=waiting_channels(channels))
    yield relay
    relay.close()


def post(database: Database, ward: Clinic) -> int:
    """Enqueue a check-in for the patient, who has a number."""
    with database.begin() as session:
        session.add(TextNumber(recipient_id=ward.patient.id, number="+49170", retired_at=None))
        return post_again(session, ward, "1")


def post_again(session: Session, ward: Clinic, purpose: str) -> int:
    session.flush()
    notification = outbox.Notification(
        MessageKind.CHECK_IN, ward.site.id, purpose, "check-in", NOW, NOW + timedelta(days=1)
    )
    channels = (SMS, Channel.EMAIL, Channel.CALL_LIST)
    return outbox.post(session, notification, recipients=[ward.patient.id], now=NOW, channels=channels)


def states(database: Database, ward: Clinic) -> dict[str, tuple[str, str | None]]:
    return {row.channel: (row.state, row.last_outcome) for row in messages_of(database, ward.patient)}


def test_a_message_is_delivered_by_the_new_channel(
    database: Database, ward: Clinic, relay: Relay, gateway: Gateway
) -> None:
    reached = post(database, ward)

    run_once(relay)

    assert reached == 1
    assert states(database, ward) == {SMS: ("delivered", "delivered")}
    (text,) = gateway.texts
    assert text["to"] == "+49170"
    assert text["text"].startswith("It is time for your check-in. http")


def test_a_temporary_failure_is_retried(
    database: Database, ward: Clinic, relay: Relay, gateway: Gateway, clock: FakeClock
) -> None:
    post(database, ward)
    gateway.statuses = [503]

    run_once(relay)
    assert states(database, ward) == {SMS: ("pending", "answered 503")}
    clock.move(timedelta(minutes=1))
    run_once(relay)

    assert states(database, ward) == {SMS: ("delivered", "delivered")}
    assert len(gateway.texts) == 1


def test_a_dead_number_is_retired_and_the_message_goes_on_by_e_mail(
    database: Database, ward: Clinic, relay: Relay, gateway: Gateway
) -> None:
    post(database, ward)
    with database.begin() as session:
        session.get_one(Patient, ward.patient.id).email = "ada@example.org"
    gateway.statuses = [410]

    run_once(relay)

    assert states(database, ward) == {SMS: ("dead", "answered 410"), "email": ("pending", None)}
    with database.begin() as session:
        assert session.get_one(TextNumber, ward.patient.id).retired_at == NOW
        assert post_again(session, ward, "2") == 1  # by e-mail


def test_without_a_mailbox_the_patient_goes_onto_the_call_list(
    database: Database, ward: Clinic, relay: Relay, gateway: Gateway
) -> None:
    post(database, ward)
    gateway.statuses = [400]

    run_once(relay)

    assert states(database, ward) == {
        SMS: ("dead", "answered 400"),
        "call_list": ("dead", "no device could be reached"),
    }
