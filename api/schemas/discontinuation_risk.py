"""Schemas of the discontinuation risk."""

from marshmallow import Schema, fields

from api.schemas.fields import Rounded, about


class ContributionSchema(Schema):
    """Contribution of one covariate to the risk."""

    feature = fields.String(required=True, metadata=about("Name of the covariate in the model."))
    description = fields.String(
        required=True, metadata=about("The covariate and its value as text."), attribute="words"
    )
    value = Rounded(
        required=True, metadata=about("Value for this patient, in the unit given in `description`.")
    )
    reference_value = Rounded(
        required=True, metadata=about("Reference value of the covariate."), attribute="typical"
    )
    log_hazard_ratio = Rounded(
        required=True,
        metadata=about("Log hazard ratio against the reference value. Positive raises the risk."),
        attribute="adds",
    )


class DiscontinuationRiskSchema(Schema):
    """Risk of stopping the tablets within 90 days, as of the last day with an entry."""

    risk_90d = Rounded(
        allow_none=True,
        required=True,
        metadata=about(
            "Probability of stopping the tablets within 90 days, 0-1, higher is worse. "
            "Null: see `insufficient_data_reason`."
        ),
    )
    risk_90d_low = Rounded(
        allow_none=True, required=True, metadata=about("Lower end of the 95% interval of `risk_90d`.")
    )
    risk_90d_high = Rounded(
        allow_none=True, required=True, metadata=about("Upper end of the 95% interval of `risk_90d`.")
    )
    average_risk_90d = Rounded(
        allow_none=True,
        required=True,
        metadata=about("The same probability for an average patient with the same time on treatment."),
    )
    insufficient_data_reason = fields.String(
        allow_none=True, required=True, metadata=about("Reason why there is no risk. Null: there is a risk.")
    )
    contributions = fields.List(
        fields.Nested(ContributionSchema),
        required=True,
        metadata=about("Contributions, largest first. Their sum is the log hazard up to a constant."),
    )
    missing_covariates = fields.List(
        fields.String(),
        required=True,
        metadata=about("Covariates that are not known and do not change the risk."),
    )
    as_of = fields.Date(
        allow_none=True, required=True, metadata=about("Last local date with an entry. Null: no entry.")
    )
    base_rate_12_months = Rounded(
        required=True,
        metadata=about("Share of patients who stop within 12 months, 0-1, assumed by the model."),
    )
    model = fields.String(required=True, metadata=about("Content hash of the model."))
    notice = fields.String(required=True, metadata=about("Limits of the risk. Show them with it."))
