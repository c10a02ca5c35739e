"""Response times on the wire."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields

from api.domain.alerts.finding import Tier
from api.schemas.fields import Moment, RenamedQuery, old_name


class Seconds(fields.Float):
    """A span of time, in seconds."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        span = value.total_seconds() if isinstance(value, timedelta) else value
        return super()._serialize(span, attr, obj, **kwargs)


class DurationSummarySchema(Schema):
    """How long something took, over the alerts of which it is known."""

    count = fields.Integer(required=True, metadata={"description": "How many alerts it is known of."})
    median_s = Seconds(
        required=True,
        allow_none=True,
        attribute="median",
        metadata={"description": "Within this many seconds half of them were done; null: there are none."},
    )
    p90_s = Seconds(
        required=True,
        allow_none=True,
        attribute="p90",
        metadata={"description": "Within this many seconds nine in ten were done."},
    )


class TierResponseTimesSchema(Schema):
    """The alerts of one tier."""

    tier = fields.Enum(
        Tier, by_value=True, required=True, metadata={"description": "The tier the numbers are of."}
    )
    opened = fields.Integer(required=True, metadata={"description": "How many alerts were opened."})
    notified = fields.Nested(
        DurationSummarySchema,
        required=True,
        metadata={"description": "From opened to the first message delivered; the budget's wait is in it."},
    )
    acknowledged = fields.Nested(
        DurationSummarySchema,
        required=True,
        metadata={"description": "From told to the first answer: acknowledged, snoozed or resolved."},
    )
    resolved = fields.Nested(
        DurationSummarySchema, required=True, metadata={"description": "From the first answer to resolved."}
    )
    opened_to_acknowledged = fields.Nested(
        DurationSummarySchema,
        required=True,
        metadata={"description": "From opened to the first answer, the wait for the budget included."},
    )
    retracted = fields.Integer(
        required=True, metadata={"description": "Taken back because the entries no longer showed it."}
    )
    answered_late = fields.Integer(
        required=True, metadata={"description": "Answered after the ladder's `answer_within`."}
    )
    open_past_limit = fields.Integer(
        required=True, metadata={"description": "Unanswered now, and longer so than `answer_within`."}
    )
    escalated = fields.Integer(required=True, metadata={"description": "Told more than once."})


class ResponseTimesSchema(Schema):
    """How soon the site's teams were told, answered and closed, by tier."""

    opened_from = fields.AwareDateTime(
        required=True, metadata={"description": "The alerts opened from this moment on are counted."}
    )
    opened_before = fields.AwareDateTime(
        required=True, metadata={"description": "The alerts opened before this moment are counted."}
    )
    tiers = fields.List(
        fields.Nested(TierResponseTimesSchema), required=True, metadata={"description": "One item per tier."}
    )


class ResponseTimesQuerySchema(RenamedQuery):
    """Which alerts: those opened from a moment on, and before another."""

    since = Moment(
        data_key="opened_from",
        metadata={"description": "Alerts opened from this moment on; left out: 28 days before the end."},
    )
    until = Moment(
        data_key="opened_before",
        metadata={"description": "Alerts opened before this moment; left out: now."},
    )
    old_since = old_name(Moment(data_key="since"), of="opened_from")
    old_until = old_name(Moment(data_key="until"), of="opened_before")
