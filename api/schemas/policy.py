"""Schemas of a site's policies."""

from marshmallow import Schema, fields

from api.schemas.fields import nullable, required
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


class PolicyStatusSchema(Schema):
    """The policy in force at a site, and the upcoming ones."""

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
