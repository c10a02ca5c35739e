"""Measurements on the wire; built from what the domain lets each kind hold, and so never apart from it."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.domain.entries.answer_types import Choice, FlagAnswer, TextAnswer
from api.domain.guidance.definition import Verdict
from api.domain.measurements.catalogue import KINDS
from api.domain.measurements.definition import (
    Field,
    KindOfMeasurement,
    MeasurementKind,
    Number,
    Quantity,
    TrialCount,
)
from api.domain.measurements.reading import MAX_NOTE
from api.schemas.fields import Flag as YesOrNo
from api.schemas.fields import PageQuery, Strict, page_of
from api.schemas.fields import Text as Words

_KINDS = validate.OneOf([kind.value for kind in MeasurementKind])


def _number(quantity: Quantity, units: dict[str, float], **described: Any) -> fields.Float:
    """Return the field of a number, bounded by what is possible in any of its units."""
    factors = list(units.values()) or [1.0]
    lowest = min(quantity.possible.lowest / factor for factor in factors)
    highest = max(quantity.possible.highest / factor for factor in factors)
    return fields.Float(validate=validate.Range(lowest, highest), **described)


def _field(each: Field, kind: KindOfMeasurement) -> fields.Field[Any]:
    """Return the field that documents one part of a measurement."""
    described: dict[str, Any] = {"metadata": {"description": each.meaning}}
    described |= {"required": True} if each.needed else {"allow_none": True}
    units = dict(kind.units)
    match each.takes:
        case Number(quantity=quantity):
            described["metadata"]["description"] += _plausible(quantity)
            return _number(quantity, units, **described)
        case TrialCount(quantity=quantity, at_most=most):
            described["metadata"]["description"] += _plausible(quantity)
            return fields.List(_number(quantity, units), validate=validate.Length(1, most), **described)
        case Choice(options=options):
            return fields.String(validate=validate.OneOf(options), **described)
        case FlagAnswer():
            return YesOrNo(**described)
        case TextAnswer(max_length=longest):
            return Words(max=longest, lines=True, **described)


def _plausible(quantity: Quantity) -> str:
    low, high = quantity.plausible.lowest, quantity.plausible.highest
    return f" Plausible: {low:g} to {high:g} {quantity.unit}; outside, `confirmed` is needed."


def _body(kind: KindOfMeasurement, *, correction: bool) -> type[Schema]:
    """Return the schema of a body of one kind."""
    own = {"description": "If given, the measurement's own."}
    made = {"description": "A UUID the client made; it makes retries safe."}
    body: dict[str, fields.Field[Any]] = {
        "id": fields.UUID(metadata=own) if correction else fields.UUID(required=True, metadata=made),
        "kind": fields.String(
            required=True,
            validate=validate.Equal(kind.kind.value),
            metadata={"description": "What was measured."},
        ),
        "measured_on": fields.Date(required=True, metadata={"description": "Not in the future."}),
        **{each.name: _field(each, kind) for each in kind.fields},
        "confirmed": YesOrNo(
            allow_none=True,
            metadata={"description": "An unlikely value was looked at again and is right."},
        ),
        "note": Words(
            max=MAX_NOTE,
            lines=True,
            allow_none=True,
            metadata={"description": "What else is worth knowing, for the care team."},
        ),
    }
    if kind.units:
        body["unit"] = fields.String(
            required=True,
            validate=validate.OneOf(list(kind.units)),
            metadata={"description": "The unit the value was read in; it is kept, and converted."},
        )
    name = "".join(word.title() for word in kind.kind.value.split("_"))
    return Strict.from_dict(body, name=f"{name}{'Correction' if correction else ''}")


NEW_MEASUREMENTS = tuple(_body(kind, correction=False) for kind in KINDS.values())
"""A measurement as a client sends it, a schema for each kind."""

CORRECTIONS = tuple(_body(kind, correction=True) for kind in KINDS.values())
"""What a measurement shall say from now on, a schema for each kind."""


class MeasurementInterpretationSchema(Schema):
    """What a measurement says beside its reference and the one before; never a diagnosis."""

    description = fields.String(
        required=True,
        metadata={"description": "The value beside its reference and the one before, in a sentence."},
        attribute="words",
    )
    direction = fields.String(required=True, metadata={"description": "Which way is better."})
    sources = fields.List(
        fields.String(), required=True, metadata={"description": "Where the reference comes from."}
    )
    cautions = fields.List(
        fields.String(), required=True, metadata={"description": "What to bear in mind when reading it."}
    )
    verified = fields.Boolean(
        required=True, metadata={"description": "False: a number in it is not checked in its source."}
    )


class MeasurementSchema(Schema):
    """A measurement as it stands; of a withdrawn one only that it was there."""

    id = fields.UUID(required=True, metadata={"description": "The client's UUID of this measurement."})
    kind = fields.String(required=True, validate=_KINDS, metadata={"description": "What was measured."})
    measured_on = fields.Date(required=True, metadata={"description": "The day it was measured."})
    entered_values = fields.Dict(
        required=True, allow_none=True, metadata={"description": "As it was entered, with its unit."}
    )
    values = fields.Dict(
        required=True, allow_none=True, metadata={"description": "In canonical units, named in each name."}
    )
    confirmed = fields.Boolean(
        required=True, metadata={"description": "Whether an unlikely value was confirmed and kept."}
    )
    note = fields.String(
        required=True, allow_none=True, metadata={"description": "What else was written; null: nothing was."}
    )
    recorded_at = fields.AwareDateTime(required=True, metadata={"description": "Of the present version."})
    recorded_by = fields.UUID(required=True, metadata={"description": "Staff who made the present version."})
    version = fields.Integer(
        required=True,
        metadata={"description": "Counts changes, from 1; as in the ETag. Send it in If-Match."},
    )
    withdrawn = fields.Boolean(
        required=True, metadata={"description": "Whether it no longer counts; its values are then null."}
    )
    interpretation = fields.Nested(
        MeasurementInterpretationSchema,
        required=True,
        allow_none=True,
        metadata={"description": "What it says beside its reference; null: withdrawn."},
    )


MeasurementPageSchema = page_of(MeasurementSchema, "MeasurementPage")
"""One page of a patient's measurements, the latest measured first."""


