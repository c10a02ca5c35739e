"""Schemas of tokens."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.domain.authority import ActorKind
from api.schemas.fields import Moment, OneOf, Strict, about, required
from api.services.access.tokens import IssuedTokens

BEARER, COOKIE = "bearer", "cookie"
OWNERS = {"patient": ActorKind.PATIENT, "staff": ActorKind.STAFF}


class TransportField(fields.String):
    """Transport of the refresh token: in bodies, or in a cookie that scripts cannot read."""

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
        dump_default="Bearer", validate=validate.Equal("Bearer"), **required("Always `Bearer`.")
    )
    access_token = fields.String(**required("Send it as `Authorization: Bearer …`."))
    access_expires_at = Moment(**required("Time at which the access token expires."))
    refresh_token = fields.String(
        metadata=about("Refresh token for POST /v1/tokens. Absent if it is in a cookie.")
    )
    refresh_expires_at = Moment(**required("Time at which the sign-in ends unless it is refreshed before."))
    device_id = fields.UUID(**required("Id of this sign-in in /v1/me/devices."))
    one_time_code_setup_required = fields.Boolean(
        **required(
            "True: the role requires one-time codes and the account has none. The sign-"
            "in can only set them up (POST and PUT /v1/me/totp). It then gets the scopes"
            " of the role."
        )
    )


class RefreshSchema(Strict):
    """A refresh token to exchange for a new pair of tokens."""

    refresh_token = fields.String(
        validate=validate.Length(1, 200),
        metadata=about("Refresh token of the previous pair. Omit it if it is in a cookie."),
    )
    transport = TransportField()
    owner = OneOf(
        OWNERS, metadata=about("Owner of the cookie, if the browser has one of a patient and one of staff.")
    )


def dump_tokens(issued: IssuedTokens, transport: str = BEARER) -> dict[str, Any]:
    """Return the API representation of a pair of tokens, without the refresh token if it is in a cookie."""
    in_body = {"refresh_token": issued.refresh} if transport == BEARER else {}
    return in_body | {
        "access_token": issued.access,
        "access_expires_at": issued.access_expires_at,
        "refresh_expires_at": issued.refresh_expires_at,
        "device_id": issued.grant_id,
        "one_time_code_setup_required": issued.must_enrol,
    }
