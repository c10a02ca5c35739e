"""Severe symptoms: worst pain or interference is severe on average, or a questionnaire says so."""

from typing import Any, NamedTuple

from api.domain.alerts.finding import Finding, FindingKind, Severity
from api.domain.diary.daily_summary import DailySummary
from api.domain.functional_status import FunctionReading
from api.domain.policy import Policy
from api.domain.severity import MEANINGS, SOURCE, band, severity_of
from api.domain.trajectory.change import CLOSE, LevelChange
from api.domain.trajectory.level import Answered, mean
from api.domain.trajectory.rules.episodes import lasting
from api.domain.trajectory.rules.formatting import dated, short, span


class SeverityInputs(NamedTuple):
    """The present levels that severity is judged by, the answered days they are made of, and function.

    ``limited`` is what the latest questionnaires say; None when none of them counts.
    """

    pain: float | None
    interference: float | None
    severity: Severity | None
    pain_window: Answered
    interference_window: Answered
    limited: FunctionReading | None = None

    @property
    def is_limited_severely(self) -> bool:
        """Say whether a questionnaire about more than one day says so, whatever the diary says."""
        parts = () if self.limited is None else self.limited.parts
        return any(part.severity is Severity.SEVERE and not part.rule.of_one_day for part in parts)


def symptoms_of(
    pain_window: Answered,
    interference_window: Answered,
    policy: Policy,
    *,
    limited: FunctionReading | None = None,
) -> SeverityInputs:
    """Return the levels of both windows, and how severe they and the questionnaires are together."""
    pain, interference = mean(pain_window), mean(interference_window)
    function = None if limited is None else limited.severity
    severity = severity_of(pain, interference, policy, function=function)
    return SeverityInputs(pain, interference, severity, pain_window, interference_window, limited)


def starts(symptoms: SeverityInputs, policy: Policy, *, asked: bool = False) -> bool:
    """Say whether symptoms are severe by a level, and not by one day's answer alone.

    Args:
        symptoms: The present levels; none is made of fewer than 3 answered days.
        policy: The bands, and the level below which severe symptoms end.
        asked: Whether a questionnaire was answered on this day: each is told of once.

    Returns:
        True when pain or interference is severe, and would not end as severe (6) without its highest
        day; or when a questionnaire, which asks about a week or more, says severe.

    Source:
        The bands: Serlin et al. 1995, Pain 61:277. What must remain is judgement.
    """
    if symptoms.severity is not Severity.SEVERE:
        return False
    if asked and symptoms.is_limited_severely:
        return True
    windows = (symptoms.pain_window, symptoms.interference_window)
    return any(_is_severe_without_highest(window, policy) for window in windows)


def ends(symptoms: SeverityInputs, policy: Policy) -> bool:
    """Say whether every known level is below 6 (judgement); nothing known ends nothing.

    What a questionnaire calls severe ends with the next one, or when it no longer counts.
    """
    known = [level for level in (symptoms.pain, symptoms.interference) if level is not None]
    if symptoms.is_limited_severely or not (known or symptoms.limited):
        return False
    return all(level < policy.severe_ends.value for level in known)


def finding(
    day: DailySummary, symptoms: SeverityInputs, change: LevelChange | None, policy: Policy
) -> Finding:
    """Say it so that a nurse can check it by hand, and sees what is usual where that is known."""
    usually = None if change is None else change.usual.mean
    known = "" if usually is None else f", usually {usually:.1f}"
    told = (
        ("worst pain", symptoms.pain, symptoms.pain_window, known),
        ("interference", symptoms.interference, symptoms.interference_window, ""),
    )
    levels = [
        f"{name} {level:.1f} {span(window)}{usual}"
        for name, level, window, usual in told
        if level is not None
    ]
    reason = "; ".join([*_limits(symptoms), *_levels(levels, symptoms, policy)])
    numbers: dict[str, Any] = {
        "pain_level": None if symptoms.pain is None else round(symptoms.pain, 4),
        "pain_answers": dated(symptoms.pain_window),
        "pain_baseline": None if usually is None else round(usually, 4),
        "interference_level": None if symptoms.interference is None else round(symptoms.interference, 4),
        "interference_answers": dated(symptoms.interference_window),
        "nearest_ctcae_grade": MEANINGS[Severity.SEVERE].ctcae_grade,
        "threshold": policy.severe_from.value,
    }
    sources = [SOURCE]
    if symptoms.limited is not None:
        numbers["function"] = [part.words for part in symptoms.limited.parts]
        sources += symptoms.limited.sources
    return lasting(
        FindingKind.SEVERE_SYMPTOMS, day, reason=reason, numbers=numbers, source="; ".join(sources)
    )


def _limits(symptoms: SeverityInputs) -> list[str]:
    parts = symptoms.limited.parts if symptoms.limited is not None else ()
    return [part.words for part in parts if part.severity is Severity.SEVERE]


def _levels(levels: list[str], symptoms: SeverityInputs, policy: Policy) -> list[str]:
    if not levels:
        return []
    known = [level for level in (symptoms.pain, symptoms.interference) if level is not None]
    said = " and ".join(levels)
    if all(band(level, policy) is not Severity.SEVERE for level in known):
        return [said]
    return [f"{said}: severe, that is {short(policy.severe_from.value)} or more after rounding"]


def _is_severe_without_highest(window: Answered, policy: Policy) -> bool:
    level = mean(window)
    if level is None or band(level, policy) is not Severity.SEVERE:
        return False
    highest = max([answer for _, answer in window])
    without = (level * len(window) - highest) / (len(window) - 1)
    return without >= policy.severe_ends.value - CLOSE
