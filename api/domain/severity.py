"""Severity of present symptoms in four steps, and their meaning in clinical terms."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from api.domain.alerts.finding import Severity
from api.domain.policy import CTCAE, SERLIN, Policy

SOURCE = f"{SERLIN}; bands of single ratings, applied here to a rounded mean (unverified)"
_STEPS = tuple(Severity)
_CALM = (Severity.NONE, Severity.MILD)


@dataclass(frozen=True, slots=True)
class SeverityMeaning:
    """Meaning of a severity in clinical terms, with the nearest CTCAE grade (None: no grade)."""

    limitation: str
    ctcae_grade: int | None
    source: str


MEANINGS: Mapping[Severity, SeverityMeaning] = {
    Severity.NONE: SeverityMeaning("no limitation of daily activities", None, CTCAE),
    Severity.MILD: SeverityMeaning("minimal limitation of daily activities", 1, CTCAE),
    Severity.MODERATE: SeverityMeaning("noticeable limitation of daily activities", 2, CTCAE),
    Severity.SEVERE: SeverityMeaning("significant limitation of daily activities", 3, CTCAE),
}
"""Meaning of each step; the CTCAE grade is a nearest match (unverified), a clinician grades."""


def severity_band(level: float, policy: Policy) -> Severity:
    """Return the step of a mean level, rounded half up to a whole number.

    Args:
        level: Mean of worst pain or of interference, 0 to 10, higher is worse.
        policy: The bands.

    Returns:
        None (0), mild (1 to 4), moderate (5 to 6) or severe (7 to 10) under the default policy.

    Source:
        Serlin et al. 1995, Pain 61:277, doi:10.1016/0304-3959(94)00178-H. The bands were found for
        single ratings of worst pain; their use on a rounded mean is judgement.

    >>> [str(severity_band(level, Policy())) for level in (0.4, 0.5, 4.4, 4.5, 6.4, 6.5)]
    ['none', 'mild', 'mild', 'moderate', 'moderate', 'severe']
    """
    rounded = math.floor(level + 0.5)
    if rounded >= policy.severe_from.value:
        return Severity.SEVERE
    if rounded >= policy.moderate_from.value:
        return Severity.MODERATE
    return Severity.MILD if rounded >= policy.mild_from.value else Severity.NONE


def severity_of(
    pain: float | None, interference: float | None, policy: Policy, *, function: Severity | None = None
) -> Severity | None:
    """Return the worst of the steps of pain, of interference and of the latest questionnaires.

    Args:
        pain: Present level of worst pain, 0 to 10, higher is worse; None when not known.
        interference: Present level of interference, 0 to 10, higher is worse; None when not known.
        policy: The bands.
        function: The step of the latest questionnaires; None when none counts.

    Returns:
        The severity; None when pain is not known and the rest would give none or mild: a low
        severity needs an answer about pain.

    Source:
        See ``band``.

    >>> str(severity_of(4.0, 5.2, Policy()))
    'moderate'
    >>> severity_of(None, 1.0, Policy()) is None
    True
    """
    known = [severity_band(level, policy) for level in (pain, interference) if level is not None]
    known += [] if function is None else [function]
    if not known:
        return None
    worst = max(known, key=_STEPS.index)
    return None if pain is None and worst in _CALM else worst
