"""Plans: what is due when, and that nothing done or skipped is ever asked for again."""

import hashlib
import json
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.errors import InvalidPlan
from api.domain.guidance.registry import find
from api.domain.instruments.registry import INSTRUMENTS
from api.domain.plans.definition import Course, Every, Kind, Plan, known
from api.domain.plans.presets import ARTICLE, EVIDENCE, PRESETS
from api.domain.plans.reading import document_of, read_plan
from api.domain.plans.slots import SETTLES, WAITING, Period, Slot, SlotState, due, merged, since, waiting
from api.domain.schedule import THEN_EVERY_WEEKS, WEEKLY_FOR_WEEKS

START = date(2026, 3, 2)
DAY = timedelta(days=1)
Done = list[tuple[str, date]]
Skipped = list[tuple[str, date, str]]


def days(number: int) -> date:
    return START + number * DAY


def of(slots: list[Slot], what: str) -> dict[date, str]:
    """Return how the slots of one thing stand, by due day."""
    return {slot.window.due_on: slot.state.value for slot in slots if slot.what == what}


def slots_of(plan: Plan, today: date, done: Done | None = None, skipped: Skipped | None = None) -> list[Slot]:
    return due([Period(date.min, plan)], START, done=done or [], skipped=skipped or [], today=today)


# The presets


def test_the_articles_plan_asks_every_three_months_inside_its_two_to_four() -> None:
    courses = {course.what: course for course in ARTICLE.courses}
    assert set(courses) == {"bpi-sf", "fiq", "haq-di", "bone_density"}
    for what in ("bpi-sf", "fiq", "haq-di"):
        assert (courses[what].at_weeks, courses[what].then_every) == ((0,), Every(months=3))
        assert courses[what].mark is None
    scans = courses["bone_density"]
    assert (scans.at_weeks, scans.then_every) == ((0,), Every(months=6))
    assert scans.mark == "guideline: every 24 months (ACS/ASCO 2016)"
    days_due = [slot.window.due_on for slot in slots_of(ARTICLE, days(400)) if slot.what == "fiq"]
    assert days_due == [
        START, date(2026, 6, 2), date(2026, 9, 2), date(2026, 12, 2), date(2027, 3, 2), date(2027, 6, 2)
    ]  # fmt: skip


def test_the_evidences_plan_asks_often_at_first_and_scans_as_the_guideline_says() -> None:
    courses = {course.what: course for course in EVIDENCE.courses}
    assert courses["check_in"].at_weeks == tuple(range(WEEKLY_FOR_WEEKS + 1))
    assert courses["check_in"].then_every == Every(weeks=THEN_EVERY_WEEKS)
    for what in ("bpi-sf", "haq-di", "siqr"):
        assert (courses[what].at_weeks, courses[what].then_every) == ((0, 6, 12), Every(months=3))
    scans = courses["bone_density"]
    assert (scans.at_weeks, scans.then_every, scans.mark) == ((0,), Every(months=24), None)


@pytest.mark.parametrize("plan", PRESETS.values(), ids=PRESETS)
def test_a_preset_names_what_there_is_with_a_source_and_windows_that_do_not_overlap(plan: Plan) -> None:
    assert {course.what for course in plan.courses} <= set(known())
    assert all(course.source for course in plan.courses)
    renamed = document_of(plan) | {"name": "Ours"}
    assert read_plan(renamed) == Plan("Ours", plan.courses)
    codes = {instrument.code for instrument in INSTRUMENTS}
    assert {course.what for course in plan.courses if course.kind is Kind.ASSESSMENT} <= codes


def test_the_guideline_that_marks_a_plan_is_the_one_that_corrects_the_guidance() -> None:
    correction = find("bone-density-every-6-months").correction
    mark = ARTICLE.course("bone_density").mark  # type: ignore[union-attr]
    assert correction is not None
    assert mark is not None
    assert mark.removeprefix("guideline: ") in correction


