"""Interpretation of scores: band, important difference and measurement error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.instruments.change import JACOBSON_TRUAX, PEIPERT, ScoreReading
from api.domain.instruments.interpretation import band_of, interpret, interpret_all
from api.domain.instruments.registry import INSTRUMENTS, find
from api.domain.instruments.scores import Band, Cited, Direction, ScoreDefinition

WORSE, BETTER = Direction.HIGHER_IS_WORSE, Direction.HIGHER_IS_BETTER
BANDS = (Band(0, "mild", "a paper"), Band(1, "moderate", "a paper"), Band(2, "severe", "a paper"))
MATTERS, SEM = Cited(0.22, "a trial", verified=False), Cited(1.6, "a cohort")
DISABILITY = ScoreDefinition(
    "di", "disability", 0, 3, WORSE, bands=BANDS, minimal_important_difference=MATTERS
)
PAIN = ScoreDefinition(
    "worst", "worst pain", 0, 10, WORSE, minimal_important_difference=Cited(2, "a trial"), sem=SEM
)
FUNCTION = ScoreDefinition("pf", "function", 0, 100, BETTER, minimal_important_difference=Cited(2, "a trial"))
BARE = ScoreDefinition("bare", "bare", 0, 10, WORSE)
NOISY = ScoreDefinition("noisy", "noisy", 0, 10, WORSE, sem=SEM)
readings = st.none() | st.builds(ScoreReading, st.floats(0, 10), st.none() | st.floats(0, 5))


@pytest.mark.parametrize(
    ("score", "then", "now", "words"),
    [
        (DISABILITY, 1.0, 1.375, "worse by 0.375, more than the 0.22 that matters"),
        (FUNCTION, 60.0, 61.0, "better by 1, less than the 2 that matters"),
        (FUNCTION, 60.0, 58.0, "worse by 2, the 2 that matters"),
        (DISABILITY, 1.2, 1.2, "unchanged"),
        (
            NOISY,
            3.0,
            3.1,
            "worse by 0.1, within measurement error (1.96·√2·SEM = 4.43); "
            "what change matters is not known for this score",
        ),
        (PAIN, 3.0, 5.0, "worse by 2, the 2 that matters, but within measurement error (1.96·√2·SEM = 4.43)"),
        (
            PAIN,
            9.0,
            3.0,
            "better by 6, more than the 2 that matters, and more than measurement error (1.96·√2·SEM = 4.43)",
        ),
        (
            PAIN,
            3.0,
            2.0,
            "better by 1, less than the 2 that matters, and within measurement error (1.96·√2·SEM = 4.43)",
        ),
        (BARE, 3.0, 4.0, "worse by 1; what change matters is not known for this score"),
        (BARE, 3.0, 3.0002, "worse by 0.0002; what change matters is not known for this score"),
    ],
)
def test_a_change_is_described_with_its_direction_and_yardsticks(score, then, now, words):
    assert (
        interpret(score, ScoreReading(now), baseline=ScoreReading(then)).change_from_baseline.description
        == words
    )
    assert (
        interpret(score, ScoreReading(now), last=ScoreReading(then)).change_from_previous.description == words
    )


@pytest.mark.parametrize(("score", "points"), [(PAIN, 1.0), (FUNCTION, -1.0)])
def test_points_are_positive_when_things_got_worse_whichever_way_the_score_runs(score, points):
    assert (
        interpret(score, ScoreReading(4.0), baseline=ScoreReading(3.0)).change_from_baseline.points == points
    )
    assert (
        interpret(score, ScoreReading(3.0), baseline=ScoreReading(4.0)).change_from_baseline.points == -points
    )


def test_a_whole_point_is_a_whole_point_in_binary_fractions_too():
    change = interpret(FUNCTION, ScoreReading(1.3), baseline=ScoreReading(3.3)).change_from_baseline
    assert change.points == 2.0
    assert change.exceeds_important_difference is True


@pytest.mark.parametrize("last", [None, ScoreReading(3.0)])
def test_without_an_earlier_answer_there_is_no_change_and_it_is_not_taken_for_none(last):
    meant = interpret(PAIN, ScoreReading(4.0), baseline=None, last=last)
    change = meant.change_from_baseline
    assert change.description == "no earlier answer to compare with"
    assert (
        change.points,
        change.exceeds_important_difference,
        change.exceeds_measurement_error,
        change.noise,
    ) == (None,) * 4
    assert meant.change_from_previous.points == (None if last is None else 1.0)


def test_what_could_not_be_scored_is_not_compared():
    meant = interpret(DISABILITY, None, baseline=ScoreReading(0.0), last=ScoreReading(0.0))
    assert (meant.value, meant.band, meant.description) == (None, None, "not scored")
    assert meant.change_from_baseline.description == "not scored, so nothing to compare"
    assert meant.change_from_previous.points is None
    assert meant.sources == ()


def test_nothing_is_claimed_where_neither_yardstick_is_known():
    change = interpret(BARE, ScoreReading(4.0), baseline=ScoreReading(3.0)).change_from_baseline
    assert (change.points, change.exceeds_important_difference, change.exceeds_measurement_error) == (
        1.0,
        None,
        None,
    )


def test_the_description_of_a_score_is_complete():
    meant = interpret(DISABILITY, ScoreReading(1.5), baseline=ScoreReading(1.0), last=None)
    assert meant.band == "moderate"
    assert meant.description == (
        "1.5, moderate (higher is worse). Against baseline: worse by 0.5, more than the 0.22 that matters. "
        "Against the last: no earlier answer to compare with."
    )


@pytest.mark.parametrize(
    ("value", "word"), [(0.0, "mild"), (0.999, "mild"), (1.0, "moderate"), (3.0, "severe")]
)
def test_a_band_begins_at_its_lower_end(value, word):
    assert band_of(DISABILITY, value).label == word
    assert band_of(BARE, value) is None


def test_a_number_not_read_in_its_source_is_marked_and_only_what_was_used_is_cited():
    compared = interpret(DISABILITY, ScoreReading(1.5), baseline=ScoreReading(1.0))
    assert compared.sources == ("a paper", "a trial (unverified)")
    assert not compared.verified
    alone = interpret(DISABILITY, ScoreReading(1.5))
    assert alone.sources == ("a paper",)
    assert alone.verified
    noisy = interpret(NOISY, ScoreReading(9.0), baseline=ScoreReading(1.0))
    assert noisy.sources == ("a cohort", JACOBSON_TRUAX, PEIPERT)


def test_two_standard_errors_are_the_measure_of_noise_where_the_scores_carry_them():
    change = interpret(PAIN, ScoreReading(9.0, 3.0), baseline=ScoreReading(1.0, 4.0)).change_from_baseline
    assert change.noise.points == pytest.approx(1.96 * 5)
    assert change.exceeds_measurement_error is False
    assert "1.96·√(SE₁² + SE₂²) = 9.8" in change.description


def test_one_standard_error_alone_falls_back_on_the_published_one():
    change = interpret(PAIN, ScoreReading(9.0, 3.0), baseline=ScoreReading(1.0)).change_from_baseline
    assert change.noise.formula == "1.96·√2·SEM"
    assert change.exceeds_measurement_error is True


def test_a_whole_questionnaire_is_read_with_each_score_s_own_standard_error():
    promis = find("promis-pi-4a")
    then = {"pain_interference": 55.6, "pain_interference_se": 1.9}
    now = {"pain_interference": 63.8, "pain_interference_se": 1.8}
    meant = interpret_all(promis, now, baseline=then, last=None)
    assert set(meant) == {"pain_interference"}
    assert meant["pain_interference"].band == "moderate"
    assert meant["pain_interference"].change_from_baseline.description == (
        "worse by 8.2, more than the 4 that matters, and more than measurement error "
        "(1.96·√(SE₁² + SE₂²) = 5.13)"
    )
    assert not meant["pain_interference"].verified


def test_a_score_that_was_refused_then_or_is_unknown_then_is_no_comparison():
    bpi = find("bpi-sf")
    meant = interpret_all(bpi, {"severity": 4.0, "worst": None}, baseline={"severity": None}, last={})
    assert meant["severity"].change_from_baseline.description == "no earlier answer to compare with"
    assert meant["worst"].description == "not scored"
    assert meant["interference"].value is None


@given(now=readings, baseline=readings, last=readings)
def test_unknown_stays_unknown_and_never_becomes_a_number(now, baseline, last):
    meant = interpret(PAIN, now, baseline=baseline, last=last)
    for earlier, change in ((baseline, meant.change_from_baseline), (last, meant.change_from_previous)):
        assert (change.points is None) == (now is None or earlier is None)
        assert (change.exceeds_important_difference is None) == (change.points is None)
        assert (change.exceeds_measurement_error is None) == (change.points is None)
        assert change.points is None or change.points == pytest.approx(now.value - earlier.value, abs=1e-8)


@given(low=st.floats(0, 10), high=st.floats(0, 10))
def test_forth_and_back_are_the_same_change_with_the_other_sign(low, high):
    forth = interpret(PAIN, ScoreReading(high), baseline=ScoreReading(low)).change_from_baseline
    back = interpret(PAIN, ScoreReading(low), baseline=ScoreReading(high)).change_from_baseline
    assert forth.points == -back.points
    assert (forth.exceeds_important_difference, forth.exceeds_measurement_error) == (
        back.exceeds_important_difference,
        back.exceeds_measurement_error,
    )


@pytest.mark.parametrize("instrument", INSTRUMENTS, ids=lambda each: f"{each.code}-{each.version}")
def test_every_score_of_every_instrument_names_its_direction(instrument):
    ends = {score.id: score.highest for score in instrument.scores}
    starts = {score.id: score.lowest for score in instrument.scores}
    meant = interpret_all(instrument, ends, baseline=starts, last=ends)
    assert set(meant) == {score.id for score in instrument.scores if score.standard_error_of is None}
    for score in instrument.scores:
        if score.standard_error_of is None:
            worse = score.direction is WORSE
            assert str(score.direction) in meant[score.id].description
            assert meant[score.id].change_from_baseline.description.startswith(
                "worse by" if worse else "better by"
            )
            assert meant[score.id].change_from_previous.description == "unchanged"
