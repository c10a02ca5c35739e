"""Plans: the presets, and strict reading of a document."""

import hashlib
import json
from datetime import date
from functools import reduce
from typing import Any

import pytest

from api.domain.documents import UnusableDocument
from api.domain.guidance.registry import find
from api.domain.instruments.registry import INSTRUMENTS
from api.domain.plans.definition import Interval, Plan, Recurrence, TaskKind, known_tasks
from api.domain.plans.parse import COURSE_FIELDS, document_of, read_plan
from api.domain.plans.presets import ARTICLE, EVIDENCE, PRESETS
from api.domain.schedule import THEN_EVERY_WEEKS, WEEKLY_FOR_WEEKS
from tests.support.plan_days import START, days, slots_of


def test_the_articles_plan_repeats_every_three_months_within_its_two_to_four() -> None:
    courses = {course.task: course for course in ARTICLE.courses}
    assert set(courses) == {"bpi-sf", "fiq", "haq-di", "bone_density"}
    for task in ("bpi-sf", "fiq", "haq-di"):
        assert (courses[task].at_weeks, courses[task].then_every) == ((0,), Interval(months=3))
        assert courses[task].notice is None
    scans = courses["bone_density"]
    assert (scans.at_weeks, scans.then_every) == ((0,), Interval(months=6))
    assert scans.notice == "guideline: every 24 months (ACS/ASCO 2016)"
    days_due = [slot.window.due_on for slot in slots_of(ARTICLE, days(400)) if slot.task == "fiq"]
    assert days_due == [
        START, date(2026, 6, 2), date(2026, 9, 2), date(2026, 12, 2), date(2027, 3, 2), date(2027, 6, 2)
    ]  # fmt: skip


def test_the_evidence_plan_is_frequent_at_first_and_scans_at_the_guidelines_interval() -> None:
    courses = {course.task: course for course in EVIDENCE.courses}
    assert courses["check_in"].at_weeks == tuple(range(WEEKLY_FOR_WEEKS + 1))
    assert courses["check_in"].then_every == Interval(weeks=THEN_EVERY_WEEKS)
    for task in ("bpi-sf", "haq-di", "siqr"):
        assert (courses[task].at_weeks, courses[task].then_every) == ((0, 6, 12), Interval(months=3))
    scans = courses["bone_density"]
    assert (scans.at_weeks, scans.then_every, scans.notice) == ((0,), Interval(months=24), None)


@pytest.mark.parametrize("plan", PRESETS.values(), ids=PRESETS)
def test_a_preset_has_known_tasks_sources_and_windows_that_do_not_overlap(plan: Plan) -> None:
    assert {course.task for course in plan.courses} <= set(known_tasks())
    assert all(course.source for course in plan.courses)
    renamed = document_of(plan) | {"name": "Ours"}
    assert read_plan(renamed) == Plan("Ours", plan.courses)
    codes = {instrument.code for instrument in INSTRUMENTS}
    assert {course.task for course in plan.courses if course.kind is TaskKind.ASSESSMENT} <= codes


def test_the_guideline_that_marks_a_plan_is_the_one_that_corrects_the_guidance() -> None:
    correction = find("bone-density-every-6-months").correction
    mark = ARTICLE.course("bone_density").notice  # type: ignore[union-attr]
    assert correction is not None
    assert mark is not None
    assert mark.removeprefix("guideline: ") in correction


@pytest.mark.parametrize(
    ("every", "marked"),
    [(Interval(months=24), False), (Interval(months=12), True), (Interval(weeks=26), True), (None, True)],
)
def test_every_other_bone_density_interval_is_marked(every: Interval | None, marked: bool) -> None:
    assert bool(Recurrence("bone_density", (0,), every, 28, 56, "ours").notice) is marked


GOOD: dict[str, Any] = {
    "name": "Ours",
    "courses": [{"what": "bpi-sf", "at_weeks": [0, 6], "then_every": {"months": 3}, "source": "Ward 3"}],
}


def course_with(**changes: Any) -> dict[str, Any]:
    return GOOD | {"courses": [GOOD["courses"][0] | changes]}


def test_a_document_reads_as_its_plan() -> None:
    (course,) = read_plan(GOOD).courses
    assert course == Recurrence("bpi-sf", (0, 6), Interval(months=3), 7, 14, "Ward 3", 7)
    assert read_plan(document_of(read_plan(GOOD))) == read_plan(GOOD)


@pytest.mark.parametrize(
    ("document", "place", "right"),
    [
        ([], "document", "is not a table"),
        ({}, "document.name", "1 to 100 characters"),
        (GOOD | {"name": "evidence"}, "document.name", "a preset's"),
        (GOOD | {"note": "x"}, "document.note", "the names are name, courses"),
        (GOOD | {"courses": []}, "document.courses", "1 to 30"),
        (GOOD | {"courses": [1]}, "document.courses.0", "1 is not a table of what, at_weeks"),
        (course_with(what="vas"), "document.courses.0.what", "bpi-sf"),
        (course_with(at_weeks=[6, 0]), "document.courses.0.at_weeks", "later than the one before"),
        (course_with(at_weeks=[0, True]), "document.courses.0.at_weeks", "whole weeks"),
        (course_with(at_weeks=["0"]), "document.courses.0.at_weeks", "whole weeks"),
        (course_with(at_weeks=[0, [1]]), "document.courses.0.at_weeks", "whole weeks"),
        (course_with(then_every={"months": 0}), "document.courses.0.then_every", '{"months": 1..60}'),
        (course_with(then_every={"days": 3}), "document.courses.0.then_every", '{"weeks": 1..260}'),
        (course_with(early_days=-1), "document.courses.0.early_days", "0..400"),
        (course_with(late_days=40), "document.courses.0.late_days", "fewer than the 42"),
        (course_with(source=" "), "document.courses.0.source", "1 to 500 characters"),
        (course_with(every=3), "document.courses.0.every", "is not known"),
        (GOOD | {"courses": GOOD["courses"] * 2}, "document.courses.1.what", "has a course already"),
        (course_with(what="check_in"), "document.courses.0.at_weeks", "weekly to week 12"),
    ],
)  # fmt: skip
def test_every_problem_is_reported_by_path_with_the_accepted_values(
    document: Any, place: str, right: str
) -> None:
    with pytest.raises(UnusableDocument) as refused:
        read_plan(document)
    assert right in refused.value.by_field()[place]


def test_a_deeply_nested_document_is_refused_by_path() -> None:
    deep: list[Any] = reduce(lambda inner, _: [inner], range(5000), [])
    fields = dict.fromkeys(COURSE_FIELDS, deep)
    with pytest.raises(UnusableDocument) as refused:
        read_plan({"name": deep, "courses": [fields]})
    assert set(refused.value.by_field()) == {
        "document.name",
        *(f"document.courses.0.{name}" for name in fields),
    }


def digest_of(plan: Plan) -> str:
    """Return the content hash of a plan."""
    return hashlib.sha256(json.dumps(document_of(plan), sort_keys=True).encode()).hexdigest()[:12]


def test_a_published_preset_never_changes() -> None:
    """A site's plan is stored by its preset's name: a change of the preset would change past slots."""
    published = {"article": "0adf97408f15", "evidence": "bc3b2f4584be"}
    now = {name: digest_of(plan) for name, plan in PRESETS.items()}
    assert published.items() <= now.items(), "keep this preset as it was, and add the other under a new name"
