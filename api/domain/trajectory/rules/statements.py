"""What a patient states outright: a red flag, or the wish to stop; told by every entry that says it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from api.domain.alerts.finding import Finding, FindingKind, Tier
from api.domain.diary.daily_summary import DailySummary
from api.domain.entries.questions import EMERGENCY_FLAGS, RED_FLAGS, Entry
from api.domain.entries.safety_statements import FLAGS_FIELD, WISH_FIELD, SafetyConcerns
from api.domain.policy import JUDGEMENT
from api.domain.trajectory.rules.formatting import on

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
"""The red flags of ``report.RED_FLAGS`` in plain words."""


class Origin(NamedTuple):
    """Which entry or item states something: its key, the patient's local day, and the moment."""

    key: str
    day: date
    at: datetime


def stated(day: DailySummary) -> list[Finding]:
    """Return a finding for every red flag and every wish to stop of the day, oldest first."""
    found: list[Finding] = []
    for statement in day.statements:
        origin = Origin(str(statement.entry), day.local_date, statement.recorded_at)
        found += findings_of(SafetyConcerns(statement.red_flags, statement.wants_to_stop), origin)
    return found


def stated_in(entry: Entry) -> list[Finding]:
    """Return what one entry states outright; it needs no history, and so holds when scoring fails."""
    day = DailySummary(entry.local_date.toordinal())
    day.tell(entry)
    return stated(day)


def findings_of(said: SafetyConcerns, origin: Origin) -> list[Finding]:
    """Return what is found in one statement, whatever carried it."""
    found: list[Finding] = []
    if said.red_flags:
        numbers = {FLAGS_FIELD: list(said.red_flags)}
        found.append(_finding(FindingKind.RED_FLAG, Tier.SAME_DAY, origin, numbers))
    if said.wants_to_stop:
        found.append(_finding(FindingKind.WISH_TO_STOP, Tier.ROUTINE, origin, {WISH_FIELD: True}))
    return found


def said_in(numbers: Mapping[str, Any]) -> frozenset[str]:
    """Return what the numbers of a finding state outright, by name; empty where it is no statement."""
    wish = {WISH_FIELD} if numbers.get(WISH_FIELD) is True else set()
    return frozenset({*numbers.get(FLAGS_FIELD, ()), *wish})


def numbers_saying(said: frozenset[str]) -> dict[str, Any]:
    """Return the numbers of a finding that states all of ``said``: flags, or the wish to stop."""
    flags = [flag for flag in RED_FLAGS if flag in said]
    flags += sorted(said - {*flags, WISH_FIELD})  # a name that an earlier version knew
    return {FLAGS_FIELD: flags} if flags else {WISH_FIELD: True}


def reason_of(numbers: Mapping[str, Any], day: date) -> str:
    """Return what a statement of a local day says, in words that are still true later."""
    flags: Sequence[str] = numbers.get(FLAGS_FIELD, ())
    if not flags:
        return f"states the wish to stop the tablets on {on(day)}"
    words = ", ".join(RED_FLAG_WORDS.get(flag, flag.replace("_", " ")) for flag in flags)
    if is_emergency(numbers):
        return f"reports {words} on {on(day)}: can be an emergency"
    return f"reports {words} on {on(day)}: needs to be looked at the same day"


def is_emergency(numbers: Mapping[str, Any]) -> bool:
    """Say whether a red flag among the numbers of a finding is an emergency now."""
    return not said_in(numbers).isdisjoint(EMERGENCY_FLAGS)


def _finding(kind: FindingKind, tier: Tier, origin: Origin, numbers: Mapping[str, Any]) -> Finding:
    return Finding(
        kind,
        tier,
        origin.key,
        origin.day,
        origin.at,
        reason_of(numbers, origin.day),
        numbers,
        JUDGEMENT,
        statement=True,
    )
