"""What a message may be about, and how it ends; nothing clinical fits in here."""

from enum import StrEnum


class MessageKind(StrEnum):
    """Why somebody is told something. The words for it live with delivery and name no symptom."""

    ALERT = "alert"  # to staff: a patient needs you
    NOT_SCORED = "not_scored"  # to staff: a patient's entries could not be scored
    CHECK_IN = "check_in"  # to a patient: time for the weekly check-in
    REASSESSMENT = "reassessment"  # to a patient: a questionnaire is due


class MessageState(StrEnum):
    """Where a message stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"  # could not be brought by this way; the reason is kept
    CANCELLED = "cancelled"  # no longer needed


class Channel(StrEnum):
    """The way a message goes."""

    WEB_PUSH = "web_push"
    CALL_LIST = "call_list"  # nobody could be reached by machine: a person must call
