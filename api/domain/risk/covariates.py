"""Covariates of the discontinuation risk, from the risk history and the patient's factors."""

import math

from api.domain.constants import DAYS_PER_WEEK
from api.domain.diary.patient_factors import PatientFactors
from api.domain.risk.features import NAMES, TYPICAL, Values
from api.domain.risk.history import EARLY_DAYS, HALF_LIFE_DAYS, DecayingMean, RiskHistory, treatment_decays

MIN_ANSWER_DAYS = 3
FRESH_DAYS = 28
TYPICAL_AGE = 62
_TENTHS = 10.0

# All judgement, chosen with the effects of ``features``.
_PRIOR_TABLETS = 7.0  # tablets taken that the share not taken is shrunk by
_MIN_TABLETS = 13.0  # known tablets before "more lately" has a meaning
_PRIOR_RECENT = 5.0  # answers without a recent change
_MONTH_ANSWERS = 2  # answers of the second half of the first month
_MOST_DECADES = 2.5
_MOST_DOUBLINGS = 8.0  # times the usual gap, at the most
_OFFSET = 0.05  # added to both shares, so that none is 0
_DAILY_DECAY = 0.5 ** (1 / HALF_LIFE_DAYS)
_RHYTHM_SHARE = 0.3  # of the gaps, for a rhythm to be daily or weekly
_MONTH = 28
_YEAR = 365.2425
_MATTERS = 2.0  # points, Mathias SD et al. 2011
_OF = dict(zip(NAMES, TYPICAL, strict=True))
_PAIN, _STIFFNESS, _INTERFERENCE, _DOUBT = map(
    _OF.__getitem__, ("pain", "stiffness", "interference", "doubt")
)
_BOTHER, _NEED, _COST, _SLEEP = map(_OF.__getitem__, ("bother", "need_doubt", "cost", "sleep"))
_UNANSWERED = (None, None, None, None)
_FLAGS: dict[bool | None, float | None] = {None: None, False: 0.0, True: 1.0}
_EXEMESTANE: dict[str | None, float] = {"exemestane": 1.0, "anastrozole": 0.0, "letrozole": 0.0}


def insufficient_data_reason(history: RiskHistory, started: int | None) -> str | None:
    """Return the reason why no risk can be computed; None where it can.

    Args:
        history: Of all days up to the one in question.
        started: Ordinal of the first day on the tablets; None when not known.

    Returns:
        A reason in words; the limits are judgement.

    >>> insufficient_data_reason(RiskHistory(), None)
    'not enough data: answers on symptoms, tablets or confidence on 0 days, 3 are needed'
    """
    if started is not None and history.entry_days and history.last_day < started:
        return "the tablets have not begun"
    if history.answer_days < MIN_ANSWER_DAYS:
        about = "answers on symptoms, tablets or confidence"
        return f"not enough data: {about} on {history.answer_days} days, {MIN_ANSWER_DAYS} are needed"
    if history.last_day - history.last_answer_day > FRESH_DAYS:
        return f"not enough data: no answer on symptoms, tablets or confidence for over {FRESH_DAYS} days"
    return None


def diary_days(history: RiskHistory) -> int:
    """Return the days from the first entry to the last, both included."""
    return history.last_day - history.first_day + 1


def covariates(history: RiskHistory, factors: PatientFactors) -> Values:
    """Return the covariates as of the last day of the history.

    A mean is shrunk towards the typical value by one answer, the share of tablets not taken by 7
    tablets taken, so that few answers move it little.

    Args:
        history: Of all days up to the one in question.
        factors: Factors of the patient outside the diary.

    Returns:
        One value for each of ``FEATURES``, in their order; None where nothing is known.
    """
    pain, stiffness = _shrunk_mean(history.pain, _PAIN), _shrunk_mean(history.stiffness, _STIFFNESS)
    return (
        pain,
        _rise(history, pain, stiffness),
        _early_rise(history),
        stiffness,
        _shrunk_mean(history.interference, _INTERFERENCE),
        *_tablets(history),
        _shrunk_mean(history.doubt, _DOUBT),
        _recent_rise(history.doubt, history.recent_doubt),
        *(_treatment(history) if history.treatment_day else _UNANSWERED),
        history.wish,
        _gap_doublings(history),
        *_rhythm(history),
        *_patient(factors, history.last_day),
    )


