"""Calibration on outcomes of a site: extent by events, new file, performance measures."""

import json
import re
from datetime import timedelta

import numpy as np
import pytest

from api.domain.risk.features import NAMES
from api.domain.risk.model import RiskModel
from api.services.calibration.calibrate import CalibrationMethod, calibrate
from api.services.calibration.refit import RefitLevel
from api.services.evaluation.selection import CohortSources
from api.services.scoring.risk_models import load_model, save_model
from tests.support.calibration_cohorts import FIRST, LANDMARK, Cohort

OFTEN = RiskModel(base_rate=0.6)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """1,500 patients who stop by a model with a base rate of 60%."""
    cohort = Cohort(tmp_path_factory.mktemp("large"), 1500)
    cohort.stopped = cohort.stops(lambda _, hazard: hazard, OFTEN)
    save_model(cohort.folder / "often.json", OFTEN, {})
    return cohort


def figures(result):
    """Return the printed table: measure to the value before and the value after."""
    rows = re.findall(r"^ +60  (.{24})(-?[\d.]+)[^-\d]*\(.*?\) +(-?[\d.]+)", result.stdout, re.M)
    return {name.strip(): (float(before), float(after)) for name, before, after in rows}


def test_the_model_that_made_the_cohort_is_found_to_be_right(large):
    result = large.calibrate(
        "--base", str(large.folder / "often.json"), "--resamples", "20", out="right.json"
    )

    assert result.exit_code == 0, result.output
    assert f"{large.stopped} of them stopped" in result.stdout
    found = figures(result)
    assert found["calibration slope"][0] == pytest.approx(1, abs=0.2)
    assert found["calibration intercept"][0] == pytest.approx(0, abs=0.15)
    assert found["predicted over observed"][0] == pytest.approx(1, abs=0.12)
    assert found["predicted over observed"][1] == pytest.approx(1, abs=0.12)
    assert found["AUROC"][0] > 0.65
    assert abs(found["AUROC"][1] - found["AUROC"][0]) < 0.03


def test_a_wrong_base_rate_is_put_right_and_the_effects_stay_near(large):
    result = large.calibrate("--resamples", "0", out="from_default.json")

    assert result.exit_code == 0, result.output
    new = load_model(large.folder / "from_default.json")
    assert RiskModel().base_rate == 0.15
    assert 0.5 < new.base_rate < 0.8
    effects = dict(zip(NAMES, zip(RiskModel().effects, new.effects, strict=True), strict=True))
    assert effects["skipped"][0] == pytest.approx(
        effects["skipped"][1], abs=0.08
    )  # no patient skipped: hardly changed
    assert all(abs(after - before) < 0.5 for before, after in effects.values())
    assert len(new.correlations) == len(NAMES) + 1
    assert new.errors[1] < RiskModel().errors[1]


def test_the_document_holds_origin_and_performance_of_the_model(large):
    large.calibrate("--resamples", "10", out="fitted.json")

    document = json.loads((large.folder / "fitted.json").read_text())
    made = document["made_from"]
    assert made["base_version"] == RiskModel().version
    assert made["patients"] == 1500
    assert made["patients_who_stopped"] == large.stopped
    assert made["fitted"] == "intercept and all effects"
    assert {figure["name"] for figure in made["before"]} >= {"AUROC", "Brier score"}
    assert document["version"] == load_model(large.folder / "fitted.json").version


def test_the_same_files_and_seed_give_the_same_model_and_figures(large):
    one = large.calibrate("--resamples", "5", "--seed", "3", out="one.json")
    two = large.calibrate("--resamples", "5", "--seed", "3", out="two.json")

    assert one.stdout == two.stdout
    assert (large.folder / "one.json").read_bytes() == (large.folder / "two.json").read_bytes()


def test_an_effect_the_base_did_not_know_of_is_learned_and_ranks_better(tmp_path):
    cohort = Cohort(tmp_path, 1200, seed=5)
    cohort.stops(lambda n, _: 0.7 if cohort.exemestane[n] else 0.05, OFTEN)

    result = cohort.calibrate("--resamples", "10")

    before, after = figures(result)["AUROC"]
    new = load_model(tmp_path / "model.json")
    at = NAMES.index("exemestane")
    assert after > before + 0.15
    assert new.effects[at] > RiskModel().effects[at] + 0.8


