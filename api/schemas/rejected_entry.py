"""Schemas of rejected entries."""

from typing import Any

from marshmallow import Schema, fields

from api.schemas.fields import Moment, Strict, absent_or_null, page_of, required
from api.words.catalogue import translate_problem
from api.words.speaking import language_of_request


class StoredProblem(fields.Dict):
    """Reason for a rejection, stored in English and returned in the patient's language."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        stored: Any = super()._serialize(value, attr, obj, **kwargs)  # type: ignore[no-untyped-call]
        return stored and translate_problem(stored, "invalid-entry", language_of_request())


class RejectedEntrySchema(Schema):
    """An entry that was received but not accepted."""

    id = fields.UUID(**required("Id given by the server."))
    entry_id = fields.String(**absent_or_null("Id sent by the client. Null: none, or not readable."))
    body = fields.String(**required("The first 4,000 characters of the entry as JSON text."))
    body_truncated = fields.Boolean(**required("True: `body` is incomplete."))
    problem = StoredProblem(**required("Reason for the rejection: `detail`, and `errors` by field."))
    received_at = fields.AwareDateTime(**required("Time at which the server received it."))
    replaced_at = fields.AwareDateTime(
        **absent_or_null("Time at which a valid entry with the same id arrived. Null: none.")
    )
    reviewed_at = fields.AwareDateTime(
        **absent_or_null("Time at which the care team marked it as reviewed. Null: not yet.")
    )
    count = fields.Integer(
        **required(
            "Number of entries it stands for. More than 1: entries beyond the daily limit, "
            "which are only counted."
        )
    )


class RejectedEntriesReviewSchema(Strict):
    """Marks rejected entries as reviewed."""

    until = Moment(**required("`received_at` of the newest entry that was reviewed."))


class RejectedEntriesReviewResultSchema(Schema):
    """Result of a review of rejected entries."""

    reviewed = fields.Integer(**required("Number of entries marked as reviewed by this request."))
    remaining = fields.Integer(**required("Number of later entries that still need a review."))


RejectedEntriesSchema = page_of(RejectedEntrySchema, "RejectedEntries")
"""One page of rejected entries, newest first."""
