"""Patients on the wire."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api.domain.enrolment import AromataseInhibitor, Language, PatientStatus
from api.domain.json_values import as_whole
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
        documented = {"minimum": FIRST_BIRTH_YEAR} | kwargs.pop("metadata", {})
        super().__init__(strict=True, metadata=documented, **kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> int:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        year: int = super()._deserialize(as_whole(value), attr, data, **kwargs)
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


class PatientPreferencesSchema(Strict):
    """What a patient chooses herself: her clock, her language, when she is asked and left in peace."""

    timezone = Timezone(metadata={"description": "IANA time zone on whose clock days and reminders are."})
    language = fields.String(
        validate=_LANGUAGES, metadata={"description": "Language of everything said to the patient."}
    )
    check_in_weekday = Whole(lowest=0, highest=6, metadata={"description": "0 is Monday."})
    check_in_at = ClockTime(metadata={"description": "On her clock."})
    check_in_again_at = ClockTime(
        allow_none=True,
        metadata={"description": "A second time of the day, later than the first: asked again, unless done."},
    )
    follows_phone = Flag(
        data_key="timezone_follows_phone",
        metadata={"description": "On a journey her clock is her phone's; false: it stays the one at home."},
    )
    quiet_from = ClockTime(metadata={"description": "No reminder from this local time on."})
    quiet_until = ClockTime(metadata={"description": "Until this local time."})
    discreet = Flag(metadata={"description": "Notifications do not name the app's purpose."})
    email = Email(
        allow_none=True,
        metadata={"description": "Where she is written to when no push reaches her; null: never."},
    )


class PatientChangesSchema(PatientPreferencesSchema):
    """What changes about a patient; whatever is left out stays."""

    reference = Text(max=64, metadata={"description": "The site's own number for her."})
    name = Text(max=200, metadata={"description": "The patient's name, as staff see it."})
    phone = Text(
        max=40,
        allow_none=True,
        metadata={"description": "Telephone number for the team to call; null: none."},
    )
    birth_year = BirthYear(metadata={"description": "Year of birth, from 1900 to the present year."})
    status = fields.String(
        validate=_STATUSES,
        metadata={"description": "Anything but `active` ends her sign-ins and her reminders."},
    )
    ai = fields.String(
        validate=_AIS,
        allow_none=True,
        metadata={"description": "Which aromatase inhibitor the patient takes; null: not known."},
    )
    ai_started_on = StartDay(
        allow_none=True,
        metadata={
            "description": "First day of the aromatase inhibitor, at most a year ahead; null: not known. "
            "Scores and risk are computed anew."
        },
    )
    prior_tamoxifen = Flag(
        allow_none=True,
        metadata={
            "description": "Whether tamoxifen was taken before; null: not known. Counts for the risk of "
            "stopping."
        },
    )
    prior_taxane = Flag(
        allow_none=True,
        metadata={
            "description": "Whether a taxane was given before; null: not known. Counts for the risk of "
            "stopping."
        },
    )
    joint_disease = Flag(
        allow_none=True,
        metadata={"description": "A joint disease known before the tablets; null: not known."},
    )
    joint_disease_note = Text(
        max=200,
        allow_none=True,
        metadata={"description": "Which, such as gout; counts only beside `joint_disease: true`."},
    )
    team_id = fields.UUID(metadata={"description": "The team that looks after the patient."})


class NewPatientSchema(PatientChangesSchema):
    """A patient to enrol; the team, left out, is the caller's own or the site's first."""

    class Meta(PatientChangesSchema.Meta):
        """She starts active."""

        exclude = ("status",)

    reference = Text(required=True, max=64, metadata={"description": "The site's own number for her."})
    name = Text(required=True, max=200, metadata={"description": "The patient's name, as staff see it."})
    birth_year = BirthYear(
        required=True, metadata={"description": "Year of birth, from 1900 to the present year."}
    )
    timezone = Timezone(
        required=True,
        metadata={"description": "IANA time zone on whose clock the patient's days and reminders are."},
    )


class PatientSchema(Schema):
    """A patient as the team sees her."""

    id = fields.UUID(required=True, metadata={"description": "The patient's id."})
    team_id = fields.UUID(required=True, metadata={"description": "The team that looks after the patient."})
    reference = fields.String(
        required=True, metadata={"description": "The site's own number for the patient."}
    )
    name = fields.String(required=True, metadata={"description": "The patient's name."})
    phone = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Telephone number for the team to call; null: none."},
    )
    email = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Where the patient is written to when no push arrives; null: never."},
    )
    birth_year = fields.Integer(required=True, metadata={"description": "Year of birth."})
    status = fields.String(
        required=True,
        validate=_STATUSES,
        metadata={
            "description": "Whether still followed; only `active` patients can send anything and are "
            "reminded."
        },
    )
    ai = fields.String(
        required=True,
        allow_none=True,
        validate=_AIS,
        metadata={"description": "Which aromatase inhibitor the patient takes; null: not known."},
    )
    ai_started_on = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "First day of the aromatase inhibitor; null: not known."},
    )
    prior_tamoxifen = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "Whether tamoxifen was taken before; null: not known."},
    )
    prior_taxane = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "Whether a taxane was given before; null: not known."},
    )
    joint_disease = fields.Boolean(
        required=True,
        allow_none=True,
        metadata={"description": "Whether a joint disease was known before the tablets; null: not known."},
    )
    joint_disease_note = fields.String(
        required=True, allow_none=True, metadata={"description": "Which joint disease; null: not written."}
    )
    timezone = fields.String(
        required=True,
        metadata={"description": "IANA time zone on whose clock the patient's days and reminders are."},
    )
    language = fields.String(
        required=True,
        validate=_LANGUAGES,
        metadata={"description": "Language of everything said to the patient."},
    )
    check_in_weekday = fields.Integer(required=True, metadata={"description": "0 is Monday."})
    check_in_at = ClockTime(
        required=True, metadata={"description": "When the check-in is asked for, local time."}
    )
    check_in_again_at = ClockTime(
        required=True,
        allow_none=True,
        metadata={"description": "When it is asked for again on the same day, unless done; null: not."},
    )
    timezone_follows_phone = fields.Boolean(
        required=True,
        metadata={"description": "Whether the time zone follows the phone on a journey."},
        attribute="follows_phone",
    )
    check_in_due_at = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "When the next check-in is asked for; null: not planned."},
    )
    snoozed_until = Moment(
        required=True, allow_none=True, metadata={"description": "No reminder before then; null: no snooze."}
    )
    paused_until = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "She has paused her reminders; first day on which she is reminded again."},
    )
    quiet_from = ClockTime(required=True, metadata={"description": "No reminder from this local time on."})
    quiet_until = ClockTime(required=True, metadata={"description": "Until this local time."})
    discreet = fields.Boolean(
        required=True, metadata={"description": "Whether notifications hide what the app is for."}
    )
    enrolled_at = Moment(required=True, metadata={"description": "When the site enrolled the patient."})
    rejected_entries = fields.Integer(
        required=True,
        metadata={"description": "Refused by us, and nobody has looked at it: how many items; at least."},
        attribute="refused_items",
    )
    signed_out_at = Moment(
        required=True,
        allow_none=True,
        metadata={
            "description": "The last device was signed out then, not by the patient, and none was activated "
            "since: nothing can be sent until the team makes a new activation code."
        },
    )
    version = fields.Integer(
        required=True,
        metadata={"description": "Counts changes, from 1; as in the ETag. Send it in If-Match."},
    )


class PatientsQuerySchema(PageQuery):
    """Which patients are asked for."""

    reference = Text(max=100, metadata={"description": "Part of one; names do not go into addresses."})
    status = fields.String(validate=_STATUSES, metadata={"description": "Only patients of this status."})
    unheard_from = fields.Boolean(
        metadata={"description": "true: only those who were asked, reminded, and have sent nothing."},
        attribute="unheard",
    )
    has_rejected_entries = fields.Boolean(
        metadata={"description": "true: only those of whom something was refused that nobody has looked at."},
        attribute="refused",
    )


PatientPageSchema = page_of(PatientSchema, "PatientPage")
