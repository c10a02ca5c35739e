"""Patients on the wire."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api.domain.enrolment import AromataseInhibitor, Language, PatientStatus
from api.schemas.fields import (
    ClockTime,
    Email,
    Flag,
    Moment,
    PageQuery,
    Strict,
    Text,
    Timezone,
    Whole,
    page_of,
    whole,
)

FIRST_BIRTH_YEAR = 1900
FIRST_AI = date(1990, 1, 1)  # formestane, the first of them on sale, came in 1992
AHEAD = timedelta(days=366)

_AIS = validate.OneOf([ai.value for ai in AromataseInhibitor])
_LANGUAGES = validate.OneOf([language.value for language in Language])
_STATUSES = validate.OneOf([status.value for status in PatientStatus])


class BirthYear(fields.Integer):
    """A year from 1900 to the present one."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strict=True, metadata={"minimum": FIRST_BIRTH_YEAR}, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        year: int = super()._deserialize(whole(value), attr, data, **kwargs)
        present = datetime.now(UTC).year
        if not FIRST_BIRTH_YEAR <= year <= present:
            raise ValidationError(f"A year from {FIRST_BIRTH_YEAR} to {present} is needed.")
        return year


class StartDay(fields.Date):
    """The day a drug is begun: not before the drugs were, nor more than a year ahead."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        latest = datetime.now(UTC).date() + AHEAD
        if not FIRST_AI <= day <= latest:
            raise ValidationError(f"A day from {FIRST_AI} to {latest} is needed.")
        return day


class HabitsSchema(Strict):
    """What a patient chooses herself: her clock, her language, when she is asked and left in peace."""

    timezone = Timezone()
    language = fields.String(validate=_LANGUAGES)
    check_in_weekday = Whole(lowest=0, highest=6, metadata={"description": "0 is Monday."})
    check_in_at = ClockTime(metadata={"description": "On her clock."})
    check_in_again_at = ClockTime(
        allow_none=True,
        metadata={"description": "A second time of the day, later than the first: asked again, unless done."},
    )
    follows_phone = Flag(
        metadata={"description": "On a journey her clock is her phone's; false: it stays the one at home."}
    )
    quiet_from = ClockTime()
    quiet_until = ClockTime()
    discreet = Flag(metadata={"description": "Notifications do not name the app's purpose."})
    email = Email(
        allow_none=True,
        metadata={"description": "Where she is written to when no push reaches her; null: never."},
    )


class PatientChangesSchema(HabitsSchema):
    """What changes about a patient; whatever is left out stays."""

    reference = Text(max=64, metadata={"description": "The site's own number for her."})
    name = Text(max=200)
    phone = Text(max=40, allow_none=True)
    birth_year = BirthYear()
    status = fields.String(
        validate=_STATUSES,
        metadata={"description": "Anything but `active` ends her sign-ins and her reminders."},
    )
    ai = fields.String(validate=_AIS, allow_none=True)
    ai_started_on = StartDay(allow_none=True)
    prior_tamoxifen = Flag(allow_none=True)
    prior_taxane = Flag(allow_none=True)
    joint_disease = Flag(
        allow_none=True,
        metadata={"description": "A joint disease known before the tablets; null: not known."},
    )
    joint_disease_note = Text(
        max=200,
        allow_none=True,
        metadata={"description": "Which, such as gout; counts only beside `joint_disease: true`."},
    )
    team_id = fields.UUID()


class NewPatientSchema(PatientChangesSchema):
    """A patient to enrol; the team, left out, is the caller's own or the site's first."""

    class Meta(PatientChangesSchema.Meta):
        """She starts active."""

        exclude = ("status",)

    reference = Text(required=True, max=64, metadata={"description": "The site's own number for her."})
    name = Text(required=True, max=200)
    birth_year = BirthYear(required=True)
    timezone = Timezone(required=True)


class PatientSchema(Schema):
    """A patient as the team sees her."""

    id = fields.UUID(required=True)
    team_id = fields.UUID(required=True)
    reference = fields.String(required=True)
    name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    birth_year = fields.Integer(required=True)
    status = fields.String(required=True, validate=_STATUSES)
    ai = fields.String(required=True, allow_none=True, validate=_AIS)
    ai_started_on = fields.Date(required=True, allow_none=True)
    prior_tamoxifen = fields.Boolean(required=True, allow_none=True)
    prior_taxane = fields.Boolean(required=True, allow_none=True)
    joint_disease = fields.Boolean(required=True, allow_none=True)
    joint_disease_note = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True)
    language = fields.String(required=True, validate=_LANGUAGES)
    check_in_weekday = fields.Integer(required=True, metadata={"description": "0 is Monday."})
    check_in_at = ClockTime(required=True)
    check_in_again_at = ClockTime(required=True, allow_none=True)
    follows_phone = fields.Boolean(required=True)
    check_in_due_at = Moment(required=True, allow_none=True)
    snoozed_until = Moment(required=True, allow_none=True)
    paused_until = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "She has paused her reminders; first day on which she is reminded again."},
    )
    quiet_from = ClockTime(required=True)
    quiet_until = ClockTime(required=True)
    discreet = fields.Boolean(required=True)
    enrolled_at = Moment(required=True)
    signed_out_at = Moment(
        required=True,
        allow_none=True,
        metadata={
            "description": "The last device was signed out then, not by the patient, and none was activated "
            "since: nothing can be sent until the team makes a new activation code."
        },
    )
    version = fields.Integer(required=True)


class PatientsQuerySchema(PageQuery):
    """Which patients are asked for."""

    reference = Text(max=100, metadata={"description": "Part of one; names do not go into addresses."})
    status = fields.String(validate=_STATUSES)
    unheard = fields.Boolean(
        metadata={"description": "true: only those who were asked, reminded, and have sent nothing."}
    )


PatientPageSchema = page_of(PatientSchema, "PatientPage")
