"""One step of a patient's course: the state before a day, and the day, give the state after it."""

from datetime import date
from typing import Annotated, NamedTuple

from api.domain.alerts.finding import Finding
from api.domain.diary.body_sites import PainLocations, add_locations
from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.patient_factors import PatientFactors
from api.domain.diary.state_codec import codec_of
from api.domain.functional_status import FunctionReading, ReportedScore, functional_status
from api.domain.onset.onset_state import SYMPTOM_STATE_CODEC, SymptomState
from api.domain.policy import Policy
from api.domain.risk.history import RISK_HISTORY_CODEC, RiskHistory, update_history
from api.domain.risk.model import RiskModel
from api.domain.trajectory.adherence import (
    ALL_UNKNOWN,
    DAYS,
    WEEK,
    Doses,
    count_tablets,
    record_answers,
    shift_days,
)
from api.domain.trajectory.baseline import Baseline, update_baseline
from api.domain.trajectory.change import change_interval, level_change
from api.domain.trajectory.level import Answered, add_answer, level_window, mean_answer
from api.domain.trajectory.outcome import DailyScore, ScoreStatus
from api.domain.trajectory.reporting_pattern import ReportingHistory, record_day
from api.domain.trajectory.rules import silence
from api.domain.trajectory.rules.context import Confidence, RuleContext, severity_inputs
from api.domain.trajectory.rules.episodes import Episodes
from api.domain.trajectory.rules.evaluate import NO_EPISODES, evaluate, is_worsening

Function = tuple[tuple[str, int, float], ...]
"""The latest of each score of a questionnaire: its name, the day it is about, and its value."""


class TrajectoryState(NamedTuple):
    """All that the days so far leave behind: bounded, immutable, and the same however they came in.

    ``doses`` reach up to the day ``day`` (ordinal; 0 before the first).
    """

    day: int = 0
    pain: Answered = ()
    stiffness: Answered = ()
    interference: Answered = ()
    baseline: Baseline = Baseline()
    doses: Doses = ALL_UNKNOWN
    confidence: Confidence | None = None
    episodes: Episodes = NO_EPISODES
    signs: Annotated[RiskHistory, RISK_HISTORY_CODEC] = RiskHistory()
    written: ReportingHistory = ReportingHistory()
    where: PainLocations = PainLocations()
    symptomatic: Annotated[SymptomState, SYMPTOM_STATE_CODEC] = SymptomState()
    function: Function = ()


STATE_CODEC = codec_of(TrajectoryState)


def advance(
    before: TrajectoryState,
    day: DailySummary,
    facts: PatientFactors,
    symptomatic: SymptomState,
    *,
    policy: Policy,
    model: RiskModel,
) -> tuple[TrajectoryState, DailyScore, list[Finding]]:
    """Score one day, and judge it.

    Args:
        before: The state after all earlier days.
        day: The day, later than all of them, with everything said about it.
        facts: What is known of her beyond the diary.
        symptomatic: What the answers on symptoms, up to and with this day, leave behind.
        policy: The thresholds.
        model: Of the risk of stopping.

    Returns:
        The state after the day, its score, and what must be told.
    """
    today, started = day.ordinal, facts.started
    rising = is_worsening(before.episodes)
    baseline = update_baseline(
        before.baseline, before.pain, today, started=started, policy=policy, rising=rising
    )
    pain = add_answer(before.pain, today, day.pain, policy)
    stiffness = add_answer(before.stiffness, today, day.stiffness, policy)
    interference = add_answer(before.interference, today, day.interference, policy)
    doses = _doses(before, day, started)
    confidence = None if day.confidence is None else Confidence(today, day.confidence.value)
    function = _function(before.function, day)
    limited = reported_function(function, day.local_date, policy)
    symptoms = severity_inputs(
        level_window(pain, today, policy), level_window(interference, today, policy), policy, limited=limited
    )
    picture = RuleContext(
        day,
        policy,
        symptoms,
        level_change(symptoms.pain_window, symptoms.pain, baseline.usual, policy),
        symptomatic.rise,
        doses,
        count_tablets(doses, DAYS),
        count_tablets(doses, WEEK),
        before.confidence,
        confidence,
        model.assess(signs := update_history(before.signs, day, started), facts),
        model,
        add_locations(before.where, today, day.sites, at_night=day.at_night, by_day=day.by_day),
    )
    episodes, findings = evaluate(picture, before.episodes)
    confidence = confidence or before.confidence
    written = record_day(before.written, today, day.recorded_at, policy)
    after = TrajectoryState(
        today,
        pain,
        stiffness,
        interference,
        baseline,
        doses,
        confidence,
        episodes,
        signs,
        written,
        picture.locations,
        symptomatic,
        function,
    )
    ended = silence.finding(
        before.written, today, started, policy, has_resumed=True, asked_every=facts.asked_every
    )
    return after, _score(after, picture, day, policy), [ended, *findings] if ended else findings


