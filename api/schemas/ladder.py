"""Schemas of a site's escalation ladders."""

from marshmallow import Schema, fields

from api.schemas.fields import nullable, required
from api.schemas.site_document import NewSiteDocumentSchema, SiteDocumentSchema


class LadderSchema(SiteDocumentSchema):
    """The ladders of a site, with its working hours and holidays."""

    problem = fields.String(
        **nullable(
            "Reason why this version of the software cannot read the document. The "
            "built-in ladders apply instead. Null: no problem."
        )
    )


class LadderStatusSchema(Schema):
    """The ladders in force at a site, and the upcoming ones."""

    current = fields.Nested(LadderSchema, **required("Ladders in force."))
    upcoming = fields.List(
        fields.Nested(LadderSchema), **required("Upcoming documents, in the order of their start.")
    )
    timezone = fields.String(**required("Time zone of the site, used for working hours."))
    unstaffed_rotas = fields.List(
        fields.String(), **required("Rotas of the ladders in force that have no staff on call now.")
    )


class NewLadderSchema(NewSiteDocumentSchema):
    """Ladders to put into force from a moment on."""

    document = fields.Dict(
        **required(
            "`name`, `source` (author and date of the decision), and those of `hours`, "
            "`holidays` and `ladders` that differ from the built-in document, each given"
            " in full.",
            examples=[
                {
                    "name": "Ward 3",
                    "source": "Team meeting of 1 March 2026",
                    "hours": {"monday": ["08:00-12:00", "13:00-16:30"]},
                    "holidays": {"2026-12-25": "Christmas Day"},
                }
            ],
        )
    )
