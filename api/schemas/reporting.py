"""Whether a patient still writes, on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.trajectory.reporting_pattern import ReportingState


class ReportingSchema(Schema):
    """Whether she still writes, with what it was judged by; it says nothing about how she is."""

    state = fields.String(
        required=True,
        validate=validate.OneOf([state.value for state in ReportingState]),
        metadata={
            "description": "`thinning`: far fewer days written on lately than before. `silent`: no entry for "
            "far longer than is usual for her; the team is told. `reporting`: neither."
        },
    )
    last_day = fields.Date(required=True, metadata={"description": "The newest local day written on."})
    silent_from = fields.Date(
        required=True,
        metadata={"description": "She counts as silent from this day unless she writes before."},
    )
    usual_interval_days = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Mean days from one entry to the next; null: too few to say."},
    )
    written_days = fields.Integer(
        required=True, metadata={"description": "Days written on among the last `over_days`."}
    )
    over_days = fields.Integer(
        required=True, metadata={"description": "How many days `written_days` are of."}
    )
    written_lately = fields.Integer(required=True, metadata={"description": "Of the last 28 days."})
    expected_lately = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "To be expected of these 28 from the time before; null: cannot be said."},
    )
