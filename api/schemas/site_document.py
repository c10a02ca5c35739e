"""Schemas that a site's policies and ladders share."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text, about, nullable, required

MAX_NOTE = 2000


class SiteDocumentSchema(Schema):
    """A dated document of a site."""

    id = fields.UUID(**nullable("Id. Null: the built-in document."))
    name = fields.String(**nullable("Name given by the site. Null: see `problem`."))
    effective_from = fields.AwareDateTime(**nullable("Start of validity. Null: the built-in document."))
    version = fields.String(**nullable("Content hash. Null: see `problem`."))
    set_by = fields.UUID(
        **nullable("Member of staff who set it. Null: set on the command line, or built in.")
    )
    note = fields.String(**nullable("Reason given when it was set. Null: none."))
    created_at = fields.AwareDateTime(**nullable("Time at which it was set. Null: built in."))
    changes = fields.List(
        fields.String(), **required("Differences from the built-in document, one line each.")
    )
    document = fields.Dict(**nullable("The full document. Null: see `problem`."))
    problem = fields.String(
        **nullable("Reason why this version of the software cannot read the document. Null: no problem.")
    )


class NewSiteDocumentSchema(Strict):
    """A new document of a site."""

    effective_from = Moment(metadata=about("Start of validity, within a year. Default: now."))
    note = Text(max=MAX_NOTE, lines=True, metadata=about("Reason for the change."))
