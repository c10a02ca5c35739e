"""Schemas of entries, built from the questions of the domain."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.domain.entries.answer_types import (
    IDENTIFIER,
    MAX_SITES,
    BodySites,
    Choice,
    Choices,
    FlagAnswer,
    IdentifierAnswer,
    ScaleAnswer,
    TextAnswer,
)
from api.domain.entries.origin import BY_STAFF, EntryVia, ReportedBy
from api.domain.entries.parse import MAX_ENTRIES_PER_BATCH
from api.domain.entries.questions import MARKS, PRESENTATION, QUESTIONS, Question
from api.schemas.fields import Flag as YesOrNo
from api.schemas.fields import (
    Moment,
    OneOf,
    Strict,
    Whole,
    about,
    absent_or_null,
    etag_field,
    list_of,
    nullable,
    required,
)
from api.schemas.fields import Text as Words
from api.schemas.problem import ProblemSchema, emergency_field


def _field(answer: Question) -> fields.Field[Any]:
    """Return the field that documents one answer."""
    described: dict[str, Any] = {"metadata": {"description": answer.meaning}, "allow_none": True}
    match answer.kind:
        case ScaleAnswer(lowest=lowest, highest=highest):
            return Whole(lowest=lowest, highest=highest, **described)
        case FlagAnswer():
            return YesOrNo(**described)
        case Choice(options=options):
            return OneOf(options, **described)
        case Choices(options=options):
            return _set_of(OneOf(options), at_most=len(options), meaning=answer.meaning)
        case TextAnswer() | IdentifierAnswer() as text:
            return _text_of(text, described)
        case BodySites(sites=sites, sides=sides):
            place = Schema.from_dict(
                {
                    "site": OneOf(sites, **required("Site of the pain.")),
                    "side": OneOf(sides, **required("Side from the patient's point of view.")),
                },
                name="BodySite",
            )
            return _set_of(fields.Nested(place), at_most=MAX_SITES, meaning=answer.meaning)
    raise TypeError(f"{answer.name} is of a kind the wire does not know")


def _text_of(text: TextAnswer | IdentifierAnswer, described: dict[str, Any]) -> fields.String:
    """Return the field of free text, or of an identifier."""
    if isinstance(text, TextAnswer):
        return Words(max=text.max_length, lines=True, **described)
    return fields.String(
        validate=[validate.Length(1, text.max_length), validate.Regexp(IDENTIFIER)], **described
    )


def _set_of(item: fields.Field[Any], *, at_most: int, meaning: str) -> fields.List[Any]:
    """Return the field of a list of distinct items."""

    def each_once(items: list[Any]) -> None:
        if any(item in items[:place] for place, item in enumerate(items)):
            raise ValidationError("Each may be named once.")

    return fields.List(
        item, validate=[validate.Length(1, at_most), each_once], **absent_or_null(meaning, uniqueItems=True)
    )


_MOMENTS: dict[str, fields.Field[Any]] = {
    "id": fields.UUID(**required("UUID chosen by the client. It makes a retry safe.")),
    "recorded_at": Moment(
        **required(
            "Time of recording, with offset. A time in the future is corrected by the "
            "skew of the phone's clock (at most 7 days, with a `Date` header 366) and "
            "marked."
        )
    ),
    "local_date": fields.Date(
        metadata=about("Local date of the entry. Default: the local date of recording.")
    ),
}
_ANSWER_FIELDS: dict[str, fields.Field[Any]] = {
    answer.name: _field(answer) for answer in (*QUESTIONS, *PRESENTATION)
}
_SENT = _MOMENTS | _ANSWER_FIELDS | {mark.name: _field(mark) for mark in MARKS}

NewEntrySchema = Schema.from_dict(_SENT, name="NewEntry")
"""An entry as sent by a client."""

EntryCorrectionSchema = Schema.from_dict(
    _SENT | {"id": fields.UUID(metadata=about("Optional. Must be the id of the entry."))},
    name="EntryCorrection",
)
"""The full new content of an entry."""


class EntryBatchSchema(Schema):
    """Up to 500 entries, each accepted or rejected by itself."""

    entries = fields.List(
        fields.Nested(NewEntrySchema),
        validate=validate.Length(0, MAX_ENTRIES_PER_BATCH),
        **required("The entries, in any order. Each is accepted or rejected by itself."),
    )


_WRITTEN_DOWN: dict[str, fields.Field[Any]] = {
    "via": OneOf(BY_STAFF, **required("How staff learned what they write down.")),
    "reported_by": OneOf(
        ReportedBy,
        load_default=ReportedBy.PATIENT,
        metadata=about("Who said it: the patient, or somebody on behalf of the patient."),
    ),
}

RecordedEntrySchema = Schema.from_dict(_SENT | _WRITTEN_DOWN, name="RecordedEntry")
"""An entry that staff write down."""

RecordedEntryCorrectionSchema = Schema.from_dict(
    _SENT | _WRITTEN_DOWN | {"id": fields.UUID(metadata=about("Optional. Must be the id of the entry."))},
    name="RecordedEntryCorrection",
)
"""The full new content of an entry, as staff write it down."""

RecordedEntryBatchSchema = Schema.from_dict(
    _WRITTEN_DOWN
    | {
        "entries": fields.List(
            fields.Nested(NewEntrySchema),
            validate=validate.Length(0, MAX_ENTRIES_PER_BATCH),
            **required("The entries, in any order. Each is accepted or rejected by itself."),
        )
    },
    name="RecordedEntryBatch",
)
"""Up to 500 entries that staff write down, as from a paper diary."""

OriginSchema = Schema.from_dict(_WRITTEN_DOWN, name="Origin")
"""The way staff learned what they write down, and who said it."""


class EntryResultSchema(Schema):
    """Result for one entry."""

    emergency = emergency_field()
    id = fields.String(**absent_or_null("Id sent by the client. Null: none."))
    status = OneOf(
        ["created", "duplicate", "conflict", "rejected"],
        **required(
            "`created`. `duplicate`: same id and content as before. `conflict`: same id,"
            " other content. `rejected`: not valid."
        ),
    )
    version = fields.Integer(**absent_or_null("Current version of the entry. Null: no entry has this id."))
    received_at = fields.AwareDateTime(
        **absent_or_null("Time at which the server first received it. Null: not recorded.")
    )
    problem = fields.Nested(
        ProblemSchema, metadata=about("Reason for `rejected` or `conflict`. Absent otherwise.")
    )


class EntryBatchResultSchema(Schema):
    """Results in the order of the entries sent."""

    emergency = emergency_field()
    results = fields.List(
        fields.Nested(EntryResultSchema), **required("One result per entry, in the order sent.")
    )


_STANDING: dict[str, fields.Field[Any]] = {
    "received_at": fields.AwareDateTime(**required("Time at which the server received the current version.")),
    "version": etag_field(),
    "withdrawn": fields.Boolean(
        **required("True: the entry is withdrawn. It is no longer used and has no answers.")
    ),
    "claimed_at": fields.AwareDateTime(
        **absent_or_null(
            "Time according to the phone if its clock was ahead. `recorded_at` is the "
            "corrected time. Null: no correction."
        )
    ),
    "claimed_date": fields.Date(
        **absent_or_null(
            "Date according to the phone if its clock was ahead. `local_date` is the "
            "corrected date. Null: no correction."
        )
    ),
    "via": OneOf(EntryVia, **required("How the entry came in.")),
    "reported_by": OneOf(ReportedBy, **required("Whose report the entry is.")),
    "read_at": fields.AwareDateTime(
        **absent_or_null(
            "For the patient: time at which a member of the care team first looked at the diary or the "
            "trajectory after this version was stored. A look that left out something new does not count. "
            "Null: not yet, or not shown by the site."
        )
    ),
    "emergency": emergency_field(),
}

EntrySchema = Schema.from_dict(_MOMENTS | _STANDING | _ANSWER_FIELDS, name="Entry")
"""The current version of an entry."""


class EntryPageSchema(Schema):
    """A page of entries: of the change feed, or of a period."""

    items = fields.List(
        fields.Nested(EntrySchema),
        **required("Change feed: oldest change first. Period: newest local date first."),
    )
    next = fields.String(
        **nullable(
            "Cursor for the next request. Change feed: send it as `since`; never null. Period: send it as "
            "`cursor`; null at the end."
        )
    )
    more = fields.Boolean(**required("True: more items are available now."))


class EntryQuerySchema(Strict):
    """Query parameters of a list of entries: `since`, or a period with its `cursor`."""

    since = fields.String(
        metadata=about("Change feed: `next` of the previous page. Default: from the beginning.")
    )
    first = fields.Date(data_key="from", metadata=about("First local date of a period. Default: no limit."))
    until = fields.Date(metadata=about("Last local date of a period, included. Default: no limit."))
    cursor = fields.String(
        validate=validate.Length(1, 1000), metadata=about("Period: `next` of the previous page.")
    )
    limit = fields.Integer(
        load_default=100,
        validate=validate.Range(1, 500),
        metadata=about("Maximum number of entries per page."),
    )

    @validates_schema
    def _one_order(self, query: dict[str, Any], **_: object) -> None:
        first, until = query.get("first"), query.get("until")
        if "since" in query and query.keys() & {"first", "until", "cursor"}:
            raise ValidationError("Is of the change feed. A period has `cursor`.", "since")
        if "cursor" in query and first is None and until is None:
            raise ValidationError("Is of a period: send its dates as well.", "cursor")
        if first is not None and until is not None and first > until:
            raise ValidationError("Lies before `from`.", "until")


class EntryVersionSchema(Schema):
    """An earlier version of an entry."""

    version = fields.Integer(**required("Version number, from 1."))
    recorded_at = fields.AwareDateTime(**required("Time of recording in that version."))
    local_date = fields.Date(**required("Local date of that version."))
    answers = fields.Dict(**required("Answers of that version, by field name."))
    via = OneOf(EntryVia, **required("How that version came in."))
    reported_by = OneOf(ReportedBy, **required("Whose report that version is."))
    superseded_at = fields.AwareDateTime(**required("Time at which the next version replaced it."))


EntryHistorySchema = list_of(
    EntryVersionSchema,
    "EntryHistory",
    "Earlier versions of an entry, oldest first.",
    items="Earlier versions, oldest first.",
)
