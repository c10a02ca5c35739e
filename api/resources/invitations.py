"""Acceptance of an invitation by setting a password."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, public
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, read_session, settings, transaction
from api.resources.throttling import client_address, throttled
from api.schemas.staff import AcceptedInvitationSchema, InvitationAcceptanceSchema
from api.services.access.throttle import INVITATION_BY_ADDRESS
from api.services.accounts import passwords
from api.services.organisation import invitations

blp = Blueprint(
    "invitations", __name__, url_prefix="/v1/invitations", description="Acceptance of invitations by staff."
)


@blp.route("/acceptance")
class Acceptance(MethodView):
    """An invitation taken up."""

    @public
    @fails_with(401, 422, 429)
    @blp.arguments(InvitationAcceptanceSchema)
    @blp.response(200, AcceptedInvitationSchema)
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Set the password of the account an invitation is for; then sign in with it.

        Open to any caller with the link, and throttled. The link works once; every earlier sign-in of the
        account ends.
        """
        key = invitations.key_of(settings().secret_key)
        with throttled(INVITATION_BY_ADDRESS.of(client_address())):
            with read_session() as session:
                _, staff = invitations.find_open(session, body["token"], key=key, now=now())
            new_hash = passwords.hash_of(body["password"], email=staff.email, context=[staff.name])
            with transaction() as session:
                accepted, site = invitations.accept(session, body["token"], new_hash, key=key, now=now())
        return {"email": accepted.email, "name": accepted.name, "site": site}
