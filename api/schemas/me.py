"""The caller, on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.authority import ActorKind, Role
from api.domain.enrolment import AromataseInhibitor, Language, PatientStatus
from api.schemas.fields import ClockTime, Flag, Moment, Prose, Text, Timezone
from api.schemas.patient import PatientPreferencesSchema
from api.schemas.plan import DueItemSchema
from api.schemas.staff import NamedReferenceSchema

_CALLERS = [ActorKind.STAFF.value, ActorKind.PATIENT.value, ActorKind.SERVICE.value]


class CareTeamSchema(Schema):
    """How a patient reaches her team."""

    contact = fields.String(
        required=True,
        metadata={"description": "How to reach the care team and when, as the site has set it."},
    )
    notice = Prose(
        required=True,
        metadata={
            "description": "Show it wherever something is written or asked: this is not an emergency line."
        },
    )
    emergency_number = fields.String(
        allow_none=True, metadata={"description": "What to call in an emergency; null: the site names none."}
    )
    crisis_line = fields.String(
        allow_none=True,
        metadata={"description": "Whom to call with thoughts of self-harm; null: the site names nobody."},
    )


class MeSchema(Schema):
    """Who the caller is. `kind` says which of the other fields are there."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(_CALLERS),
        metadata={"description": "What the caller is; says which of the other fields are there."},
    )
    id = fields.UUID(required=True, metadata={"description": "The caller's id."})
    name = fields.String(required=True, metadata={"description": "The caller's name."})
    site = fields.Nested(
        NamedReferenceSchema, required=True, metadata={"description": "The site the caller belongs to."}
    )
    scopes = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "What the caller may do; each operation names the one it needs as `x-scope`."
        },
    )

    email = fields.String(
        allow_none=True, metadata={"description": "Staff: to sign in with; patient: where she is written to."}
    )
    email_notices = fields.Boolean(
        metadata={"description": "Staff: whether alerts come by e-mail where no push leads."}
    )
    role = fields.String(
        validate=validate.OneOf([role.value for role in Role]),
        metadata={"description": "Staff: what they are in the team."},
    )
    team = fields.Nested(
        NamedReferenceSchema, allow_none=True, metadata={"description": "Staff; null: all of the site."}
    )
    one_time_codes = fields.Boolean(metadata={"description": "Staff: whether signing in needs a code."})

    reference = fields.String(metadata={"description": "Patient, as all that follows."})
    status = fields.String(
        validate=validate.OneOf([status.value for status in PatientStatus]),
        metadata={"description": "Patient: whether still followed; only `active` can send anything."},
    )
    ai = fields.String(
        allow_none=True,
        validate=validate.OneOf([ai.value for ai in AromataseInhibitor]),
        metadata={"description": "Patient: which aromatase inhibitor; null: not known."},
    )
    ai_started_on = fields.Date(
        allow_none=True, metadata={"description": "Patient: its first day; null: not known."}
    )
    timezone = fields.String(
        metadata={"description": "Patient: IANA time zone on whose clock days and reminders are."}
    )
    language = fields.String(
        validate=validate.OneOf([language.value for language in Language]),
        metadata={"description": "Patient, staff: language of what is said to them."},
    )
    check_in_weekday = fields.Integer(metadata={"description": "0 is Monday."})
    check_in_at = ClockTime(metadata={"description": "Patient: when the check-in is asked for, local time."})
    check_in_again_at = ClockTime(
        allow_none=True,
        metadata={
            "description": "Patient: when it is asked for again on the same day, unless done; null: not."
        },
    )
    timezone_follows_phone = fields.Boolean(
        metadata={"description": "Patient: whether the time zone follows the phone on a journey."},
        attribute="follows_phone",
    )
    snoozed_until = Moment(
        allow_none=True, metadata={"description": "Patient: no reminder before then; null: no snooze."}
    )
    paused_until = fields.Date(allow_none=True, metadata={"description": "First day she is reminded again."})
    check_in_due_at = Moment(allow_none=True, metadata={"description": "When she will next be asked."})
    quiet_from = ClockTime(metadata={"description": "Patient: no reminder from this local time on."})
    quiet_until = ClockTime(metadata={"description": "Patient: until this local time."})
    discreet = fields.Boolean(
        metadata={"description": "Patient: whether notifications hide what the app is for."}
    )
    enrolled_at = Moment(metadata={"description": "Patient: when the site enrolled them."})
    care_team = fields.Nested(
        CareTeamSchema,
        metadata={"description": "Patient: how to reach the care team, with the notice to show."},
    )
    due = fields.List(
        fields.Nested(DueItemSchema), metadata={"description": "What is due now, as `/v1/me/due` has it."}
    )
    version = fields.Integer(
        metadata={"description": "Patient: counts changes, from 1; as in the ETag. Send it in If-Match."}
    )


class ProfileChangesSchema(PatientPreferencesSchema):
    """What the caller changes: a patient her habits, a member of staff the name."""

    name = Text(max=200, metadata={"description": "Staff only."})
    phone_timezone = Timezone(
        metadata={
            "description": "The IANA time zone of the phone's clock; becomes the patient's own unless "
            "`timezone_follows_phone` is false."
        }
    )
    """What a phone's clock says: followed, unless she has chosen that her clock stays at home."""
    email_notices = Flag(metadata={"description": "Staff only: alerts by e-mail where no push leads."})