class MeasurementVersionSchema(Schema):
    """What a measurement said before."""

    version = fields.Integer(required=True, metadata={"description": "Which version this was, from 1."})
    measured_on = fields.Date(
        required=True, metadata={"description": "The day it was measured, as said then."}
    )
    entered_values = fields.Dict(
        required=True,
        metadata={"description": "The values as they were entered, with their unit."},
        attribute="entered",
    )
    values = fields.Dict(
        required=True,
        attribute="canonical",
        metadata={"description": "The values in canonical units, which their names say."},
    )
    confirmed = fields.Boolean(
        required=True, metadata={"description": "Whether an unlikely value was confirmed."}
    )
    note = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What was written with it; null: nothing was."},
    )
    withdrawn = fields.Boolean(required=True, metadata={"description": "Whether it did not count then."})
    recorded_at = fields.AwareDateTime(
        required=True, metadata={"description": "When this version was recorded."}
    )
    recorded_by = fields.UUID(required=True, metadata={"description": "The member of staff who recorded it."})
    superseded_at = fields.AwareDateTime(
        required=True, metadata={"description": "When the next version replaced it."}
    )
    superseded_by = fields.UUID(
        attribute="superseded_by_staff",
        required=True,
        metadata={"description": "The member of staff who replaced it."},
    )


class MeasurementHistorySchema(Schema):
    """All that a measurement said before, oldest first."""

    items = fields.List(
        fields.Nested(MeasurementVersionSchema),
        required=True,
        metadata={"description": "What it said before, oldest first."},
    )


class MeasurementsQuerySchema(PageQuery):
    """Which measurements are asked for."""

    kind = fields.String(validate=_KINDS, metadata={"description": "Only measurements of this kind."})


class ConsiderationSchema(Schema):
    """One thing for the care team to bear in mind, with what the evidence for it is worth."""

    id = fields.String(
        required=True, metadata={"description": "Name of the consideration; the same in every version."}
    )
    text = fields.String(
        required=True,
        metadata={"description": "What to bear in mind, in a sentence."},
    )
    reason = fields.String(
        required=True,
        metadata={"description": "Why it is considered now, in a sentence."},
    )
    verdict = fields.String(
        required=True,
        validate=validate.OneOf([verdict.value for verdict in Verdict]),
        metadata={"description": "What the evidence for it is worth."},
    )
    evidence = fields.String(required=True, metadata={"description": "Why the verdict is what it is."})
    citations = fields.List(fields.String(), required=True, metadata={"description": "Papers it rests on."})
    verified = fields.Boolean(
        required=True, metadata={"description": "False: part of it is general knowledge, not checked."}
    )
