"""The audit trail of a site."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.audit import AuditRow
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session
from api.schemas.audit import AuditPageSchema, AuditQuerySchema
from api.services import audit_listing
from api.services.audit_listing import ActFilter
from api.services.organisation import directory

blp = Blueprint("audit", __name__, url_prefix="/v1/audit", description="The audit trail.")


@blp.route("")
class Audit(MethodView):
    """The audit trail of the caller's site."""

    @requires(Scope.AUDIT_READ)
    @fails_with(404, 422)
    @blp.arguments(AuditQuerySchema, location="query")
    @blp.response(200, AuditPageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The audit trail of the site, newest first, all of it or what fits the filters.

        Reading it is audited too.
        """
        with read_session() as session:
            page = audit_listing.list_acts(
                session,
                principal(),
                ActFilter(**{name: query[name] for name in query if name not in {"cursor", "limit"}}),
                cursor=query.get("cursor"),
                limit=query["limit"],
                now=now(),
            )
            names = directory.names_of(session, [row.actor_id for row in page.items])
        return {"items": [dump_act(row, names) for row in page.items], "next": page.next}


def dump_act(row: AuditRow, names: Mapping[UUID, str]) -> dict[str, Any]:
    """Return an event with the name of the actor."""
    columns = AuditRow.__mapper__.column_attrs.keys()
    return {name: getattr(row, name) for name in columns} | {"actor": directory.named(row.actor_id, names)}
