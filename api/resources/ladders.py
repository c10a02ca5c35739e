"""Endpoints of the site's escalation ladders, with its working hours and holidays."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.site import Site
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session
from api.resources.site_documents import dump_document, dump_status, set_document
from api.schemas.ladder import LadderSchema, LadderStatusSchema, NewLadderSchema
from api.services.alerts import ladders
from api.services.alerts.ladders import LadderStore

blp = Blueprint("ladders", __name__, url_prefix="/v1", description="Escalation ladders and working hours.")

STORE = LadderStore()


@blp.route("/site/ladder")
class SiteLadder(MethodView):
    """The site's ladders."""

    @requires(Scope.POLICY_READ)
    @blp.response(200, LadderStatusSchema)
    def get(self) -> dict[str, Any]:
        """The ladders in force at the caller's site and the upcoming ones."""
        return _status()

    @requires(Scope.POLICY_WRITE)
    @fails_with(409, 422)
    @blp.arguments(NewLadderSchema)
    @blp.response(200, LadderStatusSchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Put ladders into force at the site, from now or a later moment on.

        Nothing is overwritten: they are in force until later ones take effect, and a retry is safe. An open
        alert escalates by them from its next rung on.
        """
        set_document(STORE, body)
        return _status()


@blp.route("/ladder")
class PresentLadder(MethodView):
    """The ladders in force, at their old address."""

    @requires(Scope.POLICY_READ)
    @blp.response(200, LadderStatusSchema)
    @blp.doc(deprecated=True)
    def get(self) -> dict[str, Any]:
        """Old address of `GET /v1/site/ladder`."""
        return _status()


@blp.route("/ladders")
class Ladders(MethodView):
    """Ladders, at their old address."""

    @requires(Scope.POLICY_WRITE)
    @fails_with(409, 422)
    @blp.arguments(NewLadderSchema)
    @blp.response(201, LadderSchema, description="The ladders were set")
    @blp.alt_response(200, schema=LadderSchema, success=True, description="The same ladders were set before")
    @blp.doc(deprecated=True)
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Old way to set the site's ladders: use `PUT /v1/site/ladder`, which takes the same body."""
        document, is_new = set_document(STORE, body)
        return dump_document(STORE, document), 201 if is_new else 200


def _status() -> dict[str, Any]:
    site_id, present = principal().site_id, now()
    with read_session() as session:
        status = STORE.status(session, site_id, now=present)
        return dump_status(STORE, status) | {
            "timezone": session.get_one(Site, site_id).timezone,
            "unstaffed_rotas": ladders.unstaffed(session, site_id, status.current.content, now=present),
        }
