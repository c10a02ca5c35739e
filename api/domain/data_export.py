"""States and limits of the export of a patient's data."""

from datetime import timedelta
from enum import StrEnum

KEPT_FOR = timedelta(hours=24)
"""Time a finished file can be fetched; then it is deleted."""

LEASE = timedelta(minutes=5)
"""Time after which another worker begins again, unless the one at work has written meanwhile."""

MOST_ATTEMPTS = 5

PART_BYTES = 256 * 1024
"""Size of the pieces in which a file is kept, and the most of it that is in memory at once."""


class ExportState(StrEnum):
    """State of an export."""

    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"
