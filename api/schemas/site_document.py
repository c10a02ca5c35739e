"""Schemas that a site's policies and ladders share."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text

MAX_NOTE = 2000


class SiteDocumentSchema(Schema):
    """One dated document of a site."""

    id = fields.UUID(required=True, allow_none=True, metadata={"description": "null: the built-in document."})
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The site's name for it; null: see `problem`."},
    )
    effective_from = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "The moment it takes effect; null: in force before any other."},
    )
    version = fields.String(
        required=True, allow_none=True, metadata={"description": "Content hash; null: see `problem`."}
    )
    set_by = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Staff; null: the command line, or built in."},
    )
    note = fields.String(
        required=True, allow_none=True, metadata={"description": "Why it was set; null: no note was given."}
    )
    created_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Time at which it was set. Null: built in."}
    )
    changes = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Differences from the built-in document, one per line."},
    )
    document = fields.Dict(
        required=True, allow_none=True, metadata={"description": "The whole document; null: see `problem`."}
    )
    problem = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why this version of the software cannot read it; null: it can."},
    )


class NewSiteDocumentSchema(Strict):
    """A document to put into force from a moment on."""

    effective_from = Moment(
        metadata={"description": "The moment it takes effect, within a year; left out: now."}
    )
    note = Text(max=MAX_NOTE, lines=True, metadata={"description": "Why it is set, for later readers."})
