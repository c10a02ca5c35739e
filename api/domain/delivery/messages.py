"""What a message may be about, and how it ends; nothing clinical fits in here."""

from enum import StrEnum


class MessageKind(StrEnum):
    """Why somebody is told something. The words for it live with delivery and name no symptom."""

    ALERT = "alert"  # to staff: a patient needs you
    NOT_SCORED = "not_scored"  # to staff: a patient's entries could not be scored
    CHECK_IN = "check_in"  # to a patient: time for the weekly check-in
    REASSESSMENT = "reassessment"  # to a patient: a questionnaire is due
    SUMMARY = "summary"  # to a patient: several things are due
    SIGNED_OUT = "signed_out"  # to staff: a patient's last device was signed out, not by the patient
    ACCOUNT_CHANGED = "account_changed"  # to a member of staff: what they sign in with was changed
    INVITATION = "invitation"  # to a member of staff: the link by which to set a password
    PROBE = "probe"  # to a device that never answers: does what is sent show there?


REMINDERS = (MessageKind.CHECK_IN, MessageKind.REASSESSMENT, MessageKind.SUMMARY)
"""The messages that ask a patient for something."""

FOR_STAFF = frozenset({MessageKind.ALERT, MessageKind.NOT_SCORED, MessageKind.SIGNED_OUT})
"""What the team is told; a site's webhooks hear of it too."""


ALWAYS_BY_EMAIL = frozenset({MessageKind.ACCOUNT_CHANGED, MessageKind.INVITATION})
"""What staff are written to about even if they turned e-mail off: somebody else may have done that."""


class MessageState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # could not be brought by this way; the reason is kept
    CANCELLED = "cancelled"  # no longer needed
    REHEARSED = "rehearsed"  # a dry run: all was done but the sending


class Channel(StrEnum):
    """The way a message goes."""

    WEB_PUSH = "web_push"
    EMAIL = "email"
    WEBHOOK = "webhook"  # to a program of the site, beside the people it tells
    CALL_LIST = "call_list"  # nobody could be reached by machine: a person must call


BY_MACHINE = frozenset({Channel.WEB_PUSH, Channel.EMAIL, Channel.WEBHOOK})
"""The ways a worker sends; the call list is read by people."""

DEFAULT_WAYS = (Channel.WEB_PUSH, Channel.EMAIL, Channel.CALL_LIST)
"""The ways to a person, in the order they are tried: each takes over where the one before leads nowhere."""


class ReceiptEvent(StrEnum):
    """What a device says became of a message."""

    SHOWN = "shown"
    OPENED = "opened"
    DISMISSED = "dismissed"
