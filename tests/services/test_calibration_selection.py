"""No model is fitted where exclusions may depend on the outcome, unless the option allows it."""

import csv
from datetime import timedelta

import numpy as np
import pytest

from api.domain.risk.model import RiskModel
from api.services.evaluation.selection import fisher_exact
from api.services.scoring.risk_models import load_model
from tests.support.calibration_cohorts import FIRST, LANDMARK, Cohort

PATIENTS, STOPPED = 200, 25
TRUTH = ("patient", "worsening_onset", "stopped_on")


def truth_of(cohort, blank=""):
    """Return the rows of a truth in which the first 25 of 200 stop, with a given text for never."""
    days = [FIRST + timedelta(days=LANDMARK + 5 + 5 * n) for n in range(STOPPED)]
    return [(f"P{n:04}", "", days[n].isoformat() if n < STOPPED else blank) for n in range(cohort.size)]


@pytest.fixture
def cohort(tmp_path):
    """200 diaries."""
    return Cohort(tmp_path, PATIENTS)


def without(path, unwanted):
    """Leave some patients out of a file."""
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *(row for row in rows if row[0] not in unwanted)])


def spoil(path, concerned, column, value):
    """Put a value that cannot be read into the rows of some patients."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["patient"] in concerned:
            row[column] = value
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def names(numbers):
    return {f"P{n:04}" for n in numbers}


def is_refused(result, cohort, words):
    assert result.exit_code == 3, result.output
    assert f"nothing was fitted: {words}" in result.stdout
    assert "no model written" in result.stderr
    assert not (cohort.folder / "model.json").exists()
    allowed = cohort.calibrate("--resamples", "0", "--allow-biased-fit")
    assert allowed.exit_code in {0, 1}, allowed.output
    assert f"the fit may be biased: {words}" in allowed.stdout
    assert (cohort.folder / "model.json").exists()
    return True


@pytest.mark.parametrize("never", ["NA", "NaN", "null", ".", "never", ""])
def test_words_of_r_and_pandas_for_never_give_the_model_that_blanks_give(cohort, never):
    cohort.write_truth(truth_of(cohort, never))

    result = cohort.calibrate("--resamples", "0")

    assert result.exit_code == 0, result.output
    assert "200 patients at the landmarks, 18 of them stopped" in result.stdout
    written = load_model(cohort.folder / "model.json")
    cohort.write_truth(truth_of(cohort))
    cohort.calibrate("--resamples", "0", out="blank.json")
    assert written == load_model(cohort.folder / "blank.json")
    assert 0.1 < written.base_rate < 0.6


def test_a_truth_with_rejected_rows_of_those_on_treatment_fits_nothing(cohort):
    cohort.write_truth(truth_of(cohort, "no event"))

    result = cohort.calibrate("--resamples", "0")

    assert is_refused(result, cohort, "175 rows of the truth file were rejected")


def test_a_truth_of_only_those_who_stopped_fits_nothing(cohort):
    cohort.write_truth(truth_of(cohort)[:STOPPED])

    result = cohort.calibrate("--resamples", "0")

    assert is_refused(result, cohort, "175 patients with entries have no row in the truth file")
    assert "175 of 200 patients in entries are not in truth: P0025, P0026," in result.stderr


def test_dates_of_stopping_that_cannot_be_fit_nothing(cohort):
    rows = truth_of(cohort)
    rows[3] = ("P0003", "", "1900-01-01")
    cohort.write_truth(rows)

    result = cohort.calibrate("--resamples", "0")

    assert is_refused(result, cohort, "1 patients stopped, by the truth file, before their tablets began")


@pytest.mark.parametrize(
    ("file", "column", "words"),
    [
        ("entries", "recorded_at", "who have no usable entry"),
        ("patients", "birth_year", "who have rejected rows"),
    ],
)
def test_rows_rejected_for_one_outcome_only_fit_nothing(cohort, file, column, words):
    cohort.write_truth(truth_of(cohort))
    spoil(getattr(cohort, file), names(range(40, 80)), column, "?")

    result = cohort.calibrate("--resamples", "0")

    assert is_refused(result, cohort, f"of 40 patients {words} 0 stopped, of the 160 others 25 (p = 0.0")


@pytest.mark.parametrize("missing", [range(12, 25), range(60, 120)])
def test_patients_without_entries_who_stopped_unlike_the_others_fit_nothing(cohort, missing):
    cohort.write_truth(truth_of(cohort))
    without(cohort.entries, names(missing))

    result = cohort.calibrate("--resamples", "0")

    assert is_refused(result, cohort, f"of {len(missing)} patients who have no usable entry ")


def test_patients_missing_in_the_patients_file_who_all_stopped_fit_nothing(cohort):
    cohort.write_truth(truth_of(cohort))
    without(cohort.patients, names(range(10)))

    result = cohort.calibrate("--resamples", "0")

    assert is_refused(result, cohort, "of 10 patients who are not in the patients file 10 stopped")


def test_rows_rejected_for_both_outcomes_are_reported_and_the_rest_is_fitted(cohort):
    cohort.write_truth(truth_of(cohort))
    some = np.random.default_rng(4).permutation(PATIENTS)[:16]
    spoil(cohort.entries, names(some), "pain_worst", "?")

    result = cohort.calibrate("--resamples", "0")

    assert result.exit_code == 1, result.output
    assert load_model(cohort.folder / "model.json").version != RiskModel().version


def test_a_patient_twice_in_the_truth_with_equal_dates_keeps_the_outcome(cohort):
    rows = truth_of(cohort)
    cohort.write_truth([*rows, rows[0]])

    result = cohort.calibrate("--resamples", "0")

    assert result.exit_code == 1
    assert "truth.csv:202: patient: is listed twice" in result.stderr
    assert (cohort.folder / "model.json").exists()


def test_a_patient_twice_in_the_truth_with_different_dates_fits_nothing(cohort):
    rows = truth_of(cohort)
    cohort.write_truth([*rows, ("P0000", "", "")])

    assert is_refused(cohort.calibrate("--resamples", "0"), cohort, "1 rows of the truth file were rejected")


def test_a_truth_of_other_patients_is_an_error_with_words(cohort):
    cohort.write_truth(
        [(name.removeprefix("P").lstrip("0") or "0", *rest) for name, *rest in truth_of(cohort)]
    )

    result = cohort.calibrate("--resamples", "0")

    assert result.exit_code == 2
    assert "no patient is in both entries and truth" in result.stderr
    assert not (cohort.folder / "model.json").exists()


@pytest.mark.parametrize(
    ("table", "p"),
    [((3, 1, 1, 3), 0.485714), ((1, 9, 11, 3), 0.002759), ((0, 0, 3, 4), 1.0), ((20, 5, 2, 173), 3.2e-18)],
)
def test_fishers_exact_test_gives_what_r_gives(table, p):
    assert fisher_exact(*table) == pytest.approx(p, rel=0.2 if p < 1e-9 else 1e-3)
