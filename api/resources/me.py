"""Profile of the caller, due tasks, and changes to the own settings."""

from typing import Any

from flask.views import MethodView
from flask_smorest import abort
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.authority import ActorKind, Scope
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
from api.schemas.me import MeSchema, ProfileChangesSchema
from api.services.access import visibility
from api.services.accounts import sign_ins
from api.services.patients import enrolment, profile
from api.services.reminders import check_ins

blp = Blueprint("me", __name__, url_prefix="/v1/me", description="The caller.")

CHANGEABLE = {
    ActorKind.STAFF: {"name", "language", "email_notices"},
    ActorKind.PATIENT: set(ProfileChangesSchema().fields) - {"name", "email_notices"},
    ActorKind.PROXY: set(),
    ActorKind.SERVICE: set(),
}
"""Attributes that each kind of caller may change."""

IF_MATCH_OF_A_PATIENT = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that was read; a patient must send it.",
    "schema": {"type": "string"},
}


@blp.route("")
class Me(MethodView):
    """The caller's own account or record."""

    @requires(Scope.SELF)
    @blp.revalidated
    @blp.response(200, MeSchema)
    def get(self) -> Versioned:
        """The caller's profile, and tasks that are due.

        A patient's answer says how to reach the care team. The ETag changes with any of it, also with what
        is due; If-Match of a change takes it, and looks at the version of the record only.
        """
        with read_session() as session:
            return _shown(session)

    @requires(Scope.SELF)
    @fails_with(412, 428)
    @blp.arguments(ProfileChangesSchema)
    @blp.response(200, MeSchema)
    @blp.doc(parameters=[IF_MATCH_OF_A_PATIENT])
    def patch(self, changes: dict[str, Any]) -> Versioned:
        """Change the caller's own settings.

        A patient changes their time zone, language, times, quiet hours, e-mail address and discreet mode,
        and needs If-Match with the ETag that was read. The app sends `phone_timezone` when the phone's
        clock has moved. It becomes the patient's time zone, unless `timezone_follows_phone` is false. A
        member of staff changes the name, the language and whether e-mail is sent. A proxy and a service
        account change nothing.
        """
        by = principal()
        refused = sorted(set(changes) - CHANGEABLE[by.kind])
        if refused:
            abort(422, errors={name: ["Not yours to change."] for name in refused})
        with transaction() as session:
            if by.kind is ActorKind.PATIENT:
                patient = visibility.find_patient(session, by, by.id, to_change=True)
                if_match()(patient.version)
                enrolment.change(
                    session, by, patient, check_ins.with_phone_timezone(patient, changes), now=now()
                )
            elif changes:
                sign_ins.change_own(session, by, changes, now=now())
            return _shown(session)


def _shown(session: Session) -> Versioned:
    shown = profile.profile_of(session, principal(), now=now())
    version = shown.get("version")
    return shown, 200, {"ETag": etag_of(version)} if version else {}
