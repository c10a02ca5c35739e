"""Schemas of service accounts and their keys."""

from marshmallow import Schema, fields, validate

from api.domain.authority import SCOPES_OF_OPERATOR, SCOPES_OF_SERVICE
from api.schemas.fields import Moment, OneOf, Strict, Text, Whole, about, list_of, nullable, required

LONGEST_LIFETIME_DAYS = 1096
LONGEST_OVERLAP_DAYS = 90
SCOPES = sorted(SCOPES_OF_SERVICE)
SCOPES_OF_SITE = sorted(SCOPES_OF_SERVICE - SCOPES_OF_OPERATOR)


class ServiceKeySchema(Schema):
    """A valid key. Its secret is never shown again."""

    id = fields.UUID(**required("The key's id."))
    created_at = Moment(**required("When it was made."))
    expires_at = Moment(
        **nullable("Time of expiry. Null: never, for a key from before keys expired. Rotate such a key.")
    )
    last_used_at = Moment(**nullable("Last use, to the hour. Null: not used since this is recorded."))


class ServiceSchema(Schema):
    """A service account of the site."""

    id = fields.UUID(**required("Id of the account, as in the audit trail."))
    name = fields.String(**required("Name of the account, unique at the site.", examples=["scheduler"]))
    scopes = fields.List(OneOf(SCOPES), **required("Scopes of its keys."))
    created_at = Moment(**required("When it was made."))
    keys = fields.List(
        fields.Nested(ServiceKeySchema),
        **required("Valid keys, newest first. Empty: the account cannot sign in."),
    )


ServicesSchema = list_of(
    ServiceSchema, "Services", "A site's service accounts, by name.", items="The accounts."
)


class NewServiceKeySchema(Strict):
    """Lifetime of a new key and of the previous keys."""

    expires_in_days = Whole(
        lowest=1,
        highest=LONGEST_LIFETIME_DAYS,
        load_default=365,
        metadata=about("Lifetime of the new key in days.", examples=[365]),
    )
    overlap_days = Whole(
        lowest=0,
        highest=LONGEST_OVERLAP_DAYS,
        load_default=7,
        metadata=about("Days for which the previous keys stay valid. 0: they end now.", examples=[7]),
    )


class NewServiceSchema(Strict):
    """A new service account."""

    name = Text(max=200, **required("Name, unique at the site.", examples=["scheduler"]))
    scopes = fields.List(
        OneOf(SCOPES_OF_SITE),
        validate=validate.Length(1, len(SCOPES)),
        **required("Scopes of its keys.", examples=[["reminders:read"]]),
    )
    expires_in_days = Whole(
        lowest=1,
        highest=LONGEST_LIFETIME_DAYS,
        load_default=365,
        metadata=about("Lifetime of the first key in days.", examples=[365]),
    )


class ServiceWithSecretSchema(ServiceSchema):
    """A service account with the secret of its new key."""

    key = fields.String(**required("The new key, shown only once. Send `Authorization: Bearer <key>`."))
