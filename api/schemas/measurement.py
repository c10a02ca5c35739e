"""Schemas of measurements, built from the kinds of the domain."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.domain.entries.answer_types import Choice, FlagAnswer, TextAnswer
from api.domain.guidance.definition import Verdict
from api.domain.measurements.catalogue import KINDS
from api.domain.measurements.definition import Field, KindOfMeasurement, MeasurementKind, Quantity, TrialCount
from api.domain.measurements.reading import MAX_NOTE
from api.schemas.fields import Flag as YesOrNo
from api.schemas.fields import (
    OneOf,
    PageQuery,
    Strict,
    about,
    absent_or_null,
    etag_field,
    list_of,
    nullable,
    page_of,
    required,
)
from api.schemas.fields import Text as Words


def _number(quantity: Quantity, units: dict[str, float], **described: Any) -> fields.Float:
    """Return the field of a number, limited to the possible range over all units."""
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
        case Quantity() as quantity:
            described["metadata"]["description"] += _plausible(quantity)
            return _number(quantity, units, **described)
        case TrialCount(quantity=quantity, at_most=most):
            described["metadata"]["description"] += _plausible(quantity)
            return fields.List(_number(quantity, units), validate=validate.Length(1, most), **described)
        case Choice(options=options):
            return OneOf(options, **described)
        case FlagAnswer():
            return YesOrNo(**described)
        case TextAnswer(max_length=longest):
            return Words(max=longest, lines=True, **described)


def _plausible(quantity: Quantity) -> str:
    low, high = quantity.plausible.lowest, quantity.plausible.highest
    return f" Plausible: {low:g} to {high:g} {quantity.unit}; outside, `confirmed` is needed."


def _body(kind: KindOfMeasurement, *, correction: bool) -> type[Schema]:
    """Return the schema of a body of one kind."""
    own = {"description": "Optional. Must be the id of the measurement."}
    made = {"description": "UUID chosen by the client. It makes a retry safe."}
    body: dict[str, fields.Field[Any]] = {
        "id": fields.UUID(metadata=own) if correction else fields.UUID(required=True, metadata=made),
        "kind": fields.String(validate=validate.Equal(kind.kind.value), **required("Kind of measurement.")),
        "measured_on": fields.Date(**required("Date of the measurement. Not in the future.")),
        **{each.name: _field(each, kind) for each in kind.fields},
        "confirmed": YesOrNo(**absent_or_null("True: an implausible value was checked and is correct.")),
        "note": Words(max=MAX_NOTE, lines=True, **absent_or_null("Further information for the care team.")),
    }
    if kind.units:
        body["unit"] = OneOf(
            kind.units,
            **required("Unit of the value. The value is stored as entered and in the canonical unit."),
        )
    name = "".join(word.title() for word in kind.kind.value.split("_"))
    return Strict.from_dict(body, name=f"{name}{'Correction' if correction else ''}")


NEW_MEASUREMENTS = tuple(_body(kind, correction=False) for kind in KINDS.values())
"""A new measurement, one schema for each kind."""

CORRECTIONS = tuple(_body(kind, correction=True) for kind in KINDS.values())
"""The full new content of a measurement, one schema for each kind."""


class MeasurementInterpretationSchema(Schema):
    """Interpretation of a measurement against its reference and the previous one. It is not a diagnosis."""

    description = fields.String(
        **required("The value compared with the reference and the previous value, in one sentence.")
    )
    direction = fields.String(**required("Direction: higher is better, or lower is better."))
    sources = fields.List(fields.String(), **required("Sources of the reference."))
    cautions = fields.List(fields.String(), **required("Cautions for the interpretation."))
    verified = fields.Boolean(**required("False: a number is not checked in its source."))


class MeasurementSchema(Schema):
    """The current version of a measurement. A withdrawn one has no values."""

    id = fields.UUID(**required("UUID chosen by the client."))
    kind = OneOf(MeasurementKind, **required("Kind of measurement."))
    measured_on = fields.Date(**required("Date of the measurement."))
    entered_values = fields.Dict(**nullable("Values as entered, with unit. Null: withdrawn."))
    values = fields.Dict(
        **nullable("Values in canonical units, which are part of the names. Null: withdrawn.")
    )
    confirmed = fields.Boolean(**required("True: an implausible value was confirmed."))
    note = fields.String(**nullable("Note. Null: none."))
    recorded_at = fields.AwareDateTime(**required("Time at which the current version was recorded."))
    recorded_by = fields.UUID(**required("Member of staff who recorded the current version."))
    version = etag_field()
    withdrawn = fields.Boolean(**required("True: the measurement is withdrawn. Its values are null."))
    interpretation = fields.Nested(
        MeasurementInterpretationSchema, **nullable("Interpretation against the reference. Null: withdrawn.")
    )


MeasurementPageSchema = page_of(MeasurementSchema, "MeasurementPage")
"""One page of a patient's measurements, latest first."""


class MeasurementVersionSchema(Schema):
    """An earlier version of a measurement."""

    version = fields.Integer(**required("Version number, from 1."))
    measured_on = fields.Date(**required("Date of the measurement in that version."))
    entered_values = fields.Dict(attribute="entered", **required("Values as entered, with unit."))
    values = fields.Dict(
        attribute="canonical", **required("Values in canonical units, which are part of the names.")
    )
    confirmed = fields.Boolean(**required("True: an implausible value was confirmed."))
    note = fields.String(**nullable("Note. Null: none."))
    withdrawn = fields.Boolean(**required("True: withdrawn in that version."))
    recorded_at = fields.AwareDateTime(**required("Time at which this version was recorded."))
    recorded_by = fields.UUID(**required("Member of staff who recorded it."))
    superseded_at = fields.AwareDateTime(**required("Time at which the next version replaced it."))
    superseded_by = fields.UUID(**required("Member of staff who replaced it."))


MeasurementHistorySchema = list_of(
    MeasurementVersionSchema,
    "MeasurementHistory",
    "Earlier versions of a measurement, oldest first.",
    items="Earlier versions, oldest first.",
)


class MeasurementsQuerySchema(PageQuery):
    """Query parameters of measurements."""

    kind = OneOf(MeasurementKind, metadata=about("Only measurements of this kind."))


class ConsiderationSchema(Schema):
    """A consideration for the care team, with a verdict on its evidence."""

    id = fields.String(**required("Identifier of the consideration, stable across versions."))
    text = fields.String(**required("The consideration in one sentence."))
    reason = fields.String(**required("Reason why it applies now, in one sentence."))
    verdict = OneOf(Verdict, **required("Verdict on the evidence."))
    evidence = fields.String(**required("Reason for the verdict."))
    citations = fields.List(fields.String(), **required("Sources of the evidence."))
    verified = fields.Boolean(**required("False: part of it is general knowledge that was not checked."))
