"""Strict reading of a monitoring plan, and writing it as a document."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from api.domain.documents import MAX_NAME, DocumentReader, amount, is_whole
from api.domain.plans.definition import CHECK_IN, Interval, Plan, Recurrence, known_tasks
from api.domain.plans.presets import PRESETS, THE_CHECK_IN

MAX_COURSES = 30
MAX_WEEKS = 60
LAST_WEEK = 520
MAX_COURSE_SOURCE = 500
MAX_DAYS = 400
INTERVAL_LIMITS = {"weeks": (1, 260), "months": (1, 60)}
FIELDS = ("name", "courses")
COURSE_FIELDS = ("what", "at_weeks", "then_every", "early_days", "late_days", "before_start_days", "source")


def read_plan(document: object) -> Plan:
    """Read a plan.

    Args:
        document: Parsed JSON with ``name`` and ``courses``; each course has ``what``, ``at_weeks``
            (whole weeks after the start, rising), ``source``, and may have ``then_every``
            (``{"months": 3}`` or ``{"weeks": 4}``), ``early_days``, ``late_days`` and
            ``before_start_days``.

    Raises:
        UnusableDocument: The document is not a plan; with every problem.

    >>> read_plan({"name": "Ours", "courses": [{"what": "bpi-sf", "at_weeks": [0, 6], "source": "Ward 3"}]}
    ... ).courses[0].late_days
    14
    """
    reader = _PlanReader()
    root = reader.root(document, FIELDS)
    name = reader.text(_stripped(root.get("name")), "name", MAX_NAME)
    if name in {*PRESETS, "site"}:
        reader.refuse("name", f"{name!r} is a preset's: choose another")
    return reader.finish(Plan(name, reader.courses(root.get("courses"))))


def document_of(plan: Plan) -> dict[str, Any]:
    """Return a plan as a document; reading it returns the same plan.

    >>> [course["then_every"] for course in document_of(PRESETS["article"])["courses"][-2:]]
    [{'months': 3}, {'months': 6}]
    """
    return {"name": plan.name, "courses": [_course_document(course) for course in plan.courses]}


class _PlanReader(DocumentReader):
    def courses(self, value: Any) -> tuple[Recurrence, ...]:
        items = self.items(value, "courses", MAX_COURSES)
        courses = [self._course(each, f"courses.{number}") for number, each in enumerate(items)]
        names: set[str] = set()
        for number, course in enumerate(courses):
            if course is not None and course.task in names:
                self.refuse(f"courses.{number}.what", f"{course.task!r} has a course already")
            names.add(course.task if course else "")
        return tuple(course for course in courses if course is not None)

    def _course(self, value: Any, path: str) -> Recurrence | None:
        before = len(self.problems)
        table = self.table(value, path, COURSE_FIELDS)
        if len(self.problems) > before and not table:
            return None
        task = table.get("what")
        if not isinstance(task, str) or task not in known_tasks():
            task = ""
            self.refuse(f"{path}.what", f"must be one of {', '.join(known_tasks())}")
        early = self._days(table.get("early_days", 7), f"{path}.early_days")
        course = Recurrence(
            task,
            self._weeks(table.get("at_weeks"), f"{path}.at_weeks"),
            self._interval(table.get("then_every"), f"{path}.then_every"),
            early,
            self._days(table.get("late_days", 14), f"{path}.late_days"),
            self.text(_stripped(table.get("source")), f"{path}.source", MAX_COURSE_SOURCE),
            self._days(table.get("before_start_days", early), f"{path}.before_start_days"),
        )
        if len(self.problems) > before:
            return None
        self._refuse_contradictions(course, path)
        return course

    def _refuse_contradictions(self, course: Recurrence, path: str) -> None:
        """Add a problem for values that are valid alone and contradict each other."""
        gaps = [7 * (later - earlier) for earlier, later in pairwise(course.at_weeks)]
        gaps += [course.then_every.shortest_days] if course.then_every else []
        spread = course.early_days + course.late_days
        if gaps and spread >= min(gaps):
            self.refuse(
                f"{path}.late_days",
                f"early_days and late_days make {spread} days; together they must be fewer than the "
                f"{min(gaps)} between one time and the next",
            )
        rhythm = (THE_CHECK_IN.at_weeks, THE_CHECK_IN.then_every)
        if course.task == CHECK_IN and (course.at_weeks, course.then_every) != rhythm:
            self.refuse(
                f"{path}.at_weeks",
                "check-ins are weekly to week 12, then every 4 weeks: name weeks 0 to 12 and "
                'then_every {"weeks": 4}, or leave the check-in out',
            )

    def _weeks(self, value: Any, path: str) -> tuple[int, ...]:
        if isinstance(value, list) and 0 < len(value) <= MAX_WEEKS and _rise(value):
            return tuple(value)
        weeks = f"{MAX_WEEKS} whole weeks in 0..{LAST_WEEK}"
        self.refuse(path, f"must be a list of 1 to {weeks}, each later than the one before")
        return ()

    def _interval(self, value: Any, path: str) -> Interval | None:
        found = None if value is None else amount(value, INTERVAL_LIMITS)
        if found is not None:
            unit, number = found
            return Interval(**{unit: number})
        if value is not None:
            limits = [f'{{"{unit}": {low}..{high}}}' for unit, (low, high) in INTERVAL_LIMITS.items()]
            self.refuse(path, f"must be {' or '.join(limits)}")
        return None

    def _days(self, value: Any, path: str) -> int:
        if is_whole(value, 0, MAX_DAYS):
            return int(value)
        self.refuse(path, f"must be a whole number of days in 0..{MAX_DAYS}")
        return 0


def _rise(weeks: Sequence[Any]) -> bool:
    return all(is_whole(week, 0, LAST_WEEK) for week in weeks) and all(a < b for a, b in pairwise(weeks))


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _course_document(course: Recurrence) -> dict[str, Any]:
    every = course.then_every
    repeats = None if every is None else {"weeks": every.weeks} if every.weeks else {"months": every.months}
    return {
        "what": str(course.task),
        "at_weeks": list(course.at_weeks),
        "then_every": repeats,
        "early_days": course.early_days,
        "late_days": course.late_days,
        "before_start_days": course.before_start_days,
        "source": course.source,
    }
