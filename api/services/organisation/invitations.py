"""Invitations: one-use links by which members of staff set their first or a new password."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from api.db.bulk import insert_once
from api.domain.account_errors import EmailTaken, InvitationRefused
from api.domain.authority import Principal, Role
from api.domain.delivery.messages import Channel, MessageKind
from api.domain.enrolment import Language
from api.models.site import Site
from api.models.staff import Invitation, Staff
from api.services.access.secret_keys import derive, read_signed, sign
from api.services.accounts import account_notices
from api.services.messages import outbox
from api.services.messages.addresses import DeliveryRoute
from api.services.organisation import directory, handover, members

PAGE = "/invitation"
LIFETIME = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NewMember:
    """A member of staff to be invited."""

    email: str
    name: str
    role: Role
    team_id: UUID | None = None
    language: Language = Language.ENGLISH


def key_of(secret_key: str) -> bytes:
    """Return the key that tokens of invitations are made with."""
    return derive(secret_key, "staff invitations 1")


def token_of(invitation_id: UUID, key: bytes) -> str:
    """Return the token of an invitation's link, which is derived and not stored."""
    return sign(invitation_id.bytes, key)


def link_of(invitation_id: UUID, key: bytes, *, public_url: str) -> str:
    """Return an invitation's link; the token is its fragment, which is not sent to servers or logged."""
    return f"{public_url}{PAGE}#{token_of(invitation_id, key)}"


def create_member(
    session: Session, by: Principal | None, new: NewMember, *, site_id: UUID, now: datetime
) -> Staff:
    """Create the account of a member of staff to be invited; no notices are sent until a password is set.

    Raises:
        EmailTaken: Another account has this address, here or at another site.
        UnknownTeam: The site has no such team, or the role needs one.
    """
    staff_id = uuid4()
    values = {
        "id": staff_id,
        "site_id": site_id,
        "team_id": members.team_for(session, site_id, new.role, new.team_id),
        "email": new.email.lower(),
        "name": new.name,
        "role": new.role,
        "language": new.language,
        "password_hash": "",
        "active": False,
        "invited_at": now,
        "created_at": now,
    }
    if not insert_once(session, Staff, values=[values]):
        taken = "another account has this address"
        raise EmailTaken(taken, {"email": taken})
    staff = session.get_one(Staff, staff_id)
    members.record_act(session, "staff.created", by, staff, now=now, role=new.role.value)
    return staff


def invite(
    session: Session,
    by: Principal | None,
    staff: Staff,
    *,
    by_email: bool,
    now: datetime,
    lifetime: timedelta = LIFETIME,
) -> Invitation:
    """Create the link by which a member of staff sets a password; earlier links stop working.

    A deactivated member becomes an invited one, and active with the new password. An active one stays
    active until the link is used.
    """
    handover.revoke_invitations(session, staff.id, now=now)
    invitation = Invitation(
        id=uuid4(),
        staff_id=staff.id,
        created_at=now,
        created_by=by.id if by else None,
        expires_at=now + lifetime,
        by_email=by_email,
    )
    session.add(invitation)
    if not staff.active and staff.invited_at is None:
        staff.invited_at, staff.version = now, staff.version + 1
    session.flush()
    if by_email:
        staff.email_gone_at = None
        _send_link(session, staff, invitation, now=now)
    members.record_act(session, "staff.invited", by, staff, now=now, by_email=by_email)
    return invitation


def _send_link(session: Session, staff: Staff, invitation: Invitation, *, now: datetime) -> None:
    """Send the link by e-mail; the message has the id of the invitation, from which the link is derived."""
    notice = outbox.Notification(
        kind=MessageKind.INVITATION,
        site_id=staff.site_id,
        purpose=f"invitation:{invitation.id}",
        topic_of=f"invitation:{staff.id}",
        not_before=now,
        expires_at=invitation.expires_at,
    )
    outbox.post_by(session, notice, DeliveryRoute(Channel.EMAIL, staff.id), message_id=invitation.id, now=now)


def find_open(session: Session, token: str, *, key: bytes, now: datetime) -> tuple[Invitation, Staff]:
    """Return the invitation of a token and its member of staff, without a lock.

    Raises:
        InvitationRefused: The token is wrong, used, replaced or expired; the error does not reveal which.
    """
    invitation = session.get(Invitation, _id_in(token, key))
    if invitation is None or invitation.used_at or invitation.revoked_at or invitation.expires_at <= now:
        raise _refused()
    return invitation, session.get_one(Staff, invitation.staff_id)


def accept(session: Session, token: str, new_hash: str, *, key: bytes, now: datetime) -> tuple[Staff, Site]:
    """Set the password of an invited member of staff, and end every sign-in.

    Args:
        session: The transaction.
        token: The token of the link.
        new_hash: The hash of the new password, computed before the transaction as it is slow.
        key: The key of `key_of`.
        now: The present moment.

    Raises:
        InvitationRefused: The token is wrong, used, replaced or expired; the error does not reveal which.
    """
    invitation, invited = find_open(session, token, key=key, now=now)
    staff = directory.find_member(session, invited.site_id, invited.id, to_change=True)
    this = (Invitation.id == invitation.id, Invitation.expires_at > now, *directory.OPEN_INVITATION)
    used = update(Invitation).where(*this).values(used_at=now).returning(Invitation.id)
    if session.scalar(used) is None:  # used or replaced in the meantime
        raise _refused()
    effects = handover.end_sign_ins(session, staff, because="password set by invitation", now=now)
    if staff.active:  # it replaces a password: the owner may not have done it
        account_notices.notify_owner(session, staff, now=now)
    staff.password_hash, staff.active = new_hash, True
    staff.invited_at = staff.deactivated_at = None
    staff.version += 1
    session.flush()
    members.record_act(session, "invitation.accepted", None, staff, now=now, **effects.counts())
    return staff, session.get_one(Site, staff.site_id)


def _id_in(token: str, key: bytes) -> UUID:
    content = read_signed(token, key)
    if content is None:
        raise _refused()
    return UUID(bytes=content)


def _refused() -> InvitationRefused:
    return InvitationRefused("the invitation does not work any more; a site admin can send a new one")
