"""What a patient states outright: a red flag, or the wish to stop; told by every entry that says it."""

from api.domain.findings import Finding, FindingKind, Tier
from api.domain.policy import JUDGEMENT
from api.domain.report import Entry
from api.domain.trajectory.day import Day, Statement

RED_FLAG_WORDS = {
    "hot_swollen_joint": "a hot, swollen joint",
    "sudden_severe_back_pain": "sudden severe back pain",
    "new_weakness": "new weakness",
    "persistent_bone_pain": "bone pain that does not go away",
    "chest_pain": "chest pain",
    "leg_swelling": "a swollen leg",
    "thoughts_of_self_harm": "thoughts of self-harm",
}
"""The red flags of ``report.RED_FLAGS`` in plain words."""


def stated(day: Day) -> list[Finding]:
    """Return a finding for every red flag and every wish to stop of the day, oldest first."""
    found: list[Finding] = []
    for statement in day.statements:
        if statement.red_flags:
            found.append(_red_flag(day, statement))
        if statement.wants_to_stop:
            found.append(_wish(day, statement))
    return found


def stated_in(entry: Entry) -> list[Finding]:
    """Return what one entry states outright; it needs no history, and so holds when scoring fails."""
    day = Day(entry.local_date.toordinal())
    day.tell(entry)
    return stated(day)


def _red_flag(day: Day, statement: Statement) -> Finding:
    words = [RED_FLAG_WORDS.get(flag, flag.replace("_", " ")) for flag in statement.red_flags]
    return Finding(
        FindingKind.RED_FLAG,
        Tier.SAME_DAY,
        str(statement.entry),
        day.local_date,
        statement.recorded_at,
        f"reports {', '.join(words)}: needs to be looked at the same day",
        {"red_flags": list(statement.red_flags)},
        JUDGEMENT,
        statement=True,
    )


def _wish(day: Day, statement: Statement) -> Finding:
    return Finding(
        FindingKind.WISH_TO_STOP,
        Tier.ROUTINE,
        str(statement.entry),
        day.local_date,
        statement.recorded_at,
        "states the wish to stop the tablets",
        {"wants_to_stop": True},
        JUDGEMENT,
        statement=True,
    )
