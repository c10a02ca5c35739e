"""Fields of patients with limits on their dates."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields

from api.schemas.fields import Whole, required

FIRST_BIRTH_YEAR = 1900
FIRST_AI = date(1990, 1, 1)  # formestane, the first of them on sale, came in 1992
AHEAD = timedelta(days=366)


class BirthYear(Whole):
    """A year from 1900 to the present one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(lowest=FIRST_BIRTH_YEAR, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        year = super()._deserialize(value, attr, data, **kwargs)
        present = datetime.now(UTC).year
        if not FIRST_BIRTH_YEAR <= year <= present:
            raise ValidationError(f"A year from {FIRST_BIRTH_YEAR} to {present} is needed.")
        return year


class StartDay(fields.Date):
    """The first day of a drug: not before the drugs existed and at most a year ahead."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        latest = datetime.now(UTC).date() + AHEAD
        if not FIRST_AI <= day <= latest:
            raise ValidationError(f"A day from {FIRST_AI} to {latest} is needed.")
        return day


class StopDay(fields.Date):
    """The day on which a drug was stopped: not before the drugs existed and not ahead."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        latest = datetime.now(UTC).date() + timedelta(days=1)  # it may be tomorrow in the east
        if not FIRST_AI <= day <= latest:
            raise ValidationError(f"A day from {FIRST_AI} to {latest} is needed.")
        return day


class PatientReferenceSchema(Schema):
    """The id, identifier at the site, and name of a patient."""

    id = fields.UUID(**required("The patient's id."))
    reference = fields.String(**required("Identifier of the patient at the site."))
    name = fields.String(**required("The patient's name."))
