"""Schemas of people a patient lets in."""

from typing import Any

from marshmallow import Schema, fields, validate

from api.schemas.activation import ActivationCodeSchema
from api.schemas.fields import Moment, OneOf, Strict, Text, about, list_of, nullable, required

READ, WRITE = "read", "write"


def _scopes_of(proxy: Any) -> list[str]:
    may_write = proxy["may_write"] if isinstance(proxy, dict) else proxy.may_write
    return [READ, WRITE] if may_write else [READ]


class ProxySchema(Schema):
    """Somebody who may read, or read and write, a patient's diary until a day."""

    id = fields.UUID(**required("The proxy's id."))
    name = fields.String(**required("Name given by the patient.", examples=["Alex, my brother"]))
    scopes = fields.Function(
        _scopes_of,
        **required(
            "`read`: sees the diary. `write`: also makes and corrects entries, which are marked "
            "`reported_by: proxy`.",
            type="array",
            items={"type": "string", "enum": [READ, WRITE]},
        ),
    )
    until = Moment(**required("Time at which the access ends."))
    created_at = Moment(**required("Time of the invitation."))
    signed_in_at = Moment(
        attribute="code_used_at", **nullable("Time at which the code was used. Null: not used.")
    )
    ended_at = Moment(
        attribute="revoked_at", **nullable("Time at which the access was ended early. Null: it was not.")
    )


ProxiesSchema = list_of(
    ProxySchema, "Proxies", "People a patient has let in.", items="Newest first, also those of the past."
)


class NewProxySchema(Strict):
    """Somebody to let in."""

    id = fields.UUID(
        metadata=about("UUID chosen by the client. It makes a retry safe. Default: chosen by the server.")
    )
    name = Text(max=80, **required("Name by which the patient knows the person."))
    scopes = fields.List(
        OneOf([READ, WRITE]),
        validate=validate.Length(1, 2),
        **required("`read`: sees the diary. `write`: also makes and corrects entries, and reads."),
    )
    until = Moment(**required("Time at which the access ends, at most 400 days ahead."))


class InvitedProxySchema(ProxySchema):
    """Somebody who was let in, with the one-time code. It is shown only once."""

    activation = fields.Nested(
        ActivationCodeSchema, **required("The code for the phone of the person, to type or to scan.")
    )
