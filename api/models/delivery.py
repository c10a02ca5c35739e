"""What delivery counts, and what an operator has told it to leave for a while."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, UtcDateTime
from api.domain.delivery.messages import Channel
from api.models.constraints import one_of


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


class ChannelFault(Base):
    """A way of delivery that a fault of ours has broken: nothing is sent by it but a probe now and then."""

    __tablename__ = "channel_faults"
    __table_args__ = (CheckConstraint(one_of("channel", Channel), name="channel"),)

    place: Mapped[str] = mapped_column(primary_key=True)  # a push service's host, or "mail"
    channel: Mapped[str]
    reason: Mapped[str]
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    probe_at: Mapped[datetime] = mapped_column(UtcDateTime)  # from then on one message may try it


class WriteProbe(Base):
    """The row readiness writes to see whether the database takes a write. One row."""

    __tablename__ = "write_probes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
