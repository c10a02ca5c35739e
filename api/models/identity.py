"""Sign-ins and their tokens, activation codes, and counters of attempts."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.authority import ActorKind


class Grant(Base):
    """One sign-in: a patient's device, a browser of a member of staff, or a service key.

    It holds all that a request needs of its caller, so that one query loads it. A change of role, team
    or account revokes its grants in the same transaction.
    """

    __tablename__ = "grants"
    __table_args__ = (
        CheckConstraint(one_of("kind", ActorKind), name="kind"),
        Index(None, "kind", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("teams.id"))
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("patients.id"))  # of a proxy
    ends_at: Mapped[datetime | None]  # of a proxy, however often it is refreshed
    scopes: Mapped[list[str]]
    label: Mapped[str]  # name of the device, for its owner
    created_at: Mapped[datetime]
    refreshed_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]  # of a service key, to the hour
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]


class Token(Base):
    """One opaque token, stored as its SHA-256 only."""

    __tablename__ = "tokens"
    __table_args__ = (
        CheckConstraint("use IN ('access', 'refresh', 'key')", name="use"),
        Index(None, "grant_id"),
        Index(None, "expires_at"),
    )

    digest: Mapped[str] = mapped_column(primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("grants.id"))
    use: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]  # None: a service key
    used_at: Mapped[datetime | None]  # when a refresh token was exchanged
    successor: Mapped[str | None]  # digest of the refresh token it was exchanged for


class ActivationCode(Base):
    """A one-time code that registers a phone of a patient; stored as an HMAC with the server's key."""

    __tablename__ = "activation_codes"
    __table_args__ = (Index(None, "patient_id"),)

    digest: Mapped[str] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    created_at: Mapped[datetime]
    created_by: Mapped[UUID]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class KnownOrigin(Base):
    """A network or browser a member of staff has signed in from; its attempts are counted separately."""

    __tablename__ = "known_origins"
    __table_args__ = (Index(None, "last_used_at"),)

    digest: Mapped[str] = mapped_column(primary_key=True)  # HMAC of the e-mail address and the origin
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    last_used_at: Mapped[datetime]


class Throttle(Base):
    """Number of attempts from one network or account in the current window."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of what is counted
    window_started_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column("tries")
