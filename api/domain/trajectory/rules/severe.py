"""Severe symptoms: mean worst pain or interference, or a questionnaire, is in the severe band."""

from typing import Any

from api.domain.alerts.finding import FindingKind, Severity
from api.domain.formatting import answers_by_date, describe_window, format_number
from api.domain.policy import Policy
from api.domain.severity import MEANINGS, SOURCE, severity_band
from api.domain.trajectory.change import CLOSE
from api.domain.trajectory.level import Answered, mean_answer
from api.domain.trajectory.rules.context import RuleContext, SeverityInputs
from api.domain.trajectory.rules.episodes import Evidence, Rule


def _applies(context: RuleContext) -> bool:
    day = context.day
    return day.pain is not None or day.interference is not None or bool(day.function)


def _starts(context: RuleContext) -> bool:
    """Return whether symptoms are severe by a level, and not by the answer of one day alone.

    No level is made of fewer than 3 answered days.

    Returns:
        True when pain or interference is severe, and would not end as severe (6) without its highest
        day. Also true on the day of a questionnaire about a week or more that shows severe limitation.

    Source:
        The bands: Serlin et al. 1995, Pain 61:277. The level that must remain is judgement.
    """
    symptoms = context.symptoms
    if symptoms.severity is not Severity.SEVERE:
        return False
    if context.day.function and symptoms.is_limited_severely:
        return True
    return _is_severe_by_level(symptoms, context.policy)


def _ends(context: RuleContext) -> bool:
    """Return whether every known level is below 6 (judgement); without any, the episode goes on.

    Severe limitation by a questionnaire ends with the next one, or when it no longer counts.
    """
    symptoms, limit = context.symptoms, context.policy.severe_ends.value
    if symptoms.is_limited_severely or not (symptoms.levels or symptoms.limited):
        return False
    return all(level < limit for level in symptoms.levels)


def _evidence(context: RuleContext) -> Evidence:
    symptoms, policy, change = context.symptoms, context.policy, context.change
    usually = None if change is None else change.baseline.mean
    known = "" if usually is None else f", usually {usually:.1f}"
    levels = (
        ("worst pain", symptoms.pain, symptoms.pain_window, known),
        ("interference", symptoms.interference, symptoms.interference_window, ""),
    )
    texts = [
        f"{name} {level:.1f} {describe_window(window)}{usual}"
        for name, level, window, usual in levels
        if level is not None
    ]
    reason = "; ".join([*_limitations(symptoms), *_levels(texts, symptoms, policy)])
    numbers: dict[str, Any] = {
        "pain_level": None if symptoms.pain is None else round(symptoms.pain, 4),
        "pain_answers": answers_by_date(symptoms.pain_window),
        "pain_baseline": None if usually is None else round(usually, 4),
        "interference_level": None if symptoms.interference is None else round(symptoms.interference, 4),
        "interference_answers": answers_by_date(symptoms.interference_window),
        "nearest_ctcae_grade": MEANINGS[Severity.SEVERE].ctcae_grade,
        "threshold": policy.severe_from.value,
    }
    sources = [SOURCE]
    if symptoms.limited is not None:
        numbers["function"] = [part.description for part in symptoms.limited.parts]
        sources += symptoms.limited.sources
    return reason, numbers, "; ".join(sources)


def _limitations(symptoms: SeverityInputs) -> list[str]:
    parts = symptoms.limited.parts if symptoms.limited is not None else ()
    return [part.description for part in parts if part.severity is Severity.SEVERE]


def _levels(texts: list[str], symptoms: SeverityInputs, policy: Policy) -> list[str]:
    if not texts:
        return []
    text = " and ".join(texts)
    if all(severity_band(level, policy) is not Severity.SEVERE for level in symptoms.levels):
        return [text]
    return [f"{text}: severe, that is {format_number(policy.severe_from.value)} or more after rounding"]


def is_severe(symptoms: SeverityInputs, policy: Policy) -> bool:
    """Return whether symptoms are severe by a level or a questionnaire, on whichever day it was answered."""
    return symptoms.is_limited_severely or _is_severe_by_level(symptoms, policy)


def _is_severe_by_level(symptoms: SeverityInputs, policy: Policy) -> bool:
    windows = (symptoms.pain_window, symptoms.interference_window)
    return any(_is_severe_without_highest(window, policy) for window in windows)


def _is_severe_without_highest(window: Answered, policy: Policy) -> bool:
    level = mean_answer(window)
    if level is None or severity_band(level, policy) is not Severity.SEVERE:
        return False
    highest = max([answer for _, answer in window])
    without = (level * len(window) - highest) / (len(window) - 1)
    return without >= policy.severe_ends.value - CLOSE


RULE = Rule(FindingKind.SEVERE_SYMPTOMS, _applies, _starts, _ends, _evidence)
