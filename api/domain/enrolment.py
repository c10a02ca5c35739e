"""Status, medicine and language of a patient."""

from datetime import date
from enum import StrEnum


class PatientStatus(StrEnum):
    """Monitoring status of a patient; only an active one is monitored."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    DECEASED = "deceased"


class AromataseInhibitor(StrEnum):
    """Aromatase inhibitor a patient takes."""

    ANASTROZOLE = "anastrozole"
    LETROZOLE = "letrozole"
    EXEMESTANE = "exemestane"


class Language(StrEnum):
    """Language a patient reads."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    FRENCH = "fr"


def weeks_on_ai(started_on: date | None, today: date) -> int | None:
    """Return the completed weeks since the first day of the aromatase inhibitor; None: not begun.

    >>> weeks_on_ai(date(2026, 3, 2), date(2026, 3, 15)), weeks_on_ai(date(2026, 3, 2), date(2026, 3, 1))
    (1, None)
    """
    if started_on is None or started_on > today:
        return None
    return (today - started_on).days // 7
