"""Schemas that a site's policies and ladders share."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text, about

MAX_NOTE = 2000


class SiteDocumentSchema(Schema):
    """A dated document of a site."""

    id = fields.UUID(required=True, allow_none=True, metadata=about("Id. Null: the built-in document."))
    name = fields.String(
        required=True, allow_none=True, metadata=about("Name given by the site. Null: see `problem`.")
    )
    effective_from = fields.AwareDateTime(
        required=True, allow_none=True, metadata=about("Start of validity. Null: the built-in document.")
    )
    version = fields.String(
        required=True, allow_none=True, metadata=about("Content hash. Null: see `problem`.")
    )
    set_by = fields.UUID(
        required=True,
        allow_none=True,
        metadata=about("Member of staff who set it. Null: set on the command line, or built in."),
    )
    note = fields.String(
        required=True, allow_none=True, metadata=about("Reason given when it was set. Null: none.")
    )
    created_at = fields.AwareDateTime(
        required=True, allow_none=True, metadata=about("Time at which it was set. Null: built in.")
    )
    changes = fields.List(
        fields.String(),
        required=True,
        metadata=about("Differences from the built-in document, one line each."),
    )
    document = fields.Dict(
        required=True, allow_none=True, metadata=about("The full document. Null: see `problem`.")
    )
    problem = fields.String(
        required=True,
        allow_none=True,
        metadata=about("Reason why this version of the software cannot read the document. Null: no problem."),
    )


class NewSiteDocumentSchema(Strict):
    """A new document of a site."""

    effective_from = Moment(metadata=about("Start of validity, within a year. Default: now."))
    note = Text(max=MAX_NOTE, lines=True, metadata=about("Reason for the change."))
