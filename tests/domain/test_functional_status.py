"""Functional status: the worst of the latest questionnaires, and each is named."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.alerts.finding import Severity
from api.domain.functional_status import FRESH_DAYS, RULES, FunctionRule, ReportedScore, functional_status
from api.domain.instruments.registry import find
from api.domain.instruments.scores import Direction
from api.domain.policy import Policy, Threshold

ON = date(2026, 6, 1)
MAY = date(2026, 5, 3)
NONE, MILD, MODERATE, SEVERE = Severity
STEPS = tuple(Severity)
BY_KEY = {(rule.instrument, rule.score): rule for rule in RULES}


def alone(instrument: str, score: str, value: float) -> Severity:
    found = functional_status({(instrument, score): ReportedScore(value, ON)}, ON)
    assert found is not None
    return found.severity


@pytest.mark.parametrize(
    ("instrument", "score", "steps"),
    [
        (
            "haq-di",
            "di",
            {0: NONE, 0.125: MILD, 1: MILD, 1.125: MODERATE, 2: MODERATE, 2.125: SEVERE, 3: SEVERE},
        ),
        ("bpi-sf", "worst", {0: NONE, 1: MILD, 4: MILD, 5: MODERATE, 6: MODERATE, 7: SEVERE, 10: SEVERE}),
        ("bpi-sf", "interference", {0: NONE, 0.5: MILD, 4.4: MILD, 4.5: MODERATE, 6.5: SEVERE}),
        ("pro-ctcae", "51_composite", {0: NONE, 1: MILD, 2: MODERATE, 3: SEVERE}),
        ("qlq-c30", "PF", {100: NONE, 93.3: MILD, 83: MILD, 82.9: MODERATE, 0: MODERATE}),
        ("promis-pi-4a", "pain_interference", {41.6: NONE, 54.9: NONE, 55: MILD, 60: MODERATE, 70: SEVERE}),
        ("promis-29", "pain_interference", {41.6: NONE, 55.6: MILD, 69.9: MODERATE, 71.6: SEVERE}),
    ],
)
def test_each_score_has_its_published_cuts(instrument, score, steps):
    assert {value: alone(instrument, score, value) for value in steps} == steps


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.instrument} {rule.score}")
def test_every_rule_is_for_an_existing_score_and_has_a_source(rule: FunctionRule):
    scores = [score.id for score in find(rule.instrument).scores]
    assert rule.score in scores
    assert rule.source
    assert rule.verified or "unverified" in rule.source or rule.score == "worst"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.instrument} {rule.score}")
@given(share=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_a_worse_score_is_never_a_smaller_limitation(rule: FunctionRule, share):
    [score] = [score for score in find(rule.instrument).scores if score.id == rule.score]
    low, high = (score.lowest + part * (score.highest - score.lowest) for part in sorted(share))
    better, worse = (low, high) if score.direction is Direction.HIGHER_IS_WORSE else (high, low)
    steps = [STEPS.index(alone(rule.instrument, rule.score, value)) for value in (better, worse)]
    assert steps == sorted(steps)


def test_the_worst_counts_and_stands_first_with_every_part_named():
    found = functional_status(
        {
            ("bpi-sf", "interference"): ReportedScore(3.0, date(2026, 5, 20)),
            ("haq-di", "di"): ReportedScore(1.5, MAY),
            ("qlq-c30", "PF"): ReportedScore(100 * (1 - 1 / 15), MAY),
        },
        ON,
    )
    assert found is not None
    assert found.severity is MODERATE
    assert found.limitation == "noticeable limitation of daily activities"
    assert found.description == (
        "HAQ-DI 1.5 on 3 May 2026: noticeable limitation; "
        "BPI-SF interference 3 on 20 May 2026: minimal limitation; "
        "QLQ-C30 physical functioning 93.333 on 3 May 2026: minimal limitation"
    )
    assert len(found.sources) == 6
    assert found.verified is False


def test_a_reading_from_published_cuts_alone_is_verified():
    found = functional_status({("haq-di", "di"): ReportedScore(0.0, MAY)}, ON)
    assert found is not None
    assert found.verified is True
    assert found.description == "HAQ-DI 0 on 3 May 2026: no limitation"


@pytest.mark.parametrize(("days", "counts"), [(0, True), (120, True), (121, False), (-1, False)])
def test_an_old_answer_no_longer_counts_nor_does_one_of_a_later_day(days, counts):
    given_on = ON - timedelta(days=days)
    assert FRESH_DAYS == 120
    assert (functional_status({("haq-di", "di"): ReportedScore(3.0, given_on)}, ON) is not None) is counts


@pytest.mark.parametrize("score", ["worst", "interference"])
def test_an_answer_about_one_day_counts_no_longer_than_one_of_the_diary(score):
    days = int(Policy().level_fresh_days.value)
    last, too_old = (ReportedScore(9.0, ON - timedelta(days=ago)) for ago in (days, days + 1))
    found = functional_status({("bpi-sf", score): last}, ON)
    assert found is not None
    assert found.sources[-1] == f"an answer about one day counts for {days} days, as one in the diary does"
    assert functional_status({("bpi-sf", score): too_old}, ON) is None
    sooner = Policy(level_fresh_days=Threshold(days - 1, "days", "ours"))
    assert functional_status({("bpi-sf", score): last}, ON, policy=sooner) is None


def test_what_no_longer_counts_is_named_with_its_reason():
    old = ReportedScore(2.5, ON - timedelta(days=200))
    later = ReportedScore(9.0, ON + timedelta(days=1))
    found = functional_status(
        {("haq-di", "di"): old, ("bpi-sf", "worst"): later, ("bpi-sf", "interference"): ReportedScore(2, ON)},
        ON,
    )
    assert found is not None
    assert found.severity is MILD
    assert "200 days old; an answer counts for 120 days (unverified: clinical judgement" in found.too_old[0]
    assert found.too_old[1] == "BPI-SF worst pain on 2 June 2026: lies after this day"


def test_unknown_is_not_no_limitation():
    assert functional_status({}, ON) is None
    assert functional_status({("mars-5", "total"): ReportedScore(25, MAY)}, ON) is None


def test_a_site_judges_pain_by_its_own_bands():
    strict = Policy(severe_from=Threshold(6, "points, rounded level", "ours"))
    found = functional_status({("bpi-sf", "worst"): ReportedScore(6, ON)}, ON, policy=strict)
    assert found is not None
    assert found.severity is SEVERE


@given(st.dictionaries(st.sampled_from(sorted(BY_KEY)), st.floats(0, 3), min_size=1))
def test_another_answer_never_lowers_the_limitation(values):
    latest = {key: ReportedScore(value, ON) for key, value in values.items()}
    whole = functional_status(latest, ON)
    assert whole is not None
    for key, given_ in latest.items():
        part = functional_status({key: given_}, ON)
        assert part is not None
        assert STEPS.index(part.severity) <= STEPS.index(whole.severity)
