"""The access log of a patient: who used the own data."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import principal, read_session
from api.schemas.access_log import DataUsePageSchema, DataUsesQuerySchema
from api.services.paging import Page
from api.services.privacy import access_log

blp = Blueprint("access log", __name__, url_prefix="/v1/me/audit", description="Who used the patient's data.")


@blp.route("")
class AccessLog(MethodView):
    """Uses of the patient's data."""

    @requires(Scope.PRIVACY)
    @fails_with(422)
    @blp.arguments(DataUsesQuerySchema, location="query")
    @blp.response(200, DataUsePageSchema)
    def get(self, query: dict[str, Any]) -> Page[access_log.DataUse]:
        """Uses of the patient's data, newest first: who looked at or changed them.

        Each item is a use of this patient's data by the care team, a program of the site or this server.
        Lists of several patients that only name the patient, such as the worklist, are in the site's
        audit, not here.
        """
        with read_session() as session:
            return access_log.list_uses(
                session, principal(), own=query["own"], cursor=query.get("cursor"), limit=query["limit"]
            )
