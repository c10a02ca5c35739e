"""Scores, one row per patient and local day with an entry, and checkpoints of trajectories."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base


class ScoreRow(Base):
    """The scores of one local date; see `api.domain.trajectory.outcome.DailyScore`."""

    __tablename__ = "scores"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    local_date: Mapped[date] = mapped_column(primary_key=True)
    severity: Mapped[str | None]
    pain_level: Mapped[float | None]
    pain_baseline: Mapped[float | None]
    pain_change: Mapped[float | None]
    p_worsening: Mapped[float | None]
    stiffness_level: Mapped[float | None]
    interference_level: Mapped[float | None]
    self_reported_pdc_7d: Mapped[float | None]
    self_reported_pdc_28d: Mapped[float | None]
    unknown_doses_28d: Mapped[int]
    risk_90d: Mapped[float | None]
    pain_change_low: Mapped[float | None]  # each low and high: ends of the 95% interval
    pain_change_high: Mapped[float | None]
    risk_90d_low: Mapped[float | None]
    risk_90d_high: Mapped[float | None]
    extra_check_ins: Mapped[int] = mapped_column(default=0, server_default="0")  # begun on this day
    pain_level_low: Mapped[float | None]
    pain_level_high: Mapped[float | None]
    stiffness_level_low: Mapped[float | None]
    stiffness_level_high: Mapped[float | None]
    status: Mapped[str]
    engine: Mapped[str]


class CheckpointRow(Base):
    """The state of a patient's trajectory after one earlier day, from which a replay starts.

    It depends on the entries up to that day: a change of one of them deletes it. See
    `api.domain.trajectory.checkpoints`.
    """

    __tablename__ = "trajectory_checkpoints"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    engine: Mapped[str]
    state: Mapped[str]  # JSON text, as the digest covers it
    digest: Mapped[str]
