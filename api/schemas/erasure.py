"""Schemas of requests of patients to have their data erased."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema

from api.domain.erasure import ANSWERED_WITHIN, EXPLANATIONS, ErasureState
from api.schemas.fields import (
    Moment,
    OneOf,
    PageQuery,
    Prose,
    Strict,
    Text,
    about,
    list_of,
    nullable,
    page_of,
    required,
)

DECISIONS = ("accept", "refuse")
LONGEST_REASON = 1000


class ErasureRequestSchema(Schema):
    """A request of a patient to have the own data erased."""

    id = fields.UUID(**required("The request's id."))
    state = OneOf(
        ErasureState,
        **required(
            "`open`: not decided. `accepted`: the clinic agreed; nothing is erased by that. `refused`: the "
            "clinic gives the reason. `withdrawn`: taken back by the patient."
        ),
    )
    explanation = Prose(
        attribute="state_in_words",
        **required("What the state means, in one or two sentences in the patient's language."),
    )
    requested_at = Moment(**required("Time of the request."))
    answer_by = Moment(**required("Time by which the clinic should decide, 30 days after the request."))
    closed_at = Moment(**nullable("Time of the decision, or at which it was taken back. Null: open."))
    reason = fields.String(**nullable("Reason of the decision, in the words of the clinic. Null: none."))


ErasureRequestsSchema = list_of(
    ErasureRequestSchema,
    "ErasureRequests",
    "Requests of one patient.",
    items="Requests, newest first; one at most is open.",
)


class PersonSchema(Schema):
    """A patient with the site's reference."""

    id = fields.UUID(**required("The patient's id."))
    reference = fields.String(**required("The site's own number of the patient."))
    name = fields.String(**required("The patient's name."))


class PatientErasureRequestSchema(ErasureRequestSchema):
    """A request with its patient, as shown to those who decide."""

    patient = fields.Nested(PersonSchema, **required("The patient who made it."))
    decided_by = fields.UUID(**nullable("Member of staff who decided. Null: not decided."))


class ErasureRequestsQuerySchema(PageQuery):
    """Query parameters of the list of requests."""

    state = OneOf(
        ErasureState, load_default=ErasureState.OPEN.value, metadata=about("Only requests in this state.")
    )


ErasureRequestPageSchema = page_of(PatientErasureRequestSchema, "ErasureRequestPage")


class NewErasureDecisionSchema(Strict):
    """A decision on a request."""

    decision = OneOf(DECISIONS, **required("`accept` or `refuse`."))
    reason = Text(
        max=LONGEST_REASON,
        lines=True,
        metadata=about("Reason in plain words. The patient sees it. A refusal needs one."),
    )

    @validates_schema
    def _a_refusal_has_a_reason(self, body: dict[str, Any], **_: object) -> None:
        if body.get("decision") == "refuse" and "reason" not in body:
            raise ValidationError("A refusal needs a reason, which the patient sees.", "reason")


def dump_request(request: Any) -> dict[str, Any]:
    """Return a request with what its state means, and the time for an answer."""
    named = ("id", "state", "requested_at", "closed_at", "reason", "decided_by")
    return {name: getattr(request, name) for name in named} | {
        "state_in_words": EXPLANATIONS[ErasureState(request.state)],
        "answer_by": request.requested_at + ANSWERED_WITHIN,
    }
