"""E-mail: a title from the fixed table, and a link that reveals nothing without a sign-in."""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import ClassVar, Self
from uuid import UUID

from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPConnectError,
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from api.domain.delivery.messages import ALWAYS_BY_EMAIL, Channel, MessageKind
from api.domain.email_address import NoEmailAddress, read_email
from api.models.patient import Patient
from api.models.staff import Staff
from config.mail import domain_of, server_of
from config.settings import Settings
from notifications.channels.base import ClaimedQuery, ClaimedRow, Clock, DeliveryChannel, Message, Target
from notifications.channels.results import Broken, Dead, Delivered, Gone, Retry, SendResult
from notifications.channels.smtp_pool import TIMEOUT_S, SignInImpossible, SmtpPool, Unencrypted
from notifications.templates import email_text, title_of

_PERMANENT = range(500, 600)
_NO_MAILBOX = {550, 551, 553}
"""RFC 5321, section 4.2.2: no such mailbox, not here, not a name one can have."""
_NOT_SIGNED_IN = {530, 534, 535, 538}
"""RFC 4954, section 6: authentication required, too weak, invalid, or needs encryption."""
_NO_RELAY = re.compile(r"relay", re.IGNORECASE)
_ADDRESS_STATUS = re.compile(r"^5\.1\.")
_STATUS = re.compile(r"^\d\.\d{1,3}\.\d{1,3}\b")
"""RFC 3463: 5.1.x is about the address; servers answer 550 with 5.7.x to suspected spam too."""


class DryRunMail:
    """Submits nothing; the last step of a dry run."""

    async def send(self, email: EmailMessage) -> None:
        """Serialise the e-mail as it would be sent."""
        email.as_bytes()

    async def close(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class MailTarget(Target):
    """The mailbox of a person."""

    channel: ClassVar[str] = Channel.EMAIL
    email: str = field(repr=False)

    @property
    def destination(self) -> str:
        """The one mail server that all e-mail is submitted to."""
        return "mail"


class MailSender(DeliveryChannel):
    """Sends e-mail to people who have no device for pushes."""

    name = Channel.EMAIL
    timeout_s = TIMEOUT_S
    not_configured = "SMTP_URL is not set: people without a device for pushes go onto the call list"

    def __init__(self, transport: SmtpPool | DryRunMail, *, sender: str, clock: Clock) -> None:
        """Send as ``sender``, an address with or without a display name."""
        self._transport = transport
        self._sender = sender
        self._clock = clock

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock) -> Self | None:
        """Return the channel if there is a mail server."""
        if not settings.smtp_url:
            return None
        server, domain = server_of(settings.smtp_url), domain_of(settings.mail_from)
        transport = DryRunMail() if settings.delivery_dry_run else SmtpPool(server, name=domain)
        return cls(transport, sender=settings.mail_from, clock=clock)

    @classmethod
    def select(cls, claimed: ClaimedQuery) -> ClaimedQuery:
        """Add the mailbox of the person, and whether staff accept e-mail."""
        return claimed.add_columns(
            Staff.email_notices,
            func.coalesce(Patient.email, Staff.email).label("email"),
            func.coalesce(Patient.email_gone_at, Staff.email_gone_at).label("email_gone_at"),
        )

    @classmethod
    def target(cls, row: ClaimedRow) -> MailTarget | None:
        """Return the mailbox of a claimed row, under the conditions of `EmailAddresses.find`."""
        if row.email is None or row.email_gone_at is not None:
            return None
        wants = row.email_notices or row.kind in ALWAYS_BY_EMAIL
        may_read = row.active or row.kind == MessageKind.INVITATION
        if row.patient_id is None and not (may_read and wants):
            return None
        return MailTarget(row.email)

    @classmethod
    def retire(
        cls,
        session: Session,
        target: MailTarget,
        *,
        recipient_id: UUID,
        reason: str,  # noqa: ARG003 - the outbox keeps it
        now: datetime,
    ) -> None:
        """Mark the mailbox as gone if the person still has this address."""
        for people in (Patient, Staff):
            same = (people.id == recipient_id, people.email == target.email)
            session.execute(update(people).where(*same).values(email_gone_at=now))

    async def send(self, target: MailTarget, message: Message) -> SendResult:
        """Send one e-mail."""
        try:
            email = compose_email(message, to=_sendable(target.email), sender=self._sender, now=self._clock())
        except (ValueError, IndexError) as error:  # not an address that a header can hold
            return Dead(f"unusable address: {type(error).__name__}")
        try:
            await self._transport.send(email)
        except (SMTPException, OSError, ValueError) as error:
            return outcome_of(error)
        return Delivered()

    async def close(self) -> None:
        """Close connections."""
        await self._transport.close()


