"""A patient's requests for a call."""

from typing import Any
from uuid import UUID, uuid4

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.alerts.callback import CallbackRequest, CallbackTopic
from api.domain.alerts.status import AlertStatus
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.schemas.callback import CallbackListSchema, CallbackSchema, CallbackStatus, NewCallbackSchema
from api.services.patients import callbacks
from api.services.patients.callbacks import Callback

blp = Blueprint("callbacks", __name__, url_prefix="/v1/me", description="A patient's requests for a call.")


@blp.route("/callback-requests")
class Callbacks(MethodView):
    """The caller's requests for a call."""

    @requires(Scope.DIARY_READ)
    @fails_with(422)
    @blp.response(200, CallbackListSchema)
    def get(self) -> dict[str, Any]:
        """The caller's requests for a call, and by when one sent now is read."""
        with read_session() as session:
            found = callbacks.callbacks_of(session, principal().id, now=now())
            read_by = callbacks.read_within(session, principal().site_id, since=now(), now=now())
            return {"items": [_dump(each) for each in found], "read_by": read_by}

    @requires(Scope.REPORT)
    @fails_with(400, 409, 413, 415, 422)
    @blp.arguments(NewCallbackSchema)
    @blp.response(201, CallbackSchema)
    @blp.alt_response(200, schema=CallbackSchema, success=True, description="It was received before")
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Ask the care team for a call.

        Opens an alert of the kind `callback`, which escalates until a member of staff has answered. It is
        never a wish to stop, and has no effect on the score. One request is open at a time: the same
        again is answered with 200, another one with 409.
        """
        asked = CallbackRequest(CallbackTopic(body["about"]), body.get("reach_me"), body.get("note"))
        with transaction() as session:
            found, is_new = callbacks.request_callback(
                session, principal(), asked, callback_id=body.get("id") or uuid4(), now=now()
            )
            return _dump(found), 201 if is_new else 200


@blp.route("/callback-requests/<uuid:callback_id>")
class CallbackById(MethodView):
    """One request for a call."""

    @requires(Scope.REPORT)
    @fails_with(404, 409)
    @blp.response(204)
    def delete(self, callback_id: UUID) -> None:
        """Withdraw a request for a call.

        Its alert stays open, marked as withdrawn by the patient, until a member of staff closes it. Safe
        to repeat.
        """
        with transaction() as session:
            callbacks.withdraw_callback(session, principal(), callback_id, now=now())


def _dump(callback: Callback) -> dict[str, Any]:
    evidence, alert = callback.evidence, callback.alert
    asked = CallbackRequest.of(evidence.numbers)
    return {
        "id": evidence.key,
        "about": asked.about,
        "reach_me": asked.reach_me,
        "note": asked.note,
        "status": _status(callback),
        "requested_at": evidence.added_at,
        "read_by": callback.read_by,
        "seen_at": alert.acknowledged_at,
        "answered_at": alert.closed_at,
        "withdrawn_at": evidence.withdrawn_at,
    }


def _status(callback: Callback) -> CallbackStatus:
    if callback.evidence.withdrawn_at is not None:
        return CallbackStatus.WITHDRAWN
    if callback.alert.closed_at is not None:
        return CallbackStatus.ANSWERED
    is_open = callback.alert.status == AlertStatus.OPEN
    return CallbackStatus.WAITING if is_open else CallbackStatus.SEEN
