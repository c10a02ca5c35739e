"""Endpoints of rotas, read by the care team and planned by coordinators and site admins."""

import re
from datetime import datetime
from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.errors import InvalidRota
from api.resources.blueprint import Blueprint
from api.resources.request_context import (
    Versioned,
    etag_of,
    if_match,
    now,
    principal,
    read_session,
    transaction,
)
from api.schemas.rota import NAME, NewRotaSchema, RotaQuerySchema, RotaSchema, RotasSchema
from api.services.alerts import rotas
from api.services.alerts.rotas import ListedRota, ShiftRequest

blp = Blueprint("rotas", __name__, url_prefix="/v1/rotas", description="Staff on call.")


IF_MATCH_OF_A_ROTA = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the rota that was read; not needed to make a new one.",
}


@blp.route("")
class Rotas(MethodView):
    """All rotas."""

    @requires(Scope.ALERTS_READ)
    @fails_with(422)
    @blp.arguments(RotaQuerySchema, location="query")
    @blp.response(200, RotasSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The rotas of the site, by name, each with the staff on call now and next."""
        at = now()
        with read_session() as session:
            found = rotas.list_rotas(session, principal(), since=query.get("since", at))
        return {"items": [_dump_rota(each, at) for each in found]}


@blp.route("/<name>")
class RotaByName(MethodView):
    """One rota."""

    @requires(Scope.ALERTS_READ)
    @fails_with(404, 422)
    @blp.arguments(RotaQuerySchema, location="query")
    @blp.response(200, RotaSchema)
    def get(self, query: dict[str, Any], name: str) -> Versioned:
        """One rota with its ETag and the shifts that have not ended."""
        at = now()
        with read_session() as session:
            found = rotas.find_rota(session, principal(), name, since=query.get("since", at))
        return _dump_rota(found, at), 200, {"ETag": etag_of(found.rota.version)}

    @requires(Scope.ROTAS_WRITE)
    @fails_with(412, 422, 428)
    @blp.arguments(NewRotaSchema)
    @blp.response(200, RotaSchema)
    @blp.doc(parameters=[IF_MATCH_OF_A_ROTA])
    def put(self, body: dict[str, Any], name: str) -> Versioned:
        """Set the shifts of a rota from now on; makes the rota where there is none.

        Replaces every shift that has not ended; one that is under way and not among them ends now. Past
        shifts stay. Shifts may overlap; in a gap the ladder goes on to its next rung at once. An existing
        rota needs If-Match with the ETag that was read.
        """
        if not re.fullmatch(NAME, name):
            letters = "is no name: use letters, digits, blanks, dots and dashes"
            raise InvalidRota(f"{name[:80]!r} {letters}", {"name": letters})
        at = now()
        wanted = [ShiftRequest(each["staff"], each["begins_at"], each["ends_at"]) for each in body["shifts"]]
        with transaction() as session:
            found = rotas.set_rota(session, principal(), name, wanted, check_version=if_match(), now=at)
        return _dump_rota(found, at), 200, {"ETag": etag_of(found.rota.version)}


def _dump_rota(found: ListedRota, now: datetime) -> dict[str, Any]:
    return {
        "name": found.rota.name,
        "version": found.rota.version,
        "changed_at": found.rota.changed_at,
        "on_call": list(dict.fromkeys(each.staff.id for each in found.shifts if each.is_on(now))),
        "shifts": [
            {
                "staff": each.staff.email,
                "staff_id": each.staff.id,
                "name": each.staff.name,
                "begins_at": each.shift.begins_at,
                "ends_at": each.shift.ends_at,
            }
            for each in found.shifts
        ],
    }