@pytest.mark.parametrize(
    ("every", "marked"),
    [(Every(months=24), False), (Every(months=12), True), (Every(weeks=26), True), (None, True)],
)
def test_every_other_bone_density_interval_is_marked_whoever_wrote_it(
    every: Every | None, marked: bool
) -> None:
    assert bool(Course("bone_density", (0,), every, 28, 56, "ours").mark) is marked


# One slot after the other


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (41, "upcoming"), (42, "due"), (56, "due"), (57, "overdue"), (76, "overdue"),
        (77, "missed"),  # the one of week 12 may be done
        (500, "missed"),
    ],
)  # fmt: skip
def test_a_slot_becomes_due_then_overdue_then_missed(day: int, state: str) -> None:
    baseline: Done = [("bpi-sf", START)]
    assert of(slots_of(EVIDENCE, days(day), baseline), "bpi-sf")[days(42)] == state


@pytest.mark.parametrize(
    ("answered", "counts_for"),
    [(-28, 0), (-29, None), (34, 0), (35, 42), (42, 42), (76, 42), (77, 84)],
)
def test_an_answer_counts_for_the_slot_in_whose_days_it_falls(answered: int, counts_for: int | None) -> None:
    slots = slots_of(EVIDENCE, days(90), [("bpi-sf", days(answered))])
    done = [slot for slot in slots if slot.state is SlotState.DONE]
    assert [slot.window.due_on for slot in done] == ([] if counts_for is None else [days(counts_for)])
    assert [slot.done_on for slot in done] == ([] if counts_for is None else [days(answered)])


def test_a_scan_long_before_the_tablets_is_the_baseline() -> None:
    slots = slots_of(EVIDENCE, days(10), [("bone_density", days(-200))])
    assert of(slots, "bone_density") == {START: "done", date(2028, 3, 2): "upcoming"}


def test_a_skipped_slot_says_why_and_an_answer_counts_more() -> None:
    skipped: Skipped = [("haq-di", days(42), "in hospital")]
    slot = next(
        s for s in slots_of(EVIDENCE, days(50), [], skipped) if s.id == f"haq-di:{days(42).isoformat()}"
    )
    assert (slot.state, slot.reason) == (SlotState.SKIPPED, "in hospital")
    slots = slots_of(EVIDENCE, days(50), [("haq-di", days(48))], skipped)
    assert of(slots, "haq-di")[days(42)] == "done"


def test_only_the_next_of_each_thing_is_shown_ahead() -> None:
    slots = slots_of(EVIDENCE, days(1), [("bpi-sf", START)])
    ahead = [slot.what for slot in slots if slot.state is SlotState.UPCOMING]
    assert sorted(ahead) == ["bone_density", "bpi-sf", "check_in", "haq-di", "siqr"]


def test_an_entry_in_its_week_answers_a_check_in() -> None:
    slots = slots_of(EVIDENCE, days(20), [("check_in", days(3)), ("check_in", days(14))])
    assert of(slots, "check_in") == {
        START: "done", days(7): "missed", days(14): "done", days(21): "upcoming"
    }  # fmt: skip


def test_what_a_patient_is_asked_holds_no_measurements() -> None:
    slots = slots_of(EVIDENCE, START)
    asked = waiting(slots, frozenset({Kind.ASSESSMENT}))
    assert sorted(slot.what for slot in asked) == ["bpi-sf", "haq-di", "siqr"]


def test_a_slot_whose_successor_by_another_plan_has_come_is_not_asked_for_beside_it() -> None:
    rare = Plan("rare", (Course("bpi-sf", (0,), None, 7, 14, "ours"),))
    often = Plan("often", (Course("bpi-sf", (0, 4), None, 7, 7, "ours"),))
    slots = due([Period(date.min, rare), Period(days(30), often)], START, done=[], skipped=[], today=days(31))
    assert of(slots, "bpi-sf") == {START: "missed", days(28): "due"}


# Another plan


