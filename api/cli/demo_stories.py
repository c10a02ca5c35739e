"""The invented patients of the demo clinic, each worth looking at for another reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from api.domain.enrolment import AromataseInhibitor


@dataclass(frozen=True, slots=True)
class Switch:
    """A change of tablets: those before, their last day, and the first day of the present ones."""

    before: AromataseInhibitor
    last_day: int
    first_day: int


@dataclass(frozen=True, slots=True)
class Story:
    """An invented patient, and the answers of each day of the diary; None: no entry."""

    reference: str
    name: str
    ai: str
    days: int
    answers_on: Callable[[int, float], dict[str, Any] | None]
    switch: Switch | None = None


def _steady(_day: int, noise: float) -> dict[str, Any] | None:
    return {"pain_worst": _scale(2.2 + noise), "stiffness": _scale(2 + noise), "dose": "taken"}


def _worsening(day: int, noise: float) -> dict[str, Any] | None:
    pain = 2 + 4 * min(1, max(0, (day - 50) / 21)) + noise
    return {"pain_worst": _scale(pain), "stiffness": _scale(pain + 1), "interference": _scale(pain - 1)}


def _recovering(day: int, noise: float) -> dict[str, Any] | None:
    return {"pain_worst": _scale(6.5 - 4 * day / 80 + noise), "dose": "taken", "confidence": 8}


def _silent(day: int, noise: float) -> dict[str, Any] | None:
    return None if day > 60 else {"pain_worst": _scale(4 + noise), "dose": "taken", "confidence": 5}


def _skipping(day: int, noise: float) -> dict[str, Any] | None:
    skipped = day > 60 and day % 2 == 0
    reasons = {"dose_reasons": ["side_effects"]} if skipped else {}
    return {"pain_worst": _scale(4.5 + noise), "dose": "skipped" if skipped else "taken", **reasons}


def _flaring(day: int, noise: float) -> dict[str, Any] | None:
    return {"pain_worst": _scale(3 + (4 if day % 29 in {0, 1, 2} else 0) + noise), "dose": "taken"}


def _red_flag(day: int, noise: float) -> dict[str, Any] | None:
    flag = (
        {"red_flags": ["sudden_severe_back_pain"], "note": "It came on lifting a bag."} if day == 83 else {}
    )
    return {"pain_worst": _scale(3 + noise), "dose": "taken", **flag}


def _weekly(day: int, noise: float) -> dict[str, Any] | None:
    if day % 7:
        return None
    pain = 2 + (3 if day > 55 else 0) + noise / 2
    return {"pain_worst": _scale(pain), "doses_missed_7d": 0, "confidence": 6}


STORIES = (
    Story("D-001", "Steady Sarah", "letrozole", 84, _steady),
    Story(
        "D-002",
        "Worsening Wanda",
        "anastrozole",
        84,
        _worsening,
        Switch(AromataseInhibitor.LETROZOLE, last_day=38, first_day=39),
    ),
    Story("D-003", "Recovering Rosa", "exemestane", 84, _recovering),
    Story("D-004", "Silent Simone", "letrozole", 84, _silent),
    Story("D-005", "Skipping Sofia", "letrozole", 84, _skipping),
    Story("D-006", "Flaring Fiona", "anastrozole", 84, _flaring),
    Story("D-007", "Red-flag Rita", "letrozole", 84, _red_flag),
    Story("D-008", "Weekly Winnie", "exemestane", 84, _weekly),
)


def _scale(value: float) -> int:
    return max(0, min(10, round(value)))
