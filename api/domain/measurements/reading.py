"""How a measurement is read from the wire: what is wrong is named, what is unlikely is asked about."""

from collections.abc import Mapping
from datetime import date, datetime

from api.domain.entries.answer_types import FlagAnswer, TextAnswer, shown
from api.domain.entries.parse import FARTHEST_EAST, day_said, read_id
from api.domain.errors import ImplausibleMeasurement, InvalidMeasurement
from api.domain.measurements.canonical import canonical
from api.domain.measurements.catalogue import KINDS
from api.domain.measurements.definition import KindOfMeasurement, Measurement, MeasurementKind
from api.domain.measurements.fields import read_fields, read_with

LONGEST_NOTE = 2000
NOTE = TextAnswer(LONGEST_NOTE)
_KINDS = ", ".join(KINDS)


def read_measurement(raw: object, *, born_in: int, now: datetime) -> Measurement:
    """Read one measurement from the wire.

    Args:
        raw: The JSON value that was sent: ``id``, ``kind``, ``measured_on``, ``unit`` where the kind
            can be entered in more than one, the fields of the kind, optionally ``note`` and ``confirmed``.
        born_in: The patient's year of birth.
        now: The server's time, aware.

    Returns:
        The measurement: as it was entered, and in canonical units. What was left out is absent, never 0.

    Raises:
        InvalidMeasurement: Something cannot be, or cannot be read; with a sentence per field.
        ImplausibleMeasurement: All can be read, but a value is unlikely and nobody has confirmed it; with
            the plausible range per field.
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
    read = read_fields(kind, raw)
    errors |= read.wrong
    if errors or measurement_id is None or measured_on is None:
        raise _invalid(errors | read.unlikely)
    if read.unlikely and not confirmed:
        raise ImplausibleMeasurement(
            f"{_in_words(read.unlikely)}; send it again with confirmed: true if it is right", read.unlikely
        )
    values = canonical(kind.kind, read.said, read.factor)
    entered = {"unit": raw["unit"], **read.said} if kind.units else read.said
    return Measurement(measurement_id, kind.kind, measured_on, entered, values, bool(read.unlikely), note)


def _read_kind(value: object, errors: dict[str, str]) -> KindOfMeasurement | None:
    try:
        return KINDS[MeasurementKind(value)]  # type: ignore[arg-type]
    except ValueError:
        errors["kind"] = f"{shown(value)} is not one of {_KINDS}"
        return None


def _read_day(value: object, errors: dict[str, str], *, born_in: int, now: datetime) -> date | None:
    day = day_said(value)
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
