"""Metrics of the server, for Prometheus."""

from flask import Response, current_app
from flask.views import MethodView

from api.auth import requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, read_session
from api.services.monitoring.metrics import MEDIA_TYPE, exposition

blp = Blueprint("metrics", __name__, description="Metrics of the server.")


@blp.route("/metrics")
class Metrics(MethodView):
    """Metrics of queues, sends, waiting times and workers."""

    @requires(Scope.METRICS_READ)
    @blp.response(200, {"type": "string"}, content_type="text/plain")
    def get(self) -> Response:
        """Metrics in Prometheus' text format, over all sites together: no ids, and no data of a patient."""
        current_app.extensions["aimss.denials"].flush()
        with read_session() as session:
            text = exposition(session, now=now())
        return Response(text, content_type=MEDIA_TYPE)
