"""Schemas of the actions on an alert, also by the link of a message."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from api.domain.alerts.status import AlertResolution
from api.schemas.expected_level import NewExpectedLevelSchema
from api.schemas.fields import Moment, OneOf, Strict, Text, about, nullable, required
from api.services.alerts.ack_links import TOKEN_LENGTH


class AlertAssignmentSchema(Strict):
    """Member of staff who takes care of an alert."""

    to = fields.UUID(**nullable("Active member of staff who may see the patient. Null: nobody."))


class AlertSnoozeSchema(Strict):
    """End of the snooze and its reason."""

    until = Moment(**required("End of the snooze: within 31 days, for the same-day tier within 12 hours."))
    note = Text(max=2000, lines=True, metadata=about("Reason, for the team."))


class AlertOutcomeSchema(Strict):
    """Outcome of an alert, and a note."""

    outcome = OneOf(AlertResolution, **required("Outcome of the alert."))
    note = Text(max=2000, lines=True, metadata=about("Further information for the team."))


class AlertResolutionSchema(AlertOutcomeSchema):
    """Outcome of an alert."""

    expected_level = fields.Nested(
        NewExpectedLevelSchema,
        metadata=about(
            "Only with `already_known`, for severe symptoms or worsening: the level of the symptom that is "
            "known. It alerts again 2 points above, and at the end."
        ),
    )

    @validates_schema
    def _only_if_known(self, body: dict[str, Any], **_: object) -> None:
        if "expected_level" in body and body.get("outcome") != AlertResolution.ALREADY_KNOWN:
            raise ValidationError("Only with the outcome `already_known`.", "expected_level")


class AlertNoteSchema(Strict):
    """A note for the team."""

    note = Text(max=2000, lines=True, **required("The note. Only staff can read it."))


def link_token() -> fields.String:
    """Return the field of the token of a link in a message."""
    return fields.String(
        validate=validate.Regexp(rf"^[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}\Z", error="This is no token of a link."),
        metadata=about("Fragment of the link, without `#`.", pattern=f"^[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}$"),
    )
