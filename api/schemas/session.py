"""Schemas of sign-in with password and one-time code."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from api.domain.email_address import LONGEST as LONGEST_EMAIL
from api.domain.email_address import NoEmailAddress, read_email
from api.schemas.fields import Moment, Strict, Text, about, nullable, required
from api.schemas.token import BEARER, TransportField

LONGEST_PASSWORD = 1024


class EmailAddress(fields.String):
    """A normalised e-mail address. Surrounding spaces are removed."""

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
    """The six digits of an authenticator."""

    def __init__(self, **kwargs: Any) -> None:
        digits = validate.Regexp(r"^[0-9]{6}\Z", error="Six digits are needed.")
        documented = {"pattern": "^[0-9]{6}$"} | kwargs.pop("metadata", {})
        super().__init__(validate=digits, metadata=documented, **kwargs)


_CODE = "([0-9]{6}|[0-9A-Za-z]{5}[- ]?[0-9A-Za-z]{5})"


class SecondFactorField(fields.String):
    """The six digits of an authenticator, or a recovery code."""

    def __init__(self, **kwargs: Any) -> None:
        known = validate.Regexp(rf"^{_CODE}\Z", error="Six digits or a recovery code are needed.")
        documented = {"pattern": f"^{_CODE}$"} | kwargs.pop("metadata", {})
        super().__init__(validate=known, metadata=documented, **kwargs)


class PasswordField(fields.String):
    """A password, not trimmed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(1, LONGEST_PASSWORD), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            raise ValidationError("Holds half a character.")
        return text


class NewSessionSchema(Strict):
    """A sign-in of a member of staff."""

    email = EmailAddress(**required("E-mail address for sign-in."))
    password = PasswordField(**required("The password."))
    code = SecondFactorField(
        metadata=about(
            "One-time code, or a recovery code in its place. Required if the account uses one-time codes."
        )
    )
    label = Text(max=80, load_default="browser", metadata=about("Name of the browser."))
    transport = TransportField(load_default=BEARER)


class NewPasswordSchema(Strict):
    """A change of password."""

    old_password = PasswordField(**required("Current password."))
    new_password = PasswordField(**required("New password: at least twelve characters, hard to guess."))


class OneTimeCodeSchema(Strict):
    """A one-time code of the authenticator."""

    code = OneTimeCodeField(**required("The current six digits of the authenticator."))


class NewOneTimeCodesSchema(Strict):
    """A request to set up an authenticator."""

    password = PasswordField(**required("Current password."))
    code = SecondFactorField(
        metadata=about(
            "One-time code of the current authenticator, which is replaced, or a recovery code. Omit it if "
            "there is none."
        )
    )


class OneTimeCodesRemovalSchema(Strict):
    """A request to turn one-time codes off."""

    password = PasswordField(**required("Current password."))
    code = SecondFactorField(**required("The current six digits of the authenticator, or a recovery code."))


class NewRecoveryCodesSchema(Strict):
    """A request for new recovery codes."""

    password = PasswordField(**required("Current password."))


class RecoveryCodesSchema(Schema):
    """New recovery codes. They are shown only once."""

    codes = fields.List(
        fields.String(), **required("The codes. Each works once, in place of a one-time code.")
    )
    created_at = Moment(**required("Time at which they were made."))


class RecoveryCodesStateSchema(Schema):
    """The recovery codes of a member of staff, without the codes."""

    left = fields.Integer(**required("Number of unused codes."))
    created_at = Moment(**nullable("Time at which they were made. Null: there are none."))


class OneTimeCodeEnrolmentSchema(Schema):
    """The secret of a new authenticator. It is shown only once."""

    secret = fields.String(**required("Secret in base 32, for manual entry."))
    uri = fields.String(**required("`otpauth://` link, to open on the same device."))
    qr_svg = fields.String(**required("QR code of the link, as an SVG image."))
