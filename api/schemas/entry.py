"""Entries on the wire; built from what the domain lets an entry hold, and so never apart from it."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api.domain.entries.answer_types import (
    MAX_SITES,
    BodySites,
    Choice,
    Choices,
    FlagAnswer,
    ScaleAnswer,
    TextAnswer,
)
from api.domain.entries.parse import MAX_ENTRIES_PER_BATCH
from api.domain.entries.questions import QUESTIONS, Question
from api.schemas.fields import Flag as YesOrNo
from api.schemas.fields import Moment, Strict, Whole, page_of
from api.schemas.fields import Text as Words
from api.schemas.problem import ProblemSchema, emergency_field
from api.words.catalogue import translate_problem
from api.words.speaking import language_of_request


def _field(answer: Question) -> fields.Field[Any]:
    """Return the field that documents one answer."""
    described: dict[str, Any] = {"metadata": {"description": answer.meaning}, "allow_none": True}
    match answer.kind:
        case ScaleAnswer(lowest=lowest, highest=highest):
            return Whole(lowest=lowest, highest=highest, **described)
        case FlagAnswer():
            return YesOrNo(**described)
        case Choice(options=options):
            return fields.String(validate=validate.OneOf(options), **described)
        case Choices(options=options):
            word = fields.String(validate=validate.OneOf(options))
            return _set_of(word, at_most=len(options), meaning=answer.meaning)
        case TextAnswer(max_length=longest):
            return Words(max=longest, lines=True, **described)
        case BodySites(sites=sites, sides=sides):
            place = Schema.from_dict(
                {
                    "site": fields.String(
                        required=True,
                        validate=validate.OneOf(sites),
                        metadata={"description": "Where it hurts."},
                    ),
                    "side": fields.String(
                        required=True,
                        validate=validate.OneOf(sides),
                        metadata={"description": "On which side, as the patient sees it."},
                    ),
                },
                name="BodySite",
            )
            return _set_of(fields.Nested(place), at_most=MAX_SITES, meaning=answer.meaning)
    raise TypeError(f"{answer.name} is of a kind the wire does not know")


def _set_of(item: fields.Field[Any], *, at_most: int, meaning: str) -> fields.List[Any]:
    """Return the field of a list in which each item stands once."""

    def each_once(items: list[Any]) -> None:
        if any(item in items[:place] for place, item in enumerate(items)):
            raise ValidationError("Each may be named once.")

    said = {"description": meaning, "uniqueItems": True}
    bounds = validate.Length(1, at_most)
    return fields.List(item, validate=[bounds, each_once], allow_none=True, metadata=said)


_MOMENTS: dict[str, fields.Field[Any]] = {
    "id": fields.UUID(
        required=True, metadata={"description": "A UUID the client made; it makes retries safe."}
    ),
    "recorded_at": Moment(
        required=True,
        metadata={
            "description": "When it was recorded, with its offset. One that lies ahead of the server is "
            "corrected by the phone's clock (at most 7 days, with a `Date` header 366) and marked."
        },
    ),
    "local_date": fields.Date(
        metadata={"description": "The day it is about; left out, the local day it was recorded."}
    ),
}
_ANSWER_FIELDS: dict[str, fields.Field[Any]] = {answer.name: _field(answer) for answer in QUESTIONS}

NewEntrySchema = Schema.from_dict(_MOMENTS | _ANSWER_FIELDS, name="NewEntry")
"""An entry as a client sends it."""

EntryCorrectionSchema = Schema.from_dict(
    _MOMENTS | _ANSWER_FIELDS | {"id": fields.UUID(metadata={"description": "If given, the entry's own."})},
    name="EntryCorrection",
)
"""What an entry shall say from now on."""


class EntryBatchSchema(Schema):
    """Up to 500 entries, judged one by one."""

    entries = fields.List(
        fields.Nested(NewEntrySchema),
        required=True,
        validate=validate.Length(0, MAX_ENTRIES_PER_BATCH),
        metadata={"description": "The entries, in any order; each is judged by itself."},
    )


class EntryResultSchema(Schema):
    """What became of one item."""

    emergency = emergency_field()
    id = fields.String(allow_none=True, metadata={"description": "The client's id, where one was given."})
    status = fields.String(
        required=True,
        validate=validate.OneOf(["created", "duplicate", "conflict", "rejected"]),
        metadata={
            "description": "`created`; `duplicate`: same id and content, came before; `conflict`: same "
            "id, other content; `rejected`: could not be read."
        },
    )
    version = fields.Integer(
        allow_none=True,
        metadata={"description": "The entry's present version; null: nothing stands under the id."},
    )
    received_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "When the server first received it; null: it was not recorded."},
    )
    problem = fields.Nested(
        ProblemSchema, metadata={"description": "Why it was rejected or is in conflict; absent otherwise."}
    )


class EntryBatchResultSchema(Schema):
    """A result per item, in the order they were sent."""

    emergency = emergency_field()
    results = fields.List(
        fields.Nested(EntryResultSchema),
        required=True,
        metadata={"description": "One result per item, in the order they were sent."},
    )


_STANDING: dict[str, fields.Field[Any]] = {
    "received_at": fields.AwareDateTime(
        required=True, metadata={"description": "When the server received the present version."}
    ),
    "version": fields.Integer(
        required=True,
        metadata={"description": "Counts changes, from 1; as in the ETag. Send it in If-Match."},
    ),
    "withdrawn": fields.Boolean(
        required=True, metadata={"description": "A tombstone: it no longer counts, and shows no answers."}
    ),
    "claimed_at": fields.AwareDateTime(
        allow_none=True,
        metadata={
            "description": "What the phone said, where its clock was ahead: `recorded_at` is the corrected "
            "moment; else null."
        },
    ),
    "claimed_date": fields.Date(
        allow_none=True, metadata={"description": "The day it gave then; `local_date` is the corrected one."}
    ),
    "emergency": emergency_field(),
}

EntrySchema = Schema.from_dict(_MOMENTS | _STANDING | _ANSWER_FIELDS, name="Entry")
"""An entry as it stands."""


class EntryChangesSchema(Schema):
    """Entries in the order they last changed."""

    items = fields.List(
        fields.Nested(EntrySchema),
        required=True,
        metadata={"description": "Entries in the order they last changed, oldest change first."},
    )
    next = fields.String(required=True, metadata={"description": "Send it as `since` to go on from here."})
    more = fields.Boolean(required=True, metadata={"description": "Whether more is there already."})


class EntryChangesQuerySchema(Strict):
    """Where to go on."""

    since = fields.String(
        load_default=None, metadata={"description": "`next` of the page before; left out, from the start."}
    )
    limit = fields.Integer(
        load_default=100,
        validate=validate.Range(1, 500),
        metadata={"description": "How many entries a page has at most."},
    )


class EntryVersionSchema(Schema):
    """What an entry said before."""

    version = fields.Integer(required=True, metadata={"description": "Which version this was, from 1."})
    recorded_at = fields.AwareDateTime(
        required=True, metadata={"description": "When it was recorded, as said then."}
    )
    local_date = fields.Date(required=True, metadata={"description": "The local day it was about then."})
    answers = fields.Dict(
        required=True, metadata={"description": "What was answered then, by the names of an entry's fields."}
    )
    superseded_at = fields.AwareDateTime(
        required=True, metadata={"description": "When the next version replaced it."}
    )


class EntryHistorySchema(Schema):
    """All that an entry said before, oldest first."""

    items = fields.List(
        fields.Nested(EntryVersionSchema),
        required=True,
        metadata={"description": "What it said before, oldest first."},
    )


class StoredProblem(fields.Dict):
    """Why an entry was refused, as it was stored in English; a patient reads it in their language."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        stored: Any = super()._serialize(value, attr, obj, **kwargs)  # type: ignore[no-untyped-call]
        return stored and translate_problem(stored, "invalid-entry", language_of_request())


