"""Schemas of on-call rotas."""

from marshmallow import Schema, fields, validate

from api.domain.escalation.parse import MAX_ROTA_NAME
from api.schemas.fields import Moment, RenamedQuery, Strict, about, list_of, old_name, required
from api.schemas.session import EmailAddress

MOST_SHIFTS = 1000
NAME = rf"^[A-Za-z0-9][A-Za-z0-9 _.-]{{0,{MAX_ROTA_NAME - 1}}}$"
"""Pattern of the name of a rota, which is part of a URL."""


class ShiftSchema(Schema):
    """One member of staff on call."""

    staff = fields.String(**required("E-mail address for sign-in."))
    staff_id = fields.UUID(**required("Member of staff on call."))
    name = fields.String(**required("The name of the member of staff."))
    begins_at = fields.AwareDateTime(data_key="from", **required("Start of the shift."))
    ends_at = fields.AwareDateTime(data_key="until", **required("End of the shift."))


class RotaSchema(Schema):
    """A rota with the shifts that are not over."""

    name = fields.String(**required("Name of the rota, as in its URL."))
    version = fields.Integer(**required("Version number. It is the ETag."))
    changed_at = fields.AwareDateTime(**required("Time of the last change."))
    on_call = fields.List(fields.UUID(), **required("Staff on call now. Empty: a gap."))
    shifts = fields.List(
        fields.Nested(ShiftSchema), **required("Shifts that are not over, in the order of their start.")
    )


RotasSchema = list_of(RotaSchema, "Rotas", "All rotas of a site.", items="The rotas, by name.")


class NewShiftSchema(Strict):
    """One planned shift."""

    staff = EmailAddress(**required("E-mail address for sign-in."))
    begins_at = Moment(data_key="from", **required("Start of the shift."))
    ends_at = Moment(data_key="until", **required("End of the shift, later than `from`."))


class NewRotaSchema(Strict):
    """The shifts of a rota from now on."""

    shifts = fields.List(
        fields.Nested(NewShiftSchema),
        validate=validate.Length(max=MOST_SHIFTS),
        **required(
            "All shifts that are not over. A running shift that is omitted ends now. A "
            "future shift that is omitted is removed."
        ),
    )


class RotaQuerySchema(RenamedQuery):
    """Query parameters of rotas."""

    since = Moment(
        data_key="ended_after",
        metadata=about(
            "Also return shifts that ended after this moment. Default: only shifts that are not over."
        ),
    )
    old_since = old_name(Moment(data_key="since"), of="ended_after")
