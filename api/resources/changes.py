"""Changes that open pages learn of without reading everything again."""

from typing import Any

from flask import Response, jsonify, request
from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session
from api.schemas.change import AlertChangesQuerySchema, AlertChangesSchema
from api.services import audit, changes
from config.held_requests import HOLD

blp = Blueprint("changes", __name__, url_prefix="/v1/changes", description="Changes for open pages.")


@blp.route("")
class Changes(MethodView):
    """Changes of alerts."""

    @requires(Scope.ALERTS_READ)
    @fails_with(422)
    @blp.arguments(AlertChangesQuerySchema, location="query")
    @blp.alt_response(200, schema=AlertChangesSchema, success=True, description="Changes, or a first cursor")
    @blp.alt_response(204, success=True, description="No change; keep the cursor")
    def get(self, query: dict[str, Any]) -> Response:
        """Changes of the alerts that the caller may see, by ids only, since a cursor.

        Ask without `since` first. Then ask with `since` and `wait`: the answer comes as soon as something
        changes, or is 204 when the time is over. Waiting occupies no thread of the server. Read what is
        named anew, with `If-None-Match`. Changes are kept for a day; with a cursor older than 12 hours
        `missed` is true.
        """
        by, since = principal(), query.get("since")
        with read_session() as session:
            at = now()
            found = changes.read_changes(session, by, since=since, now=at)
            if found.items:
                named = [change.patient_id for change in found.items]
                audit.record_listing(session, "changes.listed", named, by=by, now=at)
        if found.items or found.missed or since is None:
            return jsonify(AlertChangesSchema().dump(found))
        hold = request.environ.get(HOLD)
        if hold is not None and query["wait"]:
            hold.wait(changes.topic_of(by), seconds=query["wait"])
        return Response(status=204)
