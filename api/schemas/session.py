"""Signing in, on the wire: passwords and one-time codes."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.schemas.fields import Strict, Text
from api.schemas.token import BEARER, TransportField

LONGEST_PASSWORD = 1024


class EmailAddress(fields.Email):
    """An e-mail address, in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(max=254), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        address: str = super()._deserialize(value, attr, data, **kwargs)
        return address.lower()


class OneTimeCodeField(fields.String):
    """The six digits an authenticator shows."""

    def __init__(self, **kwargs: Any) -> None:
        digits = validate.Regexp(r"^[0-9]{6}\Z", error="Six digits are needed.")
        documented = {"pattern": "^[0-9]{6}$"} | kwargs.pop("metadata", {})
        super().__init__(validate=digits, metadata=documented, **kwargs)


class PasswordField(fields.String):
    """A password as it is typed; nothing is trimmed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(1, LONGEST_PASSWORD), **kwargs)


class NewSessionSchema(Strict):
    """A member of staff who wants to sign in."""

    email = EmailAddress(required=True, metadata={"description": "The address to sign in with."})
    password = PasswordField(required=True, metadata={"description": "The password."})
    code = OneTimeCodeField(metadata={"description": "Where the account is enrolled for one-time codes."})
    label = Text(max=80, load_default="browser", metadata={"description": "What to call this browser."})
    transport = TransportField(load_default=BEARER)


class NewPasswordSchema(Strict):
    """A change of password."""

    old_password = PasswordField(required=True, metadata={"description": "The present password."})
    new_password = PasswordField(required=True, metadata={"description": "At least twelve characters."})


class OneTimeCodeSchema(Strict):
    """A code that proves that the authenticator is at hand."""

    code = OneTimeCodeField(
        required=True, metadata={"description": "The six digits the authenticator shows now."}
    )


class OneTimeCodeEnrolmentSchema(Schema):
    """What an authenticator needs to be set up; it is shown this once."""

    secret = fields.String(required=True, metadata={"description": "Base 32, to type in."})
    uri = fields.String(required=True, metadata={"description": "`otpauth://`, to open on this device."})
    qr_svg = fields.String(required=True, metadata={"description": "The same to scan, an SVG image."})
