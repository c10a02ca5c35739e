"""Simulated cohorts: repeatable, honest about blanks, and as the papers they cite describe them."""

import csv
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.random import default_rng

from api.services.simulation import symptoms
from api.services.simulation.assumptions import Assumptions, Cadence
from api.services.simulation.cohort import ANSWERED, Simulated, cohort
from api.services.simulation.files import CohortFiles, write_cohort
from api.services.simulation.patients import SymptomPattern, draw_person
from api.services.simulation.symptoms import draw_felt

COLUMNS = ("patient", "recorded_at", *ANSWERED)


def draw(count: int = 150, days: int = 200, seed: int = 1, **assume) -> list[Simulated]:
    return list(cohort(count, days, seed=seed, assume=Assumptions(**assume)))


def rows_of(one: Simulated) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in one.rows]


def day_of(one: Simulated, row: dict[str, str]) -> int:
    moment = datetime.fromisoformat(row["recorded_at"])
    return (moment.astimezone(ZoneInfo(one.person.zone)).date() - one.person.first_day).days


def written_on(one: Simulated) -> list[int]:
    return [day_of(one, row) for row in rows_of(one)]


def test_the_same_seed_gives_the_same_files_and_another_seed_others(tmp_path):
    def files(name, seed):
        paths = [tmp_path / f"{name}-{which}.csv" for which in ("entries", "patients", "truth")]
        write_cohort(
            CohortFiles(*paths), count=30, days=90, seed=seed, assume=Assumptions(), progress=lambda *_: None
        )
        return [path.read_bytes() for path in paths]

    assert files("a", 7) == files("b", 7)
    assert all(one != other for one, other in zip(files("a", 7), files("c", 8), strict=True))


def test_a_larger_cohort_begins_with_the_smaller():
    assert draw(20)[:5] == draw(5)


@pytest.mark.parametrize("cadence", [*Cadence])
def test_no_true_worsening_begins_in_the_first_28_days_or_after_stopping(cadence):
    women = draw(400, 150, onset_share=1.0, stopping_share=0.6, cadence=cadence)
    onsets = [one for one in women if one.worsening_onset]

    assert len(onsets) > 150
    assert min((one.worsening_onset - one.person.first_day).days for one in onsets) == 28
    assert all(one.worsening_onset < one.stopped_on for one in onsets if one.stopped_on)


def test_what_never_happened_within_the_days_followed_is_blank():
    women = draw(300, 60, onset_share=1.0, stopping_share=0.9)
    ends = [one.person.first_day + timedelta(days=60) for one in women]

    for column in ("worsening_onset", "stopped_on"):
        told = [getattr(one, column) for one in women]
        assert any(told)
        assert None in told
        assert all(day < end for day, end in zip(told, ends, strict=True) if day)


def test_onsets_come_when_the_papers_say():
    rng, days = default_rng(2), 500
    assume = Assumptions(onset_share=1.0)
    people = [draw_person(rng, 1, days=days, assume=assume) for _ in range(3000)]
    begun_before = [person for person in people if person.tablets_from >= 14]

    after = np.array([draw_felt(rng, person).onset - person.tablets_from for person in begun_before])

    assert 33 <= np.median(after) <= 45
    assert np.mean(after <= 56) == pytest.approx(0.75, abs=0.04)
    assert 0.05 <= np.mean(after > 182) <= 0.10


def test_a_rise_is_a_step_or_a_ramp_of_at_most_six_weeks_and_as_high_as_it_was_drawn():
    rng = default_rng(3)
    assume = Assumptions(onset_share=1.0)
    lengths = []
    for _ in range(300):
        person = draw_person(rng, 1, days=200, assume=assume)
        rise = symptoms._rise(rng, np.arange(200.0), person)
        assert 2.2 <= rise[-1] <= 5.0
        assert (np.diff(rise) >= 0).all()
        lengths.append(int(np.argmax(rise >= rise[-1] - 1e-9)) + 1)

    assert min(lengths) == 1
    assert sorted(set(lengths))[1] >= 14
    assert max(lengths) <= 42


