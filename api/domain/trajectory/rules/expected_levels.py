"""Expected levels of a patient: what the team knows of alerts again only where it is worse, or at the end.

Rules and their episodes are evaluated as without: levels, probabilities and all other findings stay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from api.domain.alerts.finding import Finding, FindingKind, Severity
from api.domain.alerts.urgency import ABOVE_EXPECTED
from api.domain.diary.expected_level import RISE, ExpectedLevel, ExpectedSymptom
from api.domain.formatting import format_day
from api.domain.functional_status import FunctionReading
from api.domain.onset.onset_state import OnsetSummary
from api.domain.severity import severity_band
from api.domain.trajectory.change import LevelChange
from api.domain.trajectory.level import Answered, level_window, mean_answer
from api.domain.trajectory.rules import severe, worsening
from api.domain.trajectory.rules.context import RuleContext, severity_inputs
from api.domain.trajectory.rules.episodes import Episodes, Evidence
from api.domain.trajectory.rules.evaluate import RULES

SOURCE = "the level that the team expects; 2 points are the rise that matters (Mathias 2011)"

_NAMES = {ExpectedSymptom.PAIN: "worst pain", ExpectedSymptom.STIFFNESS: "stiffness"}
KINDS = {
    ExpectedSymptom.PAIN: (FindingKind.SEVERE_SYMPTOMS, FindingKind.WORSENING),
    ExpectedSymptom.STIFFNESS: (FindingKind.WORSENING,),
}
_PLACES = {rule.kind: place for place, rule in enumerate(RULES)}


class EarlierDay(NamedTuple):
    """State after the scored day before: its ordinal, answers, and what the rules compare."""

    day: int
    pain: Answered
    stiffness: Answered
    interference: Answered
    limited: FunctionReading | None
    onset: OnsetSummary | None
    change: LevelChange | None

    @property
    def local_date(self) -> date:
        """The day as a date; the first of all days where there is none."""
        return date.fromordinal(max(self.day, 1))


@dataclass(frozen=True, slots=True)
class _ScoredDay:
    """A day on which expected levels may change what alerts."""

    expected: Sequence[ExpectedLevel]
    earlier: EarlierDay
    context: RuleContext
    episodes: Episodes

    @property
    def today(self) -> date:
        return self.context.day.local_date

    def known(self) -> frozenset[ExpectedSymptom]:
        """The symptoms whose findings are withheld: not on the day on which the level was set."""
        in_force = (each for each in self.expected if each.since < self.today <= each.until)
        return frozenset(each.symptom for each in in_force)


def with_expected_levels(
    expected: Sequence[ExpectedLevel],
    findings: Sequence[Finding],
    *,
    earlier: EarlierDay,
    context: RuleContext,
    episodes: Episodes,
) -> list[Finding]:
    """Return the findings of a day, where the team expects a level of a symptom.

    Severe symptoms and worsening of the symptom alone are withheld while its level is in force. The same
    by another symptom is found as its own; 2 points above the level alert at once; on the first scored
    day after the end what still holds is found again.

    Args:
        expected: The expected levels of the patient.
        findings: The findings of the day without them.
        earlier: What held after the scored day before.
        context: Inputs of the rules on the day.
        episodes: Episodes of the rules after the day.
    """
    day = _ScoredDay(expected, earlier, context, episodes)
    found = list(findings)
    if known := day.known():
        others = dict(_by_other_symptoms(day, known))
        found = list(_without_known(found, known, others))
        raised = {finding.kind for finding in found}
        found += [each for kind, each in others.items() if kind not in raised and _is_new(day, kind, known)]
    found += [finding for each in expected if (finding := _above(day, each)) is not None]
    kinds = {finding.kind for finding in found}
    for each in expected:
        found += [finding for finding in _ended(day, each) if finding.kind not in kinds]
    return found


def _without_known(
    findings: Sequence[Finding], known: frozenset[ExpectedSymptom], others: Mapping[FindingKind, Finding]
) -> Iterator[Finding]:
    """Yield the findings, those of known symptoms as of the others alone, where these show it too."""
    for finding in findings:
        if not any(finding.kind in KINDS[symptom] for symptom in known) or not _is_of(finding, known):
            yield finding
        elif finding.kind in others:
            yield others[finding.kind]


def _is_of(finding: Finding, known: frozenset[ExpectedSymptom]) -> bool:
    """Return whether a finding is of known symptoms, perhaps among others."""
    if finding.kind is FindingKind.SEVERE_SYMPTOMS:
        return ExpectedSymptom.PAIN in known
    return finding.numbers.get("symptom") in known


def _by_other_symptoms(
    day: _ScoredDay, known: frozenset[ExpectedSymptom]
) -> Iterator[tuple[FindingKind, Finding]]:
    """Yield what holds on the day by other symptoms alone."""
    context = day.context
    if worsening.RULE.applies(context) and (rise := worsening.evidence_of(context, without=known)):
        yield FindingKind.WORSENING, _finding(day, FindingKind.WORSENING, "", rise)
    if ExpectedSymptom.PAIN in known:
        symptoms = context.symptoms
        masked = severity_inputs((), symptoms.interference_window, context.policy, symptoms.limited)
        rest = context._replace(symptoms=masked)
        answered = context.day.interference is not None or bool(context.day.function)
        if answered and severe.RULE.starts(rest):
            yield (
                FindingKind.SEVERE_SYMPTOMS,
                _finding(day, FindingKind.SEVERE_SYMPTOMS, "", severe.RULE.evidence(rest)),
            )


def _is_new(day: _ScoredDay, kind: FindingKind, known: frozenset[ExpectedSymptom]) -> bool:
    """Return whether what holds by other symptoms did not hold on the scored day before."""
    earlier, policy = day.earlier, day.context.policy
    if kind is FindingKind.SEVERE_SYMPTOMS:
        window = level_window(earlier.interference, earlier.day, policy)
        before = severity_inputs((), window, policy, earlier.limited)
        return not severe.is_severe(before, policy)
    if earlier.onset is None:
        return True
    together = "pain" not in known and earlier.change is not None
    if together and earlier.change and worsening.is_lasting_rise(earlier.onset, earlier.change, policy):
        return False
    levels = {
        "stiffness": mean_answer(level_window(earlier.stiffness, earlier.day, policy)),
        "interference": mean_answer(level_window(earlier.interference, earlier.day, policy)),
    }
    return not any(
        worsening.is_lasting_rise_alone(getattr(earlier.onset, symptom), level, policy)
        for symptom, level in levels.items()
        if symptom not in known
    )


def _above(day: _ScoredDay, each: ExpectedLevel) -> Finding | None:
    """Return the finding of a day on which a symptom is by a further 2 points above its expected level."""
    context, symptom = day.context, each.symptom
    answer = getattr(context.day, symptom)
    if answer is None or not each.is_in_force(day.today):
        return None
    if day.today == each.since and (each.set_at is None or context.day.recorded_at <= each.set_at):
        return None  # what the team has seen
    highest = max(answer, mean_answer(_window(context, symptom)) or 0.0)
    if each.rises_above(highest) <= _rises_before(day, each):
        return None
    is_severe = symptom is ExpectedSymptom.PAIN and severity_band(highest, context.policy) is Severity.SEVERE
    kind = FindingKind.SEVERE_SYMPTOMS if is_severe else FindingKind.WORSENING
    reason = (
        f"{_NAMES[symptom]} {highest:.1f}, expected {each.level} until {format_day(each.until.toordinal())}: "
        f"{RISE} points above alert again"
    )
    numbers = _numbers(each, highest) | {ABOVE_EXPECTED: round(highest - each.level, 4)}
    return _finding(day, kind, ":expected", (reason, numbers, SOURCE))


def _rises_before(day: _ScoredDay, each: ExpectedLevel) -> int:
    """Return the rises above an expected level of which the team was notified the day before."""
    earlier = day.earlier
    if earlier.local_date <= each.since:
        return 0
    answers: Answered = getattr(earlier, each.symptom)
    latest = answers[-1][1] if answers and answers[-1][0] == earlier.day else 0.0
    level = mean_answer(level_window(answers, earlier.day, day.context.policy)) or 0.0
    return each.rises_above(max(latest, level))


def _ended(day: _ScoredDay, each: ExpectedLevel) -> Iterator[Finding]:
    """Yield what still holds on the first scored day after the end of an expected level."""
    is_first = day.earlier.local_date <= each.until < day.today
    renewed = any(other.symptom is each.symptom and other.is_in_force(day.today) for other in day.expected)
    if not is_first or renewed:
        return
    level = mean_answer(_window(day.context, each.symptom))
    told = "not known" if level is None else f"{level:.1f}"
    for kind in KINDS[each.symptom]:
        if _goes_on(day, kind):
            reason = (
                f"{_NAMES[each.symptom]} {told}: the expected level of {each.level} ended on "
                f"{format_day(each.until.toordinal())}, and {kind.value.replace('_', ' ')} goes on"
            )
            yield _finding(day, kind, ":expected-ended", (reason, _numbers(each, level), SOURCE))


def _goes_on(day: _ScoredDay, kind: FindingKind) -> bool:
    """Return whether an episode goes on: also where its rule would end it only later."""
    place = _PLACES[kind]
    rule = RULES[place]
    is_over = rule.applies(day.context) and rule.ends(day.context)
    return day.episodes[place] is not None and not is_over


def _window(context: RuleContext, symptom: ExpectedSymptom) -> Answered:
    """Return the answered days of the present level of a symptom."""
    return context.symptoms.pain_window if symptom is ExpectedSymptom.PAIN else context.stiffness_window


def _numbers(each: ExpectedLevel, level: float | None) -> dict[str, Any]:
    return {
        "symptom": each.symptom.value,
        f"{each.symptom}_level": None if level is None else round(level, 4),
        "expected_level": each.level,
        "expected_until": each.until.isoformat(),
    }


def _finding(day: _ScoredDay, kind: FindingKind, mark: str, evidence: Evidence) -> Finding:
    about, at = day.today, day.context.day.recorded_at
    return Finding(kind, kind.defaults.tier, f"{about.isoformat()}{mark}", about, at, *evidence)
