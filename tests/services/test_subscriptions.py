"""Push addresses: what is checked, and whose they are."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from api.db.database import Database
from api.domain.account_errors import UnknownDevice
from api.domain.delivery.public_address import PushServices
from api.domain.errors import AddressRefused
from api.models.audit import AuditRow
from api.models.outbox import Subscription
from api.models.staff import Staff
from api.services.messages import subscriptions
from api.services.messages.subscriptions import BrowserSubscription
from api.services.messages.vapid import new_private_key, public_key_of
from config.settings import PUSH_SERVICES
from tests.conftest import NOW
from tests.support.builders import Clinic, Signed, signed_in
from tests.support.push_service import Browser, bytes_of, text_of

ALLOWED = PushServices(PUSH_SERVICES)
BROWSER = Browser("https://fcm.googleapis.com")


def an_address(**changes: str) -> BrowserSubscription:
    values = {"endpoint": BROWSER.endpoint, "p256dh": BROWSER.p256dh, "auth": BROWSER.auth}
    return BrowserSubscription(**values | changes)


def public(_: str) -> list[str]:
    return ["142.250.74.106", "2a00:1450:400f:80d::200a"]


def register(
    database: Database, who: Signed, address: BrowserSubscription, device: str | None = None
) -> Subscription:
    with database.begin() as session:
        return subscriptions.register(
            session, who.principal, device=device or uuid4(), address=address, now=NOW
        )


def live(database: Database) -> dict[object, str]:
    """Return the live addresses by who holds them."""
    with database.read() as session:
        rows = session.scalars(select(Subscription).where(Subscription.retired_at.is_(None)))
        return {row.recipient_id: row.p256dh for row in rows}


def test_a_good_address_is_let_in() -> None:
    subscriptions.check(an_address(), services=ALLOWED, resolver=public)


@pytest.mark.parametrize(
    ("changes", "field", "why"),
    [
        ({"endpoint": "https://example.org/push"}, "endpoint", "not a push service"),
        ({"p256dh": "not base64!"}, "p256dh", "not base64url"),
        ({"p256dh": "\N{SNOWMAN}"}, "p256dh", "not base64url"),
        ({"p256dh": text_of(b"\x04" + bytes(63))}, "p256dh", "64 bytes long; 65 are needed"),
        ({"p256dh": text_of(b"\x04" + bytes(64))}, "p256dh", "not a point of P-256"),
        ({"p256dh": text_of(b"\x02" + bytes_of(BROWSER.p256dh)[1:])}, "p256dh", "not a point of P-256"),
        ({"auth": text_of(bytes(15))}, "auth", "15 bytes long; 16 are needed"),
    ],
)
def test_a_bad_address_is_refused_by_name(changes: dict[str, str], field: str, why: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        subscriptions.check(an_address(**changes), services=ALLOWED, resolver=public)
    assert list(refused.value.problems or {}) == [field]
    assert why in str(refused.value)


def test_a_listed_name_that_leads_inside_is_refused() -> None:
    with pytest.raises(AddressRefused, match="not public"):
        subscriptions.check(an_address(), services=ALLOWED, resolver=lambda _: ["8.8.8.8", "10.0.0.7"])


def test_a_listed_name_that_cannot_be_resolved_now_is_let_in() -> None:
    def nobody(_: str) -> list[str]:
        raise OSError("no name server")

    subscriptions.check(an_address(), services=ALLOWED, resolver=nobody)


def test_this_machine_resolves_itself() -> None:
    assert set(subscriptions.resolve("localhost")) & {"127.0.0.1", "::1"}


def test_a_device_that_registers_again_has_its_new_keys_and_lives(database: Database, clinic: Clinic) -> None:
    device, fresh = uuid4(), Browser("https://fcm.googleapis.com")
    first = register(database, clinic.nurse, an_address(), device)
    with database.begin() as session:
        subscriptions.retire(session, clinic.nurse.principal, device=device, now=NOW)
        subscriptions.retire(session, clinic.nurse.principal, device=device, now=NOW)
    assert live(database) == {}

    second = register(
        database, clinic.nurse, BrowserSubscription(fresh.endpoint, fresh.p256dh, fresh.auth), device
    )

    assert second.id == first.id
    assert live(database) == {clinic.nurse.id: fresh.p256dh}


def test_a_shared_phone_belongs_to_whoever_registered_last(database: Database, clinic: Clinic) -> None:
    register(database, clinic.nurse, an_address())
    register(database, clinic.patient, an_address())

    assert live(database) == {clinic.patient.id: BROWSER.p256dh}


def test_the_same_browser_under_a_new_id_of_its_device_is_told_once(
    database: Database, clinic: Clinic
) -> None:
    register(database, clinic.nurse, an_address())
    newest = register(database, clinic.nurse, an_address())

    with database.read() as session:
        rows = session.scalars(select(Subscription.id).where(Subscription.retired_at.is_(None))).all()
    assert rows == [newest.id]


def test_nobody_retires_a_device_of_somebody_else(database: Database, clinic: Clinic) -> None:
    device = uuid4()
    register(database, clinic.nurse, an_address(), device)

    with database.begin() as session, pytest.raises(UnknownDevice):
        subscriptions.retire(session, clinic.patient.principal, device=device, now=NOW)


def test_a_key_pair_has_the_form_browsers_and_operators_hold() -> None:
    private_key = new_private_key()
    point = bytes_of(public_key_of(private_key))

    assert len(bytes_of(private_key)) == 32
    assert (len(point), point[0]) == (65, 4)


@pytest.mark.parametrize("text", ["", "!!!", text_of(bytes(31)), text_of(bytes(32))])
def test_a_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"VAPID_PRIVATE_KEY|private"):
        public_key_of(text)


def test_a_sign_in_has_one_living_address_however_many_it_registers(
    database: Database, clinic: Clinic
) -> None:
    browsers = [Browser("https://fcm.googleapis.com") for _ in range(30)]
    for browser in browsers:
        register(database, clinic.nurse, BrowserSubscription(browser.endpoint, browser.p256dh, browser.auth))

    with database.read() as session:
        rows = session.scalars(select(Subscription)).all()
    assert [row.endpoint for row in rows if row.retired_at is None] == [browsers[-1].endpoint]
    assert {row.retired_reason for row in rows} == {None, "its sign-in has another address"}


def test_a_person_has_ten_living_addresses_and_the_oldest_is_retired(
    database: Database, clinic: Clinic
) -> None:
    browsers = [Browser("https://fcm.googleapis.com") for _ in range(12)]
    for minutes, browser in enumerate(browsers):
        now = NOW + timedelta(minutes=minutes)
        with database.begin() as session:
            phone = signed_in(session, session.get_one(Staff, clinic.nurse.id), now=now)
            address = BrowserSubscription(browser.endpoint, browser.p256dh, browser.auth)
            subscriptions.register(session, phone.principal, device=uuid4(), address=address, now=now)

    with database.read() as session:
        rows = session.scalars(select(Subscription).order_by(Subscription.created_at)).all()
    assert [row.retired_reason for row in rows] == ["too many addresses"] * 2 + [None] * 10
    assert [row.endpoint for row in rows] == [browser.endpoint for browser in browsers]


def test_addresses_are_in_the_audit_once_however_often_an_app_repeats_them(
    database: Database, clinic: Clinic
) -> None:
    device = uuid4()
    for _ in range(3):
        register(database, clinic.patient, an_address(), device)
    with database.begin() as session:
        for _ in range(2):
            subscriptions.retire(session, clinic.patient.principal, device=device, now=NOW)

    with database.read() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.patient_id == clinic.patient.id)).all()
    assert [(row.action, row.actor_id) for row in rows] == [
        ("push.registered", clinic.patient.id),
        ("push.retired", clinic.patient.id),
    ]
