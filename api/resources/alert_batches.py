"""Answers to several alerts in one request, such as all of one patient."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.alerts.status import AlertResolution
from api.domain.authority import Scope
from api.errors import describe
from api.models.alert import Alert
from api.resources.blueprint import Blueprint
from api.resources.request_context import check_if_match, etag_of, now, principal, transaction
from api.schemas.alert_batch import (
    AlertAssignmentsSchema,
    AlertBatchResultSchema,
    AlertResolutionsSchema,
    AlertSnoozesSchema,
)
from api.services.alerts import actions
from api.services.alerts.batches import AnswerResult, answer_each

blp = Blueprint(
    "alert_batches", __name__, url_prefix="/v1/alerts", description="Answers to several alerts at once."
)

Item = Mapping[str, Any]


@blp.route("/resolutions")
class Resolutions(MethodView):
    """Resolution of several alerts."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(422)
    @blp.arguments(AlertResolutionsSchema)
    @blp.response(200, AlertBatchResultSchema)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Close up to 50 alerts, such as all of one patient, each with an outcome and a note.

        Each names the `version` that was read, as in If-Match. Each has its own result: one that has
        changed meanwhile, or is closed already, is refused, and the others are closed all the same.
        """

        def resolve(session: Session, item: Item, at: datetime) -> Alert:
            outcome, note = AlertResolution(item["outcome"]), item.get("note")
            return actions.resolve(
                session, principal(), item["id"], outcome=outcome, note=note, check=check_of(item), now=at
            )

        return answer_all(body["items"], resolve)


@blp.route("/snoozes")
class Snoozes(MethodView):
    """Snooze of several alerts."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(422)
    @blp.arguments(AlertSnoozesSchema)
    @blp.response(200, AlertBatchResultSchema)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Snooze up to 50 alerts. Each has its own result, as for resolutions."""

        def snooze(session: Session, item: Item, at: datetime) -> Alert:
            until, note = item["until"], item.get("note")
            return actions.snooze(
                session, principal(), item["id"], until=until, note=note, check=check_of(item), now=at
            )

        return answer_all(body["items"], snooze)


@blp.route("/assignments")
class Assignments(MethodView):
    """Assignment of several alerts."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(422)
    @blp.arguments(AlertAssignmentsSchema)
    @blp.response(200, AlertBatchResultSchema)
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Assign up to 50 alerts. Each has its own result, as for resolutions."""

        def assign(session: Session, item: Item, at: datetime) -> Alert:
            return actions.assign(
                session, principal(), item["id"], to=item["to"], check=check_of(item), now=at
            )

        return answer_all(body["items"], assign)


def check_of(item: Item) -> Callable[[int], None]:
    """Return a check of the version that an item of a batch names."""
    return partial(check_if_match, etag_of(item["version"]))


def answer_all(items: Sequence[Item], answer: Callable[[Session, Item, datetime], Alert]) -> dict[str, Any]:
    """Answer several alerts in one transaction, and return the results as the wire shows them."""
    at = now()
    with transaction() as session:
        results = answer_each(session, items, lambda item: answer(session, item, at))
    return {"results": [_dump(result) for result in results]}


def _dump(result: AnswerResult) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": result.id, "version": result.version}
    if result.problem is None:
        return shown | {"status": "done"}
    return shown | {"status": "refused", "problem": describe(result.problem)}
