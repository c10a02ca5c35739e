"""A site's policies on the wire."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text

LONGEST_NOTE = 2000


class PolicySchema(Schema):
    """One policy of a site, whole and with its sources."""

    id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "null: the built-in one, before any other."}
    )
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the site calls it; null: see `problem`."},
    )
    effective_from = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: until another one was set."}
    )
    version = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Content hash, as the scores it makes store it as `engine`."},
    )
    set_by = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Staff; null: the command line."}
    )
    note = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why it was set, as written with it; null: nothing was."},
    )
    created_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "When it was set; null: built in."}
    )
    changes = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "What it says otherwise than the built-in one, a line each."},
    )
    document = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "All of it: every number with unit and source; null: see `problem`."},
    )
    problem = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why this version of the software cannot read it: nobody is scored by it."},
    )


class PolicyStatusSchema(Schema):
    """What is in force at a site, and what is coming."""

    current = fields.Nested(PolicySchema, required=True, metadata={"description": "The policy in force."})
    upcoming = fields.List(
        fields.Nested(PolicySchema), required=True, metadata={"description": "In the order they begin."}
    )


class NewPolicySchema(Strict):
    """A policy to hold from a moment on."""

    document = fields.Dict(
        required=True,
        metadata={
            "description": "`name`, and what differs from the built-in policy in `tiers`, `thresholds` and "
            "`budget`; every changed number needs a `source` of the site's own.",
            "examples": [{"name": "Ward 3", "tiers": {"silence": "self_care"}}],
        },
    )
    effective_from = Moment(metadata={"description": "From when on, within a year; left out: from now on."})
    note = Text(max=LONGEST_NOTE, lines=True, metadata={"description": "Why, for whoever asks later."})
