"""How the server is, on the wire."""

from marshmallow import Schema, fields


class LivenessSchema(Schema):
    """The process answers."""

    status = fields.String(required=True, metadata={"description": "Always `live`."})


class ReadinessSchema(Schema):
    """Whether the server can do its work, and the numbers to alarm on."""

    status = fields.String(required=True, metadata={"description": "`ready`, or what is wrong."})
    problems = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What is wrong, a sentence each; empty: nothing."},
    )
    stopped_channels = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Channels an operator has stopped; what goes by them waits."},
        attribute="stopped",
    )
    misconfigured_channels = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "Ways of delivery that a wrong setting has broken, and the reason. What was to "
            "go by them goes on by the next way; they are tried again every five minutes."
        },
        attribute="broken",
    )
    oldest_due_message_s = fields.Float(
        required=True, metadata={"description": "How long the oldest due message has waited; 0: none waits."}
    )
    last_tick_s = fields.Float(
        required=True, allow_none=True, metadata={"description": "Since a delivery worker last ticked."}
    )
    not_scored = fields.Integer(
        required=True, metadata={"description": "Patients whose entries could not be scored."}
    )
    rejected_entries = fields.Integer(
        required=True,
        metadata={
            "description": "Patients of whom something was refused that nobody has looked at; never a reason "
            "to be not ready."
        },
        attribute="refused",
    )
