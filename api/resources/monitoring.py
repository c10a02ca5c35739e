"""Health of the server, and its metrics for Prometheus."""

from typing import Any

from flask import Response, current_app
from flask.views import MethodView

from api.auth import public, requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, read_session
from api.schemas.health import LivenessSchema, ReadinessSchema
from api.services.monitoring.metrics import MEDIA_TYPE, exposition
from api.services.monitoring.readiness import Readiness

health_blp = Blueprint("health", __name__, url_prefix="/health", description="Health of the server.")
metrics_blp = Blueprint("metrics", __name__, description="Metrics of the server.")


@health_blp.route("/live")
class Live(MethodView):
    """Liveness of the process."""

    @public
    @health_blp.response(200, LivenessSchema)
    def get(self) -> dict[str, str]:
        """The process answers; nothing else is checked."""
        return {"status": "live"}


@health_blp.route("/ready")
class Ready(MethodView):
    """Readiness of the server."""

    @public
    @health_blp.response(200, ReadinessSchema)
    @health_blp.alt_response(
        503, schema=ReadinessSchema, description="The server is not ready; `problems` lists the reasons"
    )
    def get(self) -> tuple[Any, int]:
        """The database takes a write, a delivery worker ticks, and no message waits too long."""
        ready: Readiness = current_app.extensions["aimss.readiness"]
        health = ready(now)
        return health, 200 if not health.problems else 503


@metrics_blp.route("/metrics")
class Metrics(MethodView):
    """Metrics of queues, sends, waiting times and workers."""

    @requires(Scope.METRICS_READ)
    @metrics_blp.response(200, {"type": "string"}, content_type="text/plain")
    def get(self) -> Response:
        """Metrics in Prometheus' text format, over all sites together: no ids, and no data of a patient."""
        current_app.extensions["aimss.denials"].flush()
        with read_session() as session:
            text = exposition(session, now=now())
        return Response(text, content_type=MEDIA_TYPE)
