"""One step of a trajectory: the state before a day and the day give the state after it."""

from datetime import date
from typing import Annotated, NamedTuple

from api.domain.alerts.finding import Finding
from api.domain.constants import DAYS_PER_WEEK
from api.domain.diary.body_sites import PainLocations, add_locations
from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.patient_factors import PatientFactors
from api.domain.diary.state_codec import codec_of
from api.domain.functional_status import FunctionReading, ReportedScore, functional_status
from api.domain.onset.onset_state import SYMPTOM_STATE_CODEC, SymptomState
from api.domain.onset.posterior import at_share
from api.domain.policy import Policy
from api.domain.risk.history import RISK_HISTORY_CODEC, RiskHistory, update_history
from api.domain.risk.model import RiskModel
from api.domain.trajectory.adherence import (
    ALL_UNKNOWN,
    DAYS,
    Doses,
    count_tablets,
    record_answers,
    shift_days,
)
from api.domain.trajectory.baseline import Baseline, update_baseline
from api.domain.trajectory.change import change_interval, level_change
from api.domain.trajectory.extra_check_ins import extra_check_ins
from api.domain.trajectory.level import Answered, add_answer, level_window, mean_answer
from api.domain.trajectory.level_interval import level_interval
from api.domain.trajectory.outcome import DailyScore, ScoreStatus
from api.domain.trajectory.reporting_history import ReportingHistory, record_day
from api.domain.trajectory.reporting_pattern import postpone_silence
from api.domain.trajectory.rules import gap_reasons, silence
from api.domain.trajectory.rules.context import Confidence, RuleContext, severity_inputs
from api.domain.trajectory.rules.episodes import Episodes
from api.domain.trajectory.rules.evaluate import NO_EPISODES, evaluate, is_worsening
from api.domain.trajectory.rules.expected_levels import EarlierDay, with_expected_levels

FunctionScores = tuple[tuple[str, int, float], ...]
"""Latest value of each score of a questionnaire: name, ordinal of the day it is about, value."""


class TrajectoryState(NamedTuple):
    """State after the days so far: bounded, immutable, independent of how the entries arrived.

    ``doses`` end at the day ``day`` (ordinal; 0 before the first). ``extra_begun`` are the days of the
    last 365 on which extra check-ins began.
    """

    day: int = 0
    pain: Answered = ()
    stiffness: Answered = ()
    interference: Answered = ()
    baseline: Baseline = Baseline()
    doses: Doses = ALL_UNKNOWN
    confidence: Confidence | None = None
    episodes: Episodes = NO_EPISODES
    risk_history: Annotated[RiskHistory, RISK_HISTORY_CODEC] = RiskHistory()
    reporting: ReportingHistory = ReportingHistory()
    locations: PainLocations = PainLocations()
    symptoms: Annotated[SymptomState, SYMPTOM_STATE_CODEC] = SymptomState()
    function: FunctionScores = ()
    extra_begun: tuple[int, ...] = ()


STATE_CODEC = codec_of(TrajectoryState)
_NOTHING_REPORTED = DailyScore(date.min, ScoreStatus.NO_PAIN_ANSWER, *(None,) * 9, unknown_doses_28d=DAYS)


def advance(
    before: TrajectoryState,
    day: DailySummary,
    factors: PatientFactors,
    symptoms: SymptomState,
    *,
    policy: Policy,
    model: RiskModel,
) -> tuple[TrajectoryState, DailyScore, list[Finding]]:
    """Score one day, and evaluate the rules on it.

    Args:
        before: State after all earlier days.
        day: The day, later than all of them, with all its entries.
        factors: Factors of the patient outside the diary.
        symptoms: State of the onset filter after this day.
        policy: The thresholds.
        model: Model of the discontinuation risk.

    Returns:
        The state after the day, its score, and the findings to raise.
    """
    today, started = day.ordinal, factors.started
    confidence = None if day.confidence is None else Confidence(today, day.confidence.value)
    after = TrajectoryState(
        today,
        add_answer(before.pain, today, day.pain, policy),
        add_answer(before.stiffness, today, day.stiffness, policy),
        add_answer(before.interference, today, day.interference, policy),
        update_baseline(
            before.baseline,
            before.pain,
            today,
            started=started,
            policy=policy,
            is_worsening=is_worsening(before.episodes),
        ),
        _update_doses(before, day, started),
        confidence or before.confidence,
        before.episodes,
        update_history(before.risk_history, day, started) if day.reported else before.risk_history,
        _update_reporting(before.reporting, day, factors, policy),
        add_locations(before.locations, today, day.sites, at_night=day.pain_at_night, by_day=day.pain_by_day),
        symptoms,
        _update_function(before.function, day),
    )
    severity = severity_inputs(
        level_window(after.pain, today, policy),
        level_window(after.interference, today, policy),
        policy,
        reported_function(after.function, day.local_date, policy),
    )
    context = RuleContext(
        day,
        policy,
        severity,
        level_change(severity.pain_window, severity.pain, after.baseline.estimate, policy),
        symptoms.onset,
        level_window(after.stiffness, today, policy),
        after.doses,
        count_tablets(after.doses, DAYS),
        count_tablets(after.doses, DAYS_PER_WEEK),
        before.confidence,
        confidence,
        model.assess(after.risk_history, factors),
        model,
        after.locations,
    )
    episodes, findings = evaluate(context, before.episodes)
    if factors.expected:
        earlier = _earlier_day(before, policy)
        findings = with_expected_levels(
            factors.expected, findings, earlier=earlier, context=context, episodes=episodes
        )
    silent = silence.finding(before.reporting, today, factors, policy, has_resumed=day.reported)
    found = [*([silent] if silent else ()), *gap_reasons.findings_on_day(day), *findings]
    begun, extra = extra_check_ins(
        before.extra_begun, day, symptoms.onset, is_worsening=is_worsening(episodes), policy=policy
    )
    score = _score(after, context, day, policy)._replace(extra_check_ins=extra)
    return after._replace(episodes=episodes, extra_begun=begun), score, found