def test_without_an_onset_nothing_drifts_by_a_point():
    rng = default_rng(4)
    women = [draw_person(rng, 1, days=300, assume=Assumptions(onset_share=0.0)) for _ in range(300)]

    for person in women:
        felt = draw_felt(rng, person)
        assert felt.onset is None
        if person.kind is not SymptomPattern.IMPROVING:
            assert np.ptp(felt.level) < 1.3
            assert felt.level.max() - felt.level[:28].mean() < 1


def test_improvement_needs_no_drug_and_is_as_large_as_placebo_made_it():
    rng = default_rng(5)
    people = [draw_person(rng, 1, days=200, assume=Assumptions(onset_share=0.0)) for _ in range(2000)]
    levels = [draw_felt(rng, person).level for person in people if person.kind is SymptomPattern.IMPROVING]

    fall = [np.mean([level[0] - level[day] for level in levels]) for day in (84, 168)]

    assert 1.49 <= fall[0] <= 2.34
    assert fall[1] > fall[0]


def test_noise_has_the_sd_and_the_autocorrelation_it_was_asked_for():
    noise = symptoms._autocorrelated(default_rng(6), 60_000, 1.5, 0.5)

    assert noise.std() == pytest.approx(1.5, rel=0.05)
    assert np.corrcoef(noise[1:], noise[:-1])[0, 1] == pytest.approx(0.5, abs=0.02)


def test_the_women_differ_within_the_ranges_that_are_assumed():
    women = [one.person for one in draw(400, 1)]

    assert {person.kind for person in women} == set(SymptomPattern)
    assert all(0.39 <= person.sd <= 2.5 for person in women)
    assert all(0.2 <= person.autocorrelation <= 0.5 for person in women)
    assert len({person.zone for person in women}) > 3


def test_every_answer_is_in_range_and_what_was_not_asked_or_answered_is_blank():
    highest = dict.fromkeys(ANSWERED, 10) | {"morning_stiffness_minutes": 720, "doses_missed_7d": 7}
    before_tablets = 0
    for one in draw(60):
        for row in rows_of(one):
            numbers = {name: row[name] for name in ANSWERED if name != "dose_taken" and row[name]}
            assert all(0 <= int(text) <= highest[name] for name, text in numbers.items())
            assert row["dose_taken"] in {"", "true", "false"}
            if row["pain_worst"] and row["pain_average"]:
                assert int(row["pain_average"]) <= int(row["pain_worst"])
            if day_of(one, row) < one.person.tablets_from:
                before_tablets += 1
                assert row["dose_taken"] == row["doses_missed_7d"] == row["confidence"] == ""
    assert before_tablets > 100


