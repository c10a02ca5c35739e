"""The operator's figures, for Prometheus."""

from flask import Response, current_app
from flask.views import MethodView

from api.auth import requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, read_session
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
        with read_session() as session:
            text = exposition.write(measure(session, now=now()))
        return Response(text, content_type=exposition.MEDIA_TYPE)