def _earlier_day(before: TrajectoryState, policy: Policy) -> EarlierDay:
    """Return what held after the scored day before, as expected levels compare it."""
    window = level_window(before.pain, before.day, policy)
    change = level_change(window, mean_answer(window), before.baseline.estimate, policy)
    limited = reported_function(before.function, date.fromordinal(max(before.day, 1)), policy)
    answers = before.pain, before.stiffness, before.interference
    return EarlierDay(before.day, *answers, limited, before.symptoms.onset, change)


def _update_reporting(
    before: ReportingHistory, day: DailySummary, factors: PatientFactors, policy: Policy
) -> ReportingHistory:
    if day.reported:
        return record_day(before, day.ordinal, day.recorded_at, policy, is_extra=not day.has_own)
    return postpone_silence(before, day.ordinal, factors, policy)


def _update_function(before: FunctionScores, day: DailySummary) -> FunctionScores:
    if not day.function:
        return before
    latest = {name: (about, value) for name, about, value in before}
    latest |= {name: (day.ordinal, score.value) for name, score in day.function.items()}
    return tuple([(name, *latest[name]) for name in sorted(latest)])


def reported_function(scores: FunctionScores, today: date, policy: Policy) -> FunctionReading | None:
    """Return the functional status by the latest questionnaires; None where none counts."""
    if not scores:
        return None
    latest = {}
    for name, about, value in scores:
        instrument, _, score = name.partition(" ")
        latest[instrument, score] = ReportedScore(value, date.fromordinal(about))
    return functional_status(latest, today, policy=policy)


def _update_doses(before: TrajectoryState, day: DailySummary, started: int | None) -> Doses:
    doses = shift_days(before.doses, day.ordinal - before.day)
    before_start = started is not None and day.ordinal < started
    if before_start or (not day.dose_rank and day.missed_7d is None):
        return doses
    missed_7d = None if day.missed_7d is None else day.missed_7d.value
    return record_answers(doses, day.dose, missed_7d, None if started is None else day.ordinal - started + 1)


def _score(after: TrajectoryState, context: RuleContext, day: DailySummary, policy: Policy) -> DailyScore:
    if not day.reported:  # a reason for a gap is no sign of the levels of the days before
        return _NOTHING_REPORTED._replace(local_date=day.local_date, unknown_doses_28d=context.month.unknown)
    change, baseline, risk, onset = context.change, after.baseline.estimate, context.risk, context.onset
    change_low, change_high = (None, None) if change is None else change_interval(change)
    risk_low, risk_high = (None, None) if risk is None else context.model.interval(risk)
    pain, stiffness = context.symptoms.pain, mean_answer(context.stiffness_window)
    variance = policy.noise_sd.value**2 if baseline is None else baseline.variance
    pain_low, pain_high = level_interval(
        context.symptoms.pain_window, pain, variance, day.ordinal, policy=policy
    )
    stiffness_low, stiffness_high = level_interval(
        context.stiffness_window, stiffness, variance, day.ordinal, policy=policy
    )
    return DailyScore(
        local_date=day.local_date,
        status=_status(after, context, policy),
        severity=context.symptoms.severity,
        pain_level=pain,
        pain_baseline=None if baseline is None else baseline.mean,
        pain_change=None if change is None else change.points,
        p_worsening=None if change is None or onset is None else at_share(onset.together.p, policy),
        stiffness_level=stiffness,
        interference_level=context.symptoms.interference,
        self_reported_pdc_7d=context.week.pdc,
        self_reported_pdc_28d=context.month.pdc,
        unknown_doses_28d=context.month.unknown,
        risk_90d=None if risk is None else risk.risk,
        pain_change_low=change_low,
        pain_change_high=change_high,
        risk_90d_low=risk_low,
        risk_90d_high=risk_high,
        pain_level_low=pain_low,
        pain_level_high=pain_high,
        stiffness_level_low=stiffness_low,
        stiffness_level_high=stiffness_high,
    )


def _status(after: TrajectoryState, context: RuleContext, policy: Policy) -> ScoreStatus:
    if context.change is not None:
        return ScoreStatus.SCORED
    if context.symptoms.pain is not None:
        return ScoreStatus.NO_BASELINE
    recent = after.pain and after.day - after.pain[-1][0] <= policy.level_fresh_days.value
    return ScoreStatus.TOO_FEW_ANSWERS if recent else ScoreStatus.NO_PAIN_ANSWER