def test_each_column_is_left_out_now_and_then_and_the_weekly_ones_are_weekly():
    women = draw(60, cadence="daily")
    rows = [row for one in women for row in rows_of(one)]

    for name in ANSWERED:
        assert 0 < sum(not row[name] for row in rows) < len(rows)
    for one in women:
        days = [day_of(one, row) for row in rows_of(one) if row["confidence"]]
        assert len({day // 7 for day in days}) == len(days)


def test_moments_are_hers_by_day_and_never_at_night():
    for one in draw(60):
        hours = [datetime.fromisoformat(row["recorded_at"]) for row in rows_of(one)]
        assert all(6 <= moment.hour <= 23 and moment.utcoffset() is not None for moment in hours)
        days = written_on(one)
        assert days == sorted(set(days))
        assert days[0] == 0


@pytest.mark.parametrize(
    ("cadence", "least", "most"), [("daily", 2.8, 6.0), ("weekly", 0.3, 1.1), ("mixed", 1.2, 4.0)]
)
def test_the_cadence_decides_how_often_she_writes(cadence, least, most):
    women = draw(150, stopping_share=0.0, cadence=cadence)

    assert least < np.mean([len(one.rows) for one in women]) / (200 / 7) < most


def test_missing_days_follow_the_share_asked_for_and_fade_with_time():
    def answered(share, late=False):
        women = draw(150, 300, cadence="daily", missing_share=share, stopping_share=0.0)
        days = [day for one in women for day in written_on(one)]
        return np.mean([day >= 150 for day in days]) if late else len(days) / (150 * 300)

    assert answered(0.1) > 0.75 > answered(0.35) > 0.55 > answered(0.6)
    assert answered(0.35, late=True) < 0.49


def test_women_fall_silent_before_they_stop():
    def written_share(women, before):
        shares = []
        for one in women:
            stop = (one.stopped_on - one.person.first_day).days
            if stop > 70:
                shares.append(sum(stop - before - 7 <= day < stop - before for day in written_on(one)) / 7)
        return np.mean(shares)

    stopped = [one for one in draw(600, 200, cadence="daily", stopping_share=0.8) if one.stopped_on]

    assert written_share(stopped, 0) < 0.7 * written_share(stopped, 50)


def test_confidence_and_tablets_falter_before_stopping():
    stopped = [one for one in draw(600, 200, cadence="daily", stopping_share=0.8) if one.stopped_on]

    def told(column, near):
        values = []
        for one in stopped:
            stop = (one.stopped_on - one.person.first_day).days
            values += [
                float(row[column] == "true" if column == "dose_taken" else row[column])
                for row in rows_of(one)
                if row[column] and (0 < stop - day_of(one, row) <= 20) is near and day_of(one, row) < stop
            ]
        return np.mean(values)

    assert told("confidence", near=True) < told("confidence", near=False) - 0.8
    assert told("dose_taken", near=True) < told("dose_taken", near=False) - 0.05


def test_the_share_who_stop_within_a_year_is_the_one_asked_for():
    women = [one for one in draw(1500, 420, stopping_share=0.3) if one.person.tablets_from >= 14]

    def within(months):
        days = [(one.stopped_on - one.person.first_day).days for one in women if one.stopped_on]
        froms = [one.person.tablets_from for one in women if one.stopped_on]
        return (
            np.mean([day - start < 30 * months for day, start in zip(days, froms, strict=True)])
            * len(days)
            / len(women)
        )

    assert within(12) == pytest.approx(0.3, abs=0.04)
    assert within(6) > 0.6 * within(12)  # most in the first half year, as in ELPh


def test_nobody_stops_and_nobody_worsens_where_that_is_assumed():
    women = draw(200, stopping_share=0.0, onset_share=0.0)

    assert not any(one.stopped_on or one.worsening_onset for one in women)


def test_pain_makes_stopping_likelier():
    women = draw(1500, 200, stopping_share=0.4)

    def share(kinds):
        told = [one.stopped_on is not None for one in women if one.person.kind in kinds]
        return np.mean(told)

    assert share({SymptomPattern.STABLE_HIGH}) > 1.3 * share({SymptomPattern.STEADY})


def test_stiffness_goes_with_pain_and_its_own_way():
    together = []
    for one in draw(60, cadence="daily", missing_share=0.1):
        told = [
            (int(row["pain_worst"]), int(row["stiffness"]))
            for row in rows_of(one)
            if row["pain_worst"] and row["stiffness"]
        ]
        if len(told) > 50 and np.std([stiff for _, stiff in told]) > 0:
            together.append(np.corrcoef(np.array(told).T)[0, 1])

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
    women = draw(20, 1, noise_sd=0.0, missing_share=0.0)

    assert all(len(one.rows) == 1 for one in women)


def test_what_nobody_wrote_down_is_blank_and_dates_are_dates(tmp_path):
    paths = CohortFiles(tmp_path / "e", tmp_path / "p", tmp_path / "t")
    write_cohort(paths, count=200, days=30, seed=1, assume=Assumptions(), progress=lambda *_: None)

    with paths.patients.open(newline="") as file:
        patients = list(csv.DictReader(file))

    for column in ("ai_started_on", "ai", "prior_tamoxifen", "prior_taxane", "birth_year", "timezone"):
        assert 0 < sum(not row[column] for row in patients) < 40
    starts = [date.fromisoformat(row["ai_started_on"]) for row in patients if row["ai_started_on"]]
    assert min(starts) < date(2025, 1, 6) < max(starts)