def test_what_is_no_longer_in_the_plan_is_no_longer_asked() -> None:
    history = [Period(date.min, ARTICLE), Period(days(20), EVIDENCE)]
    slots = due(history, START, done=[], skipped=[], today=days(21))
    assert of(slots, "fiq") == {START: "missed"}
    assert of(slots, "bpi-sf")[START] == "overdue"


def test_a_slot_that_was_done_early_is_not_asked_for_by_the_plan_that_follows() -> None:
    weekly = Plan("ours", (Course("bpi-sf", (0, 13), None, 7, 14, "ours"),))
    done: Done = [("bpi-sf", START), ("bpi-sf", days(80))]
    history = [Period(date.min, EVIDENCE), Period(days(82), weekly)]
    slots = due(history, START, done=done, skipped=[], today=days(95))
    assert of(slots, "bpi-sf") == {START: "done", days(42): "missed", days(84): "done"}


def test_an_answer_of_a_day_that_has_begun_only_where_she_is_counts_under_the_plan_she_gave_it_under() -> (
    None
):
    once = Plan("ours", (Course("bpi-sf", (20,), None, 7, 14, "ours"),))
    history = [Period(date.min, EVIDENCE), Period(days(33), once)]
    done: Done = [("bpi-sf", days(35))]
    slots = due(history, START, done=done, skipped=[], today=days(40))
    assert of(slots, "bpi-sf")[days(42)] == "done"


def test_a_late_answer_still_counts_when_the_plan_changes_the_day_after() -> None:
    weekly = Plan("ours", (Course("bpi-sf", (0, 6), None, 7, 14, "ours"),))
    done: Done = [("bpi-sf", days(40))]
    history = [Period(date.min, ARTICLE), Period(days(41), weekly)]
    slots = due(history, START, done=done, skipped=[], today=days(42))
    assert of(slots, "bpi-sf") == {START: "done", days(42): "done"}


def test_a_plan_that_asks_more_often_does_so_from_its_first_day() -> None:
    history = [Period(date.min, EVIDENCE), Period(days(100), ARTICLE)]
    slots = due(history, START, done=[("bone_density", START)], skipped=[], today=days(200))
    assert of(slots, "bone_density") == {
        START: "done", date(2026, 9, 2): "due", date(2027, 3, 2): "upcoming"
    }  # fmt: skip


def test_a_plan_that_begins_later_does_not_count_yet() -> None:
    history = [Period(date.min, EVIDENCE), Period(days(50), ARTICLE)]
    before = due(history, START, done=[], skipped=[], today=days(49))
    assert before == due(history[:1], START, done=[], skipped=[], today=days(49))


def test_her_own_plan_goes_before_the_sites_until_it_follows_the_site_again() -> None:
    site = [(date.min, EVIDENCE), (days(10), ARTICLE)]
    assert [each.plan.name for each in merged(site, [(days(5), ARTICLE), (days(20), None)])] == [
        "evidence", "article"
    ]  # fmt: skip
    follows = merged(site, [(days(5), EVIDENCE), (days(20), None)])
    assert follows == [Period(date.min, EVIDENCE), Period(days(20), ARTICLE)]


def test_plans_from_before_she_was_enrolled_do_not_concern_her() -> None:
    history = [Period(date.min, EVIDENCE), Period(days(-10), ARTICLE)]
    concerned = since(history, START)
    assert concerned == history[1:]
    assert of(due(concerned, START, done=[], skipped=[], today=START), "siqr") == {}
    assert since(history, days(-11)) == history


# Laws

WHATS = ("bpi-sf", "bone_density")


@st.composite
def courses(draw: st.DrawFn, what: str) -> Course:
    early, late = draw(st.integers(0, 10)), draw(st.integers(0, 10))
    weeks = draw(st.lists(st.integers(0, 20), min_size=1, max_size=3, unique=True).map(sorted))
    apart = (early + late) // 7 + 1
    spread = tuple(week * apart for week in weeks)
    every = draw(st.none() | st.integers(apart, 20).map(lambda n: Every(weeks=n)))
    before = draw(st.integers(0, 40))
    return Course(what, spread, every, early, late, "drawn", before)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    kept = draw(st.lists(st.sampled_from(WHATS), unique=True, min_size=1))
    return Plan(f"plan {draw(st.integers(0, 99))}", tuple(draw(courses(what)) for what in kept))


