"""Sites and their teams."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, false, true
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base


class Site(Base):
    """A clinic; the data of sites are separate."""

    __tablename__ = "sites"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    timezone: Mapped[str]
    contact: Mapped[str]  # text for patients: how to reach the team, when entries are read
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    emergency_number: Mapped[str | None]  # such as 112; None: not named in texts
    crisis_line: Mapped[str | None]  # number to call with thoughts of self-harm
    phone: Mapped[str | None]  # number of the team, to be dialled
    # Sentences for patients, each text by language; none is ever made up where the site has set none.
    hours: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    read_when: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    called_when: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    self_harm_answered_by: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    hidden_events: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))  # not for patients
    shows_treatments: Mapped[bool] = mapped_column(default=True, server_default=true())  # to patients
    events_name_staff: Mapped[bool] = mapped_column(default=False, server_default=false())
    idle_lock_minutes: Mapped[int] = mapped_column(default=10, server_default="10")  # of the team's pages


class Team(Base):
    """A care team of a site; it sees its own patients."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    name: Mapped[str]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
