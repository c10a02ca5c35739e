"""Posterior of a lasting rise over all hypotheses of its onset, and its calibrated probability."""

from dataclasses import dataclass
from math import exp, log, log1p
from typing import Self

import numpy as np
from numpy.typing import NDArray

from api.domain.onset.filter_state import (
    GRID_DAYS,
    HYPOTHESES,
    RAMPS,
    SYMPTOMS,
    Array,
    OnsetEstimate,
    OnsetEstimates,
    PosteriorInputs,
)
from api.domain.onset.observations import Observations
from api.domain.policy import Policy

_NEVER = np.float32(-np.inf)
_TINY = np.float32(1e-30)
_PAIN, _STIFFNESS, _INTERFERENCE = range(len(SYMPTOMS))

_MOST_SHARE = 0.95

HIGHEST_P = 0.99
"""Highest probability that is stated: no more could be verified on simulated diaries."""


@dataclass(frozen=True, slots=True, eq=False)
class OnsetPosterior:
    """Prior of the hypotheses, and weights of the symptoms as evidence.

    Attributes:
        log_prior: Log prior odds of each hypothesis to "no rise", (hypotheses, 1).
        evidence_weights: Weight of each symptom where all count together, as their noise is shared.
        lasts_days: Days since onset from which a rise is lasting, longer than most flares.
    """

    log_prior: Array
    evidence_weights: Array
    lasts_days: np.float32

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Return the posterior of a policy."""
        per_hypothesis = policy.onset_per_day.value * GRID_DAYS / len(RAMPS)
        log_prior = np.full((HYPOTHESES, 1), np.log(per_hypothesis), np.float32)
        log_prior[0] = 0.0
        weights = (policy.pain_counts, policy.stiffness_counts, policy.interference_counts)
        evidence_weights = np.array([weight.value for weight in weights], np.float32)
        return cls(log_prior, evidence_weights, np.float32(policy.worsening_lasts_days.value))

    def add_symptoms(self, log_weights: Array) -> Array:
        """Return the log-likelihood ratios by all symptoms together.

        Args:
            log_weights: By each symptom, (..., symptoms x P).

        Returns:
            Their weighted sum, (..., P).
        """
        pain, stiffness, interference = _by_symptom(log_weights)
        weights = self.evidence_weights
        found: Array = pain * weights[0] + stiffness * weights[1] + interference * weights[2]
        return found

    def estimate(self, inputs: PosteriorInputs, observations: Observations) -> OnsetEstimates:
        """Return the posteriors: odds, onset and size of a lasting rise.

        Args:
            inputs: Of the states after ``T`` days of ``P`` patients.
            observations: The same days.
        """
        days, onset_day = observations.days, observations.onset_day
        # no rise can begin before there is a baseline
        is_possible = onset_day > days[:, None, 1]
        is_possible[:, 0] = True
        latest = np.stack((observations.previous_day, *_by_symptom(observations.last_day)))
        latest = np.minimum(latest, days[:, 2] - self.lasts_days)
        is_lasting = is_possible & (onset_day <= latest[:, :, None])
        is_lasting[:, :, 0] = True
        by_symptom = _by_symptom(inputs.log_weights)
        together = self.add_symptoms(inputs.log_weights)
        parts = tuple(
            zip(*map(_by_symptom, (inputs.rise, inputs.baseline, observations.progress)), strict=True)
        )
        return OnsetEstimates(
            self._estimate(together, is_lasting[0], onset_day, parts[_PAIN]),
            self._estimate(by_symptom[_STIFFNESS], is_lasting[1 + _STIFFNESS], onset_day, parts[_STIFFNESS]),
            self._estimate(
                by_symptom[_INTERFERENCE], is_lasting[1 + _INTERFERENCE], onset_day, parts[_INTERFERENCE]
            ),
            self._shares(together, is_possible)[1],
        )

    def _estimate(
        self, log_weights: Array, counts: NDArray[np.bool_], onset_day: Array, parts: tuple[Array, ...]
    ) -> OnsetEstimate:
        """Return the estimate by some log-likelihood ratios, over the hypotheses that count.

        ``parts`` are size, baseline and progress of the rise of one symptom.
        """
        share, log_odds = self._shares(log_weights, counts)
        likeliest = 1 + np.argmax(share[:, 1:], axis=1)[:, None]
        rise, baseline, progress = parts
        share[:, 0] = 0
        share /= np.maximum(_total(share), _TINY)[:, None]
        sizes = share * rise
        return OnsetEstimate(
            log_odds,
            np.take_along_axis(onset_day, likeliest, axis=1)[:, 0],
            _total(sizes),
            _total(sizes * progress),
            _total(share * baseline),
        )

    def _shares(self, log_weights: Array, counts: NDArray[np.bool_]) -> tuple[Array, Array]:
        """Return the posterior of each hypothesis to the likeliest, and the log odds of a rise."""
        log_posterior = np.where(counts, log_weights + self.log_prior, _NEVER)
        most = log_posterior.max(axis=1, keepdims=True)
        share = np.exp((log_posterior - most).astype(np.float64)).astype(np.float32)
        rising = _total(share) - share[:, 0]
        odds = np.maximum(rising, _TINY) / np.maximum(share[:, 0], _TINY)
        return share, np.log(odds.astype(np.float64)).astype(np.float32)


def _total(numbers: Array) -> Array:
    """Return the sum over the hypotheses, added in order: the same for one patient as for many."""
    found: Array = np.cumsum(numbers, axis=1)[:, -1]
    return found


def probability(log_odds: float, answered: int, policy: Policy) -> float:
    """Return the calibrated probability of a rise.

    Neighbouring days of a daily diary resemble each other more than the model assumes, so that its
    odds count for less than those of a weekly diary.

    Args:
        log_odds: Natural logarithm of the model's odds.
        answered: Days of the last 28 with an answer on symptoms.
        policy: Factor and exponent of the odds, of sparse and of daily diaries; linear in between.

    Returns:
        0 to 0.99.

    >>> [round(probability(0.0, answered, Policy()), 2) for answered in (4, 10, 28)]
    [0.68, 0.53, 0.37]
    """
    sparse, daily = policy.odds_sparse_days.value, policy.odds_daily_days.value
    part = min(max((answered - sparse) / (daily - sparse), 0.0), 1.0)
    factor = (1 - part) * log(policy.odds_sparse_times.value) + part * log(policy.odds_daily_times.value)
    power = (1 - part) * policy.odds_sparse_power.value + part * policy.odds_daily_power.value
    return min(1 / (1 + exp(-min(max(factor + power * log_odds, -700.0), 700.0))), HIGHEST_P)


def at_share(p: float, policy: Policy) -> float:
    """Return a probability at the share of patients who get worse by the policy.

    Args:
        p: Probability where 45 of 100 patients get worse within 12 months.
        policy: The site's share; onsets are taken to be rarer or more frequent in proportion.

    Returns:
        0 to 0.99, rounded. Findings do not depend on the share, so that a site with few does not
        find them later.

    >>> from dataclasses import replace
    >>> few = replace(Policy(), worsening_share=replace(Policy().worsening_share, value=0.15))
    >>> at_share(0.8, Policy()), at_share(0.8, few)
    (0.8, 0.52093)
    """
    share, assumed = (
        policy.worsening_share.value,
        Policy.__dataclass_fields__["worsening_share"].default.value,
    )
    if share == assumed:
        return p
    ratio = log1p(-min(share, _MOST_SHARE)) / log1p(-assumed)
    odds = ratio * p / (1 - p)
    return min(round(odds / (1 + odds), 6), HIGHEST_P)


def _by_symptom(numbers: Array) -> tuple[Array, ...]:
    """Return the numbers of each symptom, (..., P), from those of all, (..., symptoms x P)."""
    patients = numbers.shape[-1] // len(SYMPTOMS)
    return tuple(numbers[..., at * patients : (at + 1) * patients] for at in range(len(SYMPTOMS)))
