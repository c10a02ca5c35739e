"""Factors of a patient outside the diary."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from api.domain.diary.expected_level import ExpectedLevel


@dataclass(frozen=True, slots=True)
class PatientFactors:
    """Factors of a patient outside the diary; each may be unknown.

    The factors without a description are used by the discontinuation risk only.

    Attributes:
        ai_started_on: First day on the aromatase inhibitor; it may lie in the future.
        ai: Name of the aromatase inhibitor.
        check_in_days: Days between the check-ins of a plan; None for the built-in check-in.
        expected: Levels of symptoms that the team knows of; they change what alerts, and no score.
    """

    ai_started_on: date | None = None
    ai: str | None = None
    prior_tamoxifen: bool | None = None
    prior_taxane: bool | None = None
    birth_year: int | None = None
    check_in_days: int | None = None
    expected: tuple[ExpectedLevel, ...] = ()

    @property
    def started(self) -> int | None:
        """Ordinal of the first day on the tablets; None when not known."""
        return None if self.ai_started_on is None else self.ai_started_on.toordinal()

    def dump(self) -> list[Any]:
        """Return the factors as JSON can store them."""
        known = [self.started, self.ai, self.prior_tamoxifen, self.prior_taxane, self.birth_year]
        return [*known, self.check_in_days, *(each.dump() for each in self.expected)]
