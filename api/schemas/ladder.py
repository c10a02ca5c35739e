"""A site's ladders on the wire."""

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, Text
from api.schemas.policy import LONGEST_NOTE


class LadderSchema(Schema):
    """The ladders of a site, with its working hours and holidays."""

    id = fields.UUID(
        required=True, allow_none=True, metadata={"description": "null: the built-in ones, before any other."}
    )
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What the site calls these ladders; null: see `problem`."},
    )
    effective_from = fields.AwareDateTime(
        required=True, allow_none=True, metadata={"description": "null: until others were set."}
    )
    version = fields.String(required=True, allow_none=True, metadata={"description": "Content hash."})
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
        metadata={"description": "What they say otherwise than the built-in ones, a line each."},
    )
    document = fields.Dict(
        required=True, allow_none=True, metadata={"description": "All of it; null: see `problem`."}
    )
    problem = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Why this software cannot read them: the built-in ones hold meanwhile."},
    )


class LadderStatusSchema(Schema):
    """What is in force at a site, and what is coming."""

    current = fields.Nested(LadderSchema, required=True, metadata={"description": "The ladders in force."})
    upcoming = fields.List(
        fields.Nested(LadderSchema), required=True, metadata={"description": "In the order they begin."}
    )
    timezone = fields.String(required=True, metadata={"description": "The site's, on whose clock hours are."})
    unstaffed_rotas = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Rotas the present ladders ask, on which nobody is now."},
    )


class NewLadderSchema(Strict):
    """Ladders to hold from a moment on."""

    document = fields.Dict(
        required=True,
        metadata={
            "description": "`name`, `source` (who decided it and when), and what is not as built in of "
            "`hours`, `holidays` and `ladders`; each is given whole.",
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
    effective_from = Moment(metadata={"description": "From when on, within a year; left out: from now on."})
    note = Text(max=LONGEST_NOTE, lines=True, metadata={"description": "Why, for whoever asks later."})
