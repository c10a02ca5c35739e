"""Scores of one day on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.alerts.finding import Severity


class ScoreSchema(Schema):
    """Where she stands on one day with an entry, as she sees it herself."""

    local_date = fields.Date(required=True, metadata={"description": "The local day it is about."})
    severity = fields.String(
        allow_none=True,
        validate=validate.OneOf([s.value for s in Severity]),
        metadata={
            "description": "`none`, `mild`, `moderate` or `severe`, from the last 7 days; null: not known."
        },
    )
    pain_level = fields.Float(
        allow_none=True,
        metadata={
            "description": "Level of worst pain over the last 7 days, 0-10, higher is worse; null: too "
            "few answers."
        },
    )
    pain_baseline = fields.Float(
        allow_none=True,
        metadata={
            "description": "The patient's usual worst pain before, 0-10, higher is worse; null: too few "
            "answers."
        },
    )
    pain_change = fields.Float(
        allow_none=True,
        metadata={
            "description": "`pain_level` less `pain_baseline`, in points of the 0-10 scale; positive is "
            "worse; null: not known."
        },
    )
    pain_change_low = fields.Float(
        allow_none=True, metadata={"description": "Lower end of the 95% interval of `pain_change`."}
    )
    pain_change_high = fields.Float(
        allow_none=True, metadata={"description": "Upper end of the 95% interval of `pain_change`."}
    )
    p_worsening = fields.Float(
        allow_none=True,
        metadata={
            "description": "Probability that a lasting rise has begun, 0-1, higher is worse; null: not "
            "known, which is not 0."
        },
    )
    stiffness_level = fields.Float(
        allow_none=True,
        metadata={
            "description": "Level of stiffness over the last 7 days, 0-10, higher is worse; null: too few "
            "answers."
        },
    )
    interference_level = fields.Float(
        allow_none=True,
        metadata={
            "description": "Level of interference with daily life over the last 7 days, 0-10, higher is "
            "worse; null: too few answers."
        },
    )
    self_reported_pdc_7d = fields.Float(
        allow_none=True,
        metadata={
            "description": "Share of the days of the last 7 with a known dose on which it was taken, 0-1, "
            "higher is better; null: none known. Self-report overstates it."
        },
    )
    self_reported_pdc_28d = fields.Float(
        allow_none=True,
        metadata={"description": "The same over the last 28 days, 0-1, higher is better; null: none known."},
    )
    unknown_doses_28d = fields.Integer(
        required=True,
        metadata={
            "description": "Days of the last 28 of which no dose is known; they count neither as taken "
            "nor as missed."
        },
    )
    status = fields.String(
        required=True, metadata={"description": "`scored`, or why there is little or nothing to say."}
    )
    engine = fields.String(
        required=True, metadata={"description": "Content hash of the engine and policy that made it."}
    )


class ScoreWithRiskSchema(ScoreSchema):
    """Where she stands on one day with an entry, as her team sees it."""

    risk_90d = fields.Float(
        allow_none=True,
        metadata={
            "description": "Probability of stopping the tablets within 90 days, 0-1, higher is worse; "
            "null: not enough data."
        },
    )
    risk_90d_low = fields.Float(
        allow_none=True, metadata={"description": "Lower end of the 95% interval of `risk_90d`."}
    )
    risk_90d_high = fields.Float(
        allow_none=True, metadata={"description": "Upper end of the 95% interval of `risk_90d`."}
    )
