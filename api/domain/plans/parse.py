"""A plan from the document a site writes, every slip named by its place; and back to a document."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.domain.errors import InvalidPlan
from api.domain.plans.definition import CHECK_IN, Interval, Plan, Recurrence, known
from api.domain.plans.presets import PRESETS, THE_CHECK_IN

MOST_COURSES = 30
MOST_WEEKS = 60
LAST_WEEK = 520
LONGEST_NAME, LONGEST_SOURCE = 100, 500
LONGEST_DAYS = 400
INTERVALS = {"weeks": 260, "months": 60}

_COURSE = ("what", "at_weeks", "then_every", "early_days", "late_days", "before_start_days", "source")


def read_plan(document: object) -> Plan:
    """Read a plan.

    Args:
        document: ``name`` and ``courses``; each course has ``what``, ``at_weeks`` (whole weeks after
            the start, rising), ``source``, and may have ``then_every`` (``{"months": 3}`` or
            ``{"weeks": 4}``), ``early_days``, ``late_days`` and ``before_start_days``.

    Raises:
        InvalidPlan: It is none; with every place in it and what would be right.

    >>> read_plan({"name": "Ours", "courses": [{"what": "bpi-sf", "at_weeks": [0, 6], "source": "Ward 3"}]}
    ... ).courses[0].late_days
    14
    """
    wrong: dict[str, str] = {}
    if not isinstance(document, Mapping):
        raise _refused({"document": "is no object with name and courses"})
    _refuse_unknown(document, ("name", "courses"), "document", wrong)
    name = _text(document.get("name"), "document.name", LONGEST_NAME, wrong)
    if name in {*PRESETS, "site"}:
        wrong["document.name"] = f"{name!r} is a preset's: choose another"
    courses = _courses(document.get("courses"), wrong)
    if wrong:
        raise _refused(wrong)
    return Plan(name, courses)


def document_of(plan: Plan) -> dict[str, Any]:
    """Return a plan as the document that reads as it."""
    return {"name": plan.name, "courses": [_course_document(course) for course in plan.courses]}


def _courses(sent: object, wrong: dict[str, str]) -> tuple[Recurrence, ...]:
    if not isinstance(sent, list) or not 0 < len(sent) <= MOST_COURSES:
        wrong["document.courses"] = f"must be a list of 1 to {MOST_COURSES} courses"
        return ()
    read = [_course(each, f"document.courses.{number}", wrong) for number, each in enumerate(sent)]
    names: set[str] = set()
    for number, course in enumerate(read):
        if course is not None and course.what in names:
            wrong[f"document.courses.{number}.what"] = f"{course.what!r} has a course already"
        names.add(course.what if course else "")
    return tuple(course for course in read if course is not None)


def _course(sent: object, place: str, wrong: dict[str, str]) -> Recurrence | None:
    if not isinstance(sent, Mapping):
        wrong[place] = f"must be an object with {', '.join(_COURSE)}"
        return None
    before = len(wrong)
    _refuse_unknown(sent, _COURSE, place, wrong)
    what = sent.get("what")
    if not isinstance(what, str) or what not in known():
        wrong[f"{place}.what"] = f"must be one of {', '.join(known())}"
    weeks = _weeks(sent.get("at_weeks"), f"{place}.at_weeks", wrong)
    every = _every(sent.get("then_every"), f"{place}.then_every", wrong)
    early = _days(sent.get("early_days", 7), f"{place}.early_days", wrong)
    late = _days(sent.get("late_days", 14), f"{place}.late_days", wrong)
    start = _days(sent.get("before_start_days", early), f"{place}.before_start_days", wrong)
    source = _text(sent.get("source"), f"{place}.source", LONGEST_SOURCE, wrong)
    if len(wrong) > before:
        return None
    course = Recurrence(str(what), weeks, every, early, late, source, start)
    _refuse_misfits(course, place, wrong)
    return course


def _refuse_misfits(course: Recurrence, place: str, wrong: dict[str, str]) -> None:
    """Name what is right by itself and wrong together."""
    gaps = [
        7 * (later - earlier) for earlier, later in zip(course.at_weeks, course.at_weeks[1:], strict=False)
    ]
    gaps += [course.then_every.shortest_days] if course.then_every else []
    spread = course.early_days + course.late_days
    if gaps and spread >= min(gaps):
        wrong[f"{place}.late_days"] = (
            f"early_days and late_days make {spread} days; together they must be fewer than the {min(gaps)} "
            "between one time and the next"
        )
    rhythm = (THE_CHECK_IN.at_weeks, THE_CHECK_IN.then_every)
    if course.what == CHECK_IN and (course.at_weeks, course.then_every) != rhythm:
        wrong[f"{place}.at_weeks"] = (
            "she is asked to check in weekly to week 12, then every 4 weeks: name weeks 0 to 12 and "
            'then_every {"weeks": 4}, or leave the check-in out'
        )


def _weeks(sent: object, place: str, wrong: dict[str, str]) -> tuple[int, ...]:
    right = (
        f"must be a list of 1 to {MOST_WEEKS} whole weeks in 0..{LAST_WEEK}, each later than the one before"
    )
    if not isinstance(sent, list) or not 0 < len(sent) <= MOST_WEEKS:
        wrong[place] = right
        return ()
    if not all(_is_whole(week, 0, LAST_WEEK) for week in sent) or sent != sorted(set(sent)):
        wrong[place] = right
        return ()
    return tuple(sent)


def _every(sent: object, place: str, wrong: dict[str, str]) -> Interval | None:
    if sent is None:
        return None
    limits = " or ".join(f'{{"{unit}": 1..{most}}}' for unit, most in INTERVALS.items())
    if isinstance(sent, Mapping) and len(sent) == 1:
        (unit, number) = next(iter(sent.items()))
        if unit in INTERVALS and _is_whole(number, 1, INTERVALS[unit]):
            return Interval(weeks=number) if unit == "weeks" else Interval(months=number)
    wrong[place] = f"must be {limits}"
    return None


def _days(sent: object, place: str, wrong: dict[str, str]) -> int:
    if isinstance(sent, int) and _is_whole(sent, 0, LONGEST_DAYS):
        return sent
    wrong[place] = f"must be a whole number of days in 0..{LONGEST_DAYS}"
    return 0


def _text(sent: object, place: str, longest: int, wrong: dict[str, str]) -> str:
    text = sent.strip() if isinstance(sent, str) else ""
    if not text or len(text) > longest or not text.isprintable():
        wrong[place] = f"must be text of 1 to {longest} characters in one line"
    return text


def _refuse_unknown(sent: Mapping[Any, Any], names: Sequence[str], place: str, wrong: dict[str, str]) -> None:
    strange = [name for name in sent if name not in names]
    if strange:
        wrong[f"{place}.{str(strange[0])[:60]}"] = f"is not known; there are {', '.join(names)}"


def _is_whole(sent: object, lowest: int, highest: int) -> bool:
    return isinstance(sent, int) and not isinstance(sent, bool) and lowest <= sent <= highest


def _refused(wrong: Mapping[str, str]) -> InvalidPlan:
    return InvalidPlan("; ".join(f"{place}: {what}" for place, what in wrong.items())[:500], wrong)


def _course_document(course: Recurrence) -> dict[str, Any]:
    every = course.then_every
    repeats = None if every is None else {"weeks": every.weeks} if every.weeks else {"months": every.months}
    return {
        "what": str(course.what),
        "at_weeks": list(course.at_weeks),
        "then_every": repeats,
        "early_days": course.early_days,
        "late_days": course.late_days,
        "before_start_days": course.before_start_days,
        "source": course.source,
    }