def some_stop(cohort, events, rng=None):
    """Write the truth: some patients stop 10 to 80 days after the landmark, in order or at random."""
    numbers = np.arange(cohort.size) if rng is None else rng.permutation(cohort.size)
    days = {
        int(n): FIRST + timedelta(days=LANDMARK + 10 + 70 * i // max(events, 1))
        for i, n in enumerate(numbers[:events])
    }
    cohort.write_truth([(f"P{n:04}", "", days.get(n, "")) for n in range(cohort.size)])


@pytest.mark.parametrize(
    ("events", "exit_code", "said"),
    [
        (
            0,
            3,
            "too few events: 0 patients stopped, 10 are needed for the intercept alone; nothing was fitted",
        ),
        (9, 3, "too few events: 9 patients stopped, 10 are needed"),
        (10, 0, "too few events for a slope: 10 patients stopped, 20 are needed; the intercept was fitted"),
        (49, 0, "intercept and slope were fitted"),
        (100, 0, "for all effects; each is shrunk to the base, by its precision"),
    ],
)
def test_the_extent_of_the_fit_follows_the_events_and_is_reported(tmp_path, events, exit_code, said):
    cohort = Cohort(tmp_path, 150)
    some_stop(cohort, events, np.random.default_rng(2))

    result = cohort.calibrate("--resamples", "0")

    assert result.exit_code == exit_code, result.output
    assert said in result.stdout.replace(
        "risks rank in reverse order here; the intercept was", "intercept and slope were"
    )
    assert (tmp_path / "model.json").exists() == (exit_code == 0)
    assert ("no model written" in result.stderr) == (exit_code != 0)


def test_a_base_rate_that_the_outcomes_contradict_is_warned_of(tmp_path):
    cohort = Cohort(tmp_path, 150)
    some_stop(cohort, 60, np.random.default_rng(2))

    result = cohort.calibrate("--resamples", "0")

    assert re.search(r"warning: 60 patients stopped where 1\d\.\d were expected with 15%", result.stdout)
    made = json.loads((tmp_path / "model.json").read_text())["made_from"]
    assert made["base_rate_check"]["p"] < 0.001


def test_an_intercept_moves_the_base_rate_and_no_effect(tmp_path):
    cohort = Cohort(tmp_path, 150)
    some_stop(cohort, 15, np.random.default_rng(2))
    cohort.calibrate("--resamples", "0")

    new = load_model(tmp_path / "model.json")

    assert new.effects == RiskModel().effects
    assert new.base_rate != RiskModel().base_rate


def test_predicted_is_observed_after_an_intercept_was_fitted(tmp_path):
    cohort = Cohort(tmp_path, 400)
    some_stop(cohort, 18, np.random.default_rng(3))
    method = CalibrationMethod(at=(LANDMARK,), resamples=0)

    done = calibrate(CohortSources(cohort.entries, cohort.patients, cohort.truth), RiskModel(), method)

    assert done.fitted.level is RefitLevel.INTERCEPT
    ratio = next(f for f in done.validation.after if f.name == "predicted over observed")
    assert ratio.value == pytest.approx(1, abs=0.06)
    assert (ratio.low, ratio.high) == (None, None)


def test_a_slope_that_turns_the_order_round_is_not_used(tmp_path):
    cohort = Cohort(tmp_path, 200, seed=4)
    cohort.stops(lambda _, hazard: min(0.008 / hazard, 1.0), RiskModel())

    result = cohort.calibrate("--resamples", "0")

    assert "risks rank in reverse order here; the intercept was fitted" in result.stdout
    assert load_model(tmp_path / "model.json").effects == RiskModel().effects


def test_patients_lost_or_unable_to_stop_are_censored_and_reported(tmp_path):
    cohort = Cohort(tmp_path, 200)
    stop = FIRST + timedelta(days=LANDMARK + 20)
    lost = FIRST + timedelta(days=LANDMARK + 30)
    gone = FIRST + timedelta(days=LANDMARK - 10)
    rows = [(f"P{n:04}", "", stop if n < 30 else "", lost if 30 <= n < 80 else "") for n in range(200)]
    rows[199] = ("P0199", "", "", gone)
    cohort.write_truth(rows, ("patient", "worsening_onset", "stopped_on", "followed_until"))

    result = cohort.calibrate("--resamples", "0")

    assert result.exit_code == 0, result.output
    assert "199 patients at the landmarks, 30 of them stopped" in result.stdout
    assert "1 landmarks left out: nothing is known of the days after" in result.stdout
    assert "50 landmarks end within the 90 days without stopping" in result.stdout


def test_a_patient_who_stopped_before_the_landmark_is_no_event_and_not_at_risk(tmp_path):
    cohort = Cohort(tmp_path, 60)
    early = FIRST + timedelta(days=LANDMARK)
    late = FIRST + timedelta(days=LANDMARK + 91)
    rows = [(f"P{n:04}", "", early if n < 12 else late) for n in range(60)]
    cohort.write_truth(rows)

    result = cohort.calibrate("--resamples", "0")

    assert "48 patients at the landmarks, 0 of them stopped within 90 days" in result.stdout
    assert result.exit_code == 3


def test_two_landmarks_of_one_patient_count_one_event(tmp_path):
    cohort = Cohort(tmp_path, 60)
    both = FIRST + timedelta(days=130)
    cohort.write_truth([(f"P{n:04}", "", both if n < 12 else "") for n in range(60)])

    result = cohort.calibrate("--resamples", "0", "--at", "120")

    assert "60 patients at the landmarks, 12 of them stopped" in result.stdout
    assert re.search(r"^ +60  AUROC", result.stdout, re.M)
    assert re.search(r"^ +120  AUROC", result.stdout, re.M)


def test_a_model_is_never_written_over(tmp_path):
    cohort = Cohort(tmp_path, 60)
    some_stop(cohort, 15)
    (tmp_path / "model.json").write_text("mine")

    result = cohort.calibrate("--resamples", "0")

    assert result.exit_code == 2
    assert "model.json: is there already; a calibrated model is a new file: name another" in result.stderr
    assert (tmp_path / "model.json").read_text() == "mine"


def test_a_missing_folder_is_reported_before_any_work(tmp_path):
    cohort = Cohort(tmp_path, 1)
    cohort.write_truth([])

    result = cohort.calibrate(out="no/model.json")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be written: there is no folder" in result.stderr


@pytest.mark.parametrize(
    ("truth", "exit_code", "said"),
    [
        ("patient,stopped_on\nP0000,\n", 2, "column 'worsening_onset' is missing"),
        ("patient,worsening_onset,stopped_om\n", 2, "is 'stopped_on' meant?"),
        (
            "patient,worsening_onset,stopped_on\nP0000,,soon\n",
            3,
            "truth.csv:2: stopped_on: 'soon' is not a date",
        ),
        (
            "patient,worsening_onset,stopped_on\nP0000,,\nP0000,,\n",
            1,
            "truth.csv:3: patient: is listed twice",
        ),
    ],
)
def test_bad_truth_is_named_with_its_place(tmp_path, truth, exit_code, said):
    cohort = Cohort(tmp_path, 60)
    some_stop(cohort, 15)
    if exit_code != 2:
        lines = cohort.truth.read_text().splitlines()
        truth = "\n".join([*truth.splitlines(), *lines[2:], ""])
    cohort.truth.write_text(truth)

    result = cohort.calibrate("--resamples", "0")

    assert result.exit_code == exit_code, result.output
    assert said in result.stderr


def test_patients_without_a_truth_are_left_out_and_counted(tmp_path):
    cohort = Cohort(tmp_path, 60)
    cohort.write_truth([(f"P{n:04}", "", "") for n in range(50)])

    result = cohort.calibrate("--resamples", "0")

    assert "10 patients have no row, or a bad one, in the truth file: left out" in result.stdout
    assert "50 patients at the landmarks" in result.stdout


def test_files_without_diaries_fit_nothing(tmp_path):
    cohort = Cohort(tmp_path, 2)
    cohort.write_truth([])

    result = cohort.calibrate("--resamples", "10")

    assert result.exit_code == 3
    assert "no patient has both a diary and a truth" in result.stdout


def test_the_help_names_files_levels_and_exit_status():
    from click.testing import CliRunner  # noqa: PLC0415

    from api.cli.calibrate import calibrate_command  # noqa: PLC0415

    text = CliRunner().invoke(calibrate_command, ["--help"]).output

    assert "followed_until" in text
    assert "under 10" in text
    assert "Exit status" in text
