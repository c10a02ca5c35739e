"""Answered questionnaires, their former versions, and all their scores."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.assessments.assessment import AssessmentStatus
from api.domain.entries.origin import EntryVia, ReportedBy


class AssessmentRow(Base):
    """The present version of an answered questionnaire: partial, complete or withdrawn."""

    __tablename__ = "assessments"
    __table_args__ = (
        CheckConstraint(one_of("status", AssessmentStatus), name="status"),
        Index(None, "patient_id", "change_seq", unique=True),
        Index(None, "patient_id", "instrument", "local_date"),
        Index(None, "instrument", "scorer"),
        Index(
            "ix_assessments_not_scored",
            *("status", "patient_id"),
            postgresql_where=text("scorer IS NULL"),
            sqlite_where=text("scorer IS NULL"),
        ),
    )

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)  # the client's
    instrument: Mapped[str]
    instrument_version: Mapped[str]  # as answered; a newer one may score it
    status: Mapped[str]
    answers: Mapped[dict[str, Any]]  # a missing one is absent
    options: Mapped[dict[str, Any]]  # as far as sent
    started_at: Mapped[datetime]
    recorded_at: Mapped[datetime]  # when these answers were given
    local_date: Mapped[date]
    completed_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    change_seq: Mapped[int]
    scorer: Mapped[str | None]  # content hash of the definition its present scores come from
    grant_id: Mapped[UUID]  # the device it came from
    claimed_at: Mapped[datetime | None]  # if its clock was ahead
    claimed_date: Mapped[date | None]
    via: Mapped[str] = mapped_column(server_default=EntryVia.APP)
    reported_by: Mapped[str] = mapped_column(server_default=ReportedBy.PATIENT)


class AssessmentVersion(Base):
    """A former version of an assessment."""

    __tablename__ = "assessment_versions"
    __table_args__ = (
        ForeignKeyConstraint(["patient_id", "assessment_id"], ["assessments.patient_id", "assessments.id"]),
    )

    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    instrument_version: Mapped[str]
    status: Mapped[str]
    answers: Mapped[dict[str, Any]]
    options: Mapped[dict[str, Any]]
    started_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    local_date: Mapped[date]
    superseded_at: Mapped[datetime]
    superseded_by_grant: Mapped[UUID] = mapped_column("superseded_by")
    claimed_at: Mapped[datetime | None]
    claimed_date: Mapped[date | None]
    via: Mapped[str] = mapped_column(server_default=EntryVia.APP)
    reported_by: Mapped[str] = mapped_column(server_default=ReportedBy.PATIENT)


class AssessmentScore(Base):
    """The scores of a version of an assessment by one version of its instrument; never changed."""

    __tablename__ = "assessment_scores"
    __table_args__ = (
        ForeignKeyConstraint(["patient_id", "assessment_id"], ["assessments.patient_id", "assessments.id"]),
    )

    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    assessment_id: Mapped[UUID] = mapped_column(primary_key=True)
    of_version: Mapped[int] = mapped_column(primary_key=True)  # of the assessment: which answers
    scorer: Mapped[str] = mapped_column(primary_key=True)  # content hash of the definition
    instrument_version: Mapped[str]
    scores: Mapped[dict[str, Any]]  # null where missing
    unscored: Mapped[dict[str, Any]]  # why not
    options: Mapped[dict[str, Any]]  # defaults included
    scored_at: Mapped[datetime]
