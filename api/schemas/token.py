"""Tokens on the wire."""

from typing import Any

from marshmallow import Schema, fields, pre_dump, validate

from api.schemas.fields import Moment, Strict
from api.services.access.tokens import Issued


class TokensSchema(Schema):
    """A pair of tokens; they are shown this once."""

    token_type = fields.String(required=True, dump_default="Bearer", validate=validate.Equal("Bearer"))
    access_token = fields.String(required=True)
    access_expires_at = Moment(required=True)
    refresh_token = fields.String(required=True, metadata={"description": "Works once, at POST /v1/tokens."})
    refresh_expires_at = Moment(required=True)
    device_id = fields.UUID(required=True, metadata={"description": "This sign-in among /v1/me/devices."})

    @pre_dump
    def _flat(self, issued: Issued, **_: Any) -> dict[str, Any]:
        return {
            "access_token": issued.access,
            "access_expires_at": issued.access_expires_at,
            "refresh_token": issued.refresh,
            "refresh_expires_at": issued.refresh_expires_at,
            "device_id": issued.grant_id,
        }


class RefreshSchema(Strict):
    """A refresh token to be traded for a new pair."""

    refresh_token = fields.String(required=True, validate=validate.Length(1, 200))
