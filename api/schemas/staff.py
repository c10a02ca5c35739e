"""Members of staff on the wire."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.domain.authority import Role, StaffStatus
from api.domain.enrolment import Language
from api.schemas.fields import Moment, PageQuery, Strict, Text, page_of
from api.schemas.session import EmailAddress, PasswordField

ROLES = [role.value for role in Role]
STATUSES = [status.value for status in StaffStatus]
LANGUAGES = [language.value for language in Language]
DELIVERIES = ["email", "shown"]

_ID = "5b0c2b5e-2f0e-4f43-9d0b-6a1f6c2f7a10"
_TEAM = "0d2f8f3c-7a41-4a3f-8a6e-3f9f2f1b7c21"


class NamedReferenceSchema(Schema):
    """A person, team or service with its name."""

    id = fields.UUID(
        required=True, metadata={"description": "Id of the person, team or service.", "examples": [_ID]}
    )
    name = fields.String(required=True, metadata={"description": "The name.", "examples": ["Nora Nurse"]})


class PendingInvitationSchema(Schema):
    """An invitation that has not been used."""

    created_at = Moment(required=True, metadata={"description": "When it was made."})
    expires_at = Moment(required=True, metadata={"description": "Until when its link works."})
    delivery = fields.String(
        required=True,
        validate=validate.OneOf(DELIVERIES),
        metadata={"description": "`email`: sent to the address; `shown`: its link was in the answer."},
    )


class StaffSchema(Schema):
    """A member of staff. Fields marked *admins* are there for site admins only."""

    id = fields.UUID(required=True, metadata={"description": "The member of staff's id.", "examples": [_ID]})
    name = fields.String(
        required=True, metadata={"description": "As colleagues know them.", "examples": ["Nora Nurse"]}
    )
    email = fields.String(
        required=True,
        metadata={"description": "The address to sign in with.", "examples": ["nora@example.org"]},
    )
    role = fields.String(required=True, validate=validate.OneOf(ROLES), metadata={"description": "The role."})
    team = fields.Nested(
        NamedReferenceSchema,
        required=True,
        allow_none=True,
        metadata={"description": "null: sees the whole site."},
    )
    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES),
        metadata={
            "description": "`invited` has not set a password yet; only `active` staff sign in and hear of "
            "alerts."
        },
    )
    version = fields.Integer(required=True, metadata={"description": "As in the ETag."})
    language = fields.String(
        validate=validate.OneOf(LANGUAGES), metadata={"description": "*Admins.* Of messages to them."}
    )
    email_notices = fields.Boolean(
        metadata={"description": "*Admins.* Whether alerts come by e-mail where no push leads."}
    )
    one_time_codes = fields.Boolean(metadata={"description": "*Admins.* Whether signing in needs a code."})
    created_at = Moment(metadata={"description": "*Admins.* When the account was made."})
    deactivated_at = Moment(
        allow_none=True, metadata={"description": "*Admins.* null: was never, or is active again."}
    )
    last_active_at = Moment(
        allow_none=True,
        metadata={"description": "*Admins.* When they last signed in or renewed a sign-in; null: never."},
    )
    invitation = fields.Nested(
        PendingInvitationSchema,
        allow_none=True,
        metadata={"description": "*Admins.* The invitation that waits; null: there is none."},
    )


StaffPageSchema = page_of(StaffSchema, "StaffPage")


class StaffQuerySchema(PageQuery):
    """Which members of staff are asked for."""

    status = fields.String(validate=validate.OneOf(STATUSES), metadata={"description": "Only these."})
    role = fields.String(validate=validate.OneOf(ROLES), metadata={"description": "Only these."})
    team_id = fields.UUID(metadata={"description": "Only who belongs to this team."})


class RemovedShiftSchema(Schema):
    """A shift on call that nobody has now."""

    rota = fields.String(required=True, metadata={"description": "Name of the rota.", "examples": ["nights"]})
    begins_at = fields.AwareDateTime(required=True, data_key="from", metadata={"description": "From when."})
    ends_at = fields.AwareDateTime(required=True, data_key="until", metadata={"description": "Until when."})


class StaffChangeEffectsSchema(Schema):
    """What a change ended."""

    sign_ins_ended = fields.Integer(required=True, metadata={"description": "Sign-ins that ended."})
    alerts_reassigned = fields.Integer(
        required=True,
        metadata={
            "description": "Alerts that only they knew of or had acknowledged, and that others are told of."
        },
    )
    removed_shifts = fields.List(
        fields.Nested(RemovedShiftSchema),
        required=True,
        metadata={"description": "Shifts they were taken off: give them to somebody else."},
    )


class ChangedStaffSchema(StaffSchema):
    """A member of staff after a change, with what it ended."""

    effects = fields.Nested(
        StaffChangeEffectsSchema,
        required=True,
        metadata={"description": "What the change ended in the same moment."},
    )


class NewStaffSchema(Strict):
    """Somebody to invite."""

    email = EmailAddress(
        required=True,
        metadata={"description": "The address to sign in with.", "examples": ["nora@example.org"]},
    )
    name = Text(
        required=True,
        max=200,
        metadata={"description": "As colleagues know them.", "examples": ["Nora Nurse"]},
    )
    role = fields.String(
        required=True,
        validate=validate.OneOf(ROLES),
        metadata={"description": "What they may do.", "examples": ["nurse"]},
    )
    team_id = fields.UUID(
        allow_none=True,
        metadata={
            "description": "Needed for a nurse and a clinician; others see the whole site without one.",
            "examples": [_TEAM],
        },
    )
    language = fields.String(
        validate=validate.OneOf(LANGUAGES),
        load_default="en",
        metadata={"description": "Of messages to them.", "examples": ["en"]},
    )
    delivery = fields.String(
        validate=validate.OneOf(DELIVERIES),
        metadata={
            "description": "How the invitation goes out; left out: by e-mail where the server sends e-mail."
        },
    )


class NewInvitationSchema(Strict):
    """How an invitation goes out."""

    delivery = fields.String(
        validate=validate.OneOf(DELIVERIES),
        metadata={
            "description": "Left out: by e-mail where the server sends e-mail, else shown in the answer.",
            "examples": ["shown"],
        },
    )


class InvitationSchema(PendingInvitationSchema):
    """An invitation just made."""

    url = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "description": "The link, shown this once, to hand over in person; null: it goes by e-mail.",
            "examples": ["https://aimss.example.org/invitation#hV0…"],
        },
    )


class InvitedStaffSchema(StaffSchema):
    """A member of staff just invited."""

    invitation = fields.Nested(
        InvitationSchema, required=True, metadata={"description": "The invitation just made."}
    )


class StaffChangesSchema(Strict):
    """What an admin changes about a member of staff."""

    name = Text(max=200, metadata={"description": "As colleagues know them.", "examples": ["Nora Nurse"]})
    email = EmailAddress(metadata={"description": "The address to sign in with; a change ends all sign-ins."})
    role = fields.String(
        validate=validate.OneOf(ROLES), metadata={"description": "A change ends all sign-ins and shifts."}
    )
    team_id = fields.UUID(
        allow_none=True,
        metadata={"description": "null: the whole site. A change ends all sign-ins and shifts."},
    )


class InvitationAcceptanceSchema(Strict):
    """The password somebody who was invited has chosen."""

    token = Text(
        required=True,
        max=200,
        metadata={
            "description": "What stands behind the `#` of the link.",
            "examples": ["hV0c2b5e2f0e4f439d0b"],
        },
    )
    password = PasswordField(
        required=True,
        metadata={"description": "At least twelve characters.", "examples": ["correct horse battery"]},
    )


class AcceptedInvitationSchema(Schema):
    """Whose password was set; sign in with it by `POST /v1/sessions`."""

    email = fields.String(required=True, metadata={"description": "The address to sign in with."})
    name = fields.String(required=True, metadata={"description": "The name of the account."})
    site = fields.Nested(NamedReferenceSchema, required=True, metadata={"description": "The site."})


def effects_on_wire(effects: Any) -> dict[str, Any]:
    """Return what a change ended, as it goes out."""
    return {
        "sign_ins_ended": effects.sign_ins_ended,
        "alerts_reassigned": effects.alerts_passed_on,
        "removed_shifts": effects.shifts,
    }
