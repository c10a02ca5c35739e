"""Where a patient stands in the programme."""

from enum import StrEnum


class PatientStatus(StrEnum):
    """Whether she is being monitored."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    COMPLETED = "completed"
    DECEASED = "deceased"


class AromataseInhibitor(StrEnum):
    """Which aromatase inhibitor she takes."""

    ANASTROZOLE = "anastrozole"
    LETROZOLE = "letrozole"
    EXEMESTANE = "exemestane"


class Language(StrEnum):
    """What she reads."""

    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    FRENCH = "fr"
