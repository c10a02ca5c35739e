"""Events for patients: what the care team did after something was sent."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session
from api.schemas.patient_event import PatientEventsQuerySchema, PatientEventsSchema
from api.services.patients.events import PatientEvent, events_since
from api.services.versioned import ChangeFeed

blp = Blueprint("patient_events", __name__, url_prefix="/v1/me", description="What the care team did.")


@blp.route("/events")
class PatientEvents(MethodView):
    """The events for the caller."""

    @requires(Scope.DIARY_READ)
    @fails_with(422)
    @blp.arguments(PatientEventsQuerySchema, location="query")
    @blp.response(200, PatientEventsSchema)
    def get(self, query: dict[str, Any]) -> ChangeFeed[PatientEvent]:
        """Events since a cursor: what the care team was told of, and what it did.

        Time and role, without clinical content; names only where the site shows them, and without the
        kinds that the site hides. Keep `next` and send it as `since` the next time. An event appears ten
        seconds after it happened.
        """
        with read_session() as session:
            return events_since(session, principal(), **query, now=now())
