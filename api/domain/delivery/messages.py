"""Kinds, states and channels of messages; nothing clinical is part of a message."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class MessageKind(StrEnum):
    """The reason for a message. Its text lives with delivery and names no symptom."""

    ALERT = "alert"  # to staff: a patient needs attention
    NOT_SCORED = "not_scored"  # to staff: a patient's entries could not be scored
    CHECK_IN = "check_in"  # to a patient: the weekly check-in is due
    REASSESSMENT = "reassessment"  # to a patient: a questionnaire is due
    SUMMARY = "summary"  # to a patient: several things are due
    SIGNED_OUT = "signed_out"  # to staff: a patient's last device was signed out, not by the patient
    ERASURE_REQUESTED = "erasure_requested"  # to site admins: a patient asks to have their data erased
    ACCOUNT_CHANGED = "account_changed"  # to a member of staff: their sign-in was changed
    INVITATION = "invitation"  # to a member of staff: the link to set a password
    PROBE = "probe"  # to a device that sends no receipts: tests whether messages are shown


REMINDERS = (MessageKind.CHECK_IN, MessageKind.REASSESSMENT, MessageKind.SUMMARY)
"""Messages that ask a patient for an entry or an assessment."""

FOR_STAFF = frozenset(
    {MessageKind.ALERT, MessageKind.NOT_SCORED, MessageKind.SIGNED_OUT, MessageKind.ERASURE_REQUESTED}
)
"""Messages to the care team, which the webhooks of the site receive too."""

ALWAYS_BY_EMAIL = frozenset({MessageKind.ACCOUNT_CHANGED, MessageKind.INVITATION})
"""Sent by e-mail to staff who turned e-mail off too: an intruder may have turned it off."""


LIFETIME: Mapping[MessageKind, timedelta] = {
    MessageKind.ALERT: timedelta(hours=24),  # for a phone that is off; escalation goes on meanwhile
    MessageKind.NOT_SCORED: timedelta(hours=24),
    MessageKind.CHECK_IN: timedelta(days=2),
    MessageKind.REASSESSMENT: timedelta(days=7),  # until the next weekly check-in
    MessageKind.SIGNED_OUT: timedelta(hours=72),
    MessageKind.ERASURE_REQUESTED: timedelta(days=7),  # then it is repeated
    MessageKind.ACCOUNT_CHANGED: timedelta(days=3),
    MessageKind.PROBE: timedelta(days=2),
}
"""By kind. A summary lives as long as what it sums up, and an invitation as long as its link."""


TEST_LIFETIME = timedelta(minutes=10)
"""Lifetime of a probe that the owner of the device asked for and waits for, also in quiet hours."""


class MessageState(StrEnum):
    """The state of a message in the outbox."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # could not be delivered by this channel; the reason is kept
    CANCELLED = "cancelled"  # no longer needed
    REHEARSED = "rehearsed"  # dry run: every step but the last was done


class Channel(StrEnum):
    """A delivery channel.

    A worker finds the code of a channel by its value: `notifications/channels/<value>.py`.
    """

    WEB_PUSH = "web_push"
    EMAIL = "email"
    WEBHOOK = "webhook"  # to a program of the site, in addition to the recipients
    CALL_LIST = "call_list"  # no automatic channel is left: a person must call


AUTOMATIC_CHANNELS = frozenset(Channel) - {Channel.CALL_LIST}
"""Channels that a worker sends by; people work through the call list."""

DEFAULT_CHANNELS = (Channel.WEB_PUSH, Channel.EMAIL, Channel.CALL_LIST)
"""Channels to a person in the order of use: each takes over where the one before has no address."""

PERSONAL_CHANNELS = tuple(channel for channel in DEFAULT_CHANNELS if channel in AUTOMATIC_CHANNELS)
"""Channels by which a worker reaches a person, in the order of use."""


class ReceiptEvent(StrEnum):
    """An event that a device reports about a message."""

    SHOWN = "shown"
    OPENED = "opened"
    DISMISSED = "dismissed"
