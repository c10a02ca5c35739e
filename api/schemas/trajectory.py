"""A patient's course on the wire."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from api.schemas.discontinuation_risk import DiscontinuationRiskSchema
from api.schemas.fields import Prose, RenamedQuery, old_name
from api.schemas.functional_status import FunctionalStatusSchema
from api.schemas.measurement import ConsiderationSchema, MeasurementSchema
from api.schemas.reporting_pattern import ReportingPatternSchema
from api.schemas.score import ScoreSchema, ScoreWithRiskSchema


class TrajectorySchema(Schema):
    """Where a patient stands, and her scores, oldest first."""

    status = fields.String(
        required=True,
        metadata={
            "description": "`scored`; `no_baseline` or `too_few_answers`: not enough yet; `not_scored`: the "
            "engine failed, entries are kept and the team is told; `empty`. Only `scored` says anything."
        },
    )
    engine = fields.String(allow_none=True, metadata={"description": "Content hash of engine and policy."})
    last_day = fields.Date(
        allow_none=True, metadata={"description": "The newest local day with an entry; null: there is none."}
    )
    last_entry_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When the newest entry was recorded; null: there is none."}
    )
    scores = fields.List(
        fields.Nested(ScoreSchema),
        required=True,
        metadata={"description": "One score per local day with an entry, oldest first."},
    )
    notice = Prose(required=True, metadata={"description": "Show it with the scores: what they do not say."})


class PatientTrajectorySchema(TrajectorySchema):
    """Where a patient stands, as her team sees it."""

    scores = fields.List(
        fields.Nested(ScoreWithRiskSchema),
        required=True,
        metadata={
            "description": "One score per local day with an entry, oldest first, with the risk of stopping."
        },
    )
    reporting = fields.Nested(
        ReportingPatternSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Whether she still writes; null: no entry yet, or not scored."},
    )
    functional_status = fields.Nested(
        FunctionalStatusSchema,
        required=True,
        allow_none=True,
        metadata={"description": "What her latest questionnaires say; null: none counts, or not scored."},
    )
    discontinuation_risk = fields.Nested(
        DiscontinuationRiskSchema,
        required=True,
        metadata={"description": "How likely the patient is to stop the tablets, and why."},
    )
    measurements = fields.List(
        fields.Nested(MeasurementSchema),
        required=True,
        metadata={"description": "What staff measured in the period, oldest first; at most the newest 500."},
    )
    considerations = fields.List(
        fields.Nested(ConsiderationSchema),
        required=True,
        metadata={"description": "What to bear in mind at present; none says nothing about how she is."},
    )


class PeriodSchema(RenamedQuery):
    """Which local days; left out, all."""

    since = fields.Date(
        data_key="from_date", metadata={"description": "First local day; left out: from the first one."}
    )
    until = fields.Date(
        data_key="until_date",
        metadata={"description": "Last local day, included; left out: to the newest."},
    )
    old_since = old_name(fields.Date(data_key="since"), of="from_date")
    old_until = old_name(fields.Date(data_key="until"), of="until_date")

    @validates_schema
    def _in_order(self, period: dict[str, Any], **_: object) -> None:
        since, until = (period.get(name, period.get(f"old_{name}")) for name in ("since", "until"))
        if since and until and since > until:
            raise ValidationError("lies before from_date", "until_date" if "until" in period else "until")
