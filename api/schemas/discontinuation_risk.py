"""Schemas of the discontinuation risk."""

from marshmallow import Schema, fields

from api.schemas.fields import Rounded, nullable, required


class ContributionSchema(Schema):
    """Contribution of one covariate to the risk."""

    feature = fields.String(**required("Name of the covariate in the model."))
    description = fields.String(attribute="words", **required("The covariate and its value as text."))
    value = Rounded(**required("Value for this patient, in the unit given in `description`."))
    reference_value = Rounded(attribute="typical", **required("Reference value of the covariate."))
    log_hazard_ratio = Rounded(
        attribute="adds",
        **required("Log hazard ratio against the reference value. Positive raises the risk."),
    )


class DiscontinuationRiskSchema(Schema):
    """Risk of stopping the tablets within 90 days, as of the last day with an entry."""

    risk_90d = Rounded(
        **nullable(
            "Probability of stopping the tablets within 90 days, 0-1, higher is worse. "
            "Null: see `insufficient_data_reason`."
        )
    )
    risk_90d_low = Rounded(**nullable("Lower end of the 95% interval of `risk_90d`."))
    risk_90d_high = Rounded(**nullable("Upper end of the 95% interval of `risk_90d`."))
    average_risk_90d = Rounded(
        **nullable("The same probability for an average patient with the same time on treatment.")
    )
    insufficient_data_reason = fields.String(
        **nullable("Reason why there is no risk. Null: there is a risk.")
    )
    contributions = fields.List(
        fields.Nested(ContributionSchema),
        **required("Contributions, largest first. Their sum is the log hazard up to a constant."),
    )
    missing_covariates = fields.List(
        fields.String(), **required("Covariates that are not known and do not change the risk.")
    )
    as_of = fields.Date(**nullable("Last local date with an entry. Null: no entry."))
    base_rate_12_months = Rounded(
        **required("Share of patients who stop within 12 months, 0-1, assumed by the model.")
    )
    base_rate_source = fields.String(
        **required("Source of that share. A site sets its own by the policy threshold `stopping_share`.")
    )
    model = fields.String(**required("Content hash of the model."))
    notice = fields.String(**required("Limits of the risk. Show them with it."))
