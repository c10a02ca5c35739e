"""What delivery counts, and what an operator has told it to leave for a while."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from api.db import Base, UtcDateTime


class Tally(Base):
    """How much of something one process has counted; the sum over all sources is the figure."""

    __tablename__ = "tallies"

    name: Mapped[str] = mapped_column(primary_key=True)  # of the metric
    labels: Mapped[str] = mapped_column(primary_key=True)  # as they are shown
    source: Mapped[str] = mapped_column(primary_key=True)  # who counted: nobody waits for another's row
    value: Mapped[float]


class PlanningPause(Base):
    """Until when no worker plans anything new; it runs out by itself. One row at most."""

    __tablename__ = "planning_pauses"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
