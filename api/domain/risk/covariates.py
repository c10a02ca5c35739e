"""From what the risk remembers to its row of features."""

import math

from api.domain.diary.patient_factors import PatientFactors
from api.domain.risk.features import NAMES, TYPICAL, Values
from api.domain.risk.history import EARLY_DAYS, HALF_LIFE_DAYS, DecayingMean, RiskHistory

ENOUGH_DAYS = 3
FRESH_DAYS = 28
USUAL_AGE = 62
_TENTHS = 10.0

# All judgement, chosen with the effects of ``features``.
_TAKEN_BEFORE = 7.0  # tablets taken that few answers lean on
_KNOWN_BEFORE = 13.0  # tablets that must be known before "more lately" means anything
_STEADY = 5.0  # answers that say "nothing new lately"
_MOST_DOUBLINGS = 8.0  # times her usual gap, at the most
_LITTLE = 0.05  # added to both shares, so that none is 0
_A_DAY_LATER = 0.5 ** (1 / HALF_LIFE_DAYS)
_RHYTHM_SHARE = 0.3  # of her gaps, for a rhythm to be daily or weekly
_WEEK, _MONTH = 7, 28
_YEAR = 365.2425
_PAIN, _STIFF, _LIMIT, _DOUBT = map(NAMES.index, ("pain", "stiffness", "interference", "doubt"))
_OTHERS = frozenset({"anastrozole", "letrozole"})


def insufficient_data_reason(signs: RiskHistory, started: int | None) -> str | None:
    """Return why there is not enough to tell a risk from, None where there is.

    Args:
        signs: Of all days up to the one asked for.
        started: Ordinal of the first day on the tablets; None when not known.

    Returns:
        A reason in words; the limits are judgement.

    >>> insufficient_data_reason(RiskHistory(), None)
    'not enough data: answers on symptoms, tablets or confidence on 0 days, 3 are needed'
    """
    if started is not None and signs.told and signs.last < started:
        return "the tablets have not begun"
    if signs.answers < ENOUGH_DAYS:
        about = "answers on symptoms, tablets or confidence"
        return f"not enough data: {about} on {signs.answers} days, {ENOUGH_DAYS} are needed"
    if signs.last - signs.answered > FRESH_DAYS:
        return f"not enough data: no answer on symptoms, tablets or confidence for over {FRESH_DAYS} days"
    return None


def covariates(signs: RiskHistory, facts: PatientFactors) -> Values:
    """Return the row of features as it stands on the last day noted.

    A mean leans on the typical value as on one answer more, so that few answers move it little; the
    share of tablets not taken leans on 7 tablets taken.

    Args:
        signs: Of all days up to the one asked for.
        facts: What is known of her beyond the diary.

    Returns:
        One value for each of ``FEATURES``, in their order; None where nothing is known.
    """
    pain = _shrunk_mean(signs.pain, TYPICAL[_PAIN])
    not_taken, more_lately, skipped = _tablets(signs)
    return (
        pain,
        _since_early(pain, signs),
        _shrunk_mean(signs.stiffness, TYPICAL[_STIFF]),
        _shrunk_mean(signs.interference, TYPICAL[_LIMIT]),
        not_taken,
        more_lately,
        skipped,
        _shrunk_mean(signs.doubt, TYPICAL[_DOUBT]),
        _new(signs.doubt, signs.new_doubt),
        signs.wish,
        _longer(signs),
        *_rhythm(signs),
        *_about(facts, signs.last),
    )


def _shrunk_mean(recent: DecayingMean, typical: float) -> float | None:
    weight, total = recent
    return (total + typical) / (weight + 1.0) if weight else None


def _since_early(pain: float | None, signs: RiskHistory) -> float | None:
    early, total = signs.early_pain
    if pain is None or early < ENOUGH_DAYS or signs.last - signs.early_from < EARLY_DAYS:
        return None
    return pain - total / early


def _tablets(signs: RiskHistory) -> tuple[float | None, float | None, float | None]:
    weight, total = signs.doses
    if not weight:
        return None, None, None
    share = total / (weight + _TAKEN_BEFORE)
    return _TENTHS * share, _more_lately(signs, share), _TENTHS * signs.skipped / (weight + _TAKEN_BEFORE)


def _more_lately(signs: RiskHistory, share: float) -> float | None:
    if signs.doses.weight < _KNOWN_BEFORE:
        return None
    lately, not_taken = signs.new_doses
    return _TENTHS * (not_taken - lately * share) / (lately + _STEADY)


def _new(long: DecayingMean, lately: DecayingMean) -> float | None:
    if long.weight < ENOUGH_DAYS - 1:  # fading: 3 answers of a month are worth 2.6
        return None
    return (lately.total - lately.weight * long.total / long.weight) / (lately.weight + 1.0)


def _longer(signs: RiskHistory) -> float | None:
    if not signs.usual_gap:
        return None
    return math.log2(min(max(signs.gap / signs.usual_gap, 1.0), _MOST_DOUBLINGS))


def _rhythm(signs: RiskHistory) -> tuple[float | None, float | None]:
    """Return how far the diary is thinning, and how sparse it is by her own daily, weekly or other rhythm."""
    days = signs.last - signs.first + 1
    if days <= EARLY_DAYS:
        return None, None
    gaps = _RHYTHM_SHARE * (signs.told - 1)
    rhythm = 1 if signs.short > gaps else _WEEK if signs.short + signs.weekly > gaps else _MONTH
    usual = rhythm * signs.told / days
    present = rhythm * signs.lately * (1.0 - _A_DAY_LATER) / (1.0 - 0.5 ** (days / HALF_LIFE_DAYS))
    thinning = math.log((usual + _LITTLE) / (present + _LITTLE))
    return min(max(thinning, -1.0), 1.5), _TENTHS * (1.0 - min(usual, 1.0))


def _about(facts: PatientFactors, today: int) -> Values:
    younger = None
    if facts.birth_year is not None:
        age = today / _YEAR + 0.5 - facts.birth_year
        younger = min(max((USUAL_AGE - age) / 10.0, -2.5), 2.5)
    return younger, _flag(facts.prior_tamoxifen), _flag(facts.prior_taxane), _exemestane(facts.ai)


def _flag(known: bool | None) -> float | None:
    return None if known is None else float(known)


def _exemestane(ai: str | None) -> float | None:
    if ai == "exemestane":
        return 1.0
    return 0.0 if ai in _OTHERS else None
