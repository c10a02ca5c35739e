"""Schemas of the health checks."""

from marshmallow import Schema, fields

from api.schemas.fields import Rounded, about


class LivenessSchema(Schema):
    """The process answers."""

    status = fields.String(required=True, metadata=about("Always `live`."))


class ReadinessSchema(Schema):
    """Readiness of the server, with the figures to monitor."""

    status = fields.String(required=True, metadata=about("`ready`, or the text of the first problem."))
    problems = fields.List(
        fields.String(), required=True, metadata=about("Problems, one sentence each. Empty: none.")
    )
    stopped_channels = fields.List(
        fields.String(),
        required=True,
        metadata=about("Channels stopped by an operator. Their messages wait."),
    )
    misconfigured_channels = fields.List(
        fields.String(),
        required=True,
        metadata=about(
            "Channels that do not work because of a wrong setting, with the reason. "
            "Their messages use the next channel. They are tried again every five "
            "minutes."
        ),
    )
    oldest_due_message_s = Rounded(
        required=True,
        allow_none=True,
        metadata=about(
            "Waiting time of the oldest due message, in seconds. 0: no message is waiting. "
            "Null: the database could not be read."
        ),
    )
    last_tick_s = Rounded(
        required=True,
        allow_none=True,
        metadata=about("Seconds since the last tick of a delivery worker. Null: no tick yet, or not known."),
    )
    not_scored = fields.Integer(
        required=True,
        allow_none=True,
        metadata=about("Number of patients whose entries could not be scored. Null: not known."),
    )
    rejected_entries = fields.Integer(
        required=True,
        allow_none=True,
        metadata=about(
            "Number of patients with rejected entries that need a review. Null: not known. "
            "It does not affect readiness."
        ),
    )
