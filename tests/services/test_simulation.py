"""Simulated cohorts: repeatable, with blanks as documented, and in line with the cited papers."""

import csv
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.random import default_rng

from api.domain.trajectory.engine import Engine
from api.domain.trajectory.extra_check_ins import DAYS_AFTER
from api.services.replay.diaries import read_diaries, read_patients
from api.services.simulation import symptoms
from api.services.simulation.assumptions import Assumptions, Cadence
from api.services.simulation.cohort import ANSWER_SHARES, SimulatedDiary, simulate_cohort
from api.services.simulation.files import CohortFiles, write_cohort
from api.services.simulation.occasional_answers import OCCASIONAL_COLUMNS
from api.services.simulation.patients import SymptomPattern, draw_patient
from api.services.simulation.symptoms import draw_symptoms

COLUMNS = ("patient", "recorded_at", *ANSWER_SHARES, *OCCASIONAL_COLUMNS)


def draw(count: int = 150, days: int = 200, seed: int = 1, **assumptions) -> list[SimulatedDiary]:
    return list(simulate_cohort(count, days, seed=seed, assumptions=Assumptions(**assumptions)))


def rows_of(one: SimulatedDiary) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in one.rows]


def day_of(one: SimulatedDiary, row: dict[str, str]) -> int:
    moment = datetime.fromisoformat(row["recorded_at"])
    return (moment.astimezone(ZoneInfo(one.patient.zone)).date() - one.patient.first_day).days


def written_on(one: SimulatedDiary) -> list[int]:
    return [day_of(one, row) for row in rows_of(one)]


def test_the_same_seed_gives_the_same_files_and_another_seed_others(tmp_path):
    def files(name, seed):
        paths = [tmp_path / f"{name}-{which}.csv" for which in ("entries", "patients", "truth")]
        write_cohort(
            CohortFiles(*paths),
            count=30,
            days=90,
            seed=seed,
            assumptions=Assumptions(),
            progress=lambda *_: None,
        )
        return [path.read_bytes() for path in paths]

    assert files("a", 7) == files("b", 7)
    assert all(one != other for one, other in zip(files("a", 7), files("c", 8), strict=True))


def test_a_larger_cohort_begins_with_the_smaller():
    assert draw(20)[:5] == draw(5)


@pytest.mark.parametrize("cadence", [*Cadence])
def test_no_true_worsening_begins_in_the_first_28_days_or_after_stopping(cadence):
    patients = draw(400, 150, onset_share=1.0, stopping_share=0.6, cadence=cadence)
    onsets = [one for one in patients if one.worsening_onset]

    assert len(onsets) > 150
    assert min((one.worsening_onset - one.patient.first_day).days for one in onsets) == 28
    assert all(one.worsening_onset < one.stopped_on for one in onsets if one.stopped_on)


def test_what_never_happened_within_the_days_followed_is_blank():
    patients = draw(300, 60, onset_share=1.0, stopping_share=0.9)
    ends = [one.patient.first_day + timedelta(days=60) for one in patients]

    for column in ("worsening_onset", "stopped_on"):
        values = [getattr(one, column) for one in patients]
        assert any(values)
        assert None in values
        assert all(day < end for day, end in zip(values, ends, strict=True) if day)


def test_onsets_come_when_the_papers_say():
    rng, days = default_rng(2), 500
    assumptions = Assumptions(onset_share=1.0)
    patients = [draw_patient(rng, 1, days=days, assumptions=assumptions) for _ in range(3000)]
    begun_before = [patient for patient in patients if patient.tablets_from >= 14]

    after = np.array([draw_symptoms(rng, patient).onset - patient.tablets_from for patient in begun_before])

    assert 33 <= np.median(after) <= 45
    assert np.mean(after <= 56) == pytest.approx(0.75, abs=0.04)
    assert 0.05 <= np.mean(after > 182) <= 0.10


def test_a_rise_is_a_step_or_a_ramp_of_at_most_six_weeks_and_as_high_as_it_was_drawn():
    rng = default_rng(3)
    assumptions = Assumptions(onset_share=1.0)
    lengths = []
    for _ in range(300):
        patient = draw_patient(rng, 1, days=200, assumptions=assumptions)
        rise = symptoms._rise(rng, np.arange(200.0), patient)
        assert 2.2 <= rise[-1] <= 5.0
        assert (np.diff(rise) >= 0).all()
        lengths.append(int(np.argmax(rise >= rise[-1] - 1e-9)) + 1)

    assert min(lengths) == 1
    assert sorted(set(lengths))[1] >= 14
    assert max(lengths) <= 42


def test_without_an_onset_nothing_drifts_by_a_point():
    rng = default_rng(4)
    patients = [draw_patient(rng, 1, days=300, assumptions=Assumptions(onset_share=0.0)) for _ in range(300)]

    for patient in patients:
        symptoms = draw_symptoms(rng, patient)
        assert symptoms.onset is None
        if patient.kind is not SymptomPattern.IMPROVING:
            assert np.ptp(symptoms.level) < 1.3
            assert symptoms.level.max() - symptoms.level[:28].mean() < 1