@st.composite
def histories(draw: st.DrawFn) -> list[Period]:
    begins = draw(st.lists(st.integers(-30, 300), unique=True, max_size=3).map(sorted))
    return [
        Period(date.min, draw(plans())),
        *(Period(days(number), draw(plans())) for number in begins),
    ]


dones = st.lists(st.tuples(st.sampled_from(WHATS), st.integers(-40, 400).map(days)), max_size=12)


@st.composite
def moments(draw: st.DrawFn) -> tuple[list[Period], date]:
    """Draw plans and a day, every other time one close to the beginning of a plan."""
    history = draw(histories())
    begun = [period.begins_on for period in history[1:]]
    if begun and draw(st.booleans()):
        return history, draw(st.sampled_from(begun)) + draw(st.integers(0, 4)) * DAY
    return history, days(draw(st.integers(-30, 400)))


def answer_some(draw: st.DrawFn, history: list[Period], now: date) -> Done:
    """Answer some of the slots that have opened, on a day on which they may be."""
    done: Done = []
    for slot in due(history, START, done=[], skipped=[], today=now):
        last = min(slot.window.until_on or now, now)
        if slot.window.opens_on <= last and draw(st.booleans()):
            late = draw(st.integers(0, (last - slot.window.opens_on).days))
            done.append((slot.what, slot.window.opens_on + late * DAY))
    return done


def skip_some(draw: st.DrawFn, slots: list[Slot], now: date) -> Skipped:
    """Skip some of the slots that have opened and are not done."""
    opened = [slot for slot in slots if slot.window.opens_on <= now and slot.state is not SlotState.DONE]
    chosen = [slot for slot in opened if draw(st.booleans())]
    return [(slot.what, slot.window.due_on, "away") for slot in chosen]


def settled(slots: list[Slot]) -> dict[str, SlotState]:
    return {slot.id: slot.state for slot in slots if slot.state in {SlotState.DONE, SlotState.SKIPPED}}


