"""Patients, the zones they have lived in, and their present trajectory."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.enrolment import AromataseInhibitor, Language, PatientStatus


class Patient(Base):
    """A patient on an aromatase inhibitor."""

    __tablename__ = "patients"
    __table_args__ = (
        UniqueConstraint("site_id", "reference"),
        CheckConstraint(one_of("status", PatientStatus), name="status"),
        CheckConstraint(f"ai IS NULL OR {one_of('ai', AromataseInhibitor)}", name="ai"),
        CheckConstraint(one_of("language", Language), name="language"),
        CheckConstraint("check_in_weekday BETWEEN 0 AND 6", name="check_in_weekday"),
        Index(None, "check_in_due_at"),
        Index(None, "look_at"),
        Index(None, "team_id"),
        Index(None, "site_id", "status"),
        Index(
            "ix_patients_signed_out",
            "site_id",
            postgresql_where=text("signed_out_at IS NOT NULL"),
            sqlite_where=text("signed_out_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    site_id: Mapped[UUID] = mapped_column(ForeignKey("sites.id"))
    team_id: Mapped[UUID] = mapped_column(ForeignKey("teams.id"))
    reference: Mapped[str]  # the site's own number for the patient
    name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    email_gone_at: Mapped[datetime | None]  # reported unknown by its mail server
    birth_year: Mapped[int]
    timezone: Mapped[str]
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    status: Mapped[str] = mapped_column(default="active", server_default="active")
    ai: Mapped[str | None]
    ai_started_on: Mapped[date | None]
    ai_stopped_on: Mapped[date | None]  # recorded by the team
    ai_why_stopped: Mapped[str | None]  # a `StopReason`
    prior_tamoxifen: Mapped[bool | None]
    prior_taxane: Mapped[bool | None]
    expected_levels: Mapped[list[dict[str, Any]] | None] = mapped_column(
        JSON(none_as_null=True)
    )  # of symptoms that the team knows of, past ones too
    joint_disease: Mapped[bool | None]  # known before the tablets
    joint_disease_note: Mapped[str | None]  # which
    discreet: Mapped[bool] = mapped_column(default=False, server_default=false())
    check_in_weekday: Mapped[int] = mapped_column(default=0, server_default="0")  # 0 is Monday
    check_in_at: Mapped[time]  # in the time zone of the patient
    check_in_again_at: Mapped[time | None]  # a second time on the same day, for what is not done by then
    timezone_follows_phone: Mapped[bool] = mapped_column("follows_phone", default=True, server_default=true())
    by_telephone: Mapped[bool] = mapped_column(default=False, server_default=false())  # the team calls
    extra_check_ins: Mapped[bool] = mapped_column(default=True, server_default=true())  # may be asked for
    quiet_from: Mapped[time]
    quiet_until: Mapped[time]
    check_in_due_at: Mapped[datetime | None]  # None: nothing is due
    next_reminder_check_at: Mapped[datetime | None] = mapped_column("look_at")
    is_prompted: Mapped[bool] = mapped_column(default=False, server_default=false())  # prompted, not done yet
    snoozed_until: Mapped[datetime | None]
    paused_until: Mapped[date | None]  # first local date with reminders again
    enrolled_at: Mapped[datetime]
    signed_out_at: Mapped[datetime | None]  # last device ended, not by patient
    signed_out_because: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    rejected_entries = (
        0  # not a column: number of rejected items not reviewed yet, set where a patient is shown
    )


class PatientZone(Base):
    """The time zone a patient lives in from a moment on; the newest is the present one."""

    __tablename__ = "patient_zones"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    timezone: Mapped[str]


class Trajectory(Base):
    """Present trajectory of a patient; a change of entries locks its row."""

    __tablename__ = "trajectories"
    __table_args__ = (Index(None, "status"), Index(None, "silent_from", "patient_id"))

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    change_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")  # number of times it was scored
    checkpoints_seq: Mapped[int | None]  # change_seq of its checkpoints; they are void if it differs
    engine: Mapped[str | None]  # content hash of the engine and policy that made the state
    state: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    last_day: Mapped[date | None]
    last_entry_at: Mapped[datetime | None]  # newest recorded_at
    silent_from: Mapped[date | None]  # None: notified, or no entries
    status: Mapped[str] = mapped_column(default="empty", server_default="empty")
    has_rejected: Mapped[bool] = mapped_column(default=False, server_default=false())
