"""Schemas of a site's policies."""

from marshmallow import Schema, fields

from api.schemas.fields import Rounded, nullable, required
from api.schemas.site_document import NewSiteDocumentSchema, SiteDocumentSchema


class PolicySchema(SiteDocumentSchema):
    """One policy of a site, with sources."""

    version = fields.String(
        **nullable("Version of its engine, as in the `engine` of scores. Null: see `problem`.")
    )
    problem = fields.String(
        **nullable(
            "Why this version of the software cannot read it, so that no patient is scored by "
            "it; null: it can."
        )
    )


class StoppingShareSchema(Schema):
    """Share of patients who stop within 12 months that every risk of the site assumes."""

    share = Rounded(**required("The share, 0-1. Set it by the threshold `stopping_share`.", examples=[0.15]))
    source = fields.String(**required("Source of the share."))
    stopped = fields.Integer(
        **nullable("Patients recorded as stopped (`ai_stopped_on`). Null: none, so nothing is checked.")
    )
    expected = Rounded(
        digits=1, **nullable("Number to be expected over their follow-up by the share. Null: see `stopped`.")
    )
    observed_share = Rounded(**nullable("Share within 12 months by the outcomes. Null: see `stopped`."))
    observed_share_low = Rounded(**nullable("Lower end of the 95% interval of `observed_share`."))
    observed_share_high = Rounded(**nullable("Upper end of the 95% interval of `observed_share`."))
    warning = fields.String(
        **nullable("Where the outcomes contradict the share: all risks are too low, or too high. Null: none.")
    )


class PolicyStatusSchema(Schema):
    """The policy in force at a site, and the upcoming ones."""

    stopping_share = fields.Nested(
        StoppingShareSchema, **required("Share who stop within 12 months, and the recorded outcomes.")
    )

    current = fields.Nested(PolicySchema, **required("Policy in force."))
    upcoming = fields.List(
        fields.Nested(PolicySchema), **required("Upcoming documents, in the order of their start.")
    )


class NewPolicySchema(NewSiteDocumentSchema):
    """A policy to put into force from a moment on."""

    document = fields.Dict(
        **required(
            "`name`, and the differences from the built-in policy in `tiers`, `thresholds` "
            "and `budget`; every changed number needs a `source` of the site's own.",
            examples=[{"name": "Ward 3", "tiers": {"silence": "self_care"}}],
        )
    )
