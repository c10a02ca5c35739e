"""Schemas of staff."""

from marshmallow import Schema, fields

from api.domain.authority import Role, StaffStatus
from api.domain.enrolment import Language
from api.schemas.fields import (
    Moment,
    OneOf,
    PageQuery,
    Strict,
    Text,
    about,
    absent_or_null,
    nullable,
    page_of,
    required,
)
from api.schemas.session import EmailAddress, PasswordField

DELIVERIES = ["email", "shown"]

_ID = "5b0c2b5e-2f0e-4f43-9d0b-6a1f6c2f7a10"
_TEAM = "0d2f8f3c-7a41-4a3f-8a6e-3f9f2f1b7c21"


class NamedReferenceSchema(Schema):
    """A person, team or service with its name."""

    id = fields.UUID(**required("Id of the person, team or service.", examples=[_ID]))
    name = fields.String(**required("The name.", examples=["Nora Nurse"]))


class PendingInvitationSchema(Schema):
    """An invitation that has not been used."""

    created_at = Moment(**required("When it was made."))
    expires_at = Moment(**required("Time at which the link expires."))
    delivery = OneOf(
        DELIVERIES, **required("`email`: sent to the address. `shown`: the link was in the response.")
    )


class StaffSchema(Schema):
    """A member of staff. Fields marked *Admins* are present only for site admins."""

    id = fields.UUID(**required("The member of staff's id.", examples=[_ID]))
    name = fields.String(**required("Name shown to colleagues.", examples=["Nora Nurse"]))
    email = fields.String(
        metadata=about("*Admins.* E-mail address for sign-in.", examples=["nora@example.org"])
    )
    role = OneOf(Role, **required("The role."))
    team = fields.Nested(NamedReferenceSchema, **nullable("The team. Null: the whole site."))
    status = OneOf(
        StaffStatus,
        **required(
            "Status. `invited`: no password yet. Only `active` staff can sign in and are notified of alerts."
        ),
    )
    version = fields.Integer(**required("Version number. It is the ETag."))
    language = OneOf(Language, metadata=about("*Admins.* Language of messages."))
    email_notices = fields.Boolean(
        metadata=about("*Admins.* True: alerts are sent by e-mail if push is not possible.")
    )
    one_time_codes = fields.Boolean(metadata=about("*Admins.* True: sign-in requires a one-time code."))
    created_at = Moment(metadata=about("*Admins.* Time at which the account was created."))
    deactivated_at = Moment(
        **absent_or_null("*Admins.* Time of the deactivation. Null: never, or active again.")
    )
    last_active_at = Moment(
        **absent_or_null("*Admins.* Time of the last sign-in or token refresh. Null: never.")
    )
    invitation = fields.Nested(
        PendingInvitationSchema, **absent_or_null("*Admins.* The open invitation. Null: none.")
    )


StaffPageSchema = page_of(StaffSchema, "StaffPage")


class StaffQuerySchema(PageQuery):
    """Query parameters of staff."""

    status = OneOf(StaffStatus, metadata=about("Only members of staff with this value."))
    active = fields.Boolean(
        metadata=about(
            "True: only those who can sign in, as for a choice of whom to assign to. False: the others."
        )
    )
    role = OneOf(Role, metadata=about("Only members of staff with this value."))
    team_id = fields.UUID(metadata=about("Only members of this team."))


class RemovedShiftSchema(Schema):
    """A shift that was removed from a member of staff."""

    rota = fields.String(**required("Name of the rota.", examples=["nights"]))
    begins_at = fields.AwareDateTime(data_key="from", **required("Start of the shift."))
    ends_at = fields.AwareDateTime(data_key="until", **required("End of the shift."))


class StaffChangeEffectsSchema(Schema):
    """Effects of a change of a member of staff."""

    sign_ins_ended = fields.Integer(**required("Number of sign-ins that ended."))
    alerts_reassigned = fields.Integer(
        attribute="alerts_passed_on", **required("Number of alerts that were reassigned to other staff.")
    )
    removed_shifts = fields.List(
        fields.Nested(RemovedShiftSchema),
        attribute="shifts",
        **required("Shifts that were removed and need another member of staff."),
    )


class ChangedStaffSchema(StaffSchema):
    """A member of staff after a change, with its effects."""

    effects = fields.Nested(StaffChangeEffectsSchema, **required("What the change ended in the same moment."))


class NewStaffSchema(Strict):
    """A new member of staff."""

    email = EmailAddress(**required("E-mail address for sign-in.", examples=["nora@example.org"]))
    name = Text(max=200, **required("Name shown to colleagues.", examples=["Nora Nurse"]))
    role = OneOf(Role, **required("Role of the account.", examples=["nurse"]))
    team_id = fields.UUID(
        **absent_or_null(
            "Team. Required for a nurse and a clinician. Null: the whole site.", examples=[_TEAM]
        )
    )
    language = OneOf(Language, load_default="en", metadata=about("Language of messages.", examples=["en"]))
    delivery = OneOf(
        DELIVERIES,
        metadata=about(
            "Delivery of the invitation. Default: by e-mail if the server sends e-mail, "
            "else shown in the response."
        ),
    )


class NewInvitationSchema(Strict):
    """A new invitation."""

    delivery = OneOf(
        DELIVERIES,
        metadata=about(
            "Delivery of the invitation. Default: by e-mail if the server sends e-mail, "
            "else shown in the response.",
            examples=["shown"],
        ),
    )


class InvitationSchema(PendingInvitationSchema):
    """A new invitation with its link."""

    url = fields.String(
        **nullable(
            "The link, shown only once, to hand over in person. Null: it is sent by e-mail.",
            examples=["https://aimss.example.org/invitation#hV0…"],
        )
    )


class InvitedStaffSchema(StaffSchema):
    """An invited member of staff."""

    invitation = fields.Nested(InvitationSchema, **required("The new invitation."))


class StaffChangesSchema(Strict):
    """Changes of a member of staff."""

    name = Text(max=200, metadata=about("Name shown to colleagues.", examples=["Nora Nurse"]))
    email = EmailAddress(metadata=about("E-mail address for sign-in. A change ends all sign-ins."))
    role = OneOf(Role, metadata=about("Role. A change ends all sign-ins and shifts."))
    team_id = fields.UUID(
        **absent_or_null("Team. Null: the whole site. A change ends all sign-ins and shifts.")
    )


class InvitationAcceptanceSchema(Strict):
    """Acceptance of an invitation, with a new password."""

    token = Text(max=200, **required("Fragment of the link, without `#`.", examples=["hV0c2b5e2f0e4f439d0b"]))
    password = PasswordField(
        **required("New password: at least twelve characters.", examples=["correct horse battery"])
    )


class AcceptedInvitationSchema(Schema):
    """The account whose password was set. Sign in by `POST /v1/sessions`."""

    email = fields.String(**required("E-mail address for sign-in."))
    name = fields.String(**required("The name of the account."))
    site = fields.Nested(NamedReferenceSchema, **required("The site."))
