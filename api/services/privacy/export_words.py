"""Words of the printable page of an export, in English; the catalogue has the other languages."""

from collections.abc import Iterable, Mapping
from typing import Any

QUESTIONS: Mapping[str, str] = {
    "pain_worst": "Worst pain",
    "pain_average": "Average pain",
    "pain_at_rest": "Pain at rest",
    "pain_on_moving": "Pain when moving",
    "pain_at_night": "Pain at night",
    "pain_in_the_morning": "Pain in the morning",
    "stiffness": "Stiffness",
    "morning_stiffness_minutes": "Morning stiffness in minutes",
    "interference": "Got in the way of the day",
    "body_sites": "Painful places",
    "dose": "Tablet",
    "doses_missed_7d": "Tablets not taken in 7 days",
    "dose_reasons": "Reasons for not taking tablets",
    "confidence": "Confidence to go on",
    "side_effects_bother": "Bothered by unwanted effects",
    "doubt": "Doubt about the tablets",
    "cost_trouble": "Trouble paying for or getting tablets",
    "sleep_trouble": "Trouble sleeping",
    "wants_to_stop": "Wish to stop the tablets",
    "red_flags": "Signs to look at soon",
    "several_swollen_joints": "Several swollen joints",
    "gap_reason": "Reason for a time without entries",
    "asked": "What led to the entry",
    "is_this_usual": "Like the usual bad days",
    "note": "Note",
}
"""Short name of each question of an entry."""

ANSWERS: Mapping[str, str] = {
    "taken": "taken",
    "missed": "missed",
    "skipped": "skipped on purpose",
    "hand": "hand",
    "wrist": "wrist",
    "elbow": "elbow",
    "shoulder": "shoulder",
    "hip": "hip",
    "knee": "knee",
    "ankle": "ankle",
    "foot": "foot",
    "neck": "neck",
    "upper_back": "upper back",
    "lower_back": "lower back",
    "chest": "chest",
    "head": "head",
    "other": "other",
    "left": "left",
    "right": "right",
    "both": "both sides",
    "middle": "middle",
    "new_weakness": "new weakness",
    "bladder_bowel_or_saddle_numbness": "bladder, bowel or numbness when sitting",
    "trouble_walking": "trouble walking",
    "chest_pain": "chest pain",
    "breathless": "short of breath",
    "back_pain_worse_at_night_or_after_fall": "back pain at night or after a fall",
    "sudden_severe_back_pain": "sudden severe back pain",
    "persistent_bone_pain": "bone pain that does not go away",
    "hot_swollen_joint": "hot, swollen joint",
    "fever_with_joint_pain": "fever with joint pain",
    "leg_swelling": "swollen leg",
    "thoughts_of_self_harm": "thoughts of self-harm",
    "forgot": "forgot",
    "side_effects": "unwanted effects",
    "ran_out": "ran out of tablets",
    "cost": "cost",
    "told_to_pause": "told to pause",
    "travel": "travel",
    "worried_about_harm": "worried about harm",
    "too_unwell": "too unwell",
    "hospital": "hospital",
    "technical": "trouble with the phone or the app",
    "do_not_want": "did not want to",
    "own": "own wish",
    "prompted": "a reminder",
    "burst": "an extra check-in",
    "usual": "like the usual bad days",
    "changed": "something has changed",
}
"""Words of the answers that are chosen."""

YES, NO = "yes", "no"

PAGE: Mapping[str, str] = {
    "title": "Copy of your data",
    "made": "Made on {day}. This page is a reading copy: the file data.json and the tables hold everything.",
    "times": "Times are in the time zone {zone}.",
    "details": "Details",
    "entries": "Entries",
    "questionnaires": "Questionnaires",
    "measurements": "Measurements",
    "notices": "Notices to the care team",
    "none": "None.",
    "day": "Day",
    "saved": "Saved at",
    "more": "Other answers",
    "what": "What",
    "answers": "Answers",
    "value": "Value",
    "reason": "Reason",
    "opened": "Since",
    "closed": "Closed",
    "withdrawn": "withdrawn",
    "name": "Name",
    "reference": "Number at the clinic",
    "clinic": "Clinic",
    "birth_year": "Year of birth",
    "ai": "Tablet of the treatment",
    "ai_started_on": "Tablets since",
    "warning": "This page holds health data. Keep it where only you can read it.",
}
"""Sentences and headings of the page."""


def words() -> Iterable[str]:
    """Return every text that needs a translation."""
    return {*QUESTIONS.values(), *ANSWERS.values(), *PAGE.values(), YES, NO}


def answer_words(value: Any) -> list[str]:
    """Return an answer as words to translate, in order; numbers and own text as they are.

    >>> answer_words([{"site": "lower_back", "side": "left"}]), answer_words(True), answer_words(4)
    (['lower back', 'left'], ['yes'], ['4'])
    """
    if isinstance(value, bool):
        return [YES if value else NO]
    if isinstance(value, list):
        return [word for each in value for word in answer_words(each)]
    if isinstance(value, dict):
        return [word for each in value.values() for word in answer_words(each)]
    return [ANSWERS.get(value, value) if isinstance(value, str) else str(value)]
