"""The site's ladders: who is told when, its working hours and holidays, for its admins."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.escalation.ladder import version_of
from api.domain.escalation.render import changes, document_of
from api.models.site import Site
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.schemas.ladder import LadderSchema, NewLadderSchema, StandingLadderSchema
from api.services.alerts import site_ladders
from api.services.alerts.site_ladders import LadderSetting

blp = Blueprint("ladders", __name__, url_prefix="/v1", description="Who is told when, and working hours.")


@blp.route("/site/ladder")
class SiteLadder(MethodView):
    """The site's ladders."""

    @requires(Scope.POLICY_READ)
    @blp.response(200, StandingLadderSchema)
    def get(self) -> dict[str, Any]:
        """The ladders in force at the caller's site, and those that are coming."""
        return _standing()

    @requires(Scope.POLICY_WRITE)
    @fails_with(409, 422)
    @blp.arguments(NewLadderSchema)
    @blp.response(200, StandingLadderSchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Let ladders hold at the site, from now or a later moment on.

        Nothing is overwritten: they hold until later ones begin, and a retry is safe. An alert that is open
        climbs by them from its next rung on.
        """
        _set(body)
        return _standing()


@blp.route("/ladder")
class PresentLadder(MethodView):
    """What is in force."""

    @requires(Scope.POLICY_READ)
    @blp.response(200, StandingLadderSchema)
    @blp.doc(deprecated=True)
    def get(self) -> dict[str, Any]:
        """Old address of `GET /v1/site/ladder`."""
        return _standing()


@blp.route("/ladders")
class Ladders(MethodView):
    """What was decided."""

    @requires(Scope.POLICY_WRITE)
    @fails_with(409, 422)
    @blp.arguments(NewLadderSchema)
    @blp.response(201, LadderSchema, description="They hold from then on")
    @blp.alt_response(
        200, schema=LadderSchema, success=True, description="Those of that moment say the same already"
    )
    @blp.doc(deprecated=True)
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Old way to set the site's ladders: use `PUT /v1/site/ladder`, which takes the same body."""
        setting, is_new = _set(body)
        return _on_wire(setting), 201 if is_new else 200


def _standing() -> dict[str, Any]:
    with read_session() as session:
        found = site_ladders.standing_of(session, principal().site_id, now=now())
        zone = session.get_one(Site, principal().site_id).timezone
    return {
        "present": _on_wire(found.present),
        "coming": [_on_wire(each) for each in found.coming],
        "timezone": zone,
        "unstaffed": found.unstaffed,
    }


def _set(body: dict[str, Any]) -> tuple[LadderSetting, bool]:
    """Set the ladders of a body; return them, and whether they are new."""
    wanted = site_ladders.ladders_in(body["document"])
    with transaction() as session:
        return site_ladders.set_ladders(
            session,
            principal().site_id,
            wanted,
            now=now(),
            since=body.get("effective_from"),
            note=body.get("note"),
            by=principal(),
        )


def _on_wire(setting: LadderSetting) -> dict[str, Any]:
    row, ladders = setting.row, setting.ladders
    document = document_of(ladders) if ladders else None
    return {
        "id": row.id if row else None,
        "name": ladders.name if ladders else None,
        "effective_from": row.effective_from if row else None,
        "version": version_of(document) if document else None,
        "set_by": row.set_by if row else None,
        "note": row.note if row else None,
        "created_at": row.created_at if row else None,
        "changes": changes(ladders) if ladders else [],
        "document": document,
        "problem": setting.problem,
    }
