"""Entries on the wire; built from what the domain lets an entry hold, and so never apart from it."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.domain.answer_kinds import BodySites, Choice, Choices, Flag, Scale, Text
from api.domain.reading import MAX_ENTRIES_PER_BATCH
from api.domain.report import ANSWERS, Answer
from api.schemas.fields import Strict
from api.schemas.problem import ProblemSchema


def _field(answer: Answer) -> fields.Field[Any]:
    """Return the field that documents one answer."""
    described: dict[str, Any] = {"metadata": {"description": answer.meaning}, "allow_none": True}
    match answer.kind:
        case Scale(lowest=lowest, highest=highest):
            within = validate.Range(lowest, highest)
            return fields.Integer(strict=True, validate=within, **described)
        case Flag():
            return fields.Boolean(**described)
        case Choice(options=options):
            return fields.String(validate=validate.OneOf(options), **described)
        case Choices(options=options):
            word = fields.String(validate=validate.OneOf(options))
            return fields.List(word, validate=validate.Length(1, len(options)), **described)
        case Text(max_length=longest):
            return fields.String(validate=validate.Length(1, longest), **described)
        case BodySites(sites=sites, sides=sides):
            place = Schema.from_dict(
                {
                    "site": fields.String(required=True, validate=validate.OneOf(sites)),
                    "side": fields.String(required=True, validate=validate.OneOf(sides)),
                },
                name="BodySite",
            )
            return fields.List(fields.Nested(place), validate=validate.Length(1, 40), **described)
    raise TypeError(f"{answer.name} is of a kind the wire does not know")


_MOMENTS: dict[str, fields.Field[Any]] = {
    "id": fields.UUID(
        required=True, metadata={"description": "A UUID the client made; it makes retries safe."}
    ),
    "recorded_at": fields.AwareDateTime(
        required=True,
        metadata={"description": "When it was recorded, with its offset; at most 10 minutes ahead."},
    ),
    "local_date": fields.Date(
        metadata={"description": "The day it is about; left out, the local day it was recorded."}
    ),
}
_ANSWER_FIELDS: dict[str, fields.Field[Any]] = {answer.name: _field(answer) for answer in ANSWERS}

NewEntrySchema = Schema.from_dict(_MOMENTS | _ANSWER_FIELDS, name="NewEntry")
"""An entry as a client sends it."""

CorrectionSchema = Schema.from_dict(
    _MOMENTS | _ANSWER_FIELDS | {"id": fields.UUID(metadata={"description": "If given, the entry's own."})},
    name="Correction",
)
"""What an entry shall say from now on."""


class BatchSchema(Schema):
    """Up to 500 entries, judged one by one."""

    entries = fields.List(
        fields.Nested(NewEntrySchema),
        required=True,
        validate=validate.Length(0, MAX_ENTRIES_PER_BATCH),
    )


class ItemResultSchema(Schema):
    """What became of one item."""

    id = fields.String(allow_none=True, metadata={"description": "The client's id, where one was given."})
    status = fields.String(
        required=True, validate=validate.OneOf(["created", "duplicate", "conflict", "rejected"])
    )
    version = fields.Integer(allow_none=True)
    received_at = fields.AwareDateTime(allow_none=True)
    problem = fields.Nested(ProblemSchema)


class BatchResultSchema(Schema):
    """A result per item, in the order they were sent."""

    results = fields.List(fields.Nested(ItemResultSchema), required=True)


_STANDING: dict[str, fields.Field[Any]] = {
    "received_at": fields.AwareDateTime(required=True),
    "version": fields.Integer(required=True),
    "withdrawn": fields.Boolean(
        required=True, metadata={"description": "A tombstone: it no longer counts, and shows no answers."}
    ),
}

EntrySchema = Schema.from_dict(_MOMENTS | _STANDING | _ANSWER_FIELDS, name="Entry")
"""An entry as it stands."""


class ChangesSchema(Schema):
    """Entries in the order they last changed."""

    items = fields.List(fields.Nested(EntrySchema), required=True)
    next = fields.String(required=True, metadata={"description": "Send it as `since` to go on from here."})
    more = fields.Boolean(required=True, metadata={"description": "Whether more is there already."})


class ChangesQuerySchema(Strict):
    """Where to go on."""

    since = fields.String(
        load_default=None, metadata={"description": "`next` of the page before; left out, from the start."}
    )
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))


class EntryVersionSchema(Schema):
    """What an entry said before."""

    version = fields.Integer(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    local_date = fields.Date(required=True)
    answers = fields.Dict(required=True)
    superseded_at = fields.AwareDateTime(required=True)


class EntryHistorySchema(Schema):
    """All that an entry said before, oldest first."""

    items = fields.List(fields.Nested(EntryVersionSchema), required=True)


class RejectedEntrySchema(Schema):
    """Something that was sent and could not be read; nothing is lost."""

    id = fields.UUID(required=True)
    entry_id = fields.String(allow_none=True)
    body = fields.String(required=True, metadata={"description": "As it was sent, as JSON text."})
    problem = fields.Dict(required=True)
    received_at = fields.AwareDateTime(required=True)
    replaced_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When a readable entry with the same id came."}
    )


class RejectedEntriesSchema(Schema):
    """What could not be read, newest first."""

    items = fields.List(fields.Nested(RejectedEntrySchema), required=True)
