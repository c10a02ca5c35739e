"""Schemas of a site's escalation ladders."""

from marshmallow import Schema, fields

from api.schemas.site_document import NewSiteDocumentSchema, SiteDocumentSchema


class LadderSchema(SiteDocumentSchema):
    """The ladders of a site, with its working hours and holidays."""

    problem = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "Why this version of the software cannot read them, so that the built-in ladders "
            "apply; null: it can."
        },
    )


class LadderStatusSchema(Schema):
    """The ladders in force at a site, and the upcoming ones."""

    current = fields.Nested(LadderSchema, required=True, metadata={"description": "Ladders in force."})
    upcoming = fields.List(
        fields.Nested(LadderSchema), required=True, metadata={"description": "In the order they take effect."}
    )
    timezone = fields.String(
        required=True, metadata={"description": "The site's time zone, in which the working hours are."}
    )
    unstaffed_rotas = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Rotas of the ladders in force that have no staff on call now."},
    )


class NewLadderSchema(NewSiteDocumentSchema):
    """Ladders to put into force from a moment on."""

    document = fields.Dict(
        required=True,
        metadata={
            "description": "`name`, `source` (who decided it and when), and the parts that differ from the "
            "built-in ones among `hours`, `holidays` and `ladders`, each given whole.",
            "examples": [
                {
                    "name": "Ward 3",
                    "source": "Team meeting of 1 March 2026",
                    "hours": {"monday": ["08:00-12:00", "13:00-16:30"]},
                    "holidays": {"2026-12-25": "Christmas Day"},
                }
            ],
        },
    )
