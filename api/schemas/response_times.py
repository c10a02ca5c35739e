"""Schemas of response times."""

from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields

from api.domain.alerts.finding import Tier
from api.schemas.fields import Moment, RenamedQuery, Rounded, about, nullable, old_name, required


class Seconds(Rounded):
    """A duration in seconds."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        span = value.total_seconds() if isinstance(value, timedelta) else value
        return super()._serialize(span, attr, obj, **kwargs)


class DurationSummarySchema(Schema):
    """Summary of a duration over the alerts for which it is known."""

    count = fields.Integer(**required("Number of alerts."))
    median_s = Seconds(attribute="median", **nullable("Median in seconds. Null: no alerts."))
    p90_s = Seconds(attribute="p90", **nullable("90th percentile in seconds. Null: no alerts."))


class TierResponseTimesSchema(Schema):
    """Response times of one tier."""

    tier = fields.Enum(Tier, by_value=True, **required("The tier."))
    opened = fields.Integer(**required("Number of alerts opened."))
    notified = fields.Nested(
        DurationSummarySchema,
        **required(
            "Time from opening to the first delivered message. It includes waiting for the alert budget."
        ),
    )
    acknowledged = fields.Nested(
        DurationSummarySchema,
        **required(
            "Time from the first notification to the first answer: acknowledged, snoozed or resolved."
        ),
    )
    resolved = fields.Nested(
        DurationSummarySchema, **required("Time from the first answer to the resolution.")
    )
    opened_to_acknowledged = fields.Nested(
        DurationSummarySchema,
        **required("Time from opening to the first answer. It includes waiting for the alert budget."),
    )
    retracted = fields.Integer(
        **required("Number of alerts retracted because the entries no longer showed the finding.")
    )
    answered_late = fields.Integer(
        **required(
            "Number of alerts answered after `answer_within` of the ladder, or after the working day of "
            "a reason for a gap that asks for a look on the same day."
        )
    )
    open_past_limit = fields.Integer(**required("Number of alerts that are unanswered past the same limit."))
    escalated = fields.Integer(**required("Number of alerts with more than one notification."))


class ResponseTimesSchema(Schema):
    """Times to notification, answer and resolution at a site, by tier."""

    opened_from = fields.AwareDateTime(**required("Start of the period, included."))
    opened_before = fields.AwareDateTime(**required("End of the period, excluded."))
    tiers = fields.List(fields.Nested(TierResponseTimesSchema), **required("One item per tier."))


class ResponseTimesQuerySchema(RenamedQuery):
    """Query parameters of response times."""

    since = Moment(
        data_key="opened_from",
        metadata=about("Alerts opened at or after this moment. Default: 28 days before the end."),
    )
    until = Moment(
        data_key="opened_before", metadata=about("Alerts opened before this moment. Default: now.")
    )
    old_since = old_name(Moment(data_key="since"), of="opened_from")
    old_until = old_name(Moment(data_key="until"), of="opened_before")
