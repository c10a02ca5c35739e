"""The onset filter for one patient: the arithmetic of ``onset_detector``, laid out for one diary.

Wherever a number per symptom meets an array per hypothesis, NumPy works on one short row at a time;
for one patient that costs more than the arithmetic. Here the inputs of each day are repeated for
every hypothesis beforehand, constants are arrays, and nothing is allocated in the loop. The
operations and their order are those of ``OnsetDetector``, so that every result is the same to the
last bit.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.domain.onset.filter_state import FLARE_STARTS, HYPOTHESES, SYMPTOMS, Array, FilterState
from api.domain.onset.likelihood import LEAST_DENSITY, LEAST_ROBUST_WEIGHT, RobustLikelihood
from api.domain.onset.observations import Observations

_SHAPE = (HYPOTHESES, len(SYMPTOMS))
_STATE = (6, *_SHAPE)
_EXPONENT = np.full(_STATE, 0x7F800000, np.uint32)
_SMALLEST = np.full(_STATE, 2.0**-14, np.float32)
_KEPT_BITS = np.full(_STATE, 1.5 * 2.0**13, np.float32)


def _full(number: float, kind: type[Any] = np.float32) -> NDArray[Any]:
    return np.full(_SHAPE, number, kind)


_ONE = _full(1.0)
_ZEROS = np.zeros(len(SYMPTOMS), np.float32)
_ONES = np.ones(len(SYMPTOMS), np.float32)
_LEAST_ROBUST_WEIGHT = _full(float(LEAST_ROBUST_WEIGHT))


class SinglePatientFilter:
    """Updates the state of one patient, in place, by days with an answer on every symptom."""

    def __init__(self, state: FilterState, observations: Observations, constants: "FilterConstants") -> None:
        """Work on ``state``, which is changed, through the days of ``observations``."""
        self._constants = constants
        self._observations = observations
        self._estimates, self._log_weights = state.estimates, state.log_weights
        self._rows = tuple(state.estimates)
        self._flare_starts, self._calm_days = state.running[FLARE_STARTS:]
        self._bits = np.empty(_STATE, np.uint32)
        self._scale: Array = self._bits.view(np.float32)
        self._double = np.empty(_SHAPE, np.float64)
        self._is_above = np.empty(_SHAPE, np.bool_)
        self._scratch = tuple(np.empty((14, *_SHAPE), np.float32))
        repeated = (
            observations.answer,
            observations.last_answer,
            observations.ar_weight,
            observations.flare_persistence,
            observations.process_noise,
            observations.noise_variance,
            observations.weight,
        )
        self._days = [np.repeat(each[:, None], HYPOTHESES, axis=1) for each in repeated]

    def update(self, step: int) -> None:
        """Update by one day: ``OnsetDetector._kalman_update``, and the sum of the log-likelihoods.

        Scratch arrays are used again under another name once their content is no longer needed.
        """
        observations, constants = self._observations, self._constants
        baseline, rise, var_baseline, covar, var_rise, p_flare = self._rows
        first, _, _, variance, cov_baseline, cov_rise, model_variance = self._scratch[:7]
        innovation, p_lasts, p_starts, density, likelihood, weight, free = self._scratch[7:]
        self._predict(step)
        np.multiply(self._is_above, constants.flare_density, out=density)
        np.maximum(density, constants.least_density, out=density)
        np.multiply(p_flare, self._days[3][step], out=p_lasts)
        np.subtract(_ONE, p_lasts, out=p_starts)
        p_starts *= self._flare_starts / self._calm_days * observations.has_baseline[step]
        p_starts += p_lasts
        np.add(variance, model_variance, out=first)
        self._robust_weights(first, p_starts)
        if not observations.all_have_baseline[step]:
            np.copyto(weight, _ONES, where=~observations.has_baseline[step])
        variance /= weight
        variance += model_variance
        gain_baseline, gain_rise = first, variance
        np.divide(cov_baseline, variance, out=gain_baseline)
        np.divide(cov_rise, variance, out=gain_rise)
        np.multiply(gain_baseline, innovation, out=free)
        baseline += free
        innovation *= gain_rise
        rise += innovation
        cov_baseline *= gain_baseline
        var_baseline -= cov_baseline
        gain_baseline *= cov_rise
        covar -= gain_baseline
        gain_rise *= cov_rise
        var_rise -= gain_rise
        p_flare[...] = density
        self._flare_starts += np.maximum(density[0] - p_lasts[0], _ZEROS)
        self._calm_days += _ONES - p_lasts[0]
        likelihood -= likelihood[0].copy()
        likelihood *= self._days[6][step]
        self._log_weights += likelihood
        np.maximum(self._log_weights, constants.least_log_weight, out=self._log_weights)
        self._round_to_half_precision()

    def _predict(self, step: int) -> None:
        """Leave variances, their products with the design, and the innovation in scratch."""
        answer, last_answer, correlation, _, process_noise, noise_variance = (
            each[step] for each in self._days[:6]
        )
        progress = self._observations.progress[step]
        last_progress = self._observations.last_progress[step]
        baseline, rise, var_baseline, covar, var_rise, p_flare = self._rows
        ar_weight, design_baseline, design_rise, variance, cov_baseline, cov_rise, model_variance = (
            self._scratch[:7]
        )
        innovation, free = self._scratch[7], self._scratch[13]
        np.subtract(_ONE, p_flare, out=ar_weight)
        ar_weight *= correlation
        np.subtract(_ONE, ar_weight, out=design_baseline)
        np.multiply(ar_weight, last_progress, out=design_rise)
        np.subtract(progress, design_rise, out=design_rise)
        np.multiply(ar_weight, ar_weight, out=variance)
        np.subtract(_ONE, variance, out=variance)
        variance *= noise_variance
        var_baseline += process_noise
        _sum_of_products(var_baseline, design_baseline, covar, design_rise, out=cov_baseline, free=free)
        _sum_of_products(covar, design_baseline, var_rise, design_rise, out=cov_rise, free=free)
        _sum_of_products(design_baseline, cov_baseline, design_rise, cov_rise, out=model_variance, free=free)
        ar_weight *= last_answer
        np.subtract(answer, ar_weight, out=innovation)
        expected = ar_weight
        _sum_of_products(design_baseline, baseline, design_rise, rise, out=expected, free=free)
        innovation -= expected
        np.multiply(rise, progress, out=free)
        free += baseline
        np.greater(answer, free, out=self._is_above)

    def _robust_weights(self, variance: Array, p_flare: Array) -> None:
        """Leave the log-likelihood, the robust weight, and the flare probability in ``density``."""
        constants, double = self._constants, self._double
        innovation, _, _, density, likelihood, weight, free = self._scratch[7:]
        np.multiply(innovation, innovation, out=free)
        free /= variance
        double[...] = free
        double /= constants.tail_double
        np.log1p(double, out=double)
        double *= constants.half_tail
        np.subtract(constants.log_t_constant, double, out=double)
        np.exp(double, out=double)
        likelihood[...] = double
        np.sqrt(variance, out=variance)
        likelihood /= variance
        density *= p_flare
        np.subtract(_ONE, p_flare, out=p_flare)
        p_flare *= likelihood
        p_flare += density
        total = p_flare
        density /= total
        np.subtract(_ONE, density, out=weight)
        weight *= constants.tail_and_one
        free += constants.tail
        weight /= free
        np.maximum(weight, _LEAST_ROBUST_WEIGHT, out=weight)
        np.minimum(weight, _ONE, out=weight)
        double[...] = total
        np.log(double, out=double)
        likelihood[...] = double

    def _round_to_half_precision(self) -> None:
        """Round as ``filter_state.round_to_half_precision`` does, in place."""
        np.bitwise_and(self._estimates.view(np.uint32), _EXPONENT, out=self._bits)
        scale = self._scale
        np.maximum(scale, _SMALLEST, out=scale)
        scale *= _KEPT_BITS
        self._estimates += scale
        self._estimates -= scale


class FilterConstants:
    """The numbers of an ``OnsetDetector`` as arrays."""

    def __init__(self, likelihood: RobustLikelihood, least_log_weight: np.float32) -> None:
        """Repeat each number for every hypothesis and symptom."""
        tail = likelihood.tail
        self.tail, self.tail_and_one = _full(tail), _full(float(np.float32(tail) + 1))
        self.tail_double, self.half_tail = _full(tail, np.float64), _full(0.5 * (tail + 1), np.float64)
        self.log_t_constant = _full(likelihood.log_t_constant, np.float64)
        self.flare_density = _full(float(likelihood.flare_density))
        self.least_density = _full(float(LEAST_DENSITY))
        self.least_log_weight = _full(float(least_log_weight))


def _sum_of_products(a: Array, b: Array, c: Array, d: Array, *, out: Array, free: Array) -> None:
    np.multiply(a, b, out=out)
    np.multiply(c, d, out=free)
    out += free


RecycleHypotheses = Callable[[Array, Array, Observations, int], None]
UpdateSome = Callable[[Array, Array, Array, Observations, int], None]


def filter_days(
    state: FilterState,
    observations: Observations,
    constants: FilterConstants,
    *,
    recycle: RecycleHypotheses,
    update_some: UpdateSome,
) -> Iterator[FilterState]:
    """Filter days of one patient, see ``OnsetDetector.filter_days``.

    Args:
        state: Before the first day; it is not changed.
        observations: The days.
        constants: Of the detector.
        recycle: Replaces the oldest hypotheses, in place.
        update_some: Updates by a day without an answer on every symptom, in place.
    """
    estimates, running, log_weights = (array.copy() for array in state[:3])
    working = FilterState(estimates, running, log_weights, state.days)
    patient = SinglePatientFilter(working, observations, constants)
    for step, all_answered in enumerate(observations.all_answered):
        if observations.has_new[step]:
            recycle(estimates, log_weights, observations, step)
        if all_answered:
            patient.update(step)
        else:
            update_some(estimates, running, log_weights, observations, step)
        running[:FLARE_STARTS] = observations.running[step]
        yield FilterState(estimates, running, log_weights, observations.days[step])
