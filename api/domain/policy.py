"""The thresholds of the engine: each with its unit and where it comes from."""

from dataclasses import dataclass, fields

MATHIAS = (
    "Mathias SD et al. Estimating minimally important differences for the worst pain rating of the Brief "
    "Pain Inventory-Short Form. J Support Oncol 2011;9:72-78 (n=1,564)"
)
SERLIN = (
    "Serlin RC et al. When is cancer pain mild, moderate or severe? Pain 1995;61:277-284, "
    "doi:10.1016/0304-3959(94)00178-H"
)
HERSHMAN = (
    "Hershman DL et al. Early discontinuation and non-adherence to adjuvant hormonal therapy. Breast Cancer "
    "Res Treat 2011;126:529-537, doi:10.1007/s10549-010-1132-4 (medication possession ratio under 80%)"
)
CTCAE = "US National Cancer Institute, CTCAE version 5.0 (2017), arthralgia and myalgia"
MATHIAS_ON_A_MEAN = f"{MATHIAS}; found for single ratings, applied here to a mean (unverified)"
JUDGEMENT = "unverified: clinical judgement, no published value; the site signs it off"
NOISE = "unverified: no published value for joint pain on these tablets; assumed from diaries of other pain"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number a rule turns on; a ``source`` that begins with "unverified" is judgement, no paper."""

    value: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Every number the engine turns on; replace one with ``dataclasses.replace`` to see what changes.

    Windows count local days and include the day scored; all scales run 0 to 10, higher is worse.

    >>> Policy().worsening_starts.value
    2.0
    """

    level_days: Threshold = Threshold(7, "days of the present level", JUDGEMENT)
    level_answers: Threshold = Threshold(3, "answered days a level needs", JUDGEMENT)
    level_fresh_days: Threshold = Threshold(28, "days old the newest answer may be", JUDGEMENT)
    level_reach_days: Threshold = Threshold(63, "days the last answers may lie back", JUDGEMENT)

    baseline_days: Threshold = Threshold(28, "days of the usual level", JUDGEMENT)
    baseline_answers: Threshold = Threshold(3, "answered days the usual level needs", JUDGEMENT)
    baseline_settles_days: Threshold = Threshold(7, "days before an answer may count as usual", JUDGEMENT)

    noise_sd: Threshold = Threshold(1.2, "points, day-to-day SD before her own is known", NOISE)
    noise_sd_lowest: Threshold = Threshold(1.0, "points, the least SD believed", NOISE)
    noise_weight: Threshold = Threshold(7, "answers the assumed SD is worth", JUDGEMENT)
    noise_autocorrelation: Threshold = Threshold(0.3, "correlation of adjacent days", NOISE)

    worsening_starts: Threshold = Threshold(2.0, "points above the usual level", MATHIAS_ON_A_MEAN)
    worsening_holds: Threshold = Threshold(1.0, "points that remain without the most telling day", JUDGEMENT)
    worsening_ends: Threshold = Threshold(1.0, "points above the usual level, below which it ends", JUDGEMENT)

    mild_from: Threshold = Threshold(1, "points, rounded level", SERLIN)
    moderate_from: Threshold = Threshold(5, "points, rounded level", SERLIN)
    severe_from: Threshold = Threshold(7, "points, rounded level", SERLIN)
    severe_ends: Threshold = Threshold(6.0, "points, level below which severe symptoms end", JUDGEMENT)

    gap_pdc: Threshold = Threshold(0.80, "share of known days with the tablet taken", HERSHMAN)
    gap_known_days: Threshold = Threshold(14, "known days of the last 28 the share needs", JUDGEMENT)
    gap_doses_7d: Threshold = Threshold(3, "tablets not taken in the last 7 days", JUDGEMENT)
    gap_ends_pdc: Threshold = Threshold(0.90, "share of known days at which a gap ends", JUDGEMENT)

    low_confidence: Threshold = Threshold(2, "confidence to go on, 0 to 10, higher is better", JUDGEMENT)
    low_confidence_days: Threshold = Threshold(28, "days between two low answers", JUDGEMENT)

    again_after_days: Threshold = Threshold(
        28, "days before the same lasting trouble is told again", JUDGEMENT
    )

    def values(self) -> dict[str, float]:
        """Return the numbers alone, by name: what decides a score, and so what a version must cover."""
        return {field.name: getattr(self, field.name).value for field in fields(self)}
