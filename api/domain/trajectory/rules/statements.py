"""Explicit statements of a patient: red flags, and the wish to stop. Each entry with one is a finding."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.domain.diary.daily_summary import DailySummary
from api.domain.entries.questions import EMERGENCY_FLAGS, RED_FLAGS, Entry
from api.domain.entries.safety_statements import FLAGS_FIELD, WISH_FIELD, SafetyConcerns
from api.domain.formatting import format_day
from api.domain.policy import JUDGEMENT
from api.domain.trajectory.rules import gap_reasons

RED_FLAG_WORDS = {
    "new_weakness": "new weakness",
    "bladder_bowel_or_saddle_numbness": "trouble with bladder or bowel, or numbness between the legs",
    "trouble_walking": "new trouble walking",
    "chest_pain": "chest pain",
    "breathless": "being short of breath",
    "back_pain_worse_at_night_or_after_fall": "back pain that is worse at night or came after a fall",
    "sudden_severe_back_pain": "sudden severe back pain",
    "persistent_bone_pain": "bone pain that does not go away",
    "hot_swollen_joint": "a hot, swollen joint",
    "fever_with_joint_pain": "fever with joint pain",
    "leg_swelling": "a swollen leg",
    "thoughts_of_self_harm": "thoughts of self-harm",
}
"""The red flags of ``questions.RED_FLAGS`` in plain words."""


class Origin(NamedTuple):
    """Origin of a statement: key of the entry or item, the patient's local day, and the moment."""

    key: str
    day: date
    at: datetime


def findings_on_day(day: DailySummary) -> list[Finding]:
    """Return a finding for every red flag and every wish to stop of the day, oldest first."""
    return [
        found
        for at, entry, wants_to_stop, flags in day.statements
        for found in statement_findings(
            SafetyConcerns(flags, wants_to_stop), Origin(str(entry), day.local_date, at)
        )
    ]


def findings_in_entry(entry: Entry) -> list[Finding]:
    """Return the findings of one entry that need no history, and so hold when scoring fails."""
    day = DailySummary(entry.local_date.toordinal())
    day.add_entry(entry)
    return [*findings_on_day(day), *gap_reasons.findings_on_day(day)]


def statement_findings(concerns: SafetyConcerns, origin: Origin) -> list[Finding]:
    """Return the findings of one statement, from an entry or from a rejected item."""
    found: list[Finding] = []
    if concerns.red_flags:
        numbers = {FLAGS_FIELD: list(concerns.red_flags)}
        found.append(_finding(FindingKind.RED_FLAG, Tier.SAME_DAY, origin, numbers))
    if concerns.wants_to_stop:
        found.append(_finding(FindingKind.WISH_TO_STOP, Tier.ROUTINE, origin, {WISH_FIELD: True}))
    return found


def statements_in(numbers: Mapping[str, Any]) -> frozenset[str]:
    """Return the statements among the numbers of a finding, by name; empty where it is none."""
    wish = {WISH_FIELD} if numbers.get(WISH_FIELD) is True else set()
    return frozenset({*numbers.get(FLAGS_FIELD, ()), *wish})


def statement_numbers(statements: frozenset[str]) -> dict[str, Any]:
    """Return the numbers of a finding with all of these statements: flags, or the wish to stop."""
    flags = [flag for flag in RED_FLAGS if flag in statements]
    flags += sorted(statements - {*flags, WISH_FIELD})  # a name that an earlier version knew
    return {FLAGS_FIELD: flags} if flags else {WISH_FIELD: True}


def statement_reason(numbers: Mapping[str, Any], day: date) -> str:
    """Return a statement of a local day in words that stay true later."""
    flags: Sequence[str] = numbers.get(FLAGS_FIELD, ())
    if not flags:
        return f"states the wish to stop the tablets on {format_day(day)}"
    words = ", ".join(RED_FLAG_WORDS.get(flag, flag.replace("_", " ")) for flag in flags)
    if is_emergency(numbers):
        return f"reports {words} on {format_day(day)}: can be an emergency"
    return f"reports {words} on {format_day(day)}: needs to be looked at the same day"


def is_emergency(numbers: Mapping[str, Any]) -> bool:
    """Return whether a red flag among the numbers of a finding can be an emergency."""
    return not statements_in(numbers).isdisjoint(EMERGENCY_FLAGS)


def _finding(kind: FindingKind, tier: Tier, origin: Origin, numbers: Mapping[str, Any]) -> Finding:
    reason = statement_reason(numbers, origin.day)
    return Finding(kind, tier, *origin, reason, numbers, JUDGEMENT, statement=True)