CHANNEL = MailSender


def compose_email(message: Message, *, to: str, sender: str, now: datetime) -> EmailMessage:
    """Return the e-mail of a message, with the id of its row, in one thread with others of its topic."""
    payload, domain = message.payload, domain_of(sender)
    title = title_of(payload.kind, payload.language, discreet=payload.discreet)
    text, link = email_text(payload.kind, payload.language), message.link
    email = EmailMessage(policy=SMTP)
    email["From"] = sender
    email["To"] = to
    email["Subject"] = title
    email["Date"] = format_datetime(now)
    email["Message-ID"] = f"<{payload.id}@{domain}>"
    email["In-Reply-To"] = email["References"] = f"<{message.topic}@{domain}>"
    email["Auto-Submitted"] = "auto-generated"  # RFC 3834: prevents absence notes
    email.set_content(f"{title}\n\n{text.open}\n{link}\n\n{text.why}\n")
    html = (
        f'<!doctype html><html lang="{payload.language.value}"><meta charset="utf-8">'
        f"<title>{escape(title)}</title><p>{escape(title)}</p>"
        f'<p>{escape(text.open)} <a href="{escape(link)}">{escape(link)}</a></p>'
        f"<p><small>{escape(text.why)}</small></p></html>"
    )
    email.add_alternative(html, subtype="html")
    email["Content-Language"] = (
        payload.language.value
    )  # last: set_content moves earlier Content-* headers into the first part
    return email


def _sendable(email: str) -> str:
    """Return an address with its host in ASCII; an address of an older format is returned unchanged."""
    try:
        return read_email(email)
    except NoEmailAddress:
        return email


def outcome_of(error: Exception) -> SendResult:
    """Return the meaning of a mail server's refusal; its own text is not stored.

    >>> from aiosmtplib import SMTPRecipientRefused
    >>> refused = SMTPRecipientRefused(550, "5.1.1 no such user", "a@b.example")
    >>> outcome_of(SMTPRecipientsRefused([refused]))
    Gone(reason='answered 550')
    >>> outcome_of(SMTPDataError(451, "4.7.1 greylisted"))
    Retry(reason='answered 451', after=None)
    """
    if isinstance(error, SMTPRecipientsRefused):
        return _refused(error.recipients[0], about_address=True)
    if isinstance(error, SMTPDataError):
        return _refused(error, about_address=False)
    if isinstance(error, SMTPNotSupported | UnicodeError):
        return Dead("the mail server takes no address beyond ASCII (SMTPUTF8)")
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return Dead(f"unusable address: {type(error).__name__}")
    if isinstance(error, SMTPConnectError) and isinstance(error.__cause__, OSError):
        error = error.__cause__  # such as an untrusted certificate
    fault = _fault_of_ours(error)
    return Broken(fault) if fault else Retry(type(error).__name__)


def _fault_of_ours(error: Exception) -> str | None:
    """Return the fault of our settings, which affects all messages; None if a retry may help."""
    if isinstance(error, Unencrypted | SignInImpossible):
        return str(error)
    if isinstance(error, SMTPResponseException) and error.code in _PERMANENT:
        return f"answered {error.code} to {_STEPS.get(type(error), 'our greeting')}"
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return f"no encrypted connection: {type(error).__name__}"  # not trusted, or no TLS on this port
    return None


_STEPS: Mapping[type, str] = {
    SMTPAuthenticationError: "our sign-in",
    SMTPSenderRefused: "our sender's address (MAIL_FROM)",
}


def _refused(error: SMTPResponseException, *, about_address: bool) -> SendResult:
    code, text = error.code, error.message
    reason = f"answered {code}"
    if code not in _PERMANENT:
        return Retry(reason)
    if code in _NOT_SIGNED_IN or _NO_RELAY.search(text):
        return Broken(f"{reason}: it wants another sign-in")
    is_unknown = _ADDRESS_STATUS.match(text) or not _STATUS.match(text)
    return Gone(reason) if about_address and code in _NO_MAILBOX and is_unknown else Dead(reason)
