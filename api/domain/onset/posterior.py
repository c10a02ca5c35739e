"""Posterior of a lasting rise over all hypotheses of its onset."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from api.domain.onset.filter_state import GRID_DAYS, HYPOTHESES, RAMPS, Array, OnsetEstimate, PosteriorInputs
from api.domain.onset.observations import Observations
from api.domain.policy import Policy

_NEVER = np.float32(-np.inf)
_TINY = np.float32(1e-30)


@dataclass(frozen=True, slots=True, eq=False)
class OnsetPosterior:
    """Prior of the hypotheses, and calibration of the posterior odds.

    Attributes:
        log_prior: Log prior odds of each hypothesis to "no rise", (hypotheses, 1).
        odds_factor: Factor on the posterior odds.
        odds_exponent: Exponent of the posterior odds.
    """

    log_prior: Array
    odds_factor: float
    odds_exponent: float

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Return the posterior of a policy."""
        per_hypothesis = policy.onset_per_day.value * GRID_DAYS / len(RAMPS)
        log_prior = np.full((HYPOTHESES, 1), np.log(per_hypothesis), np.float32)
        log_prior[0] = 0.0
        return cls(log_prior, policy.onset_odds_times.value, policy.onset_odds_power.value)

    def estimate(self, inputs: PosteriorInputs, observations: Observations) -> OnsetEstimate:
        """Return the posterior: probability, onset and size of a lasting rise.

        Args:
            inputs: Of the states after ``T`` days of ``P`` patients.
            observations: The same days.

        Returns:
            The estimate for each day and patient, (T, P).
        """
        third_day, onset_day = observations.days[:, 1], observations.onset_day
        log_posterior = inputs.log_weights + self.log_prior
        # no rise can begin before there is a baseline
        log_posterior[:, 1:][onset_day[:, 1:] <= third_day[:, None]] = _NEVER
        most = log_posterior.max(axis=1, keepdims=True)
        share = np.exp((log_posterior - most).astype(np.float64)).astype(np.float32)
        total = np.cumsum(share, axis=1)  # adds in order: the same for one patient as for many
        rising = total[:, -1] - share[:, 0]
        odds = np.minimum(rising / np.maximum(share[:, 0], _TINY), np.float32(1e9))
        p = 1 - 1 / (1 + self.odds_factor * odds.astype(np.float64) ** self.odds_exponent)
        likeliest = 1 + np.argmax(share[:, 1:], axis=1)[:, None]
        given_rise = share[:, 1:] / np.maximum(rising, _TINY)[:, None]
        sizes = given_rise * inputs.rise[:, 1:]
        size = np.cumsum(sizes, axis=1)[:, -1]
        progress = observations.progress[:, 1:, : third_day.shape[1]]
        size_so_far = np.cumsum(sizes * progress, axis=1)[:, -1]
        onset_day = np.take_along_axis(onset_day, likeliest, axis=1)[:, 0]
        baseline = np.take_along_axis(inputs.baseline, likeliest, axis=1)[:, 0]
        return OnsetEstimate(p.astype(np.float32), onset_day, size, size_so_far, baseline)
