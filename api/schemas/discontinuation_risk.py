"""The risk of stopping on the wire, with all that explains it."""

from marshmallow import Schema, fields


class ContributionSchema(Schema):
    """What one feature adds."""

    feature = fields.String(required=True, metadata={"description": "Name of the feature in the model."})
    description = fields.String(
        required=True, metadata={"description": "The feature and its value in words."}, attribute="words"
    )
    value = fields.Float(
        required=True,
        metadata={"description": "The feature's value for this patient, in the unit that `words` names."},
    )
    reference_value = fields.Float(
        required=True, metadata={"description": "Counted from this."}, attribute="typical"
    )
    log_hazard_ratio = fields.Float(
        required=True,
        metadata={"description": "To the log-hazard: positive raises the risk."},
        attribute="adds",
    )


class DiscontinuationRiskSchema(Schema):
    """How likely she is to stop the tablets within 90 days, and why; as of the last day with an entry."""

    risk_90d = fields.Float(
        allow_none=True,
        required=True,
        metadata={
            "description": "Probability of stopping the tablets within 90 days, 0-1, higher is worse; "
            "null: see `lacking`."
        },
    )
    risk_90d_low = fields.Float(
        allow_none=True,
        required=True,
        metadata={"description": "Lower end of the 95% interval of `risk_90d`."},
        attribute="low",
    )
    risk_90d_high = fields.Float(
        allow_none=True,
        required=True,
        metadata={"description": "Upper end of the 95% interval of `risk_90d`."},
        attribute="high",
    )
    average_risk_90d = fields.Float(
        allow_none=True,
        required=True,
        metadata={"description": "Of an average woman as long on the tablets."},
        attribute="average_90d",
    )
    insufficient_data_reason = fields.String(
        allow_none=True,
        required=True,
        metadata={"description": "Why there is no risk; null: there is one."},
        attribute="lacking",
    )
    contributions = fields.List(
        fields.Nested(ContributionSchema),
        required=True,
        metadata={
            "description": "The largest first; they add up to the log of her hazard, but for a constant."
        },
    )
    missing_covariates = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Not known, and so counted neither way."},
        attribute="not_known",
    )
    as_of = fields.Date(
        allow_none=True,
        required=True,
        metadata={"description": "The last local day with an entry; null: there is none."},
    )
    base_rate_12_months = fields.Float(
        required=True,
        metadata={
            "description": "Share of patients who stop within 12 months, 0-1, that the model starts from."
        },
    )
    model = fields.String(required=True, metadata={"description": "Content hash of the model."})
    notice = fields.String(
        required=True, metadata={"description": "Show it with the risk: what it does not say."}
    )
