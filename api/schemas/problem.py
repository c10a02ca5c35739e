"""Schemas of problems (RFC 9457)."""

from marshmallow import Schema, fields

from api.schemas.fields import about, nullable, required


class EmergencySchema(Schema):
    """Emergency notice to show first. It contains nothing about treatment."""

    text = fields.String(**required("Text to show, in the patient's language."))
    flags = fields.List(fields.String(), **required("Red flags that caused the notice."))
    emergency_number = fields.String(**nullable("Emergency number of the site. Null: not set."))
    crisis_line = fields.String(**nullable("Crisis line for thoughts of self-harm. Null: not set."))
    contact = fields.String(**required("Contact of the care team."))


def emergency_field() -> fields.Nested:
    """Return the field of the emergency notice, which comes first in a response."""
    return fields.Nested(
        EmergencySchema, metadata=about("Present if a reported red flag may be an emergency. Show it first.")
    )


class ProblemSchema(Schema):
    """Problem details, RFC 9457."""

    emergency = emergency_field()
    type = fields.String(**required("Type of the problem: address of a page that explains it."))
    title = fields.String(**required("Short title of the type."))
    status = fields.Integer(**required("HTTP status."))
    detail = fields.String(metadata=about("Explanation of this occurrence."))
    instance = fields.String(metadata=about("Id of the request, for the operator."))
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata=about("Error by field, with the expected value."),
    )
