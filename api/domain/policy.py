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
SYMMETRY = (
    "unverified: clinical judgement; symmetry is a minor criterion among those proposed for these symptoms "
    "(attributed to Niravath P, 2013, not checked); the site signs it off"
)
CURVES = "unverified: chosen on simulated diaries for few false alerts, see docs/explanation/engine.md"
ONSET_SHARE = (
    "0.43 in E1Z11 and 0.46 in the pooled 21 studies of Beckwee D et al. 2017; 0.31 to 0.60 elsewhere; "
    "the site sets its own"
)
ASSUMED_SHARE = 0.45
"""Share of patients who get worse within 12 months to which the odds of a rise are calibrated."""
STOPPING_SHARE = (
    "14.6% in EvAluate-TM (Nabieva N et al. 2018, PMID 29679775); 12% in E1Z11, about 22% in ELPh, 5% in "
    "SAVS-JP; the site sets its own"
)
STOPPING_LIMITS = (
    "unverified: chosen on simulated diaries for few findings, see docs/explanation/discontinuation.md"
)
NOISE = "unverified: no published value for joint pain on these tablets; assumed from diaries of other pain"


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number; a ``source`` that begins with "unverified" is judgement, not a paper."""

    value: float
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A set of thresholds; each field is one."""

    def values(self) -> dict[str, float]:
        """Return the numbers by name, without units and sources: all that a result depends on."""
        return {field.name: getattr(self, field.name).value for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Policy(Thresholds):
    """Every threshold of the engine; replace one with ``dataclasses.replace`` to see its effect.

    Windows count local days and include the day scored; all scales run 0 to 10, higher is worse.

    >>> Policy().worsening_starts.value
    2.0
    """

    level_days: Threshold = Threshold(7, "days of the present level", JUDGEMENT)
    level_answers: Threshold = Threshold(3, "answered days a level needs", JUDGEMENT)
    level_fresh_days: Threshold = Threshold(28, "days old the newest answer may be", JUDGEMENT)
    level_reach_days: Threshold = Threshold(63, "days the last answers may lie back", JUDGEMENT)

    baseline_days: Threshold = Threshold(28, "days of the baseline", JUDGEMENT)
    baseline_answers: Threshold = Threshold(3, "answered days the baseline needs", JUDGEMENT)
    baseline_settles_days: Threshold = Threshold(
        7, "days before an answer counts for the baseline", JUDGEMENT
    )

    noise_sd: Threshold = Threshold(1.2, "points, day-to-day SD before the patient's own is known", NOISE)
    noise_sd_lowest: Threshold = Threshold(1.0, "points, least SD", NOISE)
    noise_weight: Threshold = Threshold(7, "answers the assumed SD is worth", JUDGEMENT)
    noise_autocorrelation: Threshold = Threshold(0.4, "correlation of adjacent days", NOISE)

    onset_per_day: Threshold = Threshold(0.0025, "onsets of a lasting rise a day, prior", JUDGEMENT)
    rise_pain: Threshold = Threshold(3.6, "points, usual size of a rise of worst pain", JUDGEMENT)
    rise_pain_sd: Threshold = Threshold(2.0, "points, SD of that size", JUDGEMENT)
    rise_stiffness: Threshold = Threshold(3.0, "points, usual size of a rise of stiffness", JUDGEMENT)
    rise_interference: Threshold = Threshold(2.6, "points, usual size of a rise of interference", JUDGEMENT)
    rise_other_sd: Threshold = Threshold(2.0, "points, SD of those two sizes", JUDGEMENT)
    pain_counts: Threshold = Threshold(0.8, "weight of worst pain as evidence", JUDGEMENT)
    stiffness_counts: Threshold = Threshold(0.6, "weight of stiffness as evidence", JUDGEMENT)
    interference_counts: Threshold = Threshold(0.2, "weight of interference as evidence", JUDGEMENT)
    onset_noise_sd: Threshold = Threshold(
        1.4, "points, day-to-day SD before the patient's own is known", NOISE
    )
    onset_noise_weight: Threshold = Threshold(4, "pairs of answers that SD is worth", JUDGEMENT)
    onset_noise_remembered: Threshold = Threshold(60, "pairs of answers in the patient's own SD", JUDGEMENT)
    onset_noise_lowest: Threshold = Threshold(0.5, "points, least SD", NOISE)
    noise_tail: Threshold = Threshold(4, "degrees of freedom of Student's t for one answer", JUDGEMENT)
    usual_drift: Threshold = Threshold(0.03, "points a day, drift of the baseline", JUDGEMENT)
    flare_starts: Threshold = Threshold(0.05, "flares a day, before the patient's own are known", JUDGEMENT)
    flare_weight: Threshold = Threshold(0.6, "flares that this is worth", JUDGEMENT)
    flare_stays: Threshold = Threshold(0.75, "chance that a flare lasts another day", JUDGEMENT)
    odds_sparse_times: Threshold = Threshold(2.1, "factor on the odds of a rise, sparse diary", CURVES)
    odds_sparse_power: Threshold = Threshold(0.9, "exponent of the odds of a rise, sparse diary", CURVES)
    odds_sparse_days: Threshold = Threshold(6, "answered days of 28 in a sparse diary, at most", CURVES)
    odds_daily_times: Threshold = Threshold(0.6, "factor on the odds of a rise, daily diary", CURVES)
    odds_daily_power: Threshold = Threshold(0.6, "exponent of the odds of a rise, daily diary", CURVES)
    odds_daily_days: Threshold = Threshold(14, "answered days of 28 in a daily diary, at least", CURVES)
    odds_gap_times: Threshold = Threshold(
        1.5, "factor on the odds of a rise, each usual interval without an answer", CURVES
    )
    flare_density: Threshold = Threshold(
        0.1386, "1/points, density of an answer in a flare above the baseline", JUDGEMENT
    )

    worsening_starts: Threshold = Threshold(2.0, "points, expected size of a lasting rise", MATHIAS_ON_A_MEAN)
    worsening_lasts_days: Threshold = Threshold(8, "days since onset, longer than most flares", CURVES)
    worsening_shows: Threshold = Threshold(0.5, "points above the baseline without its lowest day", JUDGEMENT)
    worsening_p: Threshold = Threshold(0.40, "probability of a lasting rise, all symptoms together", CURVES)
    worsening_p_alone: Threshold = Threshold(
        0.60, "probability of a lasting rise, stiffness or interference alone", CURVES
    )
    worsening_p_extra: Threshold = Threshold(
        0.15, "probability needed in addition on a day of extra check-ins alone", CURVES
    )
    worsening_shows_alone: Threshold = Threshold(
        1.0, "points of stiffness or interference above their level before the rise", JUDGEMENT
    )
    worsening_ends: Threshold = Threshold(
        0.15, "probability of a lasting rise, below which it ends", JUDGEMENT
    )
    worsening_share: Threshold = Threshold(
        ASSUMED_SHARE,
        "share of patients who get worse within 12 months, for stated probabilities",
        ONSET_SHARE,
    )

    extra_p: Threshold = Threshold(
        0.12, "probability of any rise from which extra check-ins are asked for", CURVES
    )
    extra_check_ins: Threshold = Threshold(3, "check-ins within a week, extra", CURVES)
    extra_sparse_days: Threshold = Threshold(
        14, "answered days of 28 from which none are asked for", JUDGEMENT
    )
    extra_again_days: Threshold = Threshold(28, "days before extra check-ins begin again", JUDGEMENT)
    extra_most_a_year: Threshold = Threshold(
        12, "extra check-ins in any 365 days, at the most; 0: none", JUDGEMENT
    )

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

    stopping_share: Threshold = Threshold(
        0.15, "share of patients who stop within 12 months of treatment", STOPPING_SHARE
    )
    stopping_risk: Threshold = Threshold(0.20, "risk of stopping within 90 days", STOPPING_LIMITS)
    stopping_ratio: Threshold = Threshold(2.0, "times the risk of an average patient", JUDGEMENT)
    stopping_ends: Threshold = Threshold(0.7, "share of where it starts, below which it ends", JUDGEMENT)

    silence_days: Threshold = Threshold(14, "days without an entry, at the least", JUDGEMENT)
    silence_intervals: Threshold = Threshold(3, "times the usual interval of entries", JUDGEMENT)
    silence_pauses: Threshold = Threshold(2, "times a gap that was made twice", JUDGEMENT)
    silence_longest_days: Threshold = Threshold(70, "days without an entry, at the most", JUDGEMENT)
    silence_few_days: Threshold = Threshold(35, "days, while the rhythm of entries is not known", JUDGEMENT)
    silence_written_days: Threshold = Threshold(4, "days with an entry that show a rhythm", JUDGEMENT)
    silence_over_days: Threshold = Threshold(14, "days from the first to the last of them", JUDGEMENT)
    silence_as_asked_days: Threshold = Threshold(
        5, "days between entries from which they follow the check-ins", JUDGEMENT
    )
    silence_visit_intervals: Threshold = Threshold(
        1.5, "times the interval of a diary written at visits, or of as rare check-ins", JUDGEMENT
    )
    silence_visit_longest_days: Threshold = Threshold(200, "days between two visits, at the most", JUDGEMENT)
    reporting_days: Threshold = Threshold(112, "days over which the rhythm is estimated", JUDGEMENT)
    thinning_days: Threshold = Threshold(28, "days compared with those before", JUDGEMENT)
    thinning_share: Threshold = Threshold(0.5, "share of the expected days with an entry", JUDGEMENT)
    thinning_fewer: Threshold = Threshold(3, "days with an entry fewer than expected", JUDGEMENT)

    atypical_answers: Threshold = Threshold(5, "answered days that a pattern needs", SYMMETRY)
    atypical_days: Threshold = Threshold(14, "days from the first to the last of them", SYMMETRY)
    atypical_reach_days: Threshold = Threshold(56, "days they may lie back", SYMMETRY)
    atypical_share: Threshold = Threshold(0.8, "share of answered days that show it", SYMMETRY)
    atypical_ends: Threshold = Threshold(0.5, "share of answered days below which it ends", SYMMETRY)
    atypical_night_points: Threshold = Threshold(2, "points worse at night than by day", JUDGEMENT)
    atypical_night_from: Threshold = Threshold(4, "points at night, at the least", JUDGEMENT)

    again_after_days: Threshold = Threshold(
        28, "days before the same lasting finding is raised again", JUDGEMENT
    )
