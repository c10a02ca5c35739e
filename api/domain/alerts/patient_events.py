"""Events that a patient is told of: what the care team did after the patient had sent something."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from api.domain.alerts.status import AlertResolution


class PatientEventKind(StrEnum):
    """Kind of event."""

    ENTRY_READ = "entry.read"
    ASSESSMENT_READ = "assessment.read"
    ALERT_NOTIFIED = "alert.notified"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    CONTACTED = "contacted"
    VISIT_BOOKED = "visit_booked"


OF_OUTCOME: Mapping[str, PatientEventKind] = {
    AlertResolution.CALLED_SELF_CARE: PatientEventKind.CONTACTED,
    AlertResolution.CALLED_NO_ACTION: PatientEventKind.CONTACTED,
    AlertResolution.VISIT_BOOKED: PatientEventKind.VISIT_BOOKED,
}
"""The event of an outcome of an alert; the other outcomes are for the team."""

NOT_YET_STORED = timedelta(seconds=10)
"""A look this soon after something was received may have come before it was stored, and does not count."""
