"""Schemas of a patient's trajectory."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from api.schemas.discontinuation_risk import DiscontinuationRiskSchema
from api.schemas.fields import Prose, RenamedQuery, about, absent_or_null, nullable, old_name, required
from api.schemas.functional_status import FunctionalStatusSchema
from api.schemas.measurement import ConsiderationSchema, MeasurementSchema
from api.schemas.reporting_pattern import ReportingPatternSchema
from api.schemas.score import ScoreSchema, ScoreWithRiskSchema


class TrajectorySchema(Schema):
    """Status and scores of a patient, oldest first."""

    status = fields.String(
        **required(
            "`scored`. `no_baseline` or `too_few_answers`: not enough data. "
            "`not_scored`: the engine failed; entries are kept and the team is notified."
            " `empty`: no entry. Only `scored` has a meaning for the patient's health."
        )
    )
    engine = fields.String(**absent_or_null("Content hash of the engine and policy."))
    last_day = fields.Date(**absent_or_null("Newest local date with an entry. Null: no entry."))
    last_entry_at = fields.AwareDateTime(**absent_or_null("Time of the newest entry. Null: no entry."))
    scores = fields.List(
        fields.Nested(ScoreSchema), **required("One score per local date with an entry, oldest first.")
    )
    notice = Prose(**required("Limits of the scores. Show them with the scores."))


class CurveSummarySchema(Schema):
    """The curve in one sentence: what was reported, without a cause and without a verdict."""

    key = fields.String(
        **required(
            "Name of the sentence. `level_and_usual` and `level_only` state a level; any other says why "
            "there is none, which does not mean that all is well."
        )
    )
    text = Prose(**required("The sentence, in the patient's language. Show it with the curve."))
    values = fields.Dict(
        attribute="numbers",
        keys=fields.String(),
        values=fields.Float(),
        **required("Its numbers: `level` of the 7 days up to the newest entry, and the `usual` one, 0-10."),
    )


class OwnTrajectorySchema(TrajectorySchema):
    """Status and scores of the patient who reads them, oldest first."""

    summary = fields.Nested(CurveSummarySchema, **required("The present curve in one sentence."))


class ExtraCheckInsSchema(Schema):
    """Extra check-ins of the last 28 days. Fewer answers than asked for are no sign that all is well."""

    since = fields.Date(**required("Local date of the first."))
    asked = fields.Integer(**required("Number of days on which an extra check-in was asked for."))
    answered = fields.Integer(
        **required("Number of those days with an entry; the reason for a gap alone is no answer.")
    )
    is_this_usual = fields.String(
        **nullable(
            "Newest answer to the question whether this is like the usual bad days: `usual` or `changed`. "
            "Null: not answered."
        )
    )


class PatientTrajectorySchema(TrajectorySchema):
    """Status and scores of a patient, as shown to the team."""

    scores = fields.List(
        fields.Nested(ScoreWithRiskSchema),
        **required("One score per local date with an entry, oldest first, with the discontinuation risk."),
    )
    reporting = fields.Nested(
        ReportingPatternSchema,
        **nullable("How often the patient makes entries. Null: no entry, or not scored."),
    )
    extra_check_ins = fields.Nested(
        ExtraCheckInsSchema,
        **nullable("Extra check-ins of the last 28 days, asked and answered. Null: none was asked for."),
    )
    functional_status = fields.Nested(
        FunctionalStatusSchema,
        **nullable("Functional status from the latest assessments. Null: none counts, or not scored."),
    )
    discontinuation_risk = fields.Nested(
        DiscontinuationRiskSchema, **required("Risk of stopping the tablets, with contributions.")
    )
    measurements = fields.List(
        fields.Nested(MeasurementSchema),
        **required("Measurements of the period, oldest first, at most the newest 500."),
    )
    considerations = fields.List(
        fields.Nested(ConsiderationSchema),
        **required("Current considerations. An empty list does not describe the patient's health."),
    )


class PeriodSchema(RenamedQuery):
    """Query parameters of a trajectory."""

    since = fields.Date(data_key="from_date", metadata=about("First local date. Default: the first entry."))
    until = fields.Date(
        data_key="until_date", metadata=about("Last local date, included. Default: the newest entry.")
    )
    old_since = old_name(fields.Date(data_key="since"), of="from_date")
    old_until = old_name(fields.Date(data_key="until"), of="until_date")

    @validates_schema
    def _in_order(self, period: dict[str, Any], **_: object) -> None:
        since, until = (period.get(name, period.get(f"old_{name}")) for name in ("since", "until"))
        if since and until and since > until:
            raise ValidationError("lies before from_date", "until_date" if "until" in period else "until")
