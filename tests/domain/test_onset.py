"""The onset filter: against exact densities, and the same for one patient and for many."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.domain.onset.filter_state import RAMPS, onset_days, round_to_half_precision
from api.domain.onset.observations import prepare_observations
from api.domain.onset.onset_detector import OnsetDetector
from api.domain.onset.posterior import HIGHEST_P
from api.domain.policy import Policy
from api.domain.trajectory.engine import BATCH_PATIENTS, Engine, PatientFactors
from tests.support.diaries import daily, day, entry_of, last_score
from tests.support.servers import ROOT

ENGINE = Engine()
DAY_0 = 739_000


def plain_policy(**numbers):
    """Return a policy under which the model is plain: Gaussian noise of SD 1.5, no flares, no drift."""
    plain = {
        "noise_tail": 1e5, "flare_starts": 1e-7, "usual_drift": 0.0, "onset_noise_sd": 1.5,
        "onset_noise_weight": 1e6, "onset_noise_remembered": 1e9, "pain_counts": 1.0, **numbers,
    }  # fmt: skip
    policy = Policy()
    changed = {name: replace(getattr(policy, name), value=value) for name, value in plain.items()}
    return replace(policy, **changed)


def filtered(detector, days, answers):
    """Return the state of the filter after a diary of worst pain."""
    given_ = np.full((len(days), 3, 1), np.nan, np.float32)
    given_[:, 0, 0] = answers
    state = detector.initial_state()
    ordinals = np.array(days, np.float32)[:, None] + DAY_0
    observations = prepare_observations(state, ordinals, given_, np.ones_like(ordinals), detector.noise)
    *_, state = detector.filter_days(state, observations)
    return state


def log_likelihood(answers, days, progress, policy):
    """Return the log density of all answers at once, from one covariance matrix."""
    days, answers, progress = np.array(days, float), np.array(answers, float), np.array(progress, float)
    apart = np.abs(days[:, None] - days[None])
    noise = 1.5**2 * policy.noise_autocorrelation.value**apart
    size, sd = policy.rise_pain.value, policy.rise_pain_sd.value
    covariance = noise + 9.0 + sd**2 * np.outer(progress, progress)
    off = answers - 3.0 - size * progress
    return -0.5 * (np.linalg.slogdet(covariance)[1] + off @ np.linalg.solve(covariance, off))


@pytest.mark.parametrize("seed", range(4))
def test_log_likelihood_ratios_agree_with_densities_of_all_answers_at_once(seed):
    rng, policy = np.random.default_rng(seed), plain_policy()
    days = sorted(rng.choice(45, 20, replace=False))
    answers = np.clip(np.round(3 + 1.5 * rng.standard_normal(20) + 3 * (np.array(days) > 25)), 0, 10)

    state = filtered(OnsetDetector.from_policy(policy), days, answers)

    onset = onset_days(np.array([DAY_0 + days[-1]], np.float32))[:, 0] - DAY_0
    none = log_likelihood(answers, days, np.zeros(20), policy)
    hypotheses = [h for h in range(1, len(onset)) if onset[h] > days[0]]
    assert len(hypotheses) > 10
    for h in hypotheses:
        width = RAMPS[(h - 1) % len(RAMPS)]
        progress = np.clip((np.array(days) - onset[h] + 1) / width, 0, 1)
        expected = log_likelihood(answers, days, progress, policy) - none
        assert state.log_weights[h, 0] == pytest.approx(expected, abs=0.1)


@given(st.lists(st.floats(-1000, 1000, width=32), min_size=1))
def test_numbers_are_rounded_as_half_precision_does(numbers):
    exact = np.array(numbers, np.float32)

    assert round_to_half_precision(exact).tolist() == exact.astype(np.float16).astype(np.float32).tolist()


scale = st.integers(0, 10) | st.none()


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 90), scale, scale, scale), max_size=25, unique_by=lambda t: t[0]),
        min_size=1,
        max_size=8,
    )
)
def test_many_patients_are_scored_as_each_is_alone(diaries):
    people = []
    for answers in diaries:
        entries = []
        for number, pain, stiffness, interference in answers:
            given_ = {"pain_worst": pain, "stiffness": stiffness, "interference": interference}
            entries.append(
                entry_of(number, **{name: value for name, value in given_.items() if value is not None})
            )
        people.append((PatientFactors(), entries))

    together = list(ENGINE.score_diaries(people))

    for (factors, entries), (trajectory, outcome) in zip(people, together, strict=True):
        alone = ENGINE.begin(factors)
        assert outcome == alone.add(entries)
        assert trajectory.snapshot() == alone.snapshot()


def test_more_patients_than_fit_in_a_batch_are_all_scored():
    people = [(PatientFactors(), daily([n % 7, 3])) for n in range(BATCH_PATIENTS + 3)]

    outcomes = list(ENGINE.score_diaries(people))

    assert [len(one.outcome.scores) for one in outcomes] == [2] * len(people)


def test_ten_years_of_daily_entries_keep_the_state_small_and_the_numbers_finite():
    rng = np.random.default_rng(5)
    diary = [
        entry_of(n, pain_worst=int(rng.integers(1, 5)), stiffness=int(rng.integers(0, 4)))
        for n in range(3650)
    ]
    trajectory = ENGINE.begin(PatientFactors())

    scores = trajectory.add(diary).scores

    assert all(score.p_worsening is None or 0 <= score.p_worsening <= 1 for score in scores)
    assert len(str(trajectory.snapshot())) < 7500


def test_a_level_that_has_lasted_becomes_the_baseline():
    diary = daily([2, 3] * 20 + [5, 6] * 80)

    assert last_score(diary[:70]).p_worsening == HIGHEST_P
    assert last_score(diary).p_worsening < 0.2


def test_an_answer_sent_twice_at_the_same_moment_changes_nothing():
    entry = entry_of(40, pain_worst=9)
    again = replace(entry, id=UUID(int=7))
    diary = daily([2, 3, 2] * 13)

    assert last_score([*diary, entry, again]) == last_score([*diary, entry])


def test_a_clock_that_goes_backwards_changes_only_the_moment():
    diary = daily([2, 3, 2, 4] * 10)
    backwards = [replace(entry, recorded_at=entry.recorded_at - timedelta(hours=18)) for entry in diary]

    assert (
        ENGINE.begin(PatientFactors()).add(backwards).scores
        == ENGINE.begin(PatientFactors()).add(diary).scores
    )


@pytest.mark.parametrize(
    "after",
    [[5] * 8, [2, 3, 3, 2, 3, 4, 3, 4, 4, 5, 4, 5], [6, 7, 6, 6, 2, 3, 2, 1, 2, 3, 2, 2]],
    ids=["step", "slow rise", "flare"],
)
def test_the_documents_show_the_probabilities_of_the_engine(after):
    baseline = [2, 3, 2, 1, 2, 3, 2] * 4
    document = (ROOT / "docs" / "explanation/engine.md").read_text().replace("*", "")

    chances = [last_score(daily(baseline + after[:days])).p_worsening for days in range(1, len(after) + 1)]

    assert "| " + " | ".join(f"{chance:.0%}" for chance in chances) + " |" in document


def test_no_entry_is_no_score_and_one_entry_no_baseline():
    assert ENGINE.begin(PatientFactors()).add([]).scores == ()
    assert last_score(daily([7])).p_worsening is None
    assert day(0) == ENGINE.begin(PatientFactors()).add(daily([7])).since
