"""Tokens on the wire."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.domain.authority import ActorKind
from api.schemas.fields import Moment, Strict
from api.services.access.tokens import IssuedTokens

BEARER, COOKIE = "bearer", "cookie"
OWNERS = {"patient": ActorKind.PATIENT, "staff": ActorKind.STAFF}


class TransportField(fields.String):
    """How the refresh token travels: in bodies, or in a cookie that scripts cannot read."""

    def __init__(self, **kwargs: Any) -> None:
        described = {
            "description": "`cookie`: the refresh token goes into an HttpOnly, Secure, SameSite=Strict "
            "cookie instead of the body; the request needs `Sec-Fetch-Site: same-origin`, which browsers "
            "send, and `X-AIMSS: 1`."
        }
        super().__init__(validate=validate.OneOf([BEARER, COOKIE]), metadata=described, **kwargs)


class TokensSchema(Schema):
    """A pair of tokens."""

    token_type = fields.String(
        required=True,
        dump_default="Bearer",
        validate=validate.Equal("Bearer"),
        metadata={"description": "Always `Bearer`."},
    )
    access_token = fields.String(
        required=True, metadata={"description": "Send it as `Authorization: Bearer …`."}
    )
    access_expires_at = Moment(required=True, metadata={"description": "Until when the access token works."})
    refresh_token = fields.String(
        metadata={"description": "For POST /v1/tokens. Absent where it went into a cookie."}
    )
    refresh_expires_at = Moment(
        required=True, metadata={"description": "The sign-in ends then, unless it is refreshed before."}
    )
    device_id = fields.UUID(required=True, metadata={"description": "This sign-in among /v1/me/devices."})
    one_time_code_setup_required = fields.Boolean(
        required=True,
        metadata={
            "description": "true: this role needs one-time codes and the account has none. The sign-in can "
            "only set them up (POST and PUT /v1/me/totp), and holds the role's scopes from then on."
        },
    )


class RefreshSchema(Strict):
    """A refresh token to be traded for a new pair; left out, it is in a cookie."""

    refresh_token = fields.String(
        validate=validate.Length(1, 200),
        metadata={"description": "The refresh token of the pair before; left out, it is in a cookie."},
    )
    transport = TransportField()
    owner = fields.String(
        validate=validate.OneOf(list(OWNERS)),
        metadata={"description": "Which cookie, where a browser has one of a patient and one of staff."},
    )


def tokens_on_wire(issued: IssuedTokens, transport: str = BEARER) -> dict[str, Any]:
    """Return a pair of tokens as it goes out; by cookie the body holds no refresh token."""
    in_body = {"refresh_token": issued.refresh} if transport == BEARER else {}
    return in_body | {
        "access_token": issued.access,
        "access_expires_at": issued.access_expires_at,
        "refresh_expires_at": issued.refresh_expires_at,
        "device_id": issued.grant_id,
        "one_time_code_setup_required": issued.must_enrol,
    }
