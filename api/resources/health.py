"""Health of the server."""

from typing import Any

from flask import current_app
from flask.views import MethodView

from api.auth import public
from api.resources.blueprint import Blueprint
from api.resources.request_context import now
from api.schemas.health import LivenessSchema, ReadinessSchema
from api.services.monitoring.readiness import Readiness

blp = Blueprint("health", __name__, url_prefix="/health", description="Health of the server.")


@blp.route("/live")
class Live(MethodView):
    """Liveness of the process."""

    @public
    @blp.response(200, LivenessSchema)
    def get(self) -> dict[str, str]:
        """The process answers; nothing else is checked."""
        return {"status": "live"}


@blp.route("/ready")
class Ready(MethodView):
    """Readiness of the server."""

    @public
    @blp.response(200, ReadinessSchema)
    @blp.alt_response(
        503, schema=ReadinessSchema, description="The server is not ready; `problems` lists the reasons"
    )
    def get(self) -> tuple[Any, int]:
        """The database takes a write, a delivery worker ticks, and no message waits too long."""
        ready: Readiness = current_app.extensions["aimss.readiness"]
        health = ready(now)
        return health, 200 if not health.problems else 503
