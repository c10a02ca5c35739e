"""Schemas of the reporting pattern."""

from marshmallow import Schema, fields

from api.domain.trajectory.reporting_pattern import ReportingState
from api.schemas.fields import OneOf, Rounded, nullable, required


class ReportingPatternSchema(Schema):
    """The reporting pattern of a patient. It does not describe the patient's health."""

    state = OneOf(
        ReportingState,
        **required(
            "`declining`: far fewer days with an entry than before. `silent`: no entry "
            "for much longer than is usual for the patient; the team is notified. "
            "`reporting`: neither."
        ),
    )
    last_day = fields.Date(**required("Newest local date with an entry."))
    silent_from = fields.Date(
        **required("Date from which the patient counts as silent unless an entry arrives before.")
    )
    mean_interval_days = Rounded(**nullable("Mean number of days between entries. Null: too few entries."))
    entry_days = fields.Integer(
        **required("Days among the last `observed_days` with an entry other than an extra check-in.")
    )
    observed_days = fields.Integer(**required("Number of days in which `entry_days` are counted."))
    recent_entry_days = fields.Integer(
        **required("Days among the last 28 with an entry other than an extra check-in.")
    )
    expected_entry_days = Rounded(
        **nullable("Expected days with an entry among the last 28, from the time before. Null: not known.")
    )
