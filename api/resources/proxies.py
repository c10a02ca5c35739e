"""People a patient lets in to the diary."""

from typing import Any
from uuid import UUID, uuid4

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.resources.activations import dump_code
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, settings, transaction
from api.schemas.proxy import WRITE, InvitedProxySchema, NewProxySchema, ProxiesSchema
from api.services.access import throttle
from api.services.access.throttle import INVITED_BY_PATIENT
from api.services.accounts import activations, proxies
from api.services.accounts.proxies import Invitee

blp = Blueprint("proxies", __name__, url_prefix="/v1/me/proxies", description="People a patient lets in.")


@blp.route("")
class Proxies(MethodView):
    """People the patient has let in."""

    @requires(Scope.PRIVACY)
    @blp.response(200, ProxiesSchema)
    def get(self) -> dict[str, Any]:
        """The people the patient has let in, newest first."""
        with read_session() as session:
            return {"items": proxies.list_proxies(session, principal(), now=now())}

    @requires(Scope.PRIVACY)
    @fails_with(409, 422, 429)
    @blp.arguments(NewProxySchema)
    @blp.response(201, InvitedProxySchema)
    @blp.alt_response(
        200,
        schema=InvitedProxySchema,
        success=True,
        description="The same invitation was made before; its former code ends",
    )
    def post(self, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Let somebody in, such as a partner, by a one-time code.

        The person signs in with the code at `POST /v1/activations` and uses the same app. They see this
        patient's diary and, with `write`, make entries and answer questionnaires, which are marked
        `reported_by: proxy` and heard like the patient's own. They reach no devices, exports, requests to
        erase, or other people let in. Everything they do is in the access log. At most five people have
        access at a time.
        Safe to repeat: the client's `id` lets in one person, and the same again, while nobody has signed
        in, answers with a new code in place of the former one. Throttled.
        """
        proxy_id = body.get("id") or uuid4()
        invitee = Invitee(proxy_id, body["name"], WRITE in body["scopes"], body["until"])
        key, lifetime = activations.key_of(settings().secret_key), settings().activation_lifetime
        by, at = principal(), now()
        with transaction() as session:
            throttle.count_attempt(session, [INVITED_BY_PATIENT.of(str(by.id))], now=at)
        with transaction() as session:
            proxy, new, is_new = proxies.invite(session, by, invitee, key=key, lifetime=lifetime, now=at)
        names = ("id", "name", "may_write", "until", "created_at", "code_used_at", "revoked_at")
        shown = {name: getattr(proxy, name) for name in names} | {"activation": dump_code(new)}
        return shown, 201 if is_new else 200


@blp.route("/<uuid:proxy_id>")
class ProxyById(MethodView):
    """Somebody the patient has let in."""

    @requires(Scope.PRIVACY)
    @fails_with(404)
    @blp.response(204)
    def delete(self, proxy_id: UUID) -> None:
        """End the access of somebody at once, on all their devices. Safe to repeat."""
        with transaction() as session:
            proxies.revoke(session, principal(), proxy_id, now=now())
