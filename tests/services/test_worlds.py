"""Worlds of simulated diaries: repeatable, blank where not answered, with the shares they promise."""

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from api.services.files.inputs import AnyInput
from api.services.replay.diaries import read_diaries, read_patients
from tests.worlds import measure, score, second, third
from tests.worlds.diary import (
    ANSWERS,
    Rise,
    WorldDiary,
    WorldRow,
    WorldTruth,
    arrays,
    entries_of,
    extra_entry,
    factors_of,
    find_rise,
    write_world,
)
from tests.worlds.second_courses import NOT_WORSE, WORSE
from tests.worlds.second_ways import WAYS
from tests.worlds.third_writing import CADENCES

World = Callable[..., Iterator[WorldDiary]]
WORLDS = [pytest.param(second.cohort, id="second"), pytest.param(third.cohort, id="third")]


@pytest.fixture(scope="module")
def many() -> list[WorldDiary]:
    return list(second.cohort(600, seed=3))


@pytest.fixture(scope="module")
def others() -> list[WorldDiary]:
    return list(third.cohort(500, days=365, seed=3))


def flat_diary(rise: Rise, *, last: int = 299) -> WorldDiary:
    level = np.full(300, 2.0)
    truth = WorldTruth(rise, level, level, level, stopped=None, followed=300)
    rows = tuple(WorldRow(day, day, 600, (2.0,) * len(ANSWERS), "own") for day in (0, last))
    return WorldDiary("P1", second._FIRST_START, rows, truth, {"timezone": "Europe/Berlin"}, {}, level)


@pytest.mark.parametrize("cohort", WORLDS)
def test_the_same_seed_gives_the_same_patients_and_a_larger_cohort_begins_with_the_smaller(cohort: World):
    first, again, other = (repr(list(cohort(4, days=120, seed=seed))) for seed in (1, 1, 2))

    assert first == again != other
    assert repr(list(cohort(2, days=120, seed=1))) == repr(list(cohort(4, days=120, seed=1))[:2])


@pytest.mark.parametrize("cohort", WORLDS)
def test_rows_are_in_order_and_written_when_or_after_they_happened(cohort: World):
    for diary in cohort(40, seed=4):
        days = [row.day for row in diary.rows]
        moments = [(row.written_day, row.written_minute) for row in diary.rows]

        assert days == sorted(set(days))
        assert moments == sorted(set(moments))
        assert all(0 <= row.day <= row.written_day < diary.truth.followed for row in diary.rows)


@pytest.mark.parametrize("cohort", WORLDS)
def test_answers_are_whole_numbers_of_the_scale_or_blank(cohort: World):
    highest = dict.fromkeys(ANSWERS, 10) | {
        "morning_stiffness_minutes": 720, "dose_taken": 1, "doses_missed_7d": 7, "cost_trouble": 1
    }  # fmt: skip
    cells = {name: np.concatenate([arrays(each)[name] for each in cohort(40, seed=5)]) for name in ANSWERS}

    for name, values in cells.items():
        given = values[~np.isnan(values)]
        assert len(given) < len(values), name
        assert np.array_equal(given, np.round(given)), name
        assert 0 <= given.min() <= given.max() <= highest[name], name


@pytest.mark.parametrize("cohort", WORLDS)
def test_blank_answers_are_absent_from_entries(cohort: World):
    (diary,) = cohort(1, seed=6)

    for row, entry in zip(diary.rows, entries_of(diary), strict=True):
        given = {name for name, value in zip(ANSWERS, row.answers, strict=True) if not np.isnan(value)}
        given |= {"asked", *(["gap_reason"] if row.gap_reason else [])}
        assert {"dose_taken" if name == "dose" else name for name in entry.answers} == given


@pytest.mark.parametrize("cohort", WORLDS)
def test_an_extra_check_in_is_answered_like_the_others_or_not_at_all(cohort: World):
    unanswered, far_off = 0, []
    for diary in cohort(60, seed=8):
        extra = [extra_entry(diary, day) for day in range(diary.truth.followed)]
        unanswered += sum(entry is None for entry in extra)
        given = [(day, entry.answers["pain_worst"]) for day, entry in enumerate(extra) if entry is not None]
        far_off += [answer - diary.truth.pain[day] for day, answer in given]

    assert unanswered > 0
    assert np.mean(far_off) == pytest.approx(0.1, abs=0.3)


@pytest.mark.parametrize("cohort", WORLDS)
def test_the_files_hold_the_same_diaries(cohort: World, tmp_path):
    diaries = list(cohort(25, days=150, seed=7))
    write_world(diaries, tmp_path)
    paths: list[AnyInput] = [tmp_path / name for name in ("patients.csv", "entries.csv")]
    rejects = []
    patients = read_patients(paths[0], rejects)
    read = list(read_diaries(paths[1], patients, rejects))

    assert rejects == []
    for diary, back in zip(diaries, read, strict=True):
        assert back.known.facts == factors_of(diary)
        assert [(each.local_date, each.recorded_at) for each in back.entries] == [
            (each.local_date, each.recorded_at) for each in entries_of(diary)
        ]
        assert [each.answers for each in back.entries] == [each.answers for each in entries_of(diary)]


def test_courses_and_ways_have_their_shares(many: list[WorldDiary]):
    for label, shares in (("course", WORSE | NOT_WORSE), ("way", WAYS)):
        counted = Counter(diary.groups[label] for diary in many)
        assert counted.keys() == shares.keys()
        for name, share in shares.items():
            assert counted[name] / len(many) == pytest.approx(share / sum(shares.values()), abs=0.05)


