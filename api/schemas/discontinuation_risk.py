"""Schemas of the discontinuation risk."""

from marshmallow import Schema, fields

from api.schemas.fields import Rounded


class ContributionSchema(Schema):
    """Contribution of one covariate to the risk."""

    feature = fields.String(required=True, metadata={"description": "Name of the covariate in the model."})
    description = fields.String(
        required=True, metadata={"description": "The covariate and its value as text."}, attribute="words"
    )
    value = Rounded(
        required=True,
        metadata={"description": "Value for this patient, in the unit given in `description`."},
    )
    reference_value = Rounded(
        required=True, metadata={"description": "Reference value of the covariate."}, attribute="typical"
    )
    log_hazard_ratio = Rounded(
        required=True,
        metadata={"description": "Log hazard ratio against the reference value. Positive raises the risk."},
        attribute="adds",
    )


class DiscontinuationRiskSchema(Schema):
    """Risk of stopping the tablets within 90 days, as of the last day with an entry."""

    risk_90d = Rounded(
        allow_none=True,
        required=True,
        metadata={
            "description": (
                "Probability of stopping the tablets within 90 days, 0-1, higher is worse. "
                "Null: see `insufficient_data_reason`."
            )
        },
    )
    risk_90d_low = Rounded(
        allow_none=True,
        required=True,
        metadata={"description": "Lower end of the 95% interval of `risk_90d`."},
    )
    risk_90d_high = Rounded(
        allow_none=True,
        required=True,
        metadata={"description": "Upper end of the 95% interval of `risk_90d`."},
    )
    average_risk_90d = Rounded(
        allow_none=True,
        required=True,
        metadata={
            "description": "The same probability for an average patient with the same time on treatment."
        },
    )
    insufficient_data_reason = fields.String(
        allow_none=True,
        required=True,
        metadata={"description": "Reason why there is no risk. Null: there is a risk."},
    )
    contributions = fields.List(
        fields.Nested(ContributionSchema),
        required=True,
        metadata={
            "description": ("Contributions, largest first. Their sum is the log hazard up to a constant.")
        },
    )
    missing_covariates = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Covariates that are not known and do not change the risk."},
    )
    as_of = fields.Date(
        allow_none=True,
        required=True,
        metadata={"description": "Last local date with an entry. Null: no entry."},
    )
    base_rate_12_months = Rounded(
        required=True,
        metadata={"description": "Share of patients who stop within 12 months, 0-1, assumed by the model."},
    )
    model = fields.String(required=True, metadata={"description": "Content hash of the model."})
    notice = fields.String(required=True, metadata={"description": "Limits of the risk. Show them with it."})
