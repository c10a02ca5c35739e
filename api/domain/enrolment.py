"""Status, medicine and language of a patient."""

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
