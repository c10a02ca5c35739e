"""Robust likelihood of an answer: Student's t, mixed with the flat density of a flare."""

from dataclasses import dataclass
from math import lgamma, log, pi
from typing import NamedTuple, Self

import numpy as np

from api.domain.onset.filter_state import Array
from api.domain.policy import Policy

LEAST_ROBUST_WEIGHT = np.float32(1e-3)
LEAST_DENSITY = np.float32(1e-30)


class RobustWeights(NamedTuple):
    """Log-likelihood of each answer, its flare probability, and its weight in the Kalman gain."""

    log_likelihood: Array
    p_flare: Array
    weight: Array


@dataclass(frozen=True, slots=True, eq=False)
class RobustLikelihood:
    """Likelihood of an innovation, and its robust weight.

    Attributes:
        tail: Degrees of freedom of Student's t.
        log_t_constant: Log of the constant of its density.
        flare_density: Density of an answer in a flare, 1/points.
    """

    tail: float
    log_t_constant: float
    flare_density: np.float32

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Return the likelihood of a policy."""
        nu = policy.noise_tail.value
        log_t_constant = lgamma((nu + 1) / 2) - lgamma(nu / 2) - log(nu * pi) / 2
        return cls(nu, log_t_constant, np.float32(policy.flare_density.value))

    def evaluate(
        self, innovation: Array, variance: Array, *, p_flare: Array, is_above: Array
    ) -> RobustWeights:
        """Return the likelihood of each answer, its flare probability and its robust weight.

        Args:
            innovation: Answer minus its prediction.
            variance: Variance of the innovation.
            p_flare: Probability of a flare before the answer.
            is_above: Whether the answer is above the expected level, as in a flare.
        """
        tail = np.float32(self.tail)
        distance = innovation * innovation / variance
        density = np.exp(
            self.log_t_constant - 0.5 * (self.tail + 1) * np.log1p(distance.astype(np.float64) / self.tail)
        )
        density = density.astype(np.float32) / np.sqrt(variance)
        in_flare = p_flare * np.maximum(is_above * self.flare_density, LEAST_DENSITY)
        likelihood = (1 - p_flare) * density + in_flare
        p_flare_after: Array = (in_flare / likelihood).astype(np.float32, copy=False)
        weight = (1 - p_flare_after) * (tail + 1) / (tail + distance)
        weight = np.minimum(np.maximum(weight, LEAST_ROBUST_WEIGHT), np.float32(1))
        log_likelihood = np.log(likelihood.astype(np.float64)).astype(np.float32)
        return RobustWeights(log_likelihood, p_flare_after, weight)
