"""Reports about a site, without patient data."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session
from api.schemas.response_times import ResponseTimesQuerySchema, ResponseTimesSchema
from api.services.alerts import response_times

blp = Blueprint("reports", __name__, url_prefix="/v1/reports", description="Reports about the site.")


@blp.route("/response-times")
class ResponseTimes(MethodView):
    """Response times of a site."""

    @requires(Scope.REPORTS_READ)
    @fails_with(422)
    @blp.arguments(ResponseTimesQuerySchema, location="query")
    @blp.response(200, ResponseTimesSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Times from opening of an alert to notification, answer and resolution, by tier.

        Median and 90th percentile by nearest rank, over the alerts opened in the time; an alert that was
        opened again counts from its first opening to its first answer.
        """
        with read_session() as session:
            since, until, tiers = response_times.report(session, principal().site_id, now=now(), **query)
        return {"opened_from": since, "opened_before": until, "tiers": tiers}
