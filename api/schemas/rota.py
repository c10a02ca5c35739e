"""Who is on call when, on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.escalation.parse import MAX_ROTA_NAME
from api.schemas.fields import Moment, RenamedQuery, Strict, old_name
from api.schemas.session import EmailAddress

MOST_SHIFTS = 1000
NAME = rf"^[A-Za-z0-9][A-Za-z0-9 _.-]{{0,{MAX_ROTA_NAME - 1}}}$"
"""A rota's name: it stands in an address."""


class ShiftSchema(Schema):
    """One member of staff on call."""

    staff = fields.String(required=True, metadata={"description": "The address she signs in with."})
    staff_id = fields.UUID(required=True, metadata={"description": "The member of staff on call."})
    name = fields.String(required=True, metadata={"description": "The name of the member of staff."})
    begins_at = fields.AwareDateTime(
        required=True, data_key="from", metadata={"description": "When the shift begins."}
    )
    ends_at = fields.AwareDateTime(
        required=True, data_key="until", metadata={"description": "When the shift ends."}
    )


class RotaSchema(Schema):
    """A rota with the shifts that are not over, in the order they begin."""

    name = fields.String(required=True, metadata={"description": "Name of the rota, as in its address."})
    version = fields.Integer(required=True, metadata={"description": "As in the ETag."})
    changed_at = fields.AwareDateTime(required=True, metadata={"description": "When it was changed last."})
    on_call = fields.List(
        fields.UUID(), required=True, metadata={"description": "Staff on call now; none: there is a gap."}
    )
    shifts = fields.List(
        fields.Nested(ShiftSchema),
        required=True,
        metadata={"description": "The shifts that are not over, in the order they begin."},
    )


class RotasSchema(Schema):
    """All rotas of a site."""

    items = fields.List(
        fields.Nested(RotaSchema), required=True, metadata={"description": "The rotas, by name."}
    )


class NewShiftSchema(Strict):
    """One shift as somebody plans it."""

    staff = EmailAddress(required=True, metadata={"description": "The address she signs in with."})
    begins_at = Moment(required=True, data_key="from", metadata={"description": "When the shift begins."})
    ends_at = Moment(
        required=True, data_key="until", metadata={"description": "When the shift ends; later than `from`."}
    )


class NewRotaSchema(Strict):
    """Who is on call from now on."""

    shifts = fields.List(
        fields.Nested(NewShiftSchema),
        required=True,
        validate=validate.Length(max=MOST_SHIFTS),
        metadata={"description": "All that are not over; what is not among them ends now, or is taken off."},
    )


class RotaQuerySchema(RenamedQuery):
    """How far back."""

    since = Moment(
        data_key="ended_after",
        metadata={"description": "Also shifts that ended after this moment; left out: those not over."},
    )
    old_since = old_name(Moment(data_key="since"), of="ended_after")
