"""Requests of patients to have their data erased, and decisions on them."""

from typing import Any
from uuid import UUID

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.erasure import ErasureState
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.schemas.erasure import (
    ErasureRequestPageSchema,
    ErasureRequestSchema,
    ErasureRequestsQuerySchema,
    ErasureRequestsSchema,
    NewErasureDecisionSchema,
    PatientErasureRequestSchema,
    dump_request,
)
from api.services.privacy import erasure
from api.services.privacy.erasure import Requested

own_blp = Blueprint(
    "erasure requests of a patient",
    __name__,
    url_prefix="/v1/me/erasure-requests",
    description="Requests of a patient to have the own data erased.",
)
blp = Blueprint(
    "erasure requests",
    __name__,
    url_prefix="/v1/erasure-requests",
    description="Decisions on requests to have data erased.",
)


@own_blp.route("")
class OwnErasureRequests(MethodView):
    """Requests of the patient."""

    @requires(Scope.PRIVACY)
    @own_blp.response(200, ErasureRequestsSchema)
    def get(self) -> dict[str, Any]:
        """The patient's requests, with the state and what it means."""
        with read_session() as session:
            return {"items": [dump_request(each) for each in erasure.requests_of(session, principal())]}

    @requires(Scope.PRIVACY)
    @own_blp.response(201, ErasureRequestSchema)
    @own_blp.alt_response(200, schema=ErasureRequestSchema, description="A request is open already: this one")
    def post(self) -> tuple[dict[str, Any], int]:
        """Ask the clinic to erase the patient's data.

        The site admins are notified, and again each week until one of them decides. One request is open
        at a time; the request can be repeated. Nothing is erased by asking.
        """
        with transaction() as session:
            request, is_new = erasure.request_erasure(session, principal(), now=now())
        return dump_request(request), 201 if is_new else 200


@own_blp.route("/<uuid:erasure_id>/withdrawal")
class ErasureWithdrawal(MethodView):
    """Withdrawal of a request."""

    @requires(Scope.PRIVACY)
    @fails_with(404, 409)
    @own_blp.response(200, ErasureRequestSchema)
    def post(self, erasure_id: UUID) -> dict[str, Any]:
        """Take a request back before it is decided. Safe to repeat."""
        with transaction() as session:
            return dump_request(erasure.withdraw(session, principal(), erasure_id, now=now()))


@blp.route("")
class ErasureRequests(MethodView):
    """Requests of the patients of a site."""

    @requires(Scope.ERASURE)
    @fails_with(422)
    @blp.arguments(ErasureRequestsQuerySchema, location="query")
    @blp.response(200, ErasureRequestPageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The requests of the site's patients, oldest first; by default those that are open."""
        with read_session() as session:
            page = erasure.list_requests(
                session,
                principal(),
                state=ErasureState(query["state"]),
                cursor=query.get("cursor"),
                limit=query["limit"],
                now=now(),
            )
        return {"items": [_dump(each) for each in page.items], "next": page.next}


@blp.route("/<uuid:erasure_id>/decision")
class ErasureDecision(MethodView):
    """Decision on a request."""

    @requires(Scope.ERASURE)
    @fails_with(404, 409, 422)
    @blp.arguments(NewErasureDecisionSchema)
    @blp.response(200, PatientErasureRequestSchema)
    def post(self, body: dict[str, Any], erasure_id: UUID) -> dict[str, Any]:
        """Accept or refuse a request. The patient sees the decision and the reason.

        A decision is final and erases nothing by itself.
        """
        with transaction() as session:
            decided = erasure.decide(
                session,
                principal(),
                erasure_id,
                accept=body["decision"] == "accept",
                reason=body.get("reason"),
                now=now(),
            )
        return _dump(decided)


def _dump(each: Requested) -> dict[str, Any]:
    return dump_request(each.request) | {"patient": each.patient}
