"""Endpoints of the site's policy: thresholds, tiers and the alert budget."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.resources.blueprint import Blueprint
from api.resources.request_context import engine, now, principal, read_session
from api.resources.site_documents import dump_document, dump_status, set_document
from api.schemas.policy import NewPolicySchema, PolicySchema, PolicyStatusSchema
from api.services.policies.policies import PolicyStore, engine_at
from api.services.policies.stopping_share import stopping_share_at

blp = Blueprint("policies", __name__, url_prefix="/v1", description="Thresholds, tiers and the alert budget.")


@blp.route("/site/policy")
class SitePolicy(MethodView):
    """The site's policy."""

    @requires(Scope.POLICY_READ)
    @blp.response(200, PolicyStatusSchema)
    def get(self) -> dict[str, Any]:
        """The policy in force at the caller's site and the upcoming ones, each with its sources."""
        return _status()

    @requires(Scope.POLICY_WRITE)
    @fails_with(409, 422)
    @blp.arguments(NewPolicySchema)
    @blp.response(200, PolicyStatusSchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Put a policy into force at the site, from now or a later moment on.

        Nothing is overwritten: a policy is in force until a later one takes effect, and a retry is safe.
        From then on every entry is scored by it, with the history before it; the workers score the other
        active patients again.
        """
        set_document(PolicyStore(engine()), body)
        return _status()


@blp.route("/policy")
class PresentPolicy(MethodView):
    """The policy in force, at its old address."""

    @requires(Scope.POLICY_READ)
    @blp.response(200, PolicyStatusSchema)
    @blp.doc(deprecated=True)
    def get(self) -> dict[str, Any]:
        """Old address of `GET /v1/site/policy`."""
        return _status()


@blp.route("/policies")
class Policies(MethodView):
    """Policies, at their old address."""

    @requires(Scope.POLICY_WRITE)
    @fails_with(409, 422)
    @blp.arguments(NewPolicySchema)
    @blp.response(201, PolicySchema, description="The policy was set")
    @blp.alt_response(200, schema=PolicySchema, success=True, description="The same policy was set before")
    @blp.doc(deprecated=True)
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Old way to set the site's policy: use `PUT /v1/site/policy`, which takes the same body."""
        store = PolicyStore(engine())
        document, is_new = set_document(store, body)
        return dump_document(store, document), 201 if is_new else 200


def _status() -> dict[str, Any]:
    store = PolicyStore(engine())
    with read_session() as session:
        site_id = principal().site_id
        shown = dump_status(store, store.status(session, site_id, now=now()))
        in_force = engine_at(session, site_id, default=engine(), now=now())
        return shown | {"stopping_share": stopping_share_at(session, site_id, in_force, now=now())}
