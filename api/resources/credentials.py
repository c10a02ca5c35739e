"""Password and one-time codes of a member of staff."""

from typing import Any

from flask.views import MethodView

from api.auth import fails_with, requires
from api.domain.account_errors import OneTimeCodesNeeded, SignInFailed
from api.domain.authority import Role, Scope
from api.domain.errors import DomainError
from api.models.site import Site
from api.models.staff import Staff
from api.resources.blueprint import Blueprint
from api.resources.request_context import now, principal, read_session, transaction
from api.resources.throttling import code_key, sign_in_rules, throttled
from api.schemas.session import (
    NewOneTimeCodesSchema,
    NewPasswordSchema,
    NewRecoveryCodesSchema,
    OneTimeCodeEnrolmentSchema,
    OneTimeCodeSchema,
    OneTimeCodesRemovalSchema,
    RecoveryCodesSchema,
    RecoveryCodesStateSchema,
)
from api.services.access.throttle import SECRET_BY_STAFF, Counter
from api.services.accounts import one_time_codes, passwords, qr, recovery_codes, sign_ins

blp = Blueprint(
    "credentials", __name__, url_prefix="/v1/me", description="Passwords and one-time codes of staff."
)


@blp.route("/totp")
class OneTimeCodes(MethodView):
    """The caller's one-time codes (TOTP, RFC 6238)."""

    @requires(Scope.STAFF_SELF)
    @fails_with(409, 429)
    @blp.arguments(NewOneTimeCodesSchema)
    @blp.response(201, OneTimeCodeEnrolmentSchema)
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Begin to set up one-time codes; they count once one was sent back by PUT within 15 minutes.

        Needs the password again. A repeat replaces the setup that was begun. With a code of the present
        authenticator another one is set up; the present one counts until then.
        """
        with throttled(_guess()):
            known = _known(body["password"])
            with transaction() as session:
                totp = one_time_codes.begin(
                    session, principal(), known, body.get("code"), key=code_key(), now=now()
                )
            if isinstance(totp, DomainError):
                raise totp
        uri = totp.provisioning_uri()
        return {"secret": totp.secret, "uri": uri, "qr_svg": qr.svg_of(uri)}

    @requires(Scope.STAFF_SELF)
    @fails_with(409, 429)
    @blp.arguments(OneTimeCodeSchema)
    @blp.response(204)
    def put(self, body: dict[str, str]) -> None:
        """Turn one-time codes on, by sending the first one.

        Every other sign-in of the account ends, and its owner is notified. A sign-in that could only set
        up codes (`one_time_code_setup_required`) holds the scopes of its role from now on.
        """
        with throttled(_guess()), transaction() as session:
            one_time_codes.confirm(session, principal(), body["code"], key=code_key(), now=now())

    @requires(Scope.STAFF_SELF)
    @fails_with(409, 429)
    @blp.arguments(OneTimeCodesRemovalSchema)
    @blp.response(204)
    def delete(self, body: dict[str, str]) -> None:
        """Turn one-time codes off, by password and code.

        Every other sign-in ends, and the owner is notified. Refused if the role
        needs one-time codes; replace them instead.
        """
        with throttled(_guess()):
            known = _known(body["password"])
            if Role(known.role) in sign_in_rules().roles_with_codes:
                raise OneTimeCodesNeeded("this role needs one-time codes: set up others instead")
            with transaction() as session:
                failed = one_time_codes.remove(
                    session, principal(), known, body["code"], key=code_key(), now=now()
                )
            if failed is not None:
                raise failed


@blp.route("/recovery-codes")
class OwnRecoveryCodes(MethodView):
    """The caller's recovery codes."""

    @requires(Scope.STAFF_SELF)
    @blp.response(200, RecoveryCodesStateSchema)
    def get(self) -> recovery_codes.RecoveryCodeCount:
        """The number of recovery codes that are left."""
        with read_session() as session:
            return recovery_codes.codes_of(session, principal().id)

    @requires(Scope.STAFF_SELF)
    @fails_with(409, 429)
    @blp.arguments(NewRecoveryCodesSchema)
    @blp.response(201, RecoveryCodesSchema)
    def post(self, body: dict[str, str]) -> dict[str, Any]:
        """Make ten recovery codes, shown once; those made before stop working.

        Each works once, as `code` of a sign-in or where another authenticator is set up. Needs the
        password again, and one-time codes that are turned on. The owner of the account is notified, also
        of each use.
        """
        at = now()
        with throttled(_guess()):
            known = _known(body["password"])
            with transaction() as session:
                staff = one_time_codes.lock_unchanged(session, known)
                codes = recovery_codes.make(session, principal(), staff, key=code_key().recovery, now=at)
        return {"codes": codes, "created_at": at}


@blp.route("/password")
class Password(MethodView):
    """The caller's password."""

    @requires(Scope.STAFF_SELF)
    @fails_with(429)
    @blp.arguments(NewPasswordSchema)
    @blp.response(204)
    def put(self, body: dict[str, str]) -> None:
        """Change the password; every other sign-in of the account ends."""
        with throttled(_guess()):
            with read_session() as session:
                site = session.get_one(Site, principal().site_id)
            known = _known(body["old_password"])
            new_hash = passwords.hash_of(
                body["new_password"], email=known.email, context=(known.name, site.name)
            )
            with transaction() as session:
                sign_ins.set_password(session, principal(), known, new_hash, now=now())


def _known(password: str) -> Staff:
    """Return the caller's account if this is its password; a wrong one is logged, audited and counted."""
    try:
        with read_session() as session:
            return sign_ins.check_own_password(session, principal(), password)
    except SignInFailed as failed:
        with transaction() as session:
            sign_ins.note_wrong_own_password(session, principal(), reason=failed.reason, now=now())
        raise


def _guess() -> Counter:
    return SECRET_BY_STAFF.of(str(principal().id))
