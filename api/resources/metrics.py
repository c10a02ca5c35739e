"""The operator's figures, for Prometheus."""

from flask import Response, current_app
from flask.views import MethodView

from api.auth import requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import clock, reading
from api.services.monitoring import exposition
from api.services.monitoring.metrics import measure

blp = Blueprint("metrics", __name__, description="The operator's figures.")


@blp.route("/metrics")
class Metrics(MethodView):
    """Queues, sends, waiting times and workers."""

    @requires(Scope.METRICS_READ)
    @blp.response(200, {"type": "string"}, content_type="text/plain")
    def get(self) -> Response:
        """Figures in Prometheus' text format, over all sites together: no ids, and nothing of a patient."""
        current_app.extensions["aimss.denials"].flush()
        with reading() as session:
            text = exposition.write(measure(session, now=clock()))
        return Response(text, content_type=exposition.MEDIA_TYPE)
