"""The site's policy: thresholds, tiers and the alert budget, for its admins."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.domain.policies.render import changes, document_of
from api.resources.blueprint import Blueprint
from api.resources.request_context import engine, now, principal, read_session, transaction
from api.schemas.policy import NewPolicySchema, PolicySchema, StandingPolicySchema
from api.services.policies import site_policies
from api.services.policies.site_policies import PolicySetting

blp = Blueprint("policies", __name__, url_prefix="/v1", description="Thresholds, tiers and the alert budget.")


@blp.route("/site/policy")
class SitePolicy(MethodView):
    """The site's policy."""

    @requires(Scope.POLICY_READ)
    @blp.response(200, StandingPolicySchema)
    def get(self) -> dict[str, Any]:
        """The policy in force at the caller's site, and those that are coming, each with its sources."""
        return _standing()

    @requires(Scope.POLICY_WRITE)
    @fails_with(409, 422)
    @blp.arguments(NewPolicySchema)
    @blp.response(200, StandingPolicySchema)
    def put(self, body: dict[str, Any]) -> dict[str, Any]:
        """Let a policy hold at the site, from now or a later moment on.

        Nothing is overwritten: a policy holds until a later one begins, and a retry is safe. From then on
        every entry is scored by it, with the history before; the workers score the other active patients
        again.
        """
        _set(body)
        return _standing()


@blp.route("/policy")
class PresentPolicy(MethodView):
    """What is in force."""

    @requires(Scope.POLICY_READ)
    @blp.response(200, StandingPolicySchema)
    @blp.doc(deprecated=True)
    def get(self) -> dict[str, Any]:
        """Old address of `GET /v1/site/policy`."""
        return _standing()


@blp.route("/policies")
class Policies(MethodView):
    """What was decided."""

    @requires(Scope.POLICY_WRITE)
    @fails_with(409, 422)
    @blp.arguments(NewPolicySchema)
    @blp.response(201, PolicySchema, description="It holds from then on")
    @blp.alt_response(
        200, schema=PolicySchema, success=True, description="The policy of that moment says the same already"
    )
    @blp.doc(deprecated=True)
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Old way to set the site's policy: use `PUT /v1/site/policy`, which takes the same body."""
        setting, is_new = _set(body)
        return _on_wire(setting), 201 if is_new else 200


def _standing() -> dict[str, Any]:
    with read_session() as session:
        found = site_policies.standing_of(session, principal().site_id, engine=engine(), now=now())
    return {"present": _on_wire(found.present), "coming": [_on_wire(each) for each in found.coming]}


def _set(body: dict[str, Any]) -> tuple[PolicySetting, bool]:
    """Set the policy of a body; return it, and whether it is new."""
    with transaction() as session:
        return site_policies.set_policy(
            session,
            principal().site_id,
            site_policies.policy_in(body["document"]),
            engine=engine(),
            now=now(),
            since=body.get("effective_from"),
            note=body.get("note"),
            by=principal(),
        )


def _on_wire(setting: PolicySetting) -> dict[str, Any]:
    row, policy = setting.row, setting.policy
    return {
        "id": row.id if row else None,
        "name": policy.name if policy else None,
        "effective_from": row.effective_from if row else None,
        "version": setting.version,
        "set_by": row.set_by if row else None,
        "note": row.note if row else None,
        "created_at": row.created_at if row else None,
        "changes": changes(policy) if policy else [],
        "document": document_of(policy) if policy else None,
        "problem": setting.problem,
    }