def _function(before: Function, day: DailySummary) -> Function:
    if not day.function:
        return before
    latest = {name: (told, value) for name, told, value in before}
    latest |= {name: (day.ordinal, told.value) for name, told in day.function.items()}
    return tuple([(name, *latest[name]) for name in sorted(latest)])


def reported_function(function: Function, today: date, policy: Policy) -> FunctionReading | None:
    """Return what the latest questionnaires say on a day of how far she is limited; None: none counts."""
    if not function:
        return None
    latest = {}
    for name, told, value in function:
        instrument, _, score = name.partition(" ")
        latest[instrument, score] = ReportedScore(value, date.fromordinal(told))
    return functional_status(latest, today, policy=policy)


def _doses(before: TrajectoryState, day: DailySummary, started: int | None) -> Doses:
    doses = shift_days(before.doses, day.ordinal - before.day)
    before_start = started is not None and day.ordinal < started
    if before_start or (not day.dose_rank and day.missed_7d is None):
        return doses
    missed_7d = None if day.missed_7d is None else day.missed_7d.value
    return record_answers(doses, day.dose, missed_7d, None if started is None else day.ordinal - started + 1)


def _score(after: TrajectoryState, picture: RuleContext, day: DailySummary, policy: Policy) -> DailyScore:
    change, usual, risk, rise = picture.change, after.baseline.usual, picture.risk, picture.rise
    change_low, change_high = (None, None) if change is None else change_interval(change)
    risk_low, risk_high = (None, None) if risk is None else picture.model.interval(risk)
    return DailyScore(
        local_date=day.local_date,
        status=_status(after, picture, policy),
        severity=picture.symptoms.severity,
        pain_level=picture.symptoms.pain,
        pain_baseline=None if usual is None else usual.mean,
        pain_change=None if change is None else change.points,
        p_worsening=None if change is None or rise is None else rise.p,
        stiffness_level=mean_answer(level_window(after.stiffness, after.day, policy)),
        interference_level=picture.symptoms.interference,
        self_reported_pdc_7d=picture.week.pdc,
        self_reported_pdc_28d=picture.month.pdc,
        unknown_doses_28d=picture.month.unknown,
        risk_90d=None if risk is None else risk.risk,
        pain_change_low=change_low,
        pain_change_high=change_high,
        risk_90d_low=risk_low,
        risk_90d_high=risk_high,
    )


def _status(after: TrajectoryState, picture: RuleContext, policy: Policy) -> ScoreStatus:
    if picture.change is not None:
        return ScoreStatus.SCORED
    if picture.symptoms.pain is not None:
        return ScoreStatus.NO_BASELINE
    recent = after.pain and after.day - after.pain[-1][0] <= policy.level_fresh_days.value
    return ScoreStatus.TOO_FEW_ANSWERS if recent else ScoreStatus.NO_PAIN_ANSWER
