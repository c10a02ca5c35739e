"""Invitations go by e-mail, with a link that sets the password, to staff without other messages."""

from datetime import timedelta

from sqlalchemy import select

from api.db.database import Database
from api.domain.authority import Role
from api.models.outbox import OutboxMessage
from api.models.staff import Staff
from api.services.organisation import invitations
from config.settings import Settings
from notifications import claims
from notifications.channels.email import MailTarget, compose_email
from notifications.channels.results import Dead
from notifications.compose import compose, link_maker
from notifications.delivery_results import ClaimedMessage, DeliveryResult, resolve_target
from notifications.retry_policy import DeliveryPace
from tests.conftest import NOW
from tests.support.builders import Clinic

SETTINGS = Settings(secret_key="a secret of tests", public_url="https://aimss.example")
KEY = invitations.key_of(SETTINGS.secret_key)


def invited(database: Database, ward: Clinic, *, times: int = 1) -> Staff:
    new = invitations.NewMember("nora@example.org", "Nora", Role.NURSE, ward.team.id)
    with database.begin() as session:
        staff = invitations.create_member(
            session, ward.site_admin.principal, new, site_id=ward.site.id, now=NOW
        )
        for _ in range(times):
            invitations.invite(session, ward.site_admin.principal, staff, by_email=True, now=NOW)
        return staff


def claimed(database: Database) -> ClaimedMessage:
    with database.begin() as session:
        [message] = claims.claim(session, now=NOW, limit=10, lease=timedelta(minutes=1))
    return message


def test_the_e_mail_of_an_invitation_holds_the_link_that_sets_the_password(
    database: Database, ward: Clinic
) -> None:
    staff = invited(database, ward)
    message = claimed(database)

    assert resolve_target(message, now=NOW, backoff=DeliveryPace().backoff) == MailTarget("nora@example.org")
    sent = compose(message, link=link_maker(SETTINGS), now=NOW)
    link = sent.link
    letter = compose_email(sent, to="nora@example.org", sender="a@b.example", now=NOW)
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert link in text
    assert link.startswith("https://aimss.example/invitation#")
    assert "settings" not in text

    token = link.partition("#")[2]
    with database.begin() as session:
        accepted, _ = invitations.accept(session, token, "a hash", key=KEY, now=NOW)
        assert (accepted.id, accepted.active) == (staff.id, True)


def test_a_later_invitation_takes_the_e_mail_of_the_one_before_back(database: Database, ward: Clinic) -> None:
    invited(database, ward, times=2)
    with database.read() as session:
        states = session.scalars(select(OutboxMessage.state).order_by(OutboxMessage.state)).all()
    assert states == ["cancelled", "pending"]
    assert claimed(database).target == MailTarget("nora@example.org")


def test_an_invitation_that_cannot_be_brought_asks_nobody_to_call(database: Database, ward: Clinic) -> None:
    invited(database, ward)
    with database.begin() as session:
        claims.settle_failed(session, DeliveryResult(claimed_in(session), Dead("answered 550")), now=NOW)
    with database.read() as session:
        assert [(row.channel, row.state) for row in session.scalars(select(OutboxMessage))] == [
            ("email", "dead")
        ]


def claimed_in(session: object) -> ClaimedMessage:
    [message] = claims.claim(session, now=NOW, limit=10, lease=timedelta(minutes=1))  # type: ignore[arg-type]
    return message
