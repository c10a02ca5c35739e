"""Resolution of alerts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.alerts.status import AlertResolution
from api.domain.authority import Scope
from api.resources.alerts import answer_with
from api.resources.blueprint import Blueprint
from api.resources.expected_levels import read_level
from api.resources.request_context import Versioned, engine, if_match, now, principal, scored, transaction
from api.schemas.alert import AlertSchema
from api.schemas.alert_action import AlertResolutionSchema
from api.services.alerts import actions
from api.services.patients.expected_levels import ActingStaff, resolve_as_known

blp = Blueprint("resolutions", __name__, url_prefix="/v1/alerts", description="Resolution of alerts.")


@blp.route("/<uuid:alert_id>/resolution")
class Resolution(MethodView):
    """Resolution of an alert."""

    @requires(Scope.ALERTS_WRITE)
    @fails_with(400, 404, 409, 412, 413, 415, 422, 428)
    @blp.arguments(AlertResolutionSchema)
    @blp.response(200, AlertSchema)
    @blp.doc(parameters=["IF_MATCH"])
    def post(self, body: dict[str, Any], alert_id: UUID) -> Versioned:
        """Close with an outcome and a note.

        Needs If-Match with the ETag (the `version`) that was read, so that nothing the patient has
        sent meanwhile is closed unread. `already_known` may set the level of one symptom that is known:
        see `POST /v1/patients/{patient_id}/expected-levels`.
        """
        if "expected_level" in body:
            return scored(lambda session, at: _resolve_as_known(session, alert_id, body, at))
        with transaction() as session:
            alert = actions.resolve(
                session,
                principal(),
                alert_id,
                outcome=AlertResolution(body["outcome"]),
                note=body.get("note"),
                check=if_match(),
                now=now(),
            )
            return answer_with(session, alert)


def _resolve_as_known(session: Session, alert_id: UUID, body: dict[str, Any], at: datetime) -> Versioned:
    acting = ActingStaff(principal(), at, engine())
    wanted, note = read_level(body["expected_level"]), body.get("note")
    alert = resolve_as_known(session, acting, alert_id, wanted, note=note, check=if_match())
    return answer_with(session, alert)
