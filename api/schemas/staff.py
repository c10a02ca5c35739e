"""Schemas of staff."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.domain.authority import Role, StaffStatus
from api.domain.enrolment import Language
from api.schemas.fields import Moment, PageQuery, Strict, Text, about, page_of
from api.schemas.session import EmailAddress, PasswordField

ROLES = [role.value for role in Role]
STATUSES = [status.value for status in StaffStatus]
LANGUAGES = [language.value for language in Language]
DELIVERIES = ["email", "shown"]

_ID = "5b0c2b5e-2f0e-4f43-9d0b-6a1f6c2f7a10"
_TEAM = "0d2f8f3c-7a41-4a3f-8a6e-3f9f2f1b7c21"


class NamedReferenceSchema(Schema):
    """A person, team or service with its name."""

    id = fields.UUID(required=True, metadata=about("Id of the person, team or service.", examples=[_ID]))
    name = fields.String(required=True, metadata=about("The name.", examples=["Nora Nurse"]))


class PendingInvitationSchema(Schema):
    """An invitation that has not been used."""

    created_at = Moment(required=True, metadata=about("When it was made."))
    expires_at = Moment(required=True, metadata=about("Time at which the link expires."))
    delivery = fields.String(
        required=True,
        validate=validate.OneOf(DELIVERIES),
        metadata=about("`email`: sent to the address. `shown`: the link was in the response."),
    )


class StaffSchema(Schema):
    """A member of staff. Fields marked *Admins* are present only for site admins."""

    id = fields.UUID(required=True, metadata=about("The member of staff's id.", examples=[_ID]))
    name = fields.String(required=True, metadata=about("Name shown to colleagues.", examples=["Nora Nurse"]))
    email = fields.String(
        required=True, metadata=about("E-mail address for sign-in.", examples=["nora@example.org"])
    )
    role = fields.String(required=True, validate=validate.OneOf(ROLES), metadata=about("The role."))
    team = fields.Nested(
        NamedReferenceSchema,
        required=True,
        allow_none=True,
        metadata=about("The team. Null: the whole site."),
    )
    status = fields.String(
        required=True,
        validate=validate.OneOf(STATUSES),
        metadata=about(
            "Status. `invited`: no password yet. Only `active` staff can sign in and are notified of alerts."
        ),
    )
    version = fields.Integer(required=True, metadata=about("Version number. It is the ETag."))
    language = fields.String(
        validate=validate.OneOf(LANGUAGES), metadata=about("*Admins.* Language of messages.")
    )
    email_notices = fields.Boolean(
        metadata=about("*Admins.* True: alerts are sent by e-mail if push is not possible.")
    )
    one_time_codes = fields.Boolean(metadata=about("*Admins.* True: sign-in requires a one-time code."))
    created_at = Moment(metadata=about("*Admins.* Time at which the account was created."))
    deactivated_at = Moment(
        allow_none=True, metadata=about("*Admins.* Time of the deactivation. Null: never, or active again.")
    )
    last_active_at = Moment(
        allow_none=True, metadata=about("*Admins.* Time of the last sign-in or token refresh. Null: never.")
    )
    invitation = fields.Nested(
        PendingInvitationSchema, allow_none=True, metadata=about("*Admins.* The open invitation. Null: none.")
    )


StaffPageSchema = page_of(StaffSchema, "StaffPage")


class StaffQuerySchema(PageQuery):
    """Query parameters of staff."""

    status = fields.String(
        validate=validate.OneOf(STATUSES), metadata=about("Only members of staff with this value.")
    )
    role = fields.String(
        validate=validate.OneOf(ROLES), metadata=about("Only members of staff with this value.")
    )
    team_id = fields.UUID(metadata=about("Only members of this team."))


class RemovedShiftSchema(Schema):
    """A shift that was removed from a member of staff."""

    rota = fields.String(required=True, metadata=about("Name of the rota.", examples=["nights"]))
    begins_at = fields.AwareDateTime(required=True, data_key="from", metadata=about("Start of the shift."))
    ends_at = fields.AwareDateTime(required=True, data_key="until", metadata=about("End of the shift."))


class StaffChangeEffectsSchema(Schema):
    """Effects of a change of a member of staff."""

    sign_ins_ended = fields.Integer(required=True, metadata=about("Number of sign-ins that ended."))
    alerts_reassigned = fields.Integer(
        required=True, metadata=about("Number of alerts that were reassigned to other staff.")
    )
    removed_shifts = fields.List(
        fields.Nested(RemovedShiftSchema),
        required=True,
        metadata=about("Shifts that were removed and need another member of staff."),
    )


class ChangedStaffSchema(StaffSchema):
    """A member of staff after a change, with its effects."""

    effects = fields.Nested(
        StaffChangeEffectsSchema, required=True, metadata=about("What the change ended in the same moment.")
    )


class NewStaffSchema(Strict):
    """A new member of staff."""

    email = EmailAddress(
        required=True, metadata=about("E-mail address for sign-in.", examples=["nora@example.org"])
    )
    name = Text(required=True, max=200, metadata=about("Name shown to colleagues.", examples=["Nora Nurse"]))
    role = fields.String(
        required=True,
        validate=validate.OneOf(ROLES),
        metadata=about("Role of the account.", examples=["nurse"]),
    )
    team_id = fields.UUID(
        allow_none=True,
        metadata=about("Team. Required for a nurse and a clinician. Null: the whole site.", examples=[_TEAM]),
    )
    language = fields.String(
        validate=validate.OneOf(LANGUAGES),
        load_default="en",
        metadata=about("Language of messages.", examples=["en"]),
    )
    delivery = fields.String(
        validate=validate.OneOf(DELIVERIES),
        metadata=about(
            "Delivery of the invitation. Default: by e-mail if the server sends e-mail, "
            "else shown in the response."
        ),
    )


class NewInvitationSchema(Strict):
    """A new invitation."""

    delivery = fields.String(
        validate=validate.OneOf(DELIVERIES),
        metadata=about(
            "Delivery of the invitation. Default: by e-mail if the server sends e-mail, "
            "else shown in the response.",
            examples=["shown"],
        ),
    )


class InvitationSchema(PendingInvitationSchema):
    """A new invitation with its link."""

    url = fields.String(
        required=True,
        allow_none=True,
        metadata=about(
            "The link, shown only once, to hand over in person. Null: it is sent by e-mail.",
            examples=["https://aimss.example.org/invitation#hV0…"],
        ),
    )


class InvitedStaffSchema(StaffSchema):
    """An invited member of staff."""

    invitation = fields.Nested(InvitationSchema, required=True, metadata=about("The new invitation."))


class StaffChangesSchema(Strict):
    """Changes of a member of staff."""

    name = Text(max=200, metadata=about("Name shown to colleagues.", examples=["Nora Nurse"]))
    email = EmailAddress(metadata=about("E-mail address for sign-in. A change ends all sign-ins."))
    role = fields.String(
        validate=validate.OneOf(ROLES), metadata=about("Role. A change ends all sign-ins and shifts.")
    )
    team_id = fields.UUID(
        allow_none=True, metadata=about("Team. Null: the whole site. A change ends all sign-ins and shifts.")
    )


class InvitationAcceptanceSchema(Strict):
    """Acceptance of an invitation, with a new password."""

    token = Text(
        required=True,
        max=200,
        metadata=about("Fragment of the link, without `#`.", examples=["hV0c2b5e2f0e4f439d0b"]),
    )
    password = PasswordField(
        required=True,
        metadata=about("New password: at least twelve characters.", examples=["correct horse battery"]),
    )


class AcceptedInvitationSchema(Schema):
    """The account whose password was set. Sign in by `POST /v1/sessions`."""

    email = fields.String(required=True, metadata=about("E-mail address for sign-in."))
    name = fields.String(required=True, metadata=about("The name of the account."))
    site = fields.Nested(NamedReferenceSchema, required=True, metadata=about("The site."))


def dump_effects(effects: Any) -> dict[str, Any]:
    """Return the API representation of the effects of a change."""
    return {
        "sign_ins_ended": effects.sign_ins_ended,
        "alerts_reassigned": effects.alerts_passed_on,
        "removed_shifts": effects.shifts,
    }
