"""The caller, on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.authority import ActorKind, Role
from api.domain.enrolment import AromataseInhibitor, Language, PatientStatus
from api.schemas.fields import ClockTime, Flag, Moment, Prose, Text, Timezone
from api.schemas.patient import HabitsSchema
from api.schemas.plan import DueItemSchema

_CALLERS = [ActorKind.STAFF.value, ActorKind.PATIENT.value, ActorKind.SERVICE.value]


class PlaceSchema(Schema):
    """A site or a team."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class CareTeamSchema(Schema):
    """How a patient reaches her team."""

    contact = fields.String(required=True)
    notice = Prose(required=True)


class MeSchema(Schema):
    """Who the caller is. `kind` says which of the other fields are there."""

    kind = fields.String(required=True, validate=validate.OneOf(_CALLERS))
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    site = fields.Nested(PlaceSchema, required=True)
    scopes = fields.List(fields.String(), required=True)

    email = fields.String(
        allow_none=True, metadata={"description": "Staff: to sign in with; patient: where she is written to."}
    )
    email_notices = fields.Boolean(
        metadata={"description": "Staff: whether alerts come by e-mail where no push leads."}
    )
    role = fields.String(validate=validate.OneOf([role.value for role in Role]))
    team = fields.Nested(
        PlaceSchema, allow_none=True, metadata={"description": "Staff; null: all of the site."}
    )
    one_time_codes = fields.Boolean(metadata={"description": "Staff: whether signing in needs a code."})

    reference = fields.String(metadata={"description": "Patient, as all that follows."})
    status = fields.String(validate=validate.OneOf([status.value for status in PatientStatus]))
    ai = fields.String(allow_none=True, validate=validate.OneOf([ai.value for ai in AromataseInhibitor]))
    ai_started_on = fields.Date(allow_none=True)
    timezone = fields.String()
    language = fields.String(validate=validate.OneOf([language.value for language in Language]))
    check_in_weekday = fields.Integer(metadata={"description": "0 is Monday."})
    check_in_at = ClockTime()
    check_in_again_at = ClockTime(allow_none=True)
    follows_phone = fields.Boolean()
    snoozed_until = Moment(allow_none=True)
    paused_until = fields.Date(allow_none=True, metadata={"description": "First day she is reminded again."})
    check_in_due_at = Moment(allow_none=True, metadata={"description": "When she will next be asked."})
    quiet_from = ClockTime()
    quiet_until = ClockTime()
    discreet = fields.Boolean()
    enrolled_at = Moment()
    care_team = fields.Nested(CareTeamSchema)
    due = fields.List(
        fields.Nested(DueItemSchema), metadata={"description": "What is due now, as `/v1/me/due` has it."}
    )
    version = fields.Integer()


class MyChangesSchema(HabitsSchema):
    """What the caller changes: a patient her habits, a member of staff the name."""

    name = Text(max=200, metadata={"description": "Staff only."})
    phone_timezone = Timezone()
    """What a phone's clock says: followed, unless she has chosen that her clock stays at home."""
    email_notices = Flag(metadata={"description": "Staff only: alerts by e-mail where no push leads."})
