"""Severe symptoms: worst pain or interference is severe on average, whatever is usual for her."""

from typing import NamedTuple

from api.domain.findings import Finding, FindingKind, Severity
from api.domain.policy import Policy
from api.domain.severity import MEANINGS, SOURCE, band, severity_of
from api.domain.trajectory.change import CLOSE, Change
from api.domain.trajectory.day import Day
from api.domain.trajectory.level import Answered, mean
from api.domain.trajectory.rules.episode import lasting
from api.domain.trajectory.rules.words import dated, short, span


class Symptoms(NamedTuple):
    """The present levels that severity is judged by, and the answered days they are made of."""

    pain: float | None
    interference: float | None
    severity: Severity | None
    pain_window: Answered
    interference_window: Answered


def symptoms_of(pain_window: Answered, interference_window: Answered, policy: Policy) -> Symptoms:
    """Return the levels of both windows, and how severe they are together."""
    pain, interference = mean(pain_window), mean(interference_window)
    severity = severity_of(pain, interference, policy)
    return Symptoms(pain, interference, severity, pain_window, interference_window)


def starts(symptoms: Symptoms, policy: Policy) -> bool:
    """Say whether symptoms are severe by a level, and not by one day's answer alone.

    Args:
        symptoms: The present levels; none is made of fewer than 3 answered days.
        policy: The bands, and the level below which severe symptoms end.

    Returns:
        True when pain or interference is severe, and would not end as severe (6) without its highest
        day.

    Source:
        The bands: Serlin et al. 1995, Pain 61:277. What must remain is judgement.
    """
    if symptoms.severity is not Severity.SEVERE:
        return False
    windows = (symptoms.pain_window, symptoms.interference_window)
    return any(_is_severe_without_highest(window, policy) for window in windows)


def ends(symptoms: Symptoms, policy: Policy) -> bool:
    """Say whether every known level is below 6 (judgement); nothing known ends nothing."""
    known = [level for level in (symptoms.pain, symptoms.interference) if level is not None]
    return bool(known) and max(known) < policy.severe_ends.value


def finding(day: Day, symptoms: Symptoms, change: Change | None, policy: Policy) -> Finding:
    """Say it so that a nurse can check it by hand, and sees what is usual where that is known."""
    usually = None if change is None else change.usual.mean
    known = "" if usually is None else f", usually {usually:.1f}"
    told = (
        ("worst pain", symptoms.pain, symptoms.pain_window, known),
        ("interference", symptoms.interference, symptoms.interference_window, ""),
    )
    levels = [
        f"{name} {level:.1f} {span(window, day.ordinal)}{usual}"
        for name, level, window, usual in told
        if level is not None
    ]
    reason = (
        f"{' and '.join(levels)}: severe, that is {short(policy.severe_from.value)} or more after rounding"
    )
    numbers = {
        "pain_level": None if symptoms.pain is None else round(symptoms.pain, 4),
        "pain_answers": dated(symptoms.pain_window),
        "pain_baseline": None if usually is None else round(usually, 4),
        "interference_level": None if symptoms.interference is None else round(symptoms.interference, 4),
        "interference_answers": dated(symptoms.interference_window),
        "nearest_ctcae_grade": MEANINGS[Severity.SEVERE].ctcae_grade,
        "threshold": policy.severe_from.value,
    }
    return lasting(FindingKind.SEVERE_SYMPTOMS, day, reason=reason, numbers=numbers, source=SOURCE)


def _is_severe_without_highest(window: Answered, policy: Policy) -> bool:
    level = mean(window)
    if level is None or band(level, policy) is not Severity.SEVERE:
        return False
    highest = max([answer for _, answer in window])
    without = (level * len(window) - highest) / (len(window) - 1)
    return without >= policy.severe_ends.value - CLOSE