class RejectedEntrySchema(Schema):
    """Something that was sent and could not be read; nothing is lost."""

    id = fields.UUID(required=True, metadata={"description": "The server's id of what was refused."})
    entry_id = fields.String(
        allow_none=True, metadata={"description": "The id the client gave; null: none that can be read."}
    )
    body = fields.String(
        required=True, metadata={"description": "As it was sent, as JSON text: its first 4,000 characters."}
    )
    body_truncated = fields.Boolean(
        required=True,
        metadata={"description": "Whether more was sent than `body` shows."},
        attribute="body_cut",
    )
    problem = StoredProblem(
        required=True, metadata={"description": "Why it was refused: `detail`, and `errors` by field."}
    )
    received_at = fields.AwareDateTime(
        required=True, metadata={"description": "When the server received it."}
    )
    replaced_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "When a readable entry with the same id came."}
    )
    reviewed_at = fields.AwareDateTime(
        allow_none=True,
        metadata={"description": "When the care team marked it as looked at."},
        attribute="looked_at",
    )
    count = fields.Integer(
        required=True,
        metadata={"description": "More than 1: so many items of a day were over its cap, and not kept."},
        attribute="times",
    )


class RejectedEntriesReviewSchema(Strict):
    """Up to when what was refused has been looked at."""

    until = Moment(required=True, metadata={"description": "`received_at` of the newest that was looked at."})


class RejectedEntriesReviewResultSchema(Schema):
    """What was marked, and what waits still."""

    reviewed = fields.Integer(required=True, metadata={"description": "How many were marked now."})
    remaining = fields.Integer(required=True, metadata={"description": "How many came later, and wait."})


RejectedEntriesSchema = page_of(RejectedEntrySchema, "RejectedEntries")
"""One page of what could not be read, newest first."""
