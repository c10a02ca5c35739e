"""Schemas of answers to several alerts in one request."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.schemas.alert_action import AlertAssignmentSchema, AlertOutcomeSchema, AlertSnoozeSchema, link_token
from api.schemas.fields import OneOf, Strict, Whole, about, nullable, required
from api.schemas.problem import ProblemSchema

MOST_ALERTS = 50


class AlertVersionSchema(Strict):
    """An alert, as it was read."""

    id = fields.UUID(**required("The alert's id."))
    version = Whole(lowest=1, highest=2**31 - 1, **required("The version that was read, as for If-Match."))


class AlertResolutionItemSchema(AlertVersionSchema, AlertOutcomeSchema):
    """An alert, as it was read, and its outcome."""


class AlertSnoozeItemSchema(AlertVersionSchema, AlertSnoozeSchema):
    """An alert, as it was read, and the end of its snooze."""


class AlertAssignmentItemSchema(AlertVersionSchema, AlertAssignmentSchema):
    """An alert, as it was read, and who takes care of it."""


def _items_of(item: type[Strict], **described: Any) -> fields.List[Any]:
    described = described or required("The alerts.")
    return fields.List(fields.Nested(item), validate=validate.Length(1, MOST_ALERTS), **described)


class AlertResolutionsSchema(Strict):
    """Several alerts to resolve."""

    items = _items_of(AlertResolutionItemSchema)


class AlertSnoozesSchema(Strict):
    """Several alerts to snooze."""

    items = _items_of(AlertSnoozeItemSchema)


class AlertAssignmentsSchema(Strict):
    """Several alerts to assign."""

    items = _items_of(AlertAssignmentItemSchema)


class AlertAcknowledgementsSchema(Strict):
    """The token of a link in a message, or several alerts to acknowledge: one of the two."""

    token = link_token()
    items = _items_of(AlertVersionSchema, metadata=about("The alerts."))

    @validates_schema
    def _one_of_two(self, body: dict[str, Any], **_: object) -> None:
        if len(body) != 1:
            raise ValidationError("Send either token or items.", "token")


class AlertBatchItemResultSchema(Schema):
    """Result for one alert."""

    id = fields.UUID(**required("The alert's id."))
    status = OneOf(["done", "refused"], **required("`refused`: the alert was not changed; see `problem`."))
    version = fields.Integer(**nullable("The new version. Null: refused."))
    problem = fields.Nested(ProblemSchema, metadata=about("Reason for `refused`. Absent otherwise."))


class AlertBatchResultSchema(Schema):
    """Results in the order of the alerts sent."""

    results = fields.List(
        fields.Nested(AlertBatchItemResultSchema), **required("One result per alert, in the order sent.")
    )
