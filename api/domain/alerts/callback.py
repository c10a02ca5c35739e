"""A patient's request for a call: its topic, and the finding it is for the care team."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from api.domain.alerts.finding import Finding, FindingKind
from api.domain.formatting import format_day

SOURCE = "the patient's request"

BY_PROXY = "; asked by somebody the patient let in"

MAX_REACH_ME = 300
MAX_NOTE = 1000


class CallbackTopic(StrEnum):
    """Topic of a request for a call."""

    TABLETS = "tablets"
    SIDE_EFFECTS = "side_effects"
    APPOINTMENT = "appointment"
    OTHER = "other"


_TOPICS = {
    CallbackTopic.TABLETS: "the tablets",
    CallbackTopic.SIDE_EFFECTS: "unwanted effects",
    CallbackTopic.APPOINTMENT: "an appointment",
    CallbackTopic.OTHER: "something else",
}


@dataclass(frozen=True, slots=True)
class CallbackRequest:
    """Content of a request: the topic, how and when to be reached, and the patient's own words."""

    about: CallbackTopic
    reach_me: str | None = None
    note: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "CallbackRequest":
        """Return the request that the values of a finding hold."""
        return cls(CallbackTopic(values["about"]), values.get("reach_me"), values.get("note"))

    def finding(self, callback_id: UUID, day: date, at: datetime, *, is_by_proxy: bool = False) -> Finding:
        """Return the finding of a request that was received on a local day of the patient.

        ``is_by_proxy`` is true if somebody whom the patient let in made it.

        >>> asked = CallbackRequest(CallbackTopic.TABLETS)
        >>> asked.finding(UUID(int=1), date(2026, 3, 2), datetime(2026, 3, 2)).reason
        'asks for a call about the tablets on 2 March 2026'
        """
        kind = FindingKind.CALLBACK
        values = {name: value for name, value in asdict(self).items() if value is not None}
        reason = f"asks for a call about {_TOPICS[self.about]} on {format_day(day)}"
        reason += BY_PROXY if is_by_proxy else ""
        return Finding(
            kind, kind.defaults.tier, str(callback_id), day, at, reason, values, SOURCE, statement=True
        )


def withdrawn_reason(reason: str, day: date, *, is_by_proxy: bool = False) -> str:
    """Return the reason of a request that the patient, or somebody let in, has withdrawn on a local day."""
    who = "somebody the patient let in" if is_by_proxy else "the patient"
    return f"{reason}; withdrawn by {who} on {format_day(day)}"
