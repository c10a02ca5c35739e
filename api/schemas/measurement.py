"""Measurements on the wire; built from what the domain lets each kind hold, and so never apart from it."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.domain.answer_kinds import Choice, Flag, Text
from api.domain.guidance.definition import Verdict
from api.domain.measurements.catalogue import KINDS
from api.domain.measurements.definition import (
    Field,
    KindOfMeasurement,
    MeasurementKind,
    Number,
    Quantity,
    Tries,
)
from api.domain.measurements.reading import LONGEST_NOTE
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
        case Tries(quantity=quantity, at_most=most):
            described["metadata"]["description"] += _plausible(quantity)
            return fields.List(_number(quantity, units), validate=validate.Length(1, most), **described)
        case Choice(options=options):
            return fields.String(validate=validate.OneOf(options), **described)
        case Flag():
            return YesOrNo(**described)
        case Text(max_length=longest):
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
        "kind": fields.String(required=True, validate=validate.Equal(kind.kind.value)),
        "measured_on": fields.Date(required=True, metadata={"description": "Not in the future."}),
        **{each.name: _field(each, kind) for each in kind.fields},
        "confirmed": YesOrNo(
            allow_none=True,
            metadata={"description": "An unlikely value was looked at again and is right."},
        ),
        "note": Words(max=LONGEST_NOTE, lines=True, allow_none=True),
    }
    if kind.units:
        body["unit"] = fields.String(required=True, validate=validate.OneOf(list(kind.units)))
    name = "".join(word.title() for word in kind.kind.value.split("_"))
    return Strict.from_dict(body, name=f"{name}{'Correction' if correction else ''}")


NEW_MEASUREMENTS = tuple(_body(kind, correction=False) for kind in KINDS.values())
"""A measurement as a client sends it, a schema for each kind."""

CORRECTIONS = tuple(_body(kind, correction=True) for kind in KINDS.values())
"""What a measurement shall say from now on, a schema for each kind."""


class MeasurementMeaningSchema(Schema):
    """What a measurement says beside its reference and the one before; never a diagnosis."""

    words = fields.String(required=True)
    direction = fields.String(required=True, metadata={"description": "Which way is better."})
    sources = fields.List(fields.String(), required=True)
    cautions = fields.List(fields.String(), required=True)
    verified = fields.Boolean(
        required=True, metadata={"description": "False: a number in it is not checked in its source."}
    )


class MeasurementSchema(Schema):
    """A measurement as it stands; of a withdrawn one only that it was there."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=_KINDS)
    measured_on = fields.Date(required=True)
    entered = fields.Dict(
        required=True, allow_none=True, metadata={"description": "As it was entered, with its unit."}
    )
    values = fields.Dict(
        required=True, allow_none=True, metadata={"description": "In canonical units, named in each name."}
    )
    confirmed = fields.Boolean(
        required=True, metadata={"description": "Whether an unlikely value was confirmed and kept."}
    )
    note = fields.String(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True, metadata={"description": "Of the present version."})
    recorded_by = fields.UUID(required=True, metadata={"description": "Staff who made the present version."})
    version = fields.Integer(required=True)
    withdrawn = fields.Boolean(required=True)
    interpretation = fields.Nested(MeasurementMeaningSchema, required=True, allow_none=True)


MeasurementPageSchema = page_of(MeasurementSchema, "MeasurementPage")
"""One page of a patient's measurements, the latest measured first."""


class MeasurementVersionSchema(Schema):
    """What a measurement said before."""

    version = fields.Integer(required=True)
    measured_on = fields.Date(required=True)
    entered = fields.Dict(required=True)
    values = fields.Dict(required=True, attribute="canonical")
    confirmed = fields.Boolean(required=True)
    note = fields.String(required=True, allow_none=True)
    withdrawn = fields.Boolean(required=True)
    recorded_at = fields.AwareDateTime(required=True)
    recorded_by = fields.UUID(required=True)
    superseded_at = fields.AwareDateTime(required=True)
    superseded_by = fields.UUID(required=True)


class MeasurementHistorySchema(Schema):
    """All that a measurement said before, oldest first."""

    items = fields.List(fields.Nested(MeasurementVersionSchema), required=True)


class MeasurementsQuerySchema(PageQuery):
    """Which measurements are asked for."""

    kind = fields.String(validate=_KINDS)


class ConsiderationSchema(Schema):
    """One thing for the care team to bear in mind, with what the evidence for it is worth."""

    id = fields.String(required=True)
    words = fields.String(required=True)
    because = fields.String(required=True, metadata={"description": "Why now."})
    verdict = fields.String(required=True, validate=validate.OneOf([verdict.value for verdict in Verdict]))
    evidence = fields.String(required=True)
    citations = fields.List(fields.String(), required=True)
    verified = fields.Boolean(
        required=True, metadata={"description": "False: part of it is general knowledge, not checked."}
    )
