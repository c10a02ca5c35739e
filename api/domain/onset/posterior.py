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
    PosteriorInputs,
)
from api.domain.onset.observations import Kind, Observations
from api.domain.policy import ASSUMED_SHARE, Policy

_NEVER = np.float32(-np.inf)
_TINY = 1e-30
_DAYS = 28

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
        calibration: Logarithm of the factor, and exponent, of the odds of a diary with 0 to 28
            answered days in the last 28. Neighbouring days of a daily diary resemble each other
            more than the model assumes, so that its odds count for less than those of a sparse one.
        log_missed: Logarithm of the factor on the odds for each usual interval without an answer.
    """

    log_prior: Array
    evidence_weights: Array
    lasts_days: np.float32
    calibration: tuple[tuple[float, float], ...]
    log_missed: float

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Return the posterior of a policy."""
        per_hypothesis = policy.onset_per_day.value * GRID_DAYS / len(RAMPS)
        log_prior = np.full((HYPOTHESES, 1), np.log(per_hypothesis), np.float32)
        log_prior[0] = 0.0
        weights = (policy.pain_counts, policy.stiffness_counts, policy.interference_counts)
        evidence_weights = np.array([weight.value for weight in weights], np.float32)
        lasts_days = np.float32(policy.worsening_lasts_days.value)
        calibration = tuple(_calibration(answered, policy) for answered in range(_DAYS + 1))
        log_missed = log(policy.odds_gap_times.value)
        return cls(log_prior, evidence_weights, lasts_days, calibration, log_missed)

    def probability(self, log_odds: float, answered: int, missed: float = 0.0) -> float:
        """Return the calibrated probability of a rise, 0 to 0.99, the same on every machine.

        Args:
            log_odds: Natural logarithm of the model's odds.
            answered: Days of the last 28 with an answer on symptoms.
            missed: Usual intervals without an answer just before this day.

        >>> posterior = OnsetPosterior.from_policy(Policy())
        >>> [round(posterior.probability(0.0, answered), 2) for answered in (4, 10, 28)]
        [0.68, 0.53, 0.38]
        >>> round(posterior.probability(0.0, 4, missed=2), 2)
        0.81
        """
        factor, power = self.calibration[answered]
        log_odds += missed * self.log_missed
        return min(round(1 / (1 + exp(-factor - power * log_odds)), 6), HIGHEST_P)

    def add_symptoms(self, log_weights: Array) -> Array:
        """Return the log-likelihood ratios by all symptoms together.

        Args:
            log_weights: By each symptom, (..., symptoms x P).

        Returns:
            Their weighted sum, (..., P).
        """
        pain, stiffness, interference = np.split(log_weights, len(SYMPTOMS), axis=-1)
        weights = self.evidence_weights
        found: Array = pain * weights[0] + stiffness * weights[1] + interference * weights[2]
        return found

    def estimate(self, inputs: PosteriorInputs, observations: Observations) -> OnsetEstimate:
        """Return the posteriors: odds, onset and size of a lasting rise.

        Args:
            inputs: Of the states after ``T`` days of ``P`` patients.
            observations: The same days.
        """
        onset_day = observations.onset_day
        by_symptom = (*onset_day.shape[:2], len(SYMPTOMS), onset_day.shape[2])
        share = self._shares(inputs.log_weights, observations)
        none, rising = share[:, 0], share[:, 1:] * self._is_lasting(observations)[:, 1:]
        total = _total(rising)
        given_rise = (rising / np.maximum(total, _TINY)[:, None]).astype(np.float32)
        sizes = given_rise * inputs.rise.reshape(by_symptom)[:, 1:]
        likeliest = 1 + np.argmax(rising, axis=1)[:, None]
        return OnsetEstimate(
            _log_odds(total, none),
            np.take_along_axis(onset_day[:, :, None], likeliest, axis=1)[:, 0],
            _total(sizes),
            _total(sizes * observations.progress.reshape(by_symptom)[:, 1:]),
            _total(given_rise * inputs.baseline.reshape(by_symptom)[:, 1:]),
            _log_odds(_total(share[:, 1:, 0]), none[:, 0]),
        )

    def _shares(self, log_weights: Array, observations: Observations) -> NDArray[np.float64]:
        """Return the posterior of each hypothesis to the likeliest, (T, hypotheses, symptoms, P).

        The first symptom stands for all together. No rise can begin before there is a baseline.
        """
        onset_day = observations.onset_day
        log_posterior = log_weights.reshape(*onset_day.shape[:2], len(SYMPTOMS), -1) + self.log_prior[:, None]
        log_posterior[:, :, 0] = self.add_symptoms(log_weights) + self.log_prior
        is_too_early = onset_day <= observations.days[:, None, 1]
        is_too_early[:, 0] = False
        np.copyto(log_posterior, _NEVER, where=is_too_early[:, :, None])
        most = log_posterior.max(axis=1, keepdims=True)
        share: NDArray[np.float64] = np.exp((log_posterior - most).astype(np.float64))
        return share

    def _is_lasting(self, observations: Observations) -> NDArray[np.bool_]:
        """Return whether each hypothesis is of a lasting rise, (T, hypotheses, symptoms, P)."""
        last_day = observations.last_day.reshape(len(observations.last_day), len(SYMPTOMS), -1)
        latest = np.concatenate((observations.previous_day[:, None], last_day[:, 1:]), axis=1)
        latest = np.minimum(latest, observations.days[:, None, 2] - self.lasts_days)
        is_lasting: NDArray[np.bool_] = observations.onset_day[:, :, None] <= latest[:, None]
        return is_lasting


def _total(numbers: NDArray[Kind]) -> NDArray[Kind]:
    """Return the sum over the hypotheses, added in order: the same for one patient as for many."""
    found: NDArray[Kind] = np.cumsum(numbers, axis=1)[:, -1]
    return found


def _calibration(answered: int, policy: Policy) -> tuple[float, float]:
    """Return the logarithm of the factor, and the exponent, of the odds; linear in the answered days."""
    sparse, daily = policy.odds_sparse_days.value, policy.odds_daily_days.value
    part = min(max((answered - sparse) / (daily - sparse), 0.0), 1.0)
    factor = (1 - part) * log(policy.odds_sparse_times.value) + part * log(policy.odds_daily_times.value)
    return factor, (1 - part) * policy.odds_sparse_power.value + part * policy.odds_daily_power.value


def _log_odds(rising: NDArray[np.float64], none: NDArray[np.float64]) -> Array:
    odds = np.maximum(rising, _TINY) / np.maximum(none, _TINY)
    return np.log(odds).astype(np.float32)


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
    share = policy.worsening_share.value
    if share == ASSUMED_SHARE:
        return p
    ratio = log1p(-min(share, _MOST_SHARE)) / log1p(-ASSUMED_SHARE)
    odds = ratio * p / (1 - p)
    return min(round(odds / (1 + odds), 6), HIGHEST_P)
