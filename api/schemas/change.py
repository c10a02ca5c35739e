"""Schemas of changes that open pages learn of."""

from marshmallow import Schema, fields, validate

from api.schemas.fields import Strict, about, required

LONGEST_WAIT_S = 8
"""Shorter than the ten seconds that a server that stops gives its requests (`config.server`)."""
KINDS = ["alert"]


class AlertChangeSchema(Schema):
    """A change, by ids only."""

    kind = fields.Constant(KINDS[0], dump_only=True, **required("What has changed.", enum=KINDS))
    id = fields.UUID(attribute="alert_id", **required("Id of the alert."))
    patient_id = fields.UUID(**required("Id of its patient."))


class AlertChangesSchema(Schema):
    """Changes since a cursor."""

    items = fields.List(fields.Nested(AlertChangeSchema), **required("Changes, oldest first."))
    next = fields.String(**required("Cursor of what follows: send it as `since`."))
    more = fields.Boolean(**required("True: further changes follow already."))
    missed = fields.Boolean(
        **required("True: changes may be missing, because the cursor is too old. Read the lists anew.")
    )


class AlertChangesQuerySchema(Strict):
    """Query parameters of changes."""

    since = fields.String(
        validate=validate.Length(1, 1000),
        metadata=about("`next` of the previous answer. Default: from now on, answered at once."),
    )
    wait = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LONGEST_WAIT_S),
        metadata=about("Seconds to wait for a change. The answer may come earlier."),
    )