def test_improvement_needs_no_drug_and_is_as_large_as_placebo_made_it():
    rng = default_rng(5)
    patients = [draw_patient(rng, 1, days=200, assumptions=Assumptions(onset_share=0.0)) for _ in range(2000)]
    levels = [
        draw_symptoms(rng, patient).level for patient in patients if patient.kind is SymptomPattern.IMPROVING
    ]

    fall = [np.mean([level[0] - level[day] for level in levels]) for day in (84, 168)]

    assert 1.49 <= fall[0] <= 2.34
    assert fall[1] > fall[0]


def test_noise_has_the_sd_and_the_autocorrelation_it_was_asked_for():
    noise = symptoms._autocorrelated(default_rng(6), 60_000, 1.5, 0.5)

    assert noise.std() == pytest.approx(1.5, rel=0.05)
    assert np.corrcoef(noise[1:], noise[:-1])[0, 1] == pytest.approx(0.5, abs=0.02)


def test_patients_differ_within_the_assumed_ranges():
    patients = [one.patient for one in draw(400, 1)]

    assert {patient.kind for patient in patients} == set(SymptomPattern)
    assert all(0.39 <= patient.sd <= 2.5 for patient in patients)
    assert all(0.2 <= patient.autocorrelation <= 0.5 for patient in patients)
    assert len({patient.zone for patient in patients}) > 3


def test_every_answer_is_in_range_and_what_was_not_asked_or_answered_is_blank():
    highest = dict.fromkeys(ANSWER_SHARES, 10) | {"morning_stiffness_minutes": 720, "doses_missed_7d": 7}
    before_tablets = 0
    for one in draw(60):
        for row in rows_of(one):
            numbers = {name: row[name] for name in ANSWER_SHARES if name != "dose_taken" and row[name]}
            assert all(0 <= int(text) <= highest[name] for name, text in numbers.items())
            assert row["dose_taken"] in {"", "true", "false"}
            if row["pain_worst"] and row["pain_average"]:
                assert int(row["pain_average"]) <= int(row["pain_worst"])
            if day_of(one, row) < one.patient.tablets_from:
                before_tablets += 1
                assert row["dose_taken"] == row["doses_missed_7d"] == row["confidence"] == ""
    assert before_tablets > 100


def test_each_column_is_left_out_now_and_then_and_the_weekly_ones_are_weekly():
    patients = draw(60, cadence="daily")
    rows = [row for one in patients for row in rows_of(one)]

    for name in ANSWER_SHARES:
        assert 0 < sum(not row[name] for row in rows) < len(rows)
    for one in patients:
        days = [day_of(one, row) for row in rows_of(one) if row["confidence"]]
        assert len({day // 7 for day in days}) == len(days)


def test_moments_are_in_local_daytime():
    for one in draw(60):
        hours = [datetime.fromisoformat(row["recorded_at"]) for row in rows_of(one)]
        assert all(6 <= moment.hour <= 23 and moment.utcoffset() is not None for moment in hours)
        days = written_on(one)
        assert days == sorted(set(days))
        assert days[0] == 0


@pytest.mark.parametrize(
    ("cadence", "least", "most"), [("daily", 2.8, 6.0), ("weekly", 0.3, 1.1), ("mixed", 1.2, 4.0)]
)
def test_the_cadence_sets_the_number_of_entries(cadence, least, most):
    patients = draw(150, stopping_share=0.0, cadence=cadence)

    assert least < np.mean([len(one.rows) for one in patients]) / (200 / 7) < most


def test_missing_days_follow_the_share_asked_for_and_fade_with_time():
    def answered(share, late=False):
        patients = draw(150, 300, cadence="daily", missing_share=share, stopping_share=0.0)
        days = [day for one in patients for day in written_on(one)]
        return np.mean([day >= 150 for day in days]) if late else len(days) / (150 * 300)

    assert answered(0.1) > 0.75 > answered(0.35) > 0.55 > answered(0.6)
    assert answered(0.35, late=True) < 0.49


def test_patients_fall_silent_before_they_stop():
    def written_share(patients, before):
        shares = []
        for one in patients:
            stop = (one.stopped_on - one.patient.first_day).days
            if stop > 70:
                shares.append(sum(stop - before - 7 <= day < stop - before for day in written_on(one)) / 7)
        return np.mean(shares)

    stopped = [one for one in draw(600, 200, cadence="daily", stopping_share=0.8) if one.stopped_on]

    assert written_share(stopped, 0) < 0.7 * written_share(stopped, 50)


def test_confidence_and_tablets_falter_before_stopping():
    stopped = [one for one in draw(600, 200, cadence="daily", stopping_share=0.8) if one.stopped_on]

    def values(column, near):
        values = []
        for one in stopped:
            stop = (one.stopped_on - one.patient.first_day).days
            values += [
                float(row[column] == "true" if column == "dose_taken" else row[column])
                for row in rows_of(one)
                if row[column] and (0 < stop - day_of(one, row) <= 20) is near and day_of(one, row) < stop
            ]
        return np.mean(values)

    assert values("confidence", near=True) < values("confidence", near=False) - 0.8
    assert values("dose_taken", near=True) < values("dose_taken", near=False) - 0.05


def test_the_share_who_stop_within_a_year_is_the_assumed_one():
    patients = [one for one in draw(1500, 420, stopping_share=0.3) if one.patient.tablets_from >= 14]

    def within(months):
        days = [(one.stopped_on - one.patient.first_day).days for one in patients if one.stopped_on]
        froms = [one.patient.tablets_from for one in patients if one.stopped_on]
        return (
            np.mean([day - start < 30 * months for day, start in zip(days, froms, strict=True)])
            * len(days)
            / len(patients)
        )

    assert within(12) == pytest.approx(0.3, abs=0.04)
    assert within(6) > 0.6 * within(12)  # most in the first half year, as in ELPh


def test_no_patient_stops_or_worsens_where_that_is_assumed():
    patients = draw(200, stopping_share=0.0, onset_share=0.0)

    assert not any(one.stopped_on or one.worsening_onset for one in patients)


def test_pain_makes_stopping_likelier():
    patients = draw(1500, 200, stopping_share=0.4)

    def share(kinds):
        values = [one.stopped_on is not None for one in patients if one.patient.kind in kinds]
        return np.mean(values)

    assert share({SymptomPattern.STABLE_HIGH}) > 1.3 * share({SymptomPattern.STEADY})


def test_stiffness_correlates_with_pain_and_varies_by_itself():
    together = []
    for one in draw(60, cadence="daily", missing_share=0.1):
        values = [
            (int(row["pain_worst"]), int(row["stiffness"]))
            for row in rows_of(one)
            if row["pain_worst"] and row["stiffness"]
        ]
        if len(values) > 50 and np.std([stiff for _, stiff in values]) > 0:
            together.append(np.corrcoef(np.array(values).T)[0, 1])

    assert 0.1 < np.median(together) < 0.9


@pytest.mark.parametrize(
    "wrong",
    [{"noise_sd": -0.1}, {"autocorrelation": 1.0}, {"missing_share": 1.0}, {"stopping_share": 0.95},
     {"onset_share": float("nan")}, {"cadence": "hourly"}],
)  # fmt: skip
def test_an_assumption_no_cohort_can_have_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong)) if "cadence" not in wrong else "hourly"):
        Assumptions(**wrong)


