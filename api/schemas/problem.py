"""How a failure looks on the wire."""

from marshmallow import Schema, fields


class EmergencySchema(Schema):
    """What the patient is to be shown before anything else; it says nothing about treatment."""

    text = fields.String(
        required=True, metadata={"description": "To be shown, in the patient's language."}, attribute="words"
    )
    flags = fields.List(
        fields.String(), required=True, metadata={"description": "The red flags it is about."}
    )
    emergency_number = fields.String(
        required=True, allow_none=True, metadata={"description": "The site's; null: it has set none."}
    )
    crisis_line = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "With thoughts of self-harm: whom the site names; null: nobody."},
    )
    contact = fields.String(required=True, metadata={"description": "How to reach the care team."})


def emergency_field() -> fields.Nested:
    """Return the member that comes first in the answer to what states an emergency."""
    return fields.Nested(
        EmergencySchema,
        metadata={
            "description": "There when a red flag that was sent can be an emergency now: show it first."
        },
    )


class ProblemSchema(Schema):
    """Problem details, RFC 9457."""

    emergency = emergency_field()
    type = fields.String(required=True, metadata={"description": "What kind of problem: a page says more."})
    title = fields.String(required=True, metadata={"description": "The kind of problem in a few words."})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status."})
    detail = fields.String(metadata={"description": "What happened this time, in words."})
    instance = fields.String(metadata={"description": "The request's id, for the operator."})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "What was wrong with each field, and what would be right."},
    )
