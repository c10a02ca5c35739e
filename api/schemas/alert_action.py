"""Schemas of the actions on an alert."""

from marshmallow import fields, validate

from api.domain.alerts.status import AlertResolution
from api.schemas.fields import Moment, Strict, Text, about


class AlertSnoozeSchema(Strict):
    """End of the snooze and its reason."""

    until = Moment(
        required=True,
        metadata=about("End of the snooze: within 31 days, for the same-day tier within 12 hours."),
    )
    note = Text(max=2000, lines=True, metadata=about("Reason, for the team."))


class AlertResolutionSchema(Strict):
    """Outcome of an alert."""

    outcome = fields.String(
        required=True,
        validate=validate.OneOf([outcome.value for outcome in AlertResolution]),
        metadata=about("Outcome of the alert."),
    )
    note = Text(max=2000, lines=True, metadata=about("Further information for the team."))


class AlertNoteSchema(Strict):
    """A note for the team."""

    note = Text(max=2000, lines=True, required=True, metadata=about("The note. Only staff can read it."))
