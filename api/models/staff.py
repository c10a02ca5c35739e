"""Members of staff and service accounts."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.authority import Role
from api.domain.enrolment import Language


class Staff(Base):
    """A nurse, clinician, coordinator or site admin, who signs in with a password."""

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint(one_of("role", Role), name="role"),
        CheckConstraint(one_of("language", Language), name="language"),
        Index(None, "site_id", "role"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    email: Mapped[str] = mapped_column(unique=True)  # lower case
    email_notices: Mapped[bool] = mapped_column(
        default=True, server_default=true()
    )  # used where there is no push address
    email_gone_at: Mapped[datetime | None]  # reported unknown by its mail server
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]  # argon2id
    totp_secret: Mapped[str | None]  # encrypted; in use once confirmed
    totp_pending: Mapped[str | None]  # encrypted; replaces totp_secret once confirmed by a code
    totp_pending_at: Mapped[datetime | None]
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int] = mapped_column(default=0, server_default="0")  # a code works once
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]
    invited_at: Mapped[datetime | None]  # None: has set a password
    deactivated_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Invitation(Base):
    """A one-use link by which a member of staff sets a password.

    The link's token is an HMAC of the id, so that neither token nor digest is stored.
    """

    __tablename__ = "invitations"
    __table_args__ = (Index(None, "staff_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))  # None: the command line
    expires_at: Mapped[datetime]
    by_email: Mapped[bool]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code in place of one one-time code of a member of staff; stored as an HMAC with the server's key."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index(None, "staff_id"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class ServiceAccount(Base):
    """A scheduler or another program; each of its keys has the scopes it was created with."""

    __tablename__ = "service_accounts"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
