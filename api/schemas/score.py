"""Schemas of daily scores."""

from marshmallow import Schema, fields

from api.domain.alerts.finding import Severity
from api.schemas.fields import OneOf, Rounded, absent_or_null, required


class ScoreSchema(Schema):
    """The score of one day with an entry, as shown to the patient."""

    local_date = fields.Date(**required("Local date of the assessment."))
    severity = OneOf(
        Severity,
        **absent_or_null("`none`, `mild`, `moderate` or `severe`, from the last 7 days. Null: not known."),
    )
    pain_level = Rounded(
        digits=2,
        **absent_or_null(
            "Level of worst pain over the last 7 days, 0-10, higher is worse. Null: too few answers."
        ),
    )
    pain_level_low = Rounded(
        digits=2,
        **absent_or_null(
            "Lower end of the 95% interval of the true level of worst pain over the last 7 days, to draw a"
            " band around `pain_level`. Wider in a sparse or varying diary. Null: too few answers, or scored "
            "before intervals were kept."
        ),
    )
    pain_level_high = Rounded(
        digits=2, **absent_or_null("Upper end of that interval, at most 10. Null: as `pain_level_low`.")
    )
    pain_baseline = Rounded(
        digits=2, **absent_or_null("Baseline of worst pain, 0-10, higher is worse. Null: too few answers.")
    )
    pain_change = Rounded(
        digits=2,
        **absent_or_null(
            "`pain_level` minus `pain_baseline`, in points of the 0-10 scale. Positive "
            "is worse. Null: not known."
        ),
    )
    pain_change_low = Rounded(digits=2, **absent_or_null("Lower end of the 95% interval of `pain_change`."))
    pain_change_high = Rounded(digits=2, **absent_or_null("Upper end of the 95% interval of `pain_change`."))
    p_worsening = Rounded(
        **absent_or_null(
            "Probability that a lasting rise has begun, 0-1, higher is worse. Null: not "
            "known, which is not 0."
        )
    )
    stiffness_level = Rounded(
        digits=2,
        **absent_or_null(
            "Level of stiffness over the last 7 days, 0-10, higher is worse. Null: too few answers."
        ),
    )
    stiffness_level_low = Rounded(
        digits=2,
        **absent_or_null(
            "Lower end of the 95% interval of the true level of stiffness over the last 7 days. Null: as "
            "`pain_level_low`."
        ),
    )
    stiffness_level_high = Rounded(
        digits=2, **absent_or_null("Upper end of that interval, at most 10. Null: as `pain_level_low`.")
    )
    interference_level = Rounded(
        digits=2,
        **absent_or_null(
            "Level of interference with daily life over the last 7 days, 0-10, higher is"
            " worse. Null: too few answers."
        ),
    )
    self_reported_pdc_7d = Rounded(
        **absent_or_null(
            "Share of the last 7 days with a known dose on which it was taken, 0-1, "
            "higher is better. Null: no dose known. Self-report overstates adherence."
        )
    )
    self_reported_pdc_28d = Rounded(
        **absent_or_null("The same over the last 28 days, 0-1, higher is better. Null: no dose known.")
    )
    unknown_doses_28d = fields.Integer(
        **required(
            "Number of the last 28 days without a known dose. They count neither as taken nor as missed."
        )
    )
    extra_check_ins = fields.Integer(
        **required(
            "Number of extra check-ins asked for in the coming 7 days where they begin on this day, 2-6; "
            "else 0. They help to see whether a possible rise lasts."
        )
    )
    status = fields.String(**required("`scored`, or the reason for missing values."))
    engine = fields.String(**required("Content hash of the engine and policy."))


class ScoreWithRiskSchema(ScoreSchema):
    """The score of one day with an entry, as shown to the team."""

    risk_90d = Rounded(
        **absent_or_null(
            "Probability of stopping the tablets within 90 days, 0-1, higher is worse. Null: not enough data."
        )
    )
    risk_90d_low = Rounded(**absent_or_null("Lower end of the 95% interval of `risk_90d`."))
    risk_90d_high = Rounded(**absent_or_null("Upper end of the 95% interval of `risk_90d`."))
