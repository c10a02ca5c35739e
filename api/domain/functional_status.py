"""Functional status: limitation by the latest questionnaires, of which the worst counts."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from api.domain.alerts.finding import Severity
from api.domain.formatting import format_day
from api.domain.policy import CTCAE, JUDGEMENT, SERLIN, Policy
from api.domain.severity import MEANINGS, severity_band

FRESH_DAYS = 120
"""Days that a questionnaire about a week or more counts: about its interval (judgement)."""

FRESHNESS = f"an answer counts for {FRESH_DAYS} days ({JUDGEMENT})"
OF_ONE_DAY = "an answer about one day counts for {} days, as one in the diary does"
KHANNA = "Khanna et al. 2008, J Rheumatol 35:466, PMID 18085737 (cuts of the HAQ-DI, systemic sclerosis)"
BASCH = (
    "Basch et al. 2021, Clin Trials 18:104, PMID 33258687 (composite grade 0 to 3); its reading as a step is "
    "a nearest match (unverified), and NCI means it for safety in groups, not for deciding about one person"
)
GIESINGER = "Giesinger JM et al. 2020, J Clin Epidemiol 118:1, PMID 31639445 (the cut itself is unverified)"
PROMIS = "PROMIS cut points 55, 60 and 70 for symptoms, HealthMeasures"
ON_ANOTHER_SCALE = f"{SERLIN}; found for worst pain, applied here to interference (unverified)"

_STEPS = tuple(Severity)
_HAQ_CUTS, _PF_CUTS, _PROMIS_CUTS = (0, 1, 2), (83, 100), (55, 60, 70)
_OF_DAILY_LIFE = " of daily activities"


@dataclass(frozen=True, slots=True)
class ReportedScore:
    """Latest value of a score, and the local day it is about."""

    value: float
    on: date


@dataclass(frozen=True, slots=True)
class FunctionRule:
    """Rule from one score of one instrument to a step of limitation."""

    instrument: str
    score: str
    name: str
    step: Callable[[float, Policy], Severity]
    source: str
    verified: bool = True
    of_one_day: bool = False
    """True for a score about one day: it counts no longer than an answer of the diary, and raises
    no finding, as it may be a bad day."""

    def fresh_days(self, policy: Policy) -> int:
        """Return the number of days that an answer counts."""
        return int(policy.level_fresh_days.value) if self.of_one_day else FRESH_DAYS

    def freshness(self, policy: Policy) -> str:
        """Return in words how long an answer counts, and the source."""
        return OF_ONE_DAY.format(self.fresh_days(policy)) if self.of_one_day else FRESHNESS


@dataclass(frozen=True, slots=True)
class FunctionEvidence:
    """Limitation by one score, with its day and its rule."""

    rule: FunctionRule
    given: ReportedScore
    severity: Severity
    description: str


@dataclass(frozen=True, slots=True)
class FunctionReading:
    """Functional status: worst limitation, all parts (worst first), scores too old to count."""

    severity: Severity
    limitation: str
    parts: tuple[FunctionEvidence, ...]
    too_old: tuple[str, ...]
    description: str
    sources: tuple[str, ...]
    verified: bool
    """False if the cut of a part is not checked in its source, or was made for another scale."""


def functional_status(
    latest: Mapping[tuple[str, str], ReportedScore], on: date, *, policy: Policy = Policy()
) -> FunctionReading | None:
    """Return the limitation by the latest questionnaires, explained.

    Combine it with the severity from the diary by taking the worse of the two: a low limitation
    here never lowers what was reported since.

    Args:
        latest: Instrument code and score id to the latest score, such as ``("haq-di", "di")``.
            Scores without a rule are ignored.
        on: The local day in question.
        policy: The site's bands for worst pain and interference, and how long an answer about one
            day counts.

    Returns:
        The worst step of those that count: given on ``on`` or up to 120 days before (judgement),
        about one day up to 28 days, as an answer of the diary. None when none counts: unknown is
        not "no limitation".

    Source:
        Each rule's own; the steps in words follow CTCAE 5.0, whose grades are a nearest match
        (unverified).

    >>> found = functional_status({("haq-di", "di"): ReportedScore(1.5, date(2026, 5, 3))}, date(2026, 6, 1))
    >>> found.description
    'HAQ-DI 1.5 on 3 May 2026: noticeable limitation'
    """
    known = [(rule, latest[key]) for rule in RULES if (key := (rule.instrument, rule.score)) in latest]
    parts = [_part(rule, given, policy) for rule, given in known if _counts(rule, given, on, policy)]
    if not parts:
        return None
    parts.sort(key=lambda part: -_STEPS.index(part.severity))
    worst, rules = parts[0].severity, [part.rule for part in parts]
    sources = [*(rule.source for rule in rules), CTCAE, *(rule.freshness(policy) for rule in rules)]
    return FunctionReading(
        severity=worst,
        limitation=MEANINGS[worst].limitation,
        parts=tuple(parts),
        too_old=tuple(
            _too_old(rule, given, on, policy) for rule, given in known if not _counts(rule, given, on, policy)
        ),
        description="; ".join(part.description for part in parts),
        sources=tuple(dict.fromkeys(sources)),
        verified=all(rule.verified for rule in rules),
    )


def _counts(rule: FunctionRule, given: ReportedScore, on: date, policy: Policy) -> bool:
    return 0 <= (on - given.on).days <= rule.fresh_days(policy)


def _too_old(rule: FunctionRule, given: ReportedScore, on: date, policy: Policy) -> str:
    old = f"{(on - given.on).days} days old; {rule.freshness(policy)}"
    reason = "lies after this day" if given.on > on else old
    return f"{rule.name} on {format_day(given.on)}: {reason}"


def _part(rule: FunctionRule, given: ReportedScore, policy: Policy) -> FunctionEvidence:
    severity = rule.step(given.value, policy)
    limitation = MEANINGS[severity].limitation.removesuffix(_OF_DAILY_LIFE)
    value = f"{given.value:.3f}".rstrip("0").rstrip(".")
    return FunctionEvidence(
        rule, given, severity, f"{rule.name} {value} on {format_day(given.on)}: {limitation}"
    )


def _haq(index: float, _: Policy) -> Severity:
    """Return the step of the HAQ-DI: 0 none, up to 1 mild, up to 2 moderate, above severe."""
    return _STEPS[bisect_left(_HAQ_CUTS, index)]


def _composite(grade: float, _: Policy) -> Severity:
    """Return the step of a composite grade, 0 to 3, higher is worse."""
    return _STEPS[round(grade)]


def _physical(score: float, _: Policy) -> Severity:
    """Return the step of physical functioning, 0 to 100, higher is better.

    Its source has one cut, and none for severe.
    """
    return _STEPS[len(_PF_CUTS) - bisect_right(_PF_CUTS, score)]


def _promis(t: float, _: Policy) -> Severity:
    """Return the step of a symptom's T score, mean 50, SD 10, higher is worse."""
    return _STEPS[bisect_right(_PROMIS_CUTS, t)]


RULES: tuple[FunctionRule, ...] = (
    FunctionRule("haq-di", "di", "HAQ-DI", _haq, KHANNA),
    FunctionRule(
        "bpi-sf",
        "interference",
        "BPI-SF interference",
        severity_band,
        ON_ANOTHER_SCALE,
        verified=False,
        of_one_day=True,
    ),
    FunctionRule(
        "bpi-sf", "worst", "BPI-SF worst pain", severity_band, SERLIN, verified=False, of_one_day=True
    ),
    FunctionRule(
        "pro-ctcae", "51_composite", "PRO-CTCAE aching joints, grade", _composite, BASCH, verified=False
    ),
    FunctionRule("qlq-c30", "PF", "QLQ-C30 physical functioning", _physical, GIESINGER, verified=False),
    FunctionRule("promis-pi-4a", "pain_interference", "PROMIS pain interference, T", _promis, PROMIS),
    FunctionRule("promis-29", "pain_interference", "PROMIS-29 pain interference, T", _promis, PROMIS),
)
"""Every score with a rule; there is no rule without a published cut."""
