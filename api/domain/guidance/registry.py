"""Registry of the guidance items, and the selection of those that fit an alert."""

from collections.abc import Iterable

from api.domain.alerts.finding import FindingKind, Severity
from api.domain.errors import UnknownGuidance
from api.domain.guidance.catalogue import follow_up, treatment
from api.domain.guidance.definition import ANY_SEVERITY, GuidanceItem

CATALOGUE: tuple[GuidanceItem, ...] = (
    *treatment.MILD,
    *treatment.MODERATE,
    *treatment.SEVERE,
    *follow_up.MONITORING,
    *follow_up.CONSIDERATIONS,
    *follow_up.PITFALLS,
    *follow_up.OMITTED,
)
"""In the order of the sections."""

POINTS_TO_ANOTHER_CAUSE = frozenset({FindingKind.RED_FLAG, FindingKind.ATYPICAL})
"""Alerts that point to another cause: no treatment of these symptoms is shown with them."""


def find(item_id: str) -> GuidanceItem:
    """Return an item.

    Raises:
        UnknownGuidance: No item has this id.

    >>> find("acupuncture").verdict.value
    'supported'
    """
    found = next((item for item in CATALOGUE if item.id == item_id), None)
    if found is None:
        raise UnknownGuidance(f"there is no guidance {item_id[:60]!r}; GET /v1/guidance lists all items")
    return found


def severity_of_alert(kind: FindingKind, present: Severity | None) -> Severity | None:
    """Return the severity whose guidance is shown with an alert.

    Args:
        kind: Kind of the finding that opened the alert.
        present: Severity of the patient's newest score; None when it is not known.

    Returns:
        Severe for an alert of severe symptoms; otherwise ``present``. None means unknown, never
        mild (law 4).

    >>> str(severity_of_alert(FindingKind.SEVERE_SYMPTOMS, Severity.MODERATE))
    'severe'
    >>> severity_of_alert(FindingKind.SILENCE, None) is None
    True
    """
    return Severity.SEVERE if kind is FindingKind.SEVERE_SYMPTOMS else present


def fitting(
    kind: FindingKind, severity: Severity | None, items: Iterable[GuidanceItem] = CATALOGUE
) -> list[GuidanceItem]:
    """Return the items that fit an alert, in the order of the catalogue.

    Args:
        kind: Kind of the finding; one that points to another cause excludes treatments.
        severity: Severity of symptoms; None: not known, and only items for any severity fit.
        items: Items to choose from.

    Returns:
        The fitting items; withheld ones never fit.

    >>> with_chest_pain = fitting(FindingKind.RED_FLAG, Severity.SEVERE)
    >>> any(item.treatment for item in with_chest_pain)
    False
    """
    return [
        item
        for item in items
        if not item.is_withheld
        and not (item.treatment and kind in POINTS_TO_ANOTHER_CAUSE)
        and (severity in item.severities if severity else item.severities == ANY_SEVERITY)
    ]
