"""Time to detection, false alerts and burden of a small cohort, computed by hand."""

import math

import numpy as np
import pytest

from api.domain.alerts.finding import FindingKind
from api.services.evaluation import alert_burden, detection
from api.services.evaluation.detection import NEVER, detect
from api.services.evaluation.groups import SPLITS, UNKNOWN_GROUP
from api.services.evaluation.intervals import Bootstrap, Estimate
from api.services.evaluation.outcomes import add_final_silence
from api.services.evaluation.rules import engine
from tests.support.evaluation_records import FIRST, a_record

NO_INTERVALS = Bootstrap(0)


def worsening(*days: int) -> list[tuple[FindingKind, int]]:
    return [(FindingKind.WORSENING, day) for day in days]


@pytest.fixture
def cohort() -> list:
    """Return one found after 10 days with an early alert, one never found, one without an onset."""
    return [
        a_record(days=365, onset=100, found=worsening(50, 110)),
        a_record(days=365, onset=200),
        a_record(days=365, found=worsening(10, 300)),
    ]


def test_the_figures_of_three_patients_are_those_worked_out_by_hand(cohort):
    found = dict(zip(detection.MEASURES, detection.measures(detect(cohort, engine)), strict=True))

    assert found["sensitivity_14d"] == found["sensitivity_60d"] == 0.5
    assert found["median_delay_days"] == 10
    assert found["p90_delay_days"] == NEVER  # the one never found counts
    assert found["false_per_patient_year"] == pytest.approx(3 / ((100 + 200 + 365) / 365.25))
    assert found["alerts_per_100_patient_weeks"] == pytest.approx(100 * 4 / (3 * 365 / 7))
    assert found["ppv"] == 0.25


@pytest.mark.parametrize(
    ("alerts", "delay", "false"),
    [((99,), NEVER, 1), ((100,), 0, 0), ((99, 127), 27, 1), ((160, 170), 60, 0), ((161,), 61, 0)],
)
def test_an_alert_before_onset_is_false_and_one_on_its_day_is_a_hit(alerts, delay, false):
    found = detect([a_record(days=365, onset=100, found=worsening(*alerts))], engine)

    assert (found.delay[0], found.false_alerts[0]) == (delay, false)
    assert detection.sensitivity(found, 60) == (delay <= 60)


def test_an_onset_before_the_diary_is_neither_found_nor_missed_and_nothing_is_false():
    found = detect([a_record(days=100, onset=-5, found=worsening(30))], engine)

    assert math.isnan(detection.sensitivity(found, 60))
    assert (found.false_alerts[0], found.years_at_risk[0]) == (0, 0)
    assert math.isnan(detection.false_alerts_per_year(found))


def test_an_onset_after_silence_counts_as_missed_but_not_among_those_who_report():
    found = detect([a_record(days=50, onset=60), a_record(days=200, onset=60, found=worsening(70))], engine)

    assert detection.sensitivity(found, 60) == 0.5
    assert detection.sensitivity_while_reporting(found, 60) == 1
    assert found.years_at_risk[0] == pytest.approx(50 / 365.25)


def test_the_burden_counts_alerts_and_the_weeks_with_any():
    one = a_record(days=21, found=[(FindingKind.SEVERE_SYMPTOMS, 7), (FindingKind.WORSENING, 13)], reports=6)
    late = a_record(days=7, found=[(FindingKind.SILENCE, 20)], reports=7)

    def figures(kinds):
        return [estimate.value for estimate in alert_burden.estimate_burden([one, late], kinds, NO_INTERVALS)]

    # three weeks each: those of the second reach to its silence
    assert figures(list(FindingKind)) == pytest.approx([100 * 3 / 6, 100 * 3 / 13, 2 / 6])
    assert figures([FindingKind.WORSENING]) == pytest.approx([100 / 6, 100 / 13, 1 / 6])
    assert alert_burden.kinds_found([one, late]) == [
        FindingKind.SEVERE_SYMPTOMS,
        FindingKind.WORSENING,
        FindingKind.SILENCE,
    ]


def test_a_silence_that_lasts_to_the_end_is_found_and_one_cut_short_is_not():
    from dataclasses import replace  # noqa: PLC0415

    record = replace(a_record(days=10), silent_from=FIRST + 24)

    assert add_final_silence(record, FIRST + 24).findings == ((FindingKind.SILENCE, FIRST + 24),)
    assert add_final_silence(record, FIRST + 23).findings == ()


@pytest.mark.parametrize(
    ("split", "record", "group"),
    [
        ("baseline_pain", a_record([1, 2, 2]), "under 2"),
        ("baseline_pain", a_record([2, *[None] * 27, 9]), "2 to under 4"),
        ("baseline_pain", a_record([None, None]), UNKNOWN_GROUP),
        ("noise", a_record([2] * 20), "under 0.8"),
        ("noise", a_record([0, 2] * 10), "1.2 to under 1.8"),
        ("noise", a_record([2] * 20 + [2, 9] * 10, onset=20), "under 0.8"),
        ("noise", a_record([2] * 5), UNKNOWN_GROUP),
        ("density", a_record(days=70, reports=10), "0.75 to under 1.5"),
        ("density", a_record(days=70, reports=70), "5 or more"),
        ("age", a_record(years=64), "50 to 64"),
        ("age", a_record(years=65), "65 to 74"),
        ("age", a_record(years=None), UNKNOWN_GROUP),
    ],
)
def test_each_patient_is_in_one_group_of_every_split(split, record, group):
    (of,) = (each for each in SPLITS if each.name == split)

    assert of.group(record) == group
    assert [name for name, _ in of.members([record])] == [group]


def test_bootstrap_intervals_are_those_of_the_mean_and_repeat():
    values = np.random.default_rng(1).normal(5, 2, 400)

    def mean(which):
        return [float(values[which].mean()), float("nan")]

    first, unknown = Bootstrap(1000, seed=3).estimates(mean, 400)

    reach = 1.96 * values.std() / 20
    assert first.value == pytest.approx(values.mean())
    assert (first.low, first.high) == pytest.approx((values.mean() - reach, values.mean() + reach), abs=0.05)
    assert unknown == Estimate(None)
    assert Bootstrap(1000, seed=3).estimates(mean, 400)[0] == first
    assert Bootstrap(0).estimates(mean, 400)[0] == Estimate(float(values.mean()))


def test_a_delay_that_is_never_has_never_for_its_upper_end():
    found = detect(
        [a_record(days=200, onset=40)] * 9 + [a_record(days=200, onset=40, found=worsening(50))], engine
    )

    (estimate,) = Bootstrap(200).estimates(
        lambda which: [detection.time_to_detection(found.subset(which), 0.5)], 10
    )

    assert (estimate.value, estimate.high) == (NEVER, NEVER)