def test_about_45_percent_get_worse_and_40_percent_are_never_asked_for_interference(many: list[WorldDiary]):
    asked = [not np.isnan(arrays(diary)["interference"]).all() for diary in many]

    assert np.mean([diary.truth.worsening_onset is not None for diary in many]) == pytest.approx(
        0.44, abs=0.05
    )
    assert np.mean(asked) == pytest.approx(0.6, abs=0.06)


@pytest.mark.parametrize(("cohort", "share"), [(second.cohort, 0.205), (third.cohort, 0.146)])
def test_the_share_that_stops_within_a_year_is_as_written(cohort: World, share: float):
    stopped = [diary.truth.stopped is not None for diary in cohort(600, days=365, seed=9)]

    assert np.mean(stopped) == pytest.approx(share, abs=0.045)


def test_plans_of_the_third_world_have_their_shares_and_a_third_or_more_get_worse(others: list[WorldDiary]):
    counted = Counter(diary.groups["way"] for diary in others)

    assert {name: counted[name] / len(others) for name in counted} == pytest.approx(CADENCES, abs=0.05)
    assert 0.3 <= np.mean([diary.truth.worsening_onset is not None for diary in others]) <= 0.5


def test_rises_of_the_third_world_begin_early_on_the_tablets(others: list[WorldDiary]):
    weeks = [
        ((diary.day(diary.truth.rise.begins) - factors_of(diary).ai_started_on).days) / 7
        for diary in others
        if diary.truth.rise.begins is not None and factors_of(diary).ai_started_on is not None
    ]

    assert min(weeks) >= 0
    assert 0.5 <= np.mean(np.array(weeks) < 13) <= 0.8


def test_in_the_third_world_those_who_got_worse_leave_sooner(others: list[WorldDiary]):
    share = {"": [], "lasting rise": []}
    for diary in others:
        if (
            diary.truth.stopped is None
            and len(diary.rows) > 3
            and diary.groups["course"] in {"calm", "lasting rise"}
        ):
            share["lasting rise" if diary.groups["course"] != "calm" else ""].append(diary.rows[-1].day < 240)

    assert np.mean(share["lasting rise"]) > np.mean(share[""])


def test_days_of_flares_are_not_part_of_the_level(others: list[WorldDiary]):
    never = [diary for diary in others if diary.groups["course"] == "calm"]

    assert sum(diary.groups["longest flare"] == "over 14 days" for diary in never) > 10
    assert max(float(np.ptp(diary.truth.pain)) for diary in never) < 4


def test_only_back_filled_diaries_are_written_later_and_up_to_two_weeks(many: list[WorldDiary]):
    for diary in many:
        late = [row.written_day - row.day for row in diary.rows]
        assert max(late) <= 13
        assert (max(late) > 0) == (diary.groups["way"] == "back-filled" and len(late) > 1)


def test_the_level_is_the_mean_answer_without_flares():
    far_off = []
    for diary in second.cohort(60, seed=9):
        if diary.groups["way"] == "daily" and diary.groups["course"] != "flares":
            answers = arrays(diary)
            far_off.append(np.nanmean(answers["pain_worst"] - diary.truth.pain[answers["day"]]))

    assert len(far_off) >= 4
    assert np.mean(far_off) == pytest.approx(0.15, abs=0.3)


def test_a_step_of_three_points_counts_once_the_mean_of_14_days_has_risen_by_two():
    level = np.concatenate([np.full(50, 2.0), np.full(60, 5.0), np.full(60, 2.0)])

    # the first 14 days with 10 risen ones are 46 to 59; those from 106 on have 4
    assert find_rise(level, 50) == Rise(begins=50, onset=52, over=112)


def test_a_rise_below_two_points_has_no_onset():
    assert find_rise(np.linspace(2.0, 3.9, 200), 1) == Rise(begins=1)


def test_alerts_are_told_apart_by_the_days_of_the_rise():
    diary = flat_diary(Rise(begins=50, onset=60, over=200))

    assert score.compare(diary, [10, 55, 90, 250]).delay == 0
    assert score.compare(diary, [10, 55, 90, 250]).false_alerts == 2
    assert score.compare(diary, [75]).delay == 15
    assert score.compare(diary, [205]).delay == score.NEVER
    assert score.compare(diary, []).years == pytest.approx((50 + 100) / 365.25)


def test_alerts_within_a_rise_without_an_onset_are_neither_false_nor_found():
    scored = score.compare(flat_diary(Rise(begins=100)), [50, 120])

    assert (scored.false_alerts, np.isnan(scored.delay)) == (1, True)
    assert score.compare(flat_diary(Rise()), [50, 120]).false_alerts == 2


def test_groups_hold_each_patient_once(many: list[WorldDiary]):
    scored = [score.compare(diary, []) for diary in many[:40]]
    by_way = score.by_group(scored, "way")

    assert sum(each.patients for each in by_way.values()) == 40
    assert sum(each.onsets for each in by_way.values()) == score.figures(scored).onsets > 0


@pytest.mark.parametrize("world", measure.WORLDS)
def test_extra_check_ins_are_measured_by_the_share_that_is_answered(world: str):
    found = measure.measure_extra_check_ins(world, 0.7, 40, seed=14)
    none, some = found["none"], found["70%"]

    assert none["bursts_per_patient_year"] == none["extra_answers_per_patient_year"] == 0
    assert some["sensitivity_60d"] >= none["sensitivity_60d"]
    assert 0 < some["bursts_per_patient_year"] <= 365 / 28
    assert 0 < some["extra_answers_per_patient_year"] <= 12
    unanswered = measure.measure_extra_check_ins(world, 0.0, 40, seed=14)["0%"]
    assert unanswered | {"bursts_per_patient_year": 0.0} == none
