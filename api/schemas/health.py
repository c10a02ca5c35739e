"""Schemas of the health checks."""

from marshmallow import Schema, fields

from api.schemas.fields import Rounded, nullable, required


class LivenessSchema(Schema):
    """The process answers."""

    status = fields.String(**required("Always `live`."))


class ReadinessSchema(Schema):
    """Readiness of the server, with the figures to monitor."""

    status = fields.String(**required("`ready`, or the text of the first problem."))
    problems = fields.List(fields.String(), **required("Problems, one sentence each. Empty: none."))
    stopped_channels = fields.List(
        fields.String(), **required("Channels stopped by an operator. Their messages wait.")
    )
    misconfigured_channels = fields.List(
        fields.String(),
        **required(
            "Channels that do not work because of a wrong setting, with the reason. "
            "Their messages use the next channel. They are tried again every five "
            "minutes."
        ),
    )
    oldest_due_message_s = Rounded(
        **nullable(
            "Waiting time of the oldest due message, in seconds. 0: no message is waiting. "
            "Null: the database could not be read."
        )
    )
    last_tick_s = Rounded(
        **nullable("Seconds since the last tick of a delivery worker. Null: no tick yet, or not known.")
    )
    not_scored = fields.Integer(
        **nullable("Number of patients whose entries could not be scored. Null: not known.")
    )
    rejected_entries = fields.Integer(
        **nullable(
            "Number of patients with rejected entries that need a review. Null: not known. "
            "It does not affect readiness."
        )
    )
