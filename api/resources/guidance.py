"""Guidance for the care team, and the decisions of the site about it."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.guidance.deciding import Decision, SiteGuidanceItem
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.schemas.guidance import GuidanceItemSchema, GuidanceSchema, NewGuidanceDecisionSchema
from api.services.care import guidance

blp = Blueprint("guidance", __name__, url_prefix="/v1/guidance", description="Guidance and its evidence.")


@blp.route("")
class Guidance(MethodView):
    """The catalogue."""

    @requires(Scope.ALERTS_READ)
    @blp.response(200, GuidanceSchema)
    def get(self) -> dict[str, Any]:
        """Every item with verdict, evidence and citations, and its status at the caller's site.

        For staff only, not for patients. Withheld items are included, with the reason.
        """
        with read_session() as session:
            found = guidance.catalogue_at(session, principal().site_id)
        return {"items": [dump_item(each) for each in found]}


@blp.route("/<string:item_id>/decisions")
class Decisions(MethodView):
    """Decisions of the site about an item."""

    @requires(Scope.POLICY_WRITE)
    @fails_with(404, 409, 422)
    @blp.arguments(NewGuidanceDecisionSchema)
    @blp.response(201, GuidanceItemSchema, description="The decision was recorded")
    @blp.alt_response(
        200, schema=GuidanceItemSchema, success=True, description="The same decision was recorded before"
    )
    def post(self, body: dict[str, Any], item_id: str) -> tuple[dict[str, Any], int]:
        """Approve an item, so that it is shown with alerts, or withdraw its approval.

        Nothing is overwritten. An item that belongs to another disease cannot be approved (409, with the
        reason); one with the wrong interval needs a note with the reason to keep it (422).
        """
        decision, note = Decision(body["decision"]), body.get("note")
        with transaction() as session:
            found, is_new = guidance.decide(session, principal(), item_id, decision, note=note, now=now())
        return dump_item(found), 201 if is_new else 200


def dump_item(found: SiteGuidanceItem) -> dict[str, Any]:
    """Return an item and its status at the site, for the wire."""
    item = found.item
    names = ("id", "section", "severities", "text", "verdict", "evidence", "correction", "citations")
    return {name: getattr(item, name) for name in names} | {
        "treatment": item.treatment,
        "status": found.status,
        "latest_decision": found.latest_decision,
        "outdated": found.is_outdated,
    }
