"""What is known of a patient beyond her diary."""

from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class PatientFactors:
    """What is known of a patient beyond her diary; everything may be unknown.

    ``ai_started_on`` is the first day on the aromatase inhibitor; it may lie in the future. ``ai`` is
    the tablet's name. ``asked_every`` is the number of days between the times at which a plan asks the
    patient to write, None for the built-in check-in. The rest is asked for by the risk of stopping alone.
    """

    ai_started_on: date | None = None
    ai: str | None = None
    prior_tamoxifen: bool | None = None
    prior_taxane: bool | None = None
    birth_year: int | None = None
    asked_every: int | None = None

    @property
    def started(self) -> int | None:
        """Ordinal of the first day on the tablets; None when not known."""
        return None if self.ai_started_on is None else self.ai_started_on.toordinal()

    def dump(self) -> list[Any]:
        """Return the facts as JSON can keep them: snapshots made from other facts are outdated."""
        known = [self.started, self.ai, self.prior_tamoxifen, self.prior_taxane, self.birth_year]
        return [*known, self.asked_every]
