"""Whether a patient still writes, on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.trajectory.reporting_pattern import ReportingState


class ReportingPatternSchema(Schema):
    """Whether she still writes, with what it was judged by; it says nothing about how she is."""

    state = fields.String(
        required=True,
        validate=validate.OneOf([state.value for state in ReportingState]),
        metadata={
            "description": "`declining`: far fewer days with an entry than before. `silent`: no entry for "
            "far longer than is usual for her; the team is told. `reporting`: neither."
        },
    )
    last_day = fields.Date(required=True, metadata={"description": "The newest local day written on."})
    silent_from = fields.Date(
        required=True,
        metadata={"description": "She counts as silent from this day unless she writes before."},
    )
    mean_interval_days = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Mean days from one entry to the next; null: too few to say."},
        attribute="usual_interval_days",
    )
    entry_days = fields.Integer(
        required=True,
        metadata={"description": "Days written on among the last `over_days`."},
        attribute="written_days",
    )
    observed_days = fields.Integer(
        required=True, metadata={"description": "How many days `written_days` are of."}, attribute="over_days"
    )
    recent_entry_days = fields.Integer(
        required=True, metadata={"description": "Of the last 28 days."}, attribute="written_lately"
    )
    expected_entry_days = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "To be expected of these 28 from the time before; null: cannot be said."},
        attribute="expected_lately",
    )
