"""Parses a measurement from the wire; unlikely values need a confirmation."""

from collections.abc import Mapping
from datetime import date, datetime

from api.domain.entries.answer_types import FlagAnswer, TextAnswer, shown
from api.domain.entries.parse import FARTHEST_EAST, parse_day, read_id
from api.domain.errors import ImplausibleMeasurement, InvalidMeasurement
from api.domain.measurements.canonical import canonical
from api.domain.measurements.catalogue import KINDS
from api.domain.measurements.definition import KindOfMeasurement, Measurement, MeasurementKind
from api.domain.measurements.fields import read_fields, read_with

MAX_NOTE = 2000
NOTE = TextAnswer(MAX_NOTE)
_KINDS = ", ".join(KINDS)


def read_measurement(raw: object, *, born_in: int, now: datetime) -> Measurement:
    """Return one measurement from the wire.

    Args:
        raw: The JSON value that was sent: ``id``, ``kind``, ``measured_on``, ``unit`` where the
            kind can be entered in more than one, the fields of the kind, optionally ``note`` and
            ``confirmed``.
        born_in: The patient's year of birth.
        now: The server's time, aware.

    Returns:
        The measurement, as entered and in canonical units. A missing value is absent, never 0.

    Raises:
        InvalidMeasurement: A value is impossible or cannot be parsed; with a sentence per field.
        ImplausibleMeasurement: A value is unlikely and not confirmed; with the plausible range per
            field.
    """
    if not isinstance(raw, dict):
        raise InvalidMeasurement("a measurement is a JSON object", {"measurement": "is not a JSON object"})
    errors: dict[str, str] = {}
    measurement_id = read_id(raw.get("id"), errors)
    measured_on = _read_day(raw.get("measured_on"), errors, born_in=born_in, now=now)
    note = read_with(NOTE, "note", raw.get("note"), errors)
    confirmed = read_with(FlagAnswer(), "confirmed", raw.get("confirmed"), errors)
    kind = _read_kind(raw.get("kind"), errors)
    if kind is None:
        raise _invalid(errors)
    parsed = read_fields(kind, raw)
    errors |= parsed.errors
    if errors or measurement_id is None or measured_on is None:
        raise _invalid(errors | parsed.unlikely)
    if parsed.unlikely and not confirmed:
        raise ImplausibleMeasurement(
            f"{_in_words(parsed.unlikely)}; send it again with confirmed: true if it is right",
            parsed.unlikely,
        )
    values = canonical(kind.kind, parsed.entered, parsed.factor)
    entered = {"unit": raw["unit"], **parsed.entered} if kind.units else parsed.entered
    return Measurement(measurement_id, kind.kind, measured_on, entered, values, bool(parsed.unlikely), note)


def _read_kind(value: object, errors: dict[str, str]) -> KindOfMeasurement | None:
    try:
        return KINDS[MeasurementKind(value)]  # type: ignore[arg-type]
    except ValueError:
        errors["kind"] = f"{shown(value)} is not one of {_KINDS}"
        return None


def _read_day(value: object, errors: dict[str, str], *, born_in: int, now: datetime) -> date | None:
    day = parse_day(value)
    if day is None:
        errors["measured_on"] = "the day it was measured is needed, such as 2026-03-01"
    elif day > (now + FARTHEST_EAST).date():
        errors["measured_on"] = "lies in the future"
    elif day.year < born_in:
        errors["measured_on"] = "lies before the patient was born"
    return day


def _invalid(errors: Mapping[str, str]) -> InvalidMeasurement:
    return InvalidMeasurement(_in_words(errors), errors)


def _in_words(errors: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {what}" for name, what in errors.items())[:500]
