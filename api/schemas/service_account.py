"""Service accounts and their keys on the wire."""

from marshmallow import Schema, fields, validate

from api.domain.authority import SCOPES_OF_OPERATOR, SCOPES_OF_SERVICE
from api.schemas.fields import Moment, Strict, Text, Whole

LONGEST_LIFETIME_DAYS = 1096
LONGEST_OVERLAP_DAYS = 90
SCOPES = sorted(SCOPES_OF_SERVICE)
SCOPES_OF_SITE = sorted(SCOPES_OF_SERVICE - SCOPES_OF_OPERATOR)


class ServiceKeySchema(Schema):
    """A key that works; its secret is never shown again."""

    id = fields.UUID(required=True, metadata={"description": "The key's id."})
    created_at = Moment(required=True, metadata={"description": "When it was made."})
    expires_at = Moment(
        required=True,
        allow_none=True,
        metadata={"description": "null: never, as keys from before keys expired; rotate it."},
    )
    last_used_at = Moment(
        required=True, allow_none=True, metadata={"description": "To the hour; null: not since this is kept."}
    )


class ServiceSchema(Schema):
    """A service account of the site."""

    id = fields.UUID(required=True, metadata={"description": "The account's id; the audit names it."})
    name = fields.String(
        required=True,
        metadata={
            "description": "What the account is called; unique at the site.",
            "examples": ["scheduler"],
        },
    )
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES)),
        required=True,
        metadata={"description": "What its keys may do."},
    )
    created_at = Moment(required=True, metadata={"description": "When it was made."})
    keys = fields.List(
        fields.Nested(ServiceKeySchema),
        required=True,
        metadata={"description": "Keys that work, the newest first; none: it cannot sign in."},
    )


class ServicesSchema(Schema):
    """A site's service accounts, by name."""

    items = fields.List(
        fields.Nested(ServiceSchema), required=True, metadata={"description": "The accounts."}
    )


class NewServiceKeySchema(Strict):
    """How long a new key works, and those before it."""

    expires_in_days = Whole(
        lowest=1,
        highest=LONGEST_LIFETIME_DAYS,
        load_default=365,
        metadata={"description": "How long the new key works.", "examples": [365]},
    )
    overlap_days = Whole(
        lowest=0,
        highest=LONGEST_OVERLAP_DAYS,
        load_default=7,
        metadata={"description": "How long the keys before still work; 0: no longer.", "examples": [7]},
    )


class NewServiceSchema(Strict):
    """A service account to make."""

    name = Text(
        required=True, max=200, metadata={"description": "Unique at the site.", "examples": ["scheduler"]}
    )
    scopes = fields.List(
        fields.String(validate=validate.OneOf(SCOPES_OF_SITE)),
        required=True,
        validate=validate.Length(1, len(SCOPES)),
        metadata={"description": "What its keys may do.", "examples": [["reminders:read"]]},
    )
    expires_in_days = Whole(
        lowest=1,
        highest=LONGEST_LIFETIME_DAYS,
        load_default=365,
        metadata={"description": "How long its first key works.", "examples": [365]},
    )


class ServiceWithSecretSchema(ServiceSchema):
    """A service account with the secret of its new key."""

    key = fields.String(
        required=True,
        metadata={"description": "The new key, shown this once: `Authorization: Bearer <key>`."},
    )
