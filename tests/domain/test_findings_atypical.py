"""Atypical presentation: one-sided, the back alone, or worse at night, on most days."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.domain.alerts.finding import FindingKind, Tier
from api.domain.diary.body_sites import LIMBS, TRUNK, PainPattern, names_of, pattern_of, sites_of
from api.domain.diary.daily_summary import DailySummary
from api.domain.entries.questions import SITES
from api.domain.policy import Policy
from api.domain.trajectory.engine import Engine, PatientFactors
from tests.support.diaries import day, days_of, entry_of, findings_of, score_diary

ATYPICAL = FindingKind.ATYPICAL
SIDES = {"l": "left", "r": "right", "b": "both", "m": "middle"}


def places(text: str) -> list[dict[str, str]]:
    """Return sites from text such as "l hip, b knee"."""
    pairs = (word.split() for word in text.split(","))
    return [{"site": site, "side": SIDES[side]} for side, site in pairs]


def diary(*texts: str | None, step: int = 3) -> list:
    """Return a day every three days with the sites named; None is a day without sites."""
    return [
        entry_of(step * n, **({"pain_worst": 4} if text is None else {"body_sites": places(text)}))
        for n, text in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("l hip", PainPattern.LEFT),
        ("r hip, r knee", PainPattern.RIGHT),
        ("b knee", PainPattern.SYMMETRICAL),
        ("l knee, r knee", PainPattern.SYMMETRICAL),
        ("l hip, b hand", PainPattern.SYMMETRICAL),
        ("l hip, r knee", PainPattern.SCATTERED),
        ("m lower_back", PainPattern.BACK),
        ("l lower_back", PainPattern.BACK),
        ("b chest", PainPattern.BACK),
        ("l hip, m lower_back", PainPattern.LEFT),
        ("b hand, m lower_back", PainPattern.SYMMETRICAL),
        ("m knee", None),
        ("m head", None),
        ("l other", None),
    ],
)
def test_the_pattern_of_the_sites_of_a_day(text, pattern):
    assert pattern_of(sites_of(places(text))) is pattern


def test_every_site_is_a_joint_a_part_of_the_back_or_uninformative():
    assert set(LIMBS) | set(TRUNK) | {"head", "other"} == set(SITES)
    assert names_of(sites_of(places("l hip, m lower_back, m head"))) == ["hip", "lower_back"]


def test_a_site_of_an_older_catalogue_is_ignored():
    assert sites_of([{"site": "thumb", "side": "left"}]) == 0


@pytest.mark.parametrize(
    ("who", "texts", "is_told"),
    [
        ("five days of the left hip in 13 days", ["l hip"] * 5, False),
        ("six days of the left hip in 16 days", ["l hip"] * 6, True),
        ("the left side, other joints", ["l hip", "l knee", "l foot", "l hip", "l hand", "l hip"], True),
        ("both hips", ["b hip"] * 8, False),
        ("now left, now right", ["l hip", "r hip"] * 4, False),
        ("left, and once on both sides", ["l hip", "l hip", "b hip", "l hip", "l hip", "l hip"], True),
        ("left, and twice on both sides", ["l hip", "b hip", "b hip", "l hip", "l hip", "l hip"], False),
        ("left hip and right knee", ["l hip, r knee"] * 8, False),
        ("no side given", ["m hip"] * 8, False),
        ("the lower back alone", ["m lower_back"] * 6, True),
        ("the lower back, and both hands", ["m lower_back, b hand"] * 6, False),
        ("once only", ["l hip"], False),
        ("days without places prove nothing", ["l hip", None, None, None, None, None, None], False),
        ("and count neither way", ["l hip", None, "l hip", None, "l hip", "l hip", None, "l hip"], True),
    ],
)
def test_a_picture_must_persist_over_several_answered_days(who, texts, is_told):
    assert bool(findings_of(diary(*texts), ATYPICAL)) is is_told, who


@pytest.mark.parametrize("step", [1, 2, 7])
def test_daily_and_weekly_diaries_can_both_show_it(step):
    assert findings_of(diary(*["l hip"] * 14, step=step), ATYPICAL)


def test_answers_further_apart_than_two_weeks_are_too_few():
    assert findings_of(diary(*["l hip"] * 14, step=15), ATYPICAL) == []


def test_the_reason_can_be_checked_by_hand_and_names_no_cause():
    found = findings_of(diary("l hip", "l hip, l knee", "b hand", "l hip", "l hip", "l hip"), ATYPICAL)[0]

    assert found.reason == (
        "pain in joints of the left side only on 5 of 6 days with an answer on it from 5 to 20 January 2026 "
        "(hip 5, knee 1): not the picture these symptoms mostly have, joints of both sides alike; "
        "look for another cause"
    )
    assert (found.tier, found.key, found.day) == (Tier.ROUTINE, day(15).isoformat(), day(15))
    assert found.source.startswith("unverified")
    assert "Niravath" in found.source
    assert found.numbers == {
        "left": {
            "told_days": 6,
            "shown_days": 5,
            "first_day": "2026-01-05",
            "symmetrical_days": 1,
            "places": {"hip": 5, "knee": 1},
        }
    }


@pytest.mark.parametrize(
    ("night", "by_day", "is_told"),
    [
        (6, {"pain_on_moving": 3}, True),
        (6, {"pain_at_rest": 4, "pain_on_moving": 2}, True),
        (6, {"pain_on_moving": 3, "pain_in_the_morning": 5}, False),
        (5, {"pain_on_moving": 4}, False),
        (3, {"pain_on_moving": 0}, False),
        (9, {}, False),
        (None, {"pain_on_moving": 0}, False),
    ],
)
def test_pain_clearly_worse_at_night_is_found_and_blank_is_not_zero(night, by_day, is_told):
    answers = by_day | ({} if night is None else {"pain_at_night": night})
    nights = [entry_of(3 * n, stiffness=1, **answers) for n in range(6)]

    assert bool(findings_of(nights, ATYPICAL)) is is_told


def test_a_bad_night_now_and_then_is_no_picture():
    nights = [entry_of(3 * n, pain_at_night=8 if n % 2 else 2, pain_on_moving=3) for n in range(12)]

    assert findings_of(nights, ATYPICAL) == []


def test_pain_at_night_is_reported_with_both_averages():
    nights = [entry_of(3 * n, pain_at_night=6 + n % 2, pain_on_moving=3, pain_at_rest=2) for n in range(6)]

    (found,) = findings_of(nights, ATYPICAL)

    assert found.reason.startswith(
        "pain worse at night on 6 of 6 days with an answer on it from 5 to 20 January 2026 "
        "(on average 6.5, by day 3): "
    )
    assert found.numbers["night"]["at_night_and_by_day"]["2026-01-05"] == [6.0, 3.0]


def test_it_is_raised_every_28_days_and_ends_once_half_the_days_are_against_it():
    assert days_of(findings_of(diary(*["l hip"] * 30), ATYPICAL)) == [15, 45, 75]
    ended = ["l hip"] * 14 + ["b hip"] * 8 + ["l hip"] * 14
    assert days_of(findings_of(diary(*ended, step=1), ATYPICAL)) == [13, 33]
    lasts = ["l hip"] * 14 + ["b hip"] * 7 + ["l hip"] * 14
    assert days_of(findings_of(diary(*lasts, step=1), ATYPICAL)) == [13]


def test_two_pictures_at_once_are_one_finding():
    both = [entry_of(3 * n, body_sites=places("r hip"), pain_at_night=7, pain_on_moving=2) for n in range(6)]

    (found,) = findings_of(both, ATYPICAL)

    assert set(found.numbers) == {"right", "night"}


def test_left_in_the_morning_and_right_in_the_evening_is_both_sides():
    days = [
        entry_of(3 * n, nth=nth, body_sites=places(text))
        for n in range(8)
        for nth, text in enumerate(("l hip", "r hip"))
    ]

    assert findings_of(days, ATYPICAL) == []


answer = st.fixed_dictionaries(
    {},
    optional={
        "body_sites": st.sampled_from(["l hip", "r hip", "b hip", "m lower_back", "l hip, l knee"]).map(
            places
        ),
        "pain_at_night": st.integers(0, 10),
        "pain_at_rest": st.integers(0, 10),
        "pain_on_moving": st.integers(0, 10),
        "pain_in_the_morning": st.integers(0, 10),
    },
)


@given(said=st.lists(answer, min_size=1, max_size=5), data=st.data())
def test_a_day_is_the_same_in_any_order_and_with_repeats(said, data):
    entries = [entry_of(0, nth=nth, **each) for nth, each in enumerate(said)]
    days = [DailySummary(day(0).toordinal()) for _ in range(2)]
    for entry in entries:
        days[0].add_entry(entry)
    for entry in data.draw(st.permutations(entries + entries)):
        days[1].add_entry(entry)

    assert days[0] == days[1] == DailySummary.load(json.loads(json.dumps(days[0].dump())))


@settings(max_examples=15, deadline=None)
@given(said=st.lists(answer, min_size=8, max_size=16), data=st.data())
def test_batches_snapshots_and_order_change_no_finding(said, data):
    entries = [entry_of(3 * n, **each) for n, each in enumerate(said)]
    cut = data.draw(st.integers(0, len(entries)))
    course = Engine().begin(PatientFactors())
    found = list(course.add(entries[:cut]).findings)
    course = Engine().resume(PatientFactors(), json.loads(json.dumps(course.snapshot())))
    found += course.add(entries[cut:]).findings

    assert found == list(score_diary(data.draw(st.permutations(entries))).findings)


def test_what_is_kept_is_bounded():
    course = Engine().begin(PatientFactors())
    course.add(
        [entry_of(n, body_sites=places("l hip"), pain_at_night=7, pain_on_moving=2) for n in range(60)]
    )
    state = course.snapshot()[3]

    assert Policy().atypical_reach_days.value == 56
    assert len(json.dumps(state[10], separators=(",", ":"))) < 600


def test_several_swollen_joints_are_no_red_flag_and_are_raised_once_in_four_weeks():
    diary = [entry_of(7 * week, pain_worst=4, several_swollen_joints=True) for week in range(6)]
    found = score_diary(diary).findings
    assert {finding.kind for finding in found} == {ATYPICAL}
    assert days_of(found) == [0, 28]
    assert {finding.tier for finding in found} == {Tier.ROUTINE}
    assert found[0].reason == (
        "reports on 5 January 2026 several joints swollen for more than two weeks; look for another cause"
    )
    assert found[0].numbers == {"several_swollen_joints": True}


def test_a_day_with_several_swollen_joints_is_kept_as_it_is():
    kept = DailySummary(day(3).toordinal())
    kept.add_entry(entry_of(3, pain_worst=4, several_swollen_joints=True))
    assert DailySummary.load(json.loads(json.dumps(kept.dump()))) == kept
    assert DailySummary.load(json.loads(json.dumps(DailySummary(5).dump()))).several_swollen is False