@given(moments(), plans(), st.integers(-2, 5), st.integers(0, 120), st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_plan_comes_after_what_was_done_or_skipped_stays_so(
    moment: tuple[list[Period], date], plan: Plan, ahead: int, later: int, data: st.DataObject
) -> None:
    history, now = moment
    begins = now + ahead * DAY  # the site's date may lag behind hers, by 2 at most
    history = [period for n, period in enumerate(history) if n == 0 or period.begins_on < begins]
    done = answer_some(data.draw, history, now)
    skipped = skip_some(data.draw, due(history, START, done=done, skipped=[], today=now), now)
    before = settled(due(history, START, done=done, skipped=skipped, today=now))

    changed = [*history, Period(begins, plan)]
    after = due(changed, START, done=done, skipped=skipped, today=max(now, begins) + later * DAY)

    assert before.items() <= settled(after).items()


@given(moments(), st.data())
@settings(max_examples=100, deadline=None)
def test_nobody_is_asked_for_what_she_answered_within_the_days_that_count_as_early(
    moment: tuple[list[Period], date], data: st.DataObject
) -> None:
    history, now = moment
    known_now = answer_some(data.draw, history, now)
    for slot in due(history, START, done=known_now, skipped=[], today=now):
        if slot.state in WAITING:
            latest = max((day for what, day in known_now if what == slot.what), default=date.min)
            assert latest < slot.window.opens_on


@given(moments(), dones)
@settings(max_examples=100, deadline=None)
def test_of_each_thing_one_slot_at_most_waits_and_no_two_share_a_day(
    moment: tuple[list[Period], date], done: Done
) -> None:
    history, now = moment
    by_what: dict[str, list[Slot]] = defaultdict(list)
    for slot in due(history, START, done=done, skipped=[], today=now):
        by_what[slot.what].append(slot)
    for slots in by_what.values():
        assert sum(slot.state in WAITING for slot in slots) <= 1
        assert sum(slot.state is SlotState.UPCOMING for slot in slots) <= 1
        for earlier, later in pairwise(slots):
            assert not earlier.window.overlaps(later.window)


@given(histories(), dones, st.integers(-30, 400), st.randoms())
@settings(max_examples=60, deadline=None)
def test_the_order_of_what_was_done_does_not_matter(
    history: list[Period], done: Done, today: int, chance: Any
) -> None:
    shuffled = list(done)
    chance.shuffle(shuffled)
    one = due(history, START, done=done, skipped=[], today=days(today))
    assert one == due(history, START, done=[*shuffled, *done], skipped=[], today=days(today))


@given(histories(), dones, st.integers(-30, 400), st.integers(-30, 400))
@settings(max_examples=80, deadline=None)
def test_setting_the_same_plan_again_changes_no_slot(
    history: list[Period], done: Done, today: int, again: int
) -> None:
    in_force = [period for period in history if period.begins_on <= days(again)][-1]
    repeated = sorted([*history, Period(days(again), in_force.plan)], key=lambda period: period.begins_on)
    one = due(history, START, done=done, skipped=[], today=days(today))
    assert one == due(repeated, START, done=done, skipped=[], today=days(today))


@given(histories(), dones, st.integers(-30, 400), st.sampled_from([-1, 1]))
@settings(max_examples=60, deadline=None)
def test_where_she_travels_changes_nothing_that_is_settled(
    history: list[Period], done: Done, today: int, moved: int
) -> None:
    here = days(today)
    known_now = [each for each in done if each[1] <= here - DAY]
    one, other = (
        settled(due(history, START, done=known_now, skipped=[], today=day))
        for day in (here, here + moved * DAY)
    )
    begun = [period.begins_on for period in history[1:]]
    if not any(abs((day - here).days) <= SETTLES.days for day in begun):
        assert one.keys() == other.keys()


# Documents

GOOD: dict[str, Any] = {
    "name": "Ours",
    "courses": [{"what": "bpi-sf", "at_weeks": [0, 6], "then_every": {"months": 3}, "source": "Ward 3"}],
}


def course_with(**changes: Any) -> dict[str, Any]:
    return GOOD | {"courses": [GOOD["courses"][0] | changes]}


def test_a_document_reads_as_the_plan_it_says() -> None:
    (course,) = read_plan(GOOD).courses
    assert course == Course("bpi-sf", (0, 6), Every(months=3), 7, 14, "Ward 3", 7)
    assert read_plan(document_of(read_plan(GOOD))) == read_plan(GOOD)


@pytest.mark.parametrize(
    ("document", "place", "right"),
    [
        ([], "document", "no object"),
        ({}, "document.name", "1 to 100 characters"),
        (GOOD | {"name": "evidence"}, "document.name", "a preset's"),
        (GOOD | {"note": "x"}, "document.note", "there are name, courses"),
        (GOOD | {"courses": []}, "document.courses", "1 to 30"),
        (GOOD | {"courses": [1]}, "document.courses.0", "must be an object"),
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
def test_every_slip_is_named_by_its_place_with_what_would_be_right(
    document: Any, place: str, right: str
) -> None:
    with pytest.raises(InvalidPlan) as refused:
        read_plan(document)
    assert refused.value.problems is not None
    assert right in refused.value.problems[place]


def digest_of(plan: Plan) -> str:
    """Return what a plan says, in short."""
    return hashlib.sha256(json.dumps(document_of(plan), sort_keys=True).encode()).hexdigest()[:12]


def test_a_published_preset_never_changes() -> None:
    """A site's plan is kept by its preset's name: another wording of it would rewrite what was due before."""
    published = {"article": "0adf97408f15", "evidence": "582793d02b4b"}
    now = {name: digest_of(plan) for name, plan in PRESETS.items()}
    assert published.items() <= now.items(), "keep this preset as it was, and add the other under a new name"
