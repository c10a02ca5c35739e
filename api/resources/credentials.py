"""What a member of staff signs in with: password and one-time codes."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.authority import Scope
from api.models.site import Site
from api.resources.blueprint import Blueprint
from api.resources.door import code_key, counted
from api.resources.edge import clock, principal, reading, transaction
from api.schemas.session import NewPasswordSchema, OneTimeCodeEnrolmentSchema, OneTimeCodeSchema
from api.services.access import one_time_codes, passwords, qr, sign_ins
from api.services.access.throttle import SECRET_BY_STAFF, Counter

blp = Blueprint("credentials", __name__, url_prefix="/v1/me", description="What staff sign in with.")


@blp.route("/totp")
class OneTimeCodes(MethodView):
    """The caller's one-time codes (TOTP, RFC 6238)."""

    @requires(Scope.STAFF_SELF)
    @fails_with(409)
    @blp.response(201, OneTimeCodeEnrolmentSchema)
    def post(self) -> dict[str, Any]:
        """Begin to set up one-time codes; they count once one was sent back by PUT.

        To begin again replaces what was begun; codes that are in use are removed first.
        """
        with transaction() as session:
            totp = one_time_codes.begin(session, principal(), key=code_key())
        uri = totp.provisioning_uri()
        return {"secret": totp.secret, "uri": uri, "qr_svg": qr.svg_of(uri)}

    @requires(Scope.STAFF_SELF)
    @fails_with(409, 429)
    @blp.arguments(OneTimeCodeSchema)
    @blp.response(204)
    def put(self, body: dict[str, str]) -> None:
        """Turn one-time codes on, by sending the first one."""
        with counted(_guess()), transaction() as session:
            one_time_codes.confirm(session, principal(), body["code"], key=code_key(), now=clock())

    @requires(Scope.STAFF_SELF)
    @fails_with(409, 429)
    @blp.arguments(OneTimeCodeSchema)
    @blp.response(204)
    def delete(self, body: dict[str, str]) -> None:
        """Turn one-time codes off, by sending one."""
        with counted(_guess()), transaction() as session:
            one_time_codes.remove(session, principal(), body["code"], key=code_key(), now=clock())


@blp.route("/password")
class Password(MethodView):
    """The caller's password."""

    @requires(Scope.STAFF_SELF)
    @fails_with(429)
    @blp.arguments(NewPasswordSchema)
    @blp.response(204)
    def put(self, body: dict[str, str]) -> None:
        """Change the password; every other sign-in of the account ends."""
        with counted(_guess()):
            with reading() as session:
                known = sign_ins.check_own_password(session, principal(), body["old_password"])
                names = known.name, session.get_one(Site, known.site_id).name
            new_hash = passwords.hash_of(body["new_password"], email=known.email, context=names)
            with transaction() as session:
                sign_ins.set_password(session, principal(), known, new_hash, now=clock())


def _guess() -> Counter:
    return SECRET_BY_STAFF.of(str(principal().id))
