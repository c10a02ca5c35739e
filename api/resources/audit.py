"""Who did what to whom, for those who watch over it."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.audit import AuditRow
from api.resources.blueprint import Blueprint
from api.resources.edge import clock, principal, reading
from api.schemas.audit import ActPageSchema, AuditQuerySchema
from api.services import audit_trail
from api.services.paging import Page

blp = Blueprint("audit", __name__, url_prefix="/v1/audit", description="Who did what to whom.")


@blp.route("")
class Audit(MethodView):
    """What was done at the caller's site."""

    @requires(Scope.AUDIT_READ)
    @fails_with(404, 422)
    @blp.arguments(AuditQuerySchema, location="query")
    @blp.response(200, ActPageSchema)
    def get(self, query: dict[str, Any]) -> Page[AuditRow]:
        """The audit trail of the site, newest first; reading it is written into it."""
        with reading() as session:
            return audit_trail.list_acts(
                session,
                principal(),
                patient_id=query.get("patient_id"),
                cursor=query.get("cursor"),
                limit=query["limit"],
                now=clock(),
            )
