"""Logging as JSON lines on standard error: ids only, never answers, names or notes."""

import json
import logging
import sys
from datetime import UTC, datetime
from traceback import walk_tb
from typing import Any

ALLOWED = frozenset({
    "request_id", "method", "route", "status", "duration_ms", "site_id", "staff_id", "actor_kind",
    "actor_id", "patient_id", "alert_id", "policy_id", "message_id", "channel", "attempt", "worker",
    "count", "outcome", "kind", "error", "reason", "limit", "seconds",
})  # fmt: skip
"""Extra fields that a log line may carry; others are dropped."""


class JsonLines(logging.Formatter):
    """Formatter that writes one JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; an exception gives type and location, not its text, which may quote answers."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name in ALLOWED}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["at_code"] = [
                f"{frame.f_code.co_filename}:{number} {frame.f_code.co_name}"
                for frame, number in walk_tb(record.exc_info[2])
            ][-8:]
        return json.dumps(line, default=str)


def set_up_logging(level: str) -> None:
    """Write records of ``level`` and above to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
