"""Simple rules on sequences computed by hand."""

import pytest

from api.domain.alerts.finding import FindingKind
from api.services.evaluation import rules
from tests.support.evaluation_records import FIRST, a_record, days_of

CALM = [2.0] * 28
WAVY = [1.0, 3.0] * 14
"""Mean 2, SD 1.018."""


def test_two_alerts_of_a_patient_are_28_days_apart():
    assert rules.space_alerts([0, 1, 27, 28, 30, 55, 56]) == [0, 28, 56]
    assert rules.space_alerts([]) == []


def test_any_answer_of_4_alerts_from_the_first_day():
    record = a_record([3, 4, 5, *[3.9] * 40, None, 4])

    assert days_of(rules.any_high(record)) == [1, 44]


@pytest.mark.parametrize(
    ("after", "alerts"), [([3.9, 4.0], [29]), ([4.0], [28]), ([7.0], [28]), ([3.9, None, 3.9], []), ([], [])]
)
def test_a_rise_of_2_on_one_answer_alerts_once_the_first_28_days_are_over(after, alerts):
    assert days_of(rules.any_rise(a_record([*CALM, *after]))) == alerts


def test_a_7_alerts_whatever_is_usual_but_not_in_the_first_28_days():
    assert days_of(rules.any_rise(a_record([6.5, 7.0] * 14 + [6.9, 7.0]))) == [29]


def test_a_diary_without_answers_in_its_first_28_days_has_no_usual_and_no_alert():
    late = a_record([*[None] * 28, 9, 9, 9])

    assert rules.any_rise(late) == rules.weekly_mean(late) == rules.cusum(late) == []
    assert days_of(rules.any_high(late)) == [28]


def test_the_mean_of_7_days_needs_five_fives_over_a_usual_of_two():
    # (2 * 2 + 5 * 5) / 7 = 4.14; with four fives (3 * 2 + 4 * 5) / 7 = 3.71
    assert days_of(rules.weekly_mean(a_record([*CALM, *[5.0] * 10]))) == [32]


def test_the_mean_of_7_days_forgets_what_is_older_and_leaves_blanks_out():
    # day 34 is alone in its week: 27 is 7 days before and no longer counts
    assert days_of(rules.weekly_mean(a_record([*CALM, *[None] * 6, 4.0]))) == [34]
    assert days_of(rules.weekly_mean(a_record([*CALM, *[None] * 5, 4.0]))) == []


def test_the_cusum_adds_what_exceeds_usual_and_slack_until_ten_sds():
    # 5 - 2 - 1.2 = 1.8 a day; the limit is 10.18, passed by the sixth
    assert days_of(rules.cusum(a_record([*WAVY, *[5.0] * 8]))) == [33]


def test_the_cusum_never_falls_below_nothing_and_starts_anew_after_an_alert():
    calm_then_high = a_record([*WAVY, *[0.0] * 60, *[5.0] * 40])

    assert days_of(rules.cusum(calm_then_high)) == [93, 121]


def test_a_flat_beginning_does_not_make_the_cusum_fire_on_nothing():
    # SD 0 counts as 0.5, so the limit is 5 points over the slack
    assert days_of(rules.cusum(a_record([*CALM, *[4.0] * 7]))) == [34]
    assert rules.cusum(a_record([2.0, *[None] * 27, *[9.0] * 30])) == []


def test_the_product_is_judged_by_its_worsening_findings_alone():
    found = [(FindingKind.WORSENING, 40), (FindingKind.SEVERE_SYMPTOMS, 41)]

    assert rules.engine(a_record(found=found)) == [FIRST + 40]