def test_one_day_and_noise_free_cohorts_are_possible():
    patients = draw(20, 1, noise_sd=0.0, missing_share=0.0)

    assert all(len(one.rows) == 1 for one in patients)


def test_missing_facts_are_blank_and_dates_are_dates(tmp_path):
    paths = CohortFiles(tmp_path / "e", tmp_path / "p", tmp_path / "t")
    write_cohort(paths, count=200, days=30, seed=1, assumptions=Assumptions(), progress=lambda *_: None)

    with paths.patients.open(newline="") as file:
        patients = list(csv.DictReader(file))

    for column in ("ai_started_on", "ai", "prior_tamoxifen", "prior_taxane", "birth_year", "timezone"):
        assert 0 < sum(not row[column] for row in patients) < 40
    starts = [date.fromisoformat(row["ai_started_on"]) for row in patients if row["ai_started_on"]]
    assert min(starts) < date(2025, 1, 6) < max(starts)


def test_extra_check_ins_add_answers_to_the_same_diaries():
    plain = draw(60, 250, cadence=Cadence.WEEKLY)
    asked = draw(60, 250, cadence=Cadence.WEEKLY, extra_check_ins=0.7)
    rows = [row for one in asked for row in one.rows]

    assert [one.rows for one in plain] == [[row for row in one.rows if row[-1] != "burst"] for one in asked]
    assert [one.worsening_onset for one in plain] == [one.worsening_onset for one in asked]
    assert {row[-1] for row in rows} == {"own", "prompted", "burst"}
    assert max(sum(row[-1] == "burst" for row in one.rows) for one in asked) <= 12


def test_extra_check_ins_follow_a_day_on_which_the_engine_begins_them(tmp_path):
    asked = Assumptions(cadence=Cadence.WEEKLY, extra_check_ins=0.9)
    files = CohortFiles(tmp_path / "e", tmp_path / "p", tmp_path / "t")
    write_cohort(files, count=40, days=200, seed=4, assumptions=asked, progress=lambda *_: None)
    extra = 0

    for diary in read_diaries(files.entries, read_patients(files.patients, []), []):
        scores = Engine().begin(diary.known.facts).add(diary.entries).scores
        due = {
            score.local_date + timedelta(days=after)
            for score in scores
            if score.extra_check_ins
            for after in DAYS_AFTER[score.extra_check_ins]
        }
        burst = {entry.local_date for entry in diary.entries if entry.answers.get("asked") == "burst"}
        assert burst <= due
        extra += len(burst)

    assert extra > 50
