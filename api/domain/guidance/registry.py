"""Every item of guidance there is, and which of them fit an alert."""

from collections.abc import Iterable
from itertools import chain

from api.domain.alerts.finding import FindingKind, Severity
from api.domain.errors import UnknownGuidance
from api.domain.guidance.catalogue import follow_up, treatment
from api.domain.guidance.definition import ANY_SEVERITY, GuidanceItem

CATALOGUE: tuple[GuidanceItem, ...] = tuple(
    chain(
        treatment.MILD,
        treatment.MODERATE,
        treatment.SEVERE,
        follow_up.MONITORING,
        follow_up.CONSIDERATIONS,
        follow_up.PITFALLS,
        follow_up.OMITTED,
    )
)
"""In the order of the sections."""

LOOK_ELSEWHERE_FIRST = frozenset({FindingKind.RED_FLAG, FindingKind.ATYPICAL})
"""Alerts that ask for another cause: beside them no treatment of these symptoms is offered."""


def find(item_id: str) -> GuidanceItem:
    """Return an item.

    Raises:
        UnknownGuidance: There is none of this id.

    >>> find("acupuncture").verdict.value
    'supported'
    """
    found = next((item for item in CATALOGUE if item.id == item_id), None)
    if found is None:
        raise UnknownGuidance(f"there is no guidance {item_id[:60]!r}; GET /v1/guidance lists what there is")
    return found


def severity_of_alert(kind: FindingKind, present: Severity | None) -> Severity | None:
    """Return the severity whose guidance stands beside an alert.

    Args:
        kind: What the alert is about.
        present: The severity of her newest score; None when it is not known.

    Returns:
        Severe for an alert of severe symptoms, which says so itself; else ``present``. None is no
        answer, and never mild (law 4).

    >>> str(severity_of_alert(FindingKind.SEVERE_SYMPTOMS, Severity.MODERATE))
    'severe'
    >>> severity_of_alert(FindingKind.SILENCE, None) is None
    True
    """
    return Severity.SEVERE if kind is FindingKind.SEVERE_SYMPTOMS else present


def fitting(
    kind: FindingKind, severity: Severity | None, items: Iterable[GuidanceItem] = CATALOGUE
) -> list[GuidanceItem]:
    """Return the items that may stand beside an alert, in the order of the catalogue.

    Args:
        kind: What the alert is about; beside one that asks for another cause no treatment stands.
        severity: How bad symptoms are; None: not known, and only what holds at any severity fits.
        items: What to choose from.

    Returns:
        Those that fit; a withheld one never does.

    >>> beside_chest_pain = fitting(FindingKind.RED_FLAG, Severity.SEVERE)
    >>> any(item.treatment for item in beside_chest_pain)
    False
    """
    return [
        item
        for item in items
        if not item.is_withheld
        and not (item.treatment and kind in LOOK_ELSEWHERE_FIRST)
        and (severity in item.severities if severity else item.severities == ANY_SEVERITY)
    ]
