"""Members of staff: read by colleagues, managed by site admins."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from sqlalchemy.orm import Session

from api.auth import fails_with, requires
from api.domain.authority import Role, Scope, StaffStatus
from api.domain.enrolment import Language
from api.models.staff import Invitation, Staff
from api.resources.blueprint import Blueprint
from api.resources.devices import devices_of
from api.resources.request_context import (
    Versioned,
    etag_of,
    if_match,
    now,
    principal,
    read_session,
    settings,
    transaction,
)
from api.schemas.device import DevicesSchema
from api.schemas.staff import (
    ChangedStaffSchema,
    InvitedStaffSchema,
    NewInvitationSchema,
    NewStaffSchema,
    StaffChangesSchema,
    StaffPageSchema,
    StaffQuerySchema,
    StaffSchema,
)
from api.services.accounts import one_time_codes
from api.services.organisation import directory, invitations, members
from api.services.organisation.directory import Member, StaffFilter
from api.services.organisation.handover import Handover

blp = Blueprint("staff", __name__, url_prefix="/v1/staff", description="Staff of the site.")


@blp.route("")
class StaffList(MethodView):
    """The site's staff."""

    @requires(Scope.STAFF_READ)
    @fails_with(422)
    @blp.arguments(StaffQuerySchema, location="query")
    @blp.response(200, StaffPageSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The staff of the site, by name, also those who were deactivated.

        Resolves the ids of people in other answers (`acknowledged_by`, `recorded_by`, `set_by` …). A site
        admin also sees the fields marked *admins*.
        """
        wanted = StaffFilter(
            StaffStatus(query["status"]) if "status" in query else None,
            Role(query["role"]) if "role" in query else None,
            query.get("team_id"),
            query.get("active"),
        )
        with read_session() as session:
            page = directory.list_members(
                session, principal().site_id, wanted, cursor=query.get("cursor"), limit=query["limit"]
            )
        return {"items": [dump_member(member) for member in page.items], "next": page.next}

    @requires(Scope.STAFF_WRITE)
    @fails_with(409, 422)
    @blp.arguments(NewStaffSchema)
    @blp.response(201, InvitedStaffSchema)
    def post(self, body: dict[str, Any]) -> Versioned:
        """Invite a member of staff, who sets a password by a one-use link.

        The link is sent by e-mail if the server sends e-mail, else it is shown in the answer, once.
        Until the password is set they are not notified of alerts.
        """
        new = invitations.NewMember(
            body["email"], body["name"], Role(body["role"]), body.get("team_id"), Language(body["language"])
        )
        with transaction() as session:
            staff = invitations.create_member(
                session, principal(), new, site_id=principal().site_id, now=now()
            )
            shown = _invited(session, staff, body.get("delivery"))
        return shown, 201, {"ETag": etag_of(staff.version), "Location": f"/v1/staff/{staff.id}"}


@blp.route("/<uuid:staff_id>")
class StaffById(MethodView):
    """One member of staff."""

    @requires(Scope.STAFF_READ)
    @fails_with(404)
    @blp.response(200, StaffSchema)
    def get(self, staff_id: UUID) -> Versioned:
        """One member of staff, with the ETag."""
        with read_session() as session:
            member = directory.read_member(session, principal().site_id, staff_id)
        return dump_member(member), 200, {"ETag": etag_of(member.staff.version)}

    @requires(Scope.STAFF_WRITE)
    @fails_with(404, 409, 412, 428)
    @blp.arguments(StaffChangesSchema)
    @blp.response(200, ChangedStaffSchema)
    @blp.doc(parameters=["IF_MATCH"])
    def patch(self, changes: dict[str, Any], staff_id: UUID) -> Versioned:
        """Change name, e-mail address, role or team of a member of staff.

        Another role or team ends all their sign-ins and push addresses at once and takes them off rotas;
        alerts that only they knew of, or had acknowledged and may no longer see, go to others. `effects`
        says what ended. The last active site admin stays one (409). Needs If-Match with the ETag that was
        read.
        """
        with transaction() as session:
            staff, effects = members.change(
                session,
                principal(),
                staff_id,
                changes,
                site_id=principal().site_id,
                check_version=if_match(),
                now=now(),
            )
            return _changed(session, staff, effects)


@blp.route("/<uuid:staff_id>/deactivation")
class Deactivation(MethodView):
    """The end of an account."""

    @requires(Scope.STAFF_WRITE)
    @fails_with(404, 409)
    @blp.response(200, ChangedStaffSchema)
    def post(self, staff_id: UUID) -> Versioned:
        """Deactivate a member of staff who leaves. Safe to repeat.

        In the same moment all sign-ins, push addresses, invitations and shifts end; alerts that only they
        knew of or had acknowledged go to others. What they did stays in every history under their name.
        The last active site admin cannot be deactivated (409).
        """
        with transaction() as session:
            return _changed(
                session,
                *members.deactivate(session, principal(), staff_id, site_id=principal().site_id, now=now()),
            )


@blp.route("/<uuid:staff_id>/reactivation")
class Reactivation(MethodView):
    """The way back of an account."""

    @requires(Scope.STAFF_WRITE)
    @fails_with(404, 409)
    @blp.response(200, StaffSchema)
    def post(self, staff_id: UUID) -> Versioned:
        """Reactivate a member of staff, with the old password. Safe to repeat.

        Shifts do not come back. To have a new password set, send an invitation instead.
        """
        with transaction() as session:
            staff = members.reactivate(session, principal(), staff_id, site_id=principal().site_id, now=now())
            return _shown(session, staff)


@blp.route("/<uuid:staff_id>/invitation")
class StaffInvitation(MethodView):
    """A link to set a password by."""

    @requires(Scope.STAFF_WRITE)
    @fails_with(404)
    @blp.arguments(NewInvitationSchema)
    @blp.response(201, InvitedStaffSchema)
    def post(self, body: dict[str, Any], staff_id: UUID) -> Versioned:
        """Send a member of staff a new link to set a password by; links made before stop working.

        For a lost or expired invitation, a forgotten password, or a member who returns. When
        it is used, all sign-ins of the account end.
        """
        with transaction() as session:
            staff = directory.find_member(session, principal().site_id, staff_id, to_change=True)
            shown = _invited(session, staff, body.get("delivery"))
        return shown, 201, {"ETag": etag_of(staff.version)}


@blp.route("/<uuid:staff_id>/totp")
class StaffOneTimeCodes(MethodView):
    """One-time codes of a member of staff."""

    @requires(Scope.STAFF_WRITE)
    @fails_with(404, 409)
    @blp.response(204)
    def delete(self, staff_id: UUID) -> None:
        """Turn off the one-time codes of a member of staff who has lost the authenticator.

        All sign-ins and recovery codes of the account end, and its owner is notified. A role that needs
        one-time codes sets up others at the next sign-in. Refused for the caller's own account.
        """
        with transaction() as session:
            staff = directory.find_member(session, principal().site_id, staff_id, to_change=True)
            one_time_codes.reset(session, principal(), staff, now=now())


@blp.route("/<uuid:staff_id>/devices")
class StaffDevices(MethodView):
    """Sign-ins of a member of staff."""

    @requires(Scope.STAFF_WRITE)
    @fails_with(404)
    @blp.response(200, DevicesSchema)
    def get(self, staff_id: UUID) -> dict[str, Any]:
        """Sign-ins of a member of staff, newest first."""
        with read_session() as session:
            directory.find_member(session, principal().site_id, staff_id)
            return devices_of(session, staff_id)

    @requires(Scope.STAFF_WRITE)
    @fails_with(404)
    @blp.response(204)
    def delete(self, staff_id: UUID) -> None:
        """End every sign-in of a member of staff, such as after a lost laptop."""
        with transaction() as session:
            members.sign_out(session, principal(), staff_id, site_id=principal().site_id, now=now())


def dump_member(member: Member) -> dict[str, Any]:
    """Return a member of staff as the caller may see one."""
    staff = member.staff
    shown: dict[str, Any] = {
        "id": staff.id,
        "name": staff.name,
        "role": staff.role,
        "team": member.team,
        "status": member.status,
        "version": staff.version,
    }
    if not principal().may(Scope.STAFF_WRITE):
        return shown
    invitation = member.invitation
    return shown | {
        "email": staff.email,
        "language": staff.language,
        "email_notices": staff.email_notices,
        "one_time_codes": staff.totp_confirmed_at is not None,
        "created_at": staff.created_at,
        "deactivated_at": staff.deactivated_at,
        "last_active_at": member.last_active_at,
        "invitation": _dump_invitation(invitation) if invitation else None,
    }


def _dump_invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "created_at": invitation.created_at,
        "expires_at": invitation.expires_at,
        "delivery": "email" if invitation.by_email else "shown",
    }


def _invited(session: Session, staff: Staff, delivery: str | None) -> dict[str, Any]:
    """Invite a member of staff, and return the answer; a link sent by e-mail is not shown."""
    by_email = delivery == "email" if delivery else bool(settings().smtp_url)
    invitation = invitations.invite(session, principal(), staff, by_email=by_email, now=now())
    key = invitations.key_of(settings().secret_key)
    url = None if by_email else invitations.link_of(invitation.id, key, public_url=settings().public_url)
    shown = dump_member(directory.member_of(session, staff))
    return shown | {"invitation": _dump_invitation(invitation) | {"url": url}}


def _shown(session: Session, staff: Staff) -> Versioned:
    member = directory.member_of(session, staff)
    return dump_member(member), 200, {"ETag": etag_of(staff.version)}


def _changed(session: Session, staff: Staff, effects: Handover) -> Versioned:
    shown, status, headers = _shown(session, staff)
    return shown | {"effects": effects}, status, headers
