"""Checkpoints of trajectories: states after earlier days, from which a replay starts."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base


class CheckpointRow(Base):
    """The state of a patient's trajectory after one earlier day.

    It depends on the entries up to that day: a change of one of them deletes it. See
    `api.domain.trajectory.checkpoints`.
    """

    __tablename__ = "trajectory_checkpoints"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    last_day: Mapped[date] = mapped_column(primary_key=True)
    engine: Mapped[str]
    state: Mapped[str]  # JSON text, as the digest covers it
    digest: Mapped[str]
