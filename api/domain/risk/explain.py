"""Contributions to a risk in words for a nurse."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from api.domain.risk.covariates import TYPICAL_AGE
from api.domain.risk.features import FEATURES
from api.domain.risk.history import FULL_CONFIDENCE
from api.domain.risk.model import Contribution

_OFTEN = 0.5
_OF = {feature.name: feature for feature in FEATURES}


def _yes_or_no(yes: str, no: str) -> Callable[[float], str]:
    return lambda value: yes if value else no


def _reported(what: str) -> Callable[[float], str]:
    return lambda value: f"reports {what}" if value >= _OFTEN else f"reports little or no {what}"


# Part of the sentences of findings: test_engine_version holds a digest of them.
_WORDS: dict[str, Callable[[float], str]] = {
    "pain": lambda value: f"worst pain {value:.1f} in the weeks up to then",
    "rise": lambda value: f"pain or stiffness {value:+.1f} against the first four weeks",
    "early_rise": lambda value: (
        f"pain or stiffness rose by {2 * value:.1f} points{' or more' * (value >= 1)} in the first 30 days"
    ),
    "stiffness": lambda value: f"stiffness {value:.1f} in the weeks up to then",
    "interference": lambda value: f"interference {value:.1f} in the weeks up to then",
    "missed": lambda value: f"about {10 * value:.0f}% of tablets missed",
    "not_taken_rise": lambda value: (
        f"tablets not taken in the weeks up to then {10 * value:+.0f}% against before"
    ),
    "skipped": lambda value: f"about {10 * value:.0f}% of tablets skipped on purpose",
    "doubt": lambda value: f"confidence to go on {FULL_CONFIDENCE - value:.1f} of 10",
    "doubt_rise": lambda value: f"confidence in the days up to then {-value:+.1f} against before",
    "bother": lambda value: f"bother by unwanted effects {value:.1f} of 10",
    "need_doubt": lambda value: f"doubt about the need for the tablets {value:.1f} of 10",
    "cost": _reported("trouble with cost or supply"),
    "sleep": _reported("trouble sleeping"),
    "wish": _yes_or_no("has stated the wish to stop", "has not stated the wish to stop"),
    "gap": lambda value: f"{2**value:.1f} times the usual interval since the entry before",
    "thinning": lambda value: f"wrote {math.exp(-value):.1f} times as often as before",
    "sparse": lambda value: f"{10 * value:.0f}% of the days or weeks left unanswered",
    "younger": lambda value: f"age {TYPICAL_AGE - 10 * value:.0f}",
    "tamoxifen": _yes_or_no("tamoxifen before", "no tamoxifen before"),
    "taxane": _yes_or_no("taxane before", "no taxane before"),
    "exemestane": _yes_or_no("takes exemestane", "does not take exemestane"),
}


def describe(each: Contribution) -> str:
    """Return the value of a covariate in words.

    >>> describe(Contribution("younger", 1.4, 0.2))
    'age 48'
    """
    return _WORDS[each.name](each.value)


def describe_effect(each: Contribution) -> str:
    """Return the value in words, and the direction of its effect.

    >>> describe_effect(Contribution("pain", 6.12, 0.38))
    'worst pain 6.1 in the weeks up to then: raises it'
    """
    direction = "raises it" if each.log_hazard > 0 else "lowers it" if each.log_hazard < 0 else "typical"
    return f"{describe(each)}: {direction}"


def to_json(contributions: Sequence[Contribution]) -> list[dict[str, Any]]:
    """Return contributions as JSON can store them, with the numbers to check each by hand."""
    return [
        {
            "feature": each.name,
            "words": describe_effect(each),
            "value": round(each.value, 4),
            "typical": _OF[each.name].typical,
            "adds": round(each.log_hazard, 4),
        }
        for each in contributions
    ]
