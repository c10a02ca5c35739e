"""The curve of a patient in one sentence for the patient: what was reported, no cause and no verdict."""

from typing import NamedTuple

TOO_EARLY = "It is too early to say what is usual for you. More entries are needed first."
_WITHOUT_A_LEVEL = {
    "empty": "There is no entry yet.",
    "no_baseline": TOO_EARLY,
    "too_few_answers": "There are too few answers on pain around your last entry to say how it was. "
    "This does not mean that all is well.",
    "no_pain_answer": "Your last entry has no answer on pain. This does not mean that all is well.",
    "not_scored": "Your entries are kept, but they could not be worked out. Your care team is notified.",
}
_UNKNOWN = _WITHOUT_A_LEVEL["not_scored"]


class CurveSummary(NamedTuple):
    """A sentence of the catalogue, and its numbers."""

    key: str
    text: str
    numbers: dict[str, float]


def summarise(status: str, *, level: float | None, usual: float | None) -> CurveSummary:
    """Return the summary of a curve by its status and the newest score.

    Args:
        status: Status of the trajectory; any but ``scored`` has a sentence of its own, never a calm one.
        level: Level of worst pain over the 7 days up to the newest entry, 0 to 10; None: not known.
        usual: The patient's baseline of worst pain, 0 to 10; None: not known.

    >>> summarise("scored", level=4.4, usual=2.0).text
    'In the 7 days up to your last entry, your worst pain was at about 4 of 10. Usual for you is about 2.'
    >>> summarise("scored", level=None, usual=2.0).key
    'too_few_answers'
    """
    if status not in {"scored", "no_baseline"}:
        return CurveSummary(status, _WITHOUT_A_LEVEL.get(status, _UNKNOWN), {})
    if level is None:
        known = status if status in _WITHOUT_A_LEVEL else "too_few_answers"
        return CurveSummary(known, _WITHOUT_A_LEVEL[known], {})
    now = f"In the 7 days up to your last entry, your worst pain was at about {_whole(level)} of 10."
    if usual is None:
        return CurveSummary("level_only", f"{now} {TOO_EARLY}", {"level": round(level, 2)})
    numbers = {"level": round(level, 2), "usual": round(usual, 2)}
    return CurveSummary("level_and_usual", f"{now} Usual for you is about {_whole(usual)}.", numbers)


def _whole(points: float) -> int:
    return int(points + 0.5)
