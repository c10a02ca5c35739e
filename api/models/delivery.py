"""Tables of counters, pauses and faults of delivery."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.db.base import Base, one_of
from api.domain.delivery.messages import Channel


class Tally(Base):
    """The count of one process; a metric is the sum over all sources."""

    __tablename__ = "tallies"

    name: Mapped[str] = mapped_column(primary_key=True)  # of the metric
    labels: Mapped[str] = mapped_column(primary_key=True)  # as exported
    source: Mapped[str] = mapped_column(primary_key=True)  # the counting process: no row is shared
    value: Mapped[float]


class PlanningPause(Base):
    """End of a pause of planning. One row at most."""

    __tablename__ = "planning_pauses"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime]


class ChannelFault(Base):
    """A destination that a fault on our side has broken: only probes are sent to it."""

    __tablename__ = "channel_faults"
    __table_args__ = (CheckConstraint(one_of("channel", Channel), name="channel"),)

    place: Mapped[str] = mapped_column(primary_key=True)  # a push service's host, or "mail"
    channel: Mapped[str]
    reason: Mapped[str]
    since: Mapped[datetime]
    probe_at: Mapped[datetime]  # from then on one message may probe it


class WriteProbe(Base):
    """The row that the readiness check writes. One row."""

    __tablename__ = "write_probes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    written_at: Mapped[datetime]
