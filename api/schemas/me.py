"""Schemas of the caller."""

from marshmallow import Schema, fields

from api.domain.authority import ActorKind, Role
from api.domain.enrolment import AromataseInhibitor, Language, PatientStatus
from api.schemas.fields import (
    ClockTime,
    Flag,
    Moment,
    OneOf,
    Prose,
    Text,
    Timezone,
    about,
    absent_or_null,
    required,
)
from api.schemas.patient import PatientPreferencesSchema
from api.schemas.plan import DueItemSchema
from api.schemas.proxy import ProxySchema
from api.schemas.question import QuestionSchema
from api.schemas.staff import NamedReferenceSchema

_CALLERS = [ActorKind.STAFF, ActorKind.PATIENT, ActorKind.PROXY, ActorKind.SERVICE]


class CareTeamSchema(Schema):
    """Contact details of the care team, and what the site says to its patients.

    The sentences of the site are in the patient's language, else in English, else in another.
    """

    contact = fields.String(**required("Contact and office hours of the care team, as set by the site."))
    notice = Prose(**required("States that this is not an emergency line. Show it on every page with input."))
    phone = fields.String(
        **absent_or_null("Telephone number of the team, to be dialled. Null: not set by the site.")
    )
    hours = fields.String(**absent_or_null("Hours of the team. Null: not set by the site."))
    read_when = fields.String(
        **absent_or_null(
            "When somebody reads what is sent. Null: not set by the site; then say nothing of it."
        )
    )
    called_when = fields.String(
        **absent_or_null("When the team calls. Null: not set by the site; then say nothing of it.")
    )
    self_harm_answered_by = fields.String(
        **absent_or_null(
            "Who answers a patient with thoughts of self-harm, and when. Null: not set by the site, and the "
            "check-in does not ask about them."
        )
    )
    emergency_number = fields.String(**absent_or_null("Emergency number. Null: not set by the site."))
    crisis_line = fields.String(
        **absent_or_null("Crisis line for thoughts of self-harm. Null: not set by the site.")
    )


class MeSchema(Schema):
    """The caller. The other fields depend on `kind`."""

    kind = OneOf(_CALLERS, **required("Kind of caller. The other fields depend on it."))
    id = fields.UUID(**required("The caller's id. Of a proxy: the patient's."))
    name = fields.String(**required("The caller's name. Of a proxy: the patient's."))
    proxy = fields.Nested(
        ProxySchema,
        metadata=about(
            "Proxy: who the caller is. The fields marked *Patient* are those of the patient, without the "
            "e-mail address, the reference, the drug, and the settings of messages."
        ),
    )
    site = fields.Nested(NamedReferenceSchema, **required("The site the caller belongs to."))
    scopes = fields.List(
        fields.String(), **required("Scopes of the caller. Each operation names its scope as `x-scope`.")
    )

    email = fields.String(**absent_or_null("Staff: address for sign-in. Patient: address for messages."))
    email_notices = fields.Boolean(
        metadata=about("Staff. True: alerts are sent by e-mail if push is not possible.")
    )
    role = OneOf(Role, metadata=about("Staff: the role."))
    team = fields.Nested(NamedReferenceSchema, **absent_or_null("Staff: the team. Null: the whole site."))
    one_time_codes = fields.Boolean(metadata=about("Staff. True: sign-in requires a one-time code."))

    reference = fields.String(metadata=about("Patient: identifier at the site."))
    status = OneOf(PatientStatus, metadata=about("Patient: status. Only an `active` patient can send data."))
    ai = OneOf(AromataseInhibitor, **absent_or_null("Patient: aromatase inhibitor. Null: not known."))
    ai_started_on = fields.Date(
        **absent_or_null("Patient: first day of the aromatase inhibitor. Null: not known.")
    )
    timezone = fields.String(metadata=about("Patient: IANA time zone of dates and reminders."))
    language = OneOf(Language, metadata=about("Patient and staff: language of messages and texts."))
    check_in_weekday = fields.Integer(metadata=about("Weekday of the check-in. 0 is Monday."))
    check_in_at = ClockTime(metadata=about("Patient: local time of the check-in reminder."))
    check_in_again_at = ClockTime(
        **absent_or_null("Patient: local time of a second reminder on the same day. Null: none.")
    )
    timezone_follows_phone = fields.Boolean(metadata=about("Patient. True: the time zone follows the phone."))
    snoozed_until = Moment(**absent_or_null("Patient: end of the snooze. Null: no snooze."))
    paused_until = fields.Date(
        **absent_or_null("Patient: date on which reminders resume after a pause. Null: no pause.")
    )
    check_in_due_at = Moment(**absent_or_null("Patient: time of the next check-in. Null: not planned."))
    extra_check_ins = fields.Boolean(metadata=about("Patient. False: no extra check-ins."))
    quiet_from = ClockTime(metadata=about("Patient: local start of the quiet hours."))
    quiet_until = ClockTime(metadata=about("Patient: local end of the quiet hours."))
    discreet = fields.Boolean(metadata=about("Patient. True: notifications hide the purpose of the app."))
    enrolled_at = Moment(metadata=about("Patient: time of enrolment."))
    care_team = fields.Nested(CareTeamSchema, metadata=about("Patient: contact details of the care team."))
    due = fields.List(fields.Nested(DueItemSchema), metadata=about("Patient: due tasks, as in `/v1/me/due`."))
    questions = fields.List(
        fields.Nested(QuestionSchema),
        metadata=about(
            "Patient: questions to ask beside those of every entry: the optional ones that the site has "
            "signed off and that apply to the patient now, and the reason for a gap."
        ),
    )
    version = fields.Integer(
        metadata=about("Patient: version number, from 1. It is the ETag. Send it in If-Match.")
    )


class ProfileChangesSchema(PatientPreferencesSchema):
    """Changes of the caller's own profile."""

    name = Text(max=200, metadata=about("Name. Staff only."))
    phone_timezone = Timezone(
        metadata=about(
            "IANA time zone of the phone. It becomes the patient's time zone unless "
            "`timezone_follows_phone` is false."
        )
    )
    """Time zone of the phone, adopted unless the patient has switched that off."""
    email_notices = Flag(
        metadata=about("Staff only. True: alerts are sent by e-mail if push is not possible.")
    )