def _shrunk_mean(mean: DecayingMean, typical: float) -> float | None:
    weight, total = mean
    return (total + typical) / (weight + 1.0) if weight else None


def _rise(history: RiskHistory, pain: float | None, stiffness: float | None) -> float | None:
    """Return the larger rise of the two since the first four weeks; None before they are over."""
    if not history.early_from or history.last_day - history.early_from < EARLY_DAYS:
        return None
    of_pain, of_stiffness = _above(pain, history.early_pain), _above(stiffness, history.early_stiffness)
    if of_pain is None or (of_stiffness is not None and of_stiffness > of_pain):
        return of_stiffness
    return of_pain


def _above(level: float | None, early: DecayingMean) -> float | None:
    weight, total = early
    return None if level is None or weight < MIN_ANSWER_DAYS else level - total / weight


def _early_rise(history: RiskHistory) -> float | None:
    (before, before_total), (since, since_total) = history.at_start, history.first_month
    if not before or since < _MONTH_ANSWERS:
        return None
    return min(max((since_total / since - before_total / before) / _MATTERS, 0.0), 1.0)


def _treatment(history: RiskHistory) -> Values:
    """Return bother, doubt about the need, trouble with cost, and with sleep."""
    decay_28, decay_56, decay_112 = treatment_decays(history, history.last_day)
    return (
        _shrunk_mean(history.bother.add(None, decay_28), _BOTHER),
        _shrunk_mean(history.need_doubt.add(None, decay_56), _NEED),
        _shrunk_mean(history.cost.add(None, decay_112), _COST),
        _shrunk_mean(history.sleep.add(None, decay_28), _SLEEP),
    )


def _tablets(history: RiskHistory) -> tuple[float | None, float | None, float | None]:
    """Return the tablets missed and skipped, and how many more were not taken lately."""
    weight, total = history.doses
    if not weight:
        return None, None, None
    share = total / (weight + _PRIOR_TABLETS)
    skipped = history.skipped / (weight + _PRIOR_TABLETS)
    return _TENTHS * max(share - skipped, 0.0), _TENTHS * skipped, _more_lately(history, share)


def _more_lately(history: RiskHistory, share: float) -> float | None:
    if history.doses.weight < _MIN_TABLETS:
        return None
    lately, not_taken = history.recent_doses
    return _TENTHS * (not_taken - lately * share) / (lately + _PRIOR_RECENT)


def _recent_rise(long: DecayingMean, lately: DecayingMean) -> float | None:
    if long.weight < MIN_ANSWER_DAYS - 1:  # decaying: 3 answers of a month are worth 2.6
        return None
    return (lately.total - lately.weight * long.total / long.weight) / (lately.weight + 1.0)


def _gap_doublings(history: RiskHistory) -> float | None:
    if not history.usual_gap:
        return None
    times = history.gap / history.usual_gap
    return math.log2(min(times, _MOST_DOUBLINGS)) if times > 1.0 else 0.0


def _rhythm(history: RiskHistory) -> tuple[float | None, float | None]:
    """Return the decline and the sparsity of the diary, by its daily, weekly or monthly rhythm."""
    days = diary_days(history)
    if days <= EARLY_DAYS:
        return None, None
    gaps = _RHYTHM_SHARE * (history.entry_days - 1)
    rhythm = _MONTH
    if history.short > gaps:
        rhythm = 1
    elif history.short + history.weekly > gaps:
        rhythm = DAYS_PER_WEEK
    usual = rhythm * history.entry_days / days
    present = rhythm * history.recent_entries * (1.0 - _DAILY_DECAY) / (1.0 - 0.5 ** (days / HALF_LIFE_DAYS))
    declining = math.log((usual + _OFFSET) / (present + _OFFSET))
    return min(max(declining, -1.0), 1.5), _TENTHS * (1.0 - min(usual, 1.0))


def _patient(factors: PatientFactors, today: int) -> Values:
    younger = None
    if factors.birth_year is not None:
        age = today / _YEAR + 0.5 - factors.birth_year
        decades = (TYPICAL_AGE - age) / 10.0
        younger = (
            decades if -_MOST_DECADES < decades < _MOST_DECADES else math.copysign(_MOST_DECADES, decades)
        )
    tamoxifen, taxane = _FLAGS[factors.prior_tamoxifen], _FLAGS[factors.prior_taxane]
    return (younger, tamoxifen, taxane, _EXEMESTANE.get(factors.ai))
