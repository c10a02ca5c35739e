"""The caller's site and its teams."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.site import Team
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
from api.schemas.site import (
    NewTeamSchema,
    SiteChangesSchema,
    SiteSchema,
    TeamChangesSchema,
    TeamSchema,
    TeamsSchema,
)
from api.services.organisation import sites

blp = Blueprint("sites", __name__, url_prefix="/v1", description="The site and its teams.")


@blp.route("/site")
class SiteOfCaller(MethodView):
    """The caller's site."""

    @requires(Scope.STAFF_READ)
    @blp.response(200, SiteSchema)
    def get(self) -> Versioned:
        """The caller's site, with the ETag."""
        with read_session() as session:
            site = sites.read_site(session, principal().site_id)
        return site, 200, {"ETag": etag_of(site.version)}

    @requires(Scope.SITE_WRITE)
    @fails_with(409, 412, 428)
    @blp.arguments(SiteChangesSchema)
    @blp.response(200, SiteSchema)
    @blp.doc(parameters=["IF_MATCH"])
    def patch(self, changes: dict[str, Any]) -> Versioned:
        """Change name, time zone, telephone numbers of the site, or what it says and shows to its patients.

        A sentence is replaced in all its languages at once. Working hours, rotas and plans of the site
        follow a new time zone from now on. Needs If-Match with the ETag that was read.
        """
        with transaction() as session:
            site = sites.change_site(session, principal(), changes, check_version=if_match(), now=now())
        return site, 200, {"ETag": etag_of(site.version)}


@blp.route("/teams")
class Teams(MethodView):
    """The site's teams."""

    @requires(Scope.STAFF_READ)
    @blp.response(200, TeamsSchema)
    def get(self) -> dict[str, Any]:
        """The teams of the site, by name."""
        with read_session() as session:
            found = sites.list_teams(session, principal().site_id)
        return {"items": [dump_team(team, number) for team, number in found]}

    @requires(Scope.STAFF_WRITE)
    @fails_with(409)
    @blp.arguments(NewTeamSchema)
    @blp.response(201, TeamSchema)
    def post(self, body: dict[str, Any]) -> Versioned:
        """Create a team; add members by `PATCH /v1/staff/{staff_id}`, and patients by theirs."""
        with transaction() as session:
            team = sites.create_team(session, principal(), name=body["name"], now=now())
        headers = {"ETag": etag_of(team.version), "Location": f"/v1/teams/{team.id}"}
        return dump_team(team, 0), 201, headers


@blp.route("/teams/<uuid:team_id>")
class TeamById(MethodView):
    """One team."""

    @requires(Scope.STAFF_READ)
    @fails_with(404)
    @blp.response(200, TeamSchema)
    def get(self, team_id: UUID) -> Versioned:
        """One team, with the ETag."""
        with read_session() as session:
            team, number = sites.read_team(session, principal().site_id, team_id)
        return dump_team(team, number), 200, {"ETag": etag_of(team.version)}

    @requires(Scope.STAFF_WRITE)
    @fails_with(404, 409, 412, 428)
    @blp.arguments(TeamChangesSchema)
    @blp.response(200, TeamSchema)
    @blp.doc(parameters=["IF_MATCH"])
    def patch(self, changes: dict[str, Any], team_id: UUID) -> Versioned:
        """Rename a team. Needs If-Match with the ETag that was read."""
        with transaction() as session:
            sites.rename_team(session, principal(), team_id, changes, check_version=if_match(), now=now())
            team, number = sites.read_team(session, principal().site_id, team_id)
        return dump_team(team, number), 200, {"ETag": etag_of(team.version)}


def dump_team(team: Team, number: int) -> dict[str, Any]:
    """Return a team with how many active members it has."""
    return {"id": team.id, "name": team.name, "members": number, "version": team.version}
