"""Signing in, on the wire: passwords and one-time codes."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api.domain.email_address import LONGEST as LONGEST_EMAIL
from api.domain.email_address import NoEmailAddress, read_email
from api.schemas.fields import Strict, Text
from api.schemas.token import BEARER, TransportField

LONGEST_PASSWORD = 1024


class EmailAddress(fields.String):
    """An e-mail address in normal form; blanks around it are no part of it."""

    def __init__(self, **kwargs: Any) -> None:
        documented = {"format": "email", "maxLength": LONGEST_EMAIL} | kwargs.pop("metadata", {})
        super().__init__(metadata=documented, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            return read_email(text)
        except NoEmailAddress as error:
            raise ValidationError("Not a valid email address.") from error


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

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ValidationError("Holds half a character.")
        return text


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
    new_password = PasswordField(
        required=True, metadata={"description": "At least twelve characters, hard to guess."}
    )


class OneTimeCodeSchema(Strict):
    """A code that proves that the authenticator is at hand."""

    code = OneTimeCodeField(
        required=True, metadata={"description": "The six digits the authenticator shows now."}
    )


class NewOneTimeCodesSchema(Strict):
    """What it takes to set up an authenticator."""

    password = PasswordField(required=True, metadata={"description": "The present password, again."})
    code = OneTimeCodeField(
        metadata={"description": "Of the present authenticator, where there is one: it is replaced."}
    )


class OneTimeCodesRemovalSchema(Strict):
    """What it takes to turn one-time codes off."""

    password = PasswordField(required=True, metadata={"description": "The present password, again."})
    code = OneTimeCodeField(
        required=True, metadata={"description": "The six digits the authenticator shows now."}
    )


class OneTimeCodeEnrolmentSchema(Schema):
    """What an authenticator needs to be set up; it is shown this once."""

    secret = fields.String(required=True, metadata={"description": "Base 32, to type in."})
    uri = fields.String(required=True, metadata={"description": "`otpauth://`, to open on this device."})
    qr_svg = fields.String(required=True, metadata={"description": "The same to scan, an SVG image."})
