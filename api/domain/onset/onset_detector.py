"""Onset detector: a multi-hypothesis Kalman filter with robust weights.

The hypotheses are "no rise" and, for each possible onset day of the last weeks, a rise at once or
over four weeks. For each symptom and hypothesis h a linear state-space model is filtered. Its state
is the baseline b and the size s of the rise, r(t) is the part of the rise that has come by day t (0
under "no rise"):

    b(t) = b(t') + w,                 w ~ N(0, q (t - t'))         process noise
    y(t) = b(t) + r(t) s + e(t),      e: AR(1), corr(e(t), e(t')) = phi^(t - t'), variance v

t' is the day of the answer before. With a = phi^(t - t') (1 - P(flare at t')), the AR weight, this
becomes

    y(t) - a y(t') = H x + n,         H = (1 - a, r(t) - a r(t')),  x = (b, s),  n ~ (0, v (1 - a^2))

    innovation        i = y(t) - a y(t') - H x
    gain              K = P H' / (H P H' + v (1 - a^2) / weight)
    update            x += K i,  P -= K H P
    likelihood        L = (1 - f) t_nu(i / S^0.5) / S^0.5 + f d,    S = H P H' + v (1 - a^2)

f is the probability of a flare (a few bad days that end by themselves), d its flat density above
the expected level. The robust weight of an answer is small where it is probably a flare, or far out
in the tail of Student's t. The log-likelihood ratios of each hypothesis to "no rise" are added up
over days for each symptom. With the log prior, their weighted sum gives the posterior by all
symptoms together, and each of them that by one symptom alone. An answer written days later has a
larger variance and a smaller weight. Many patients are filtered side by side.

Source:
    Change detection by comparing models of an unknown onset: Lai TL, Sequential analysis (Stat
    Sinica 2001;11:303-408); first-order autoregressive noise on irregular days: Jones RH,
    Technometrics 1980;22:389-395; Student's t for single outliers: West M, J R Stat Soc B
    1981;43:157-166. Reasons for the numbers, and performance: docs/explanation/engine.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from api.domain.onset import filter_one_patient
from api.domain.onset.filter_state import (
    BASELINE,
    CALM_DAYS,
    COVAR,
    FLARE_STARTS,
    GRID_DAYS,
    GRID_SIZE,
    HYPOTHESES,
    LAST_DAY,
    P_FLARE,
    PAIRS,
    RISE,
    SQUARES,
    SYMPTOMS,
    VAR_BASELINE,
    VAR_RISE,
    Array,
    FilterState,
    absorb_shift,
    round_to_half_precision,
)
from api.domain.onset.likelihood import RobustLikelihood
from api.domain.onset.observations import NoiseModel, Observations
from api.domain.onset.posterior import OnsetPosterior
from api.domain.policy import Policy

_NEVER = np.float32(-np.inf)
_LEAST_LOG_WEIGHT = np.float32(-80.0)  # as good as impossible

# Judgement; no thresholds of a policy, as they belong to the arithmetic and not to the clinic.
_VAGUE_MEAN, _VAGUE_VARIANCE = 3.0, 9.0  # points, points squared: of the baseline, before any answer

_ALL = slice(None)
Columns = slice | NDArray[np.intp]
"""Columns with an answer, of symptoms x patients."""


@dataclass(frozen=True, slots=True, eq=False)
class OnsetDetector:
    """The filter under one policy; holds no patient.

    Attributes:
        noise: Noise parameters.
        rise_means: Prior mean of the size of a rise, for each symptom.
        rise_variances: Its prior variance.
        noise_variance: Day-to-day variance before the patient's own is known, points squared.
        noise_pairs: Pairs of answers that it is worth.
        flares_per_day: Flares a day before the patient's own are known.
        flare_count: Flares that this is worth.
        likelihood: Robust likelihood of an answer.
        posterior: Posterior of a lasting rise.
        constants: The same numbers as arrays, for one patient.
    """

    noise: NoiseModel
    rise_means: Array
    rise_variances: Array
    noise_variance: float
    noise_pairs: float
    flares_per_day: float
    flare_count: float
    likelihood: RobustLikelihood
    posterior: OnsetPosterior
    constants: filter_one_patient.FilterConstants

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Return the detector of a policy."""
        means = [policy.rise_pain.value, policy.rise_stiffness.value, policy.rise_interference.value]
        sds = [policy.rise_pain_sd.value] + 2 * [policy.rise_other_sd.value]
        likelihood = RobustLikelihood.from_policy(policy)
        return cls(
            noise=NoiseModel.from_policy(policy),
            rise_means=round_to_half_precision(np.array(means, np.float32)),
            rise_variances=round_to_half_precision(np.array(sds, np.float32) ** 2),
            noise_variance=policy.onset_noise_sd.value**2,
            noise_pairs=policy.onset_noise_weight.value,
            flares_per_day=policy.flare_starts.value,
            flare_count=policy.flare_weight.value,
            likelihood=likelihood,
            posterior=OnsetPosterior.from_policy(policy),
            constants=filter_one_patient.FilterConstants(likelihood, _LEAST_LOG_WEIGHT),
        )

    def initial_state(self) -> FilterState:
        """Return the state of a patient before the first answer."""
        estimates = np.zeros((6, HYPOTHESES, len(SYMPTOMS)), np.float32)
        estimates[BASELINE], estimates[VAR_BASELINE] = _VAGUE_MEAN, _VAGUE_VARIANCE
        estimates[RISE], estimates[VAR_RISE] = self.rise_means, self.rise_variances
        running = np.zeros((6, len(SYMPTOMS)), np.float32)
        running[LAST_DAY] = _NEVER
        running[SQUARES], running[PAIRS] = self.noise_pairs * self.noise_variance, self.noise_pairs
        running[FLARE_STARTS] = self.flare_count
        running[CALM_DAYS] = self.flare_count / self.flares_per_day
        days = np.array([[0.0], [np.inf], [_NEVER]], np.float32)
        log_weights = np.zeros((HYPOTHESES, len(SYMPTOMS)), np.float32)
        return FilterState(estimates, running, log_weights, days)

    def filter_days(self, state: FilterState, observations: Observations) -> Iterator[FilterState]:
        """Filter some days of each patient, one after another.

        Args:
            state: Before the first day; it is not changed.
            observations: The days, prepared with ``state``.

        Yields:
            The state after each day. The next step changes it in place: copy what is to be kept.
        """
        if state.days.shape[1] == 1:
            yield from filter_one_patient.filter_days(
                state,
                observations,
                self.constants,
                recycle=self._recycle_hypotheses,
                update_some=self._update_some,
            )
            return
        estimates, running, log_weights = (array.copy() for array in state[:3])
        for step, all_answered in enumerate(observations.all_answered):
            if observations.has_new[step]:
                self._recycle_hypotheses(estimates, log_weights, observations, step)
            if all_answered:  # the usual day: in place, without selecting columns
                ratio = self._kalman_update(estimates, running[FLARE_STARTS:], observations, at=(step, _ALL))
                estimates[:] = round_to_half_precision(estimates)
                log_weights += ratio * observations.weight[step]
                np.maximum(log_weights, _LEAST_LOG_WEIGHT, out=log_weights)
            else:
                self._update_some(estimates, running, log_weights, observations, step)
            running[:FLARE_STARTS] = observations.running[step]
            yield FilterState(estimates, running, log_weights, observations.days[step])

    def _recycle_hypotheses(
        self, estimates: Array, log_weights: Array, observations: Observations, step: int
    ) -> None:
        """Replace the oldest hypotheses where a new onset day enters the grid.

        The new ones start as "no rise". Where the oldest onset is the most likely one, its rise is
        absorbed into the baseline first.
        """
        is_new, onset_day = observations.is_new[step], observations.onset_day[step]
        third_day = observations.third_day[step]
        together = self.posterior.add_symptoms(log_weights)
        leaving = np.where(is_new, together + self.posterior.log_prior, _NEVER)
        leaving[1:][onset_day[1:] - GRID_DAYS * GRID_SIZE <= third_day] = _NEVER
        winner = np.argmax(leaving, axis=0)
        patients = len(third_day)
        for patient in np.flatnonzero(leaving.max(axis=0) > 0):
            columns = np.arange(patient, estimates.shape[2], patients)
            columns = columns[np.isfinite(observations.last_day[step, columns])]
            estimates[:, 0, columns] = absorb_shift(estimates[:, winner[patient], columns])
            of_patient = log_weights[:, patient::patients]
            of_patient -= of_patient[winner[patient]].copy()
            of_patient[0] = 0.0
        rows = np.flatnonzero(is_new.any(axis=1))
        np.copyto(log_weights, np.float32(0), where=np.tile(is_new, len(SYMPTOMS)))
        if patients == 1:
            estimates[:, rows] = estimates[:, :1]
            estimates[RISE, rows], estimates[VAR_RISE, rows] = self.rise_means, self.rise_variances
            estimates[COVAR, rows] = 0
            return
        where = np.tile(is_new[rows], len(SYMPTOMS))
        renewed = estimates[:, rows]
        np.copyto(renewed, estimates[:, :1], where=where)
        np.copyto(renewed[RISE], np.repeat(self.rise_means, patients), where=where)
        np.copyto(renewed[VAR_RISE], np.repeat(self.rise_variances, patients), where=where)
        np.copyto(renewed[COVAR], np.float32(0), where=where)
        estimates[:, rows] = renewed

    def _update_some(  # noqa: PLR0917
        self, estimates: Array, running: Array, log_weights: Array, observations: Observations, step: int
    ) -> None:
        """Update the columns with an answer, on a day on which not all have one."""
        columns = np.flatnonzero(observations.is_answered[step])
        some, flares = estimates[:, :, columns], running[FLARE_STARTS:, columns]
        ratio = self._kalman_update(some, flares, observations, at=(step, columns))
        estimates[:, :, columns] = round_to_half_precision(some)
        running[FLARE_STARTS:, columns] = flares
        weighted = log_weights[:, columns] + ratio * observations.weight[step, columns]
        log_weights[:, columns] = np.maximum(weighted, _LEAST_LOG_WEIGHT)

    def _kalman_update(
        self, x: Array, flares: Array, observations: Observations, *, at: tuple[int, Columns]
    ) -> Array:
        """Update every hypothesis by one answer in each column: prediction, innovation, gain.

        Args:
            x: Estimates, as in ``FilterState``; changed in place.
            flares: Last two rows of ``FilterState.running``; changed in place: the patient's flares
                are counted under the hypothesis of no rise.
            observations: All days.
            at: Day and columns of the answers in ``observations``.

        Returns:
            The log-likelihood ratio of the answers under each hypothesis to "no rise".
        """
        step, columns = at
        answer, has_baseline = observations.answer[at], observations.has_baseline[at]
        progress = observations.progress[step][:, columns]
        ar_weight = observations.ar_weight[at] * (1 - x[P_FLARE])
        design = np.empty((2, *ar_weight.shape), np.float32)
        np.subtract(1, ar_weight, out=design[0])
        np.subtract(progress, ar_weight * observations.last_progress[step][:, columns], out=design[1])
        measurement_variance = observations.noise_variance[at] * (1 - ar_weight * ar_weight)
        x[VAR_BASELINE] += observations.process_noise[at]
        cov_times_design = x[VAR_BASELINE:VAR_RISE] * design[0] + x[COVAR:P_FLARE] * design[1]
        model_variance, expected = design * cov_times_design, design * x[:VAR_BASELINE]
        model_variance = model_variance[0] + model_variance[1]
        innovation = answer - ar_weight * observations.last_answer[at] - (expected[0] + expected[1])
        is_above = answer > x[BASELINE] + x[RISE] * progress
        p_lasts = x[P_FLARE] * observations.flare_persistence[at]
        p_starts = flares[0] / flares[1] * has_baseline  # a flare rises above a baseline
        robust = self.likelihood.evaluate(
            innovation,
            measurement_variance + model_variance,
            p_flare=p_lasts + (1 - p_lasts) * p_starts,
            is_above=is_above,
        )
        weight = robust.weight
        if not observations.all_have_baseline[step]:  # any of the first few answers may be an outlier
            weight = np.where(has_baseline, weight, np.float32(1))
        gain = cov_times_design / (measurement_variance / weight + model_variance)
        x[:VAR_BASELINE] += gain * innovation
        x[VAR_BASELINE:VAR_RISE] -= gain[0] * cov_times_design
        x[VAR_RISE] -= gain[1] * cov_times_design[1]
        x[P_FLARE] = robust.p_flare
        flares[0] += np.maximum(robust.p_flare[0] - p_lasts[0], np.float32(0))
        flares[1] += 1 - p_lasts[0]
        log_likelihood_ratio: Array = robust.log_likelihood - robust.log_likelihood[0]
        return log_likelihood_ratio
