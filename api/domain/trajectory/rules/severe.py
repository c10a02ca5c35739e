"""Severe symptoms: worst pain or interference is severe on average, whatever is usual for her."""

from typing import NamedTuple

from api.domain.findings import Finding, FindingKind, Severity
from api.domain.policy import Policy
from api.domain.severity import MEANINGS, SOURCE, severity_of
from api.domain.trajectory.change import Change
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


def starts(symptoms: Symptoms) -> bool:
    """Say whether symptoms are severe by a level, which is never made of fewer than 3 answered days."""
    return symptoms.severity is Severity.SEVERE


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
