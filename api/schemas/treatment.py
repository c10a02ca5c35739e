"""Schemas of treatments."""

from marshmallow import Schema, fields, validate

from api.domain.diary.treatments import MAX_TREATMENTS, StopReason
from api.domain.enrolment import AromataseInhibitor
from api.schemas.fields import OneOf, Strict, nullable, required
from api.schemas.patient_fields import StartDay, StopDay

_DRUG = "Aromatase inhibitor. Null: not known."
_SINCE = "First day. Null: not known; only of the first treatment."
_UNTIL = "Last day. Null: it goes on; only of the last treatment."
_WHY = (
    "Why it ended. `planned_end` and an agreed `pause` are no stopping before the planned end. Null: not "
    "known."
)


class TreatmentSchema(Schema):
    """One treatment."""

    ai = OneOf(AromataseInhibitor, **nullable(_DRUG))
    since = fields.Date(data_key="from", **nullable(_SINCE))
    until = fields.Date(**nullable(_UNTIL))
    why_stopped = OneOf(StopReason, **nullable(_WHY))


class TreatmentsSchema(Schema):
    """A patient's treatments in the order of time, the present one last."""

    treatments = fields.List(
        fields.Nested(TreatmentSchema), **required("The treatments, the present one last.")
    )


class OwnTreatmentsSchema(TreatmentsSchema):
    """The patient's own treatments, where the site shows them."""

    shown = fields.Boolean(**required("False: the site does not show treatments; the list is empty."))


class NewTreatmentSchema(Strict):
    """One treatment, as it is set."""

    ai = OneOf(AromataseInhibitor, load_default=None, allow_none=True, metadata={"description": _DRUG})
    since = StartDay(data_key="from", load_default=None, allow_none=True, metadata={"description": _SINCE})
    until = StopDay(load_default=None, allow_none=True, metadata={"description": _UNTIL})
    why_stopped = OneOf(StopReason, load_default=None, allow_none=True, metadata={"description": _WHY})


class NewTreatmentsSchema(Strict):
    """All treatments of a patient, in place of those before."""

    treatments = fields.List(
        fields.Nested(NewTreatmentSchema),
        validate=validate.Length(max=MAX_TREATMENTS),
        **required("All treatments in the order of time, the present one last."),
    )
