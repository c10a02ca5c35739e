"""Schemas that a site's policies and ladders share."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text

MAX_NOTE = 2000


class SiteDocumentSchema(Schema):
    """A dated document of a site."""

    id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "Id. Null: the built-in document."}
    )
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Name given by the site. Null: see `problem`."},
    )
    effective_from = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "Start of validity. Null: the built-in document."},
    )
    version = fields.String(
        required=True, allow_none=True, metadata={"description": "Content hash. Null: see `problem`."}
    )
    set_by = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "Member of staff who set it. Null: set on the command line, or built in."},
    )
    note = fields.String(
        required=True, allow_none=True, metadata={"description": "Reason given when it was set. Null: none."}
    )
    created_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "Time at which it was set. Null: built in."}
    )
    changes = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Differences from the built-in document, one line each."},
    )
    document = fields.Dict(
        required=True, allow_none=True, metadata={"description": "The full document. Null: see `problem`."}
    )
    problem = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": (
                "Reason why this version of the software cannot read the document. Null: no problem."
            )
        },
    )


class NewSiteDocumentSchema(Strict):
    """A new document of a site."""

    effective_from = Moment(metadata={"description": "Start of validity, within a year. Default: now."})
    note = Text(max=MAX_NOTE, lines=True, metadata={"description": "Reason for the change."})
