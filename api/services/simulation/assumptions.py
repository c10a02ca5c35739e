"""Assumptions of a simulated cohort that the command line can change."""

from dataclasses import dataclass
from enum import StrEnum


class Cadence(StrEnum):
    """Frequency of the diary in a cohort; ``mixed`` has daily, weekly and changing diaries."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MIXED = "mixed"


RANGES = {
    "noise_sd": (0.0, 4.0),
    "autocorrelation": (0.0, 0.9),
    "onset_share": (0.0, 1.0),
    "missing_share": (0.0, 0.95),
    "stopping_share": (0.0, 0.9),
    "extra_check_ins": (0.0, 1.0),
}
"""Lowest and highest value of an assumption, both included."""


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Assumptions about the cohort as a whole, around which each patient is drawn.

    Args:
        cadence: Frequency of the diary.
        noise_sd: Median of the day-to-day SD of worst pain, points of 0 to 10; those of
            the patients lie between 0.36 and 2.27 times it (0.4 to 2.5 points by default). No published
            value for joint pain on aromatase inhibitors was found: assumed.
        autocorrelation: Mean correlation of adjacent days, of each patient within 0.15. Positive
            in most of 47 series of rheumatoid arthritis (Affleck G et al. 1991); the value is assumed.
        onset_share: Share who get symptoms within 12 months of tablets; 0.43 in E1Z11, 0.46 in the
            pooled 21 studies of Beckwee D et al. 2017.
        missing_share: Mean share of due days without an answer, of each patient within 0.25.
            Daily diaries were completed on 56% of days in the first half year and 39% after one year
            (Daly, quoted second-hand); weekly ones to 62-91%.
        stopping_share: Share who stop within 12 months of tablets: 0.22 follows from ELPh (Henry NL
            et al. 2012, PMID 22331951), 0.12 was found in E1Z11.
        extra_check_ins: Share of the engine's extra check-ins that are answered; 0: none are asked.

    Raises:
        ValueError: A number is out of range.
    """

    cadence: Cadence = Cadence.MIXED
    noise_sd: float = 1.1
    autocorrelation: float = 0.35
    onset_share: float = 0.45
    missing_share: float = 0.35
    stopping_share: float = 0.22
    extra_check_ins: float = 0.0

    def __post_init__(self) -> None:
        """Reject values out of range."""
        object.__setattr__(self, "cadence", Cadence(self.cadence))
        for name, (lowest, highest) in RANGES.items():
            value = getattr(self, name)
            if not lowest <= value <= highest:
                raise ValueError(f"{name} is {value}, not in {lowest}..{highest}")
