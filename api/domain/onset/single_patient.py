"""The test for a lasting rise on one patient's diary: the arithmetic of `onset`, laid out for one.

NumPy goes through arrays of three symptoms side by side one short row at a time wherever a number for each
symptom meets an array for each hypothesis; for one patient that costs more than the arithmetic. Here what is
known of each day is laid out for every hypothesis before, constants are arrays, and nothing is allocated. The
operations and their order are those of ``OnsetDetector``, so that every result is the same to the last bit.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from api.domain.onset.filter_state import FLARE_STARTS, HYPOTHESES, SYMPTOMS, Array, FilterState
from api.domain.onset.observations import Observations

_SHAPE = (HYPOTHESES, len(SYMPTOMS))
_STATE = (6, *_SHAPE)
_EXPONENT = np.full(_STATE, 0x7F800000, np.uint32)
_SMALLEST = np.full(_STATE, 2.0**-14, np.float32)
_KEPT_BITS = np.full(_STATE, 1.5 * 2.0**13, np.float32)


def _full(number: float, kind: type[Any] = np.float32) -> NDArray[Any]:
    return np.full(_SHAPE, number, kind)


_ONE = _full(1.0)
_ZERO = np.zeros(len(SYMPTOMS), np.float32)
_UNIT = np.ones(len(SYMPTOMS), np.float32)
_LEAST_TRUST = _full(1e-3)


class SinglePatientFilter:
    """Takes in days with an answer on every symptom, one after another, in arrays of its own."""

    def __init__(self, belief: FilterState, said: Observations, constants: "FilterConstants") -> None:
        """Work on ``belief``, which is changed, through the days of ``said``."""
        self._constants = constants
        self._said = said
        self._series, self._weights = belief.series, belief.weights
        self._rows = tuple(belief.series)
        self._starts, self._calm = belief.own[FLARE_STARTS:]
        self._bits = np.empty(_STATE, np.uint32)
        self._scale: Array = self._bits.view(np.float32)
        self._double = np.empty(_SHAPE, np.float64)
        self._above = np.empty(_SHAPE, np.bool_)
        self._scratch = tuple(np.empty((14, *_SHAPE), np.float32))
        tiled = (said.answer, said.before, said.link, said.stays, said.wander, said.noise)
        self._days = [np.repeat(each[:, None], HYPOTHESES, axis=1) for each in tiled]

    def learn(self, step: int) -> None:
        """Take in one day: see ``OnsetDetector._learn``, ``_weigh`` and ``_join``."""
        said, constants = self._said, self._constants
        usual, rise, var_usual, covar, var_rise, flared = self._rows
        link, _, _, noise, along, along_rise, modelled = self._scratch[:7]
        surprise, stays, flare, density, fits, trust, free = self._scratch[7:]
        self._expect(step)
        np.multiply(self._above, constants.density, out=density)
        np.maximum(density, constants.tiny, out=density)
        np.multiply(flared, self._days[3][step], out=stays)
        np.subtract(_ONE, stays, out=flare)
        flare *= self._starts / self._calm * said.settled[step]
        flare += stays
        np.add(noise, modelled, out=link)
        self._weigh(surprise, link, flare, density, fits=fits, trust=trust, free=free)
        if not said.all_settled[step]:
            np.copyto(trust, _UNIT, where=~said.settled[step])
        noise /= trust
        noise += modelled
        np.divide(along, noise, out=link)
        np.divide(along_rise, noise, out=noise)
        np.multiply(link, surprise, out=free)
        usual += free
        surprise *= noise
        rise += surprise
        along *= link
        var_usual -= along
        link *= along_rise
        covar -= link
        noise *= along_rise
        var_rise -= noise
        flared[...] = density
        self._starts += np.maximum(density[0] - stays[0], _ZERO)
        self._calm += _UNIT - stays[0]
        fits -= fits[0].copy()
        self._join(fits)
        self._shorten()

    def _expect(self, step: int) -> None:
        """Leave what was expected of the day, and how far the answers are from it, in the scratch arrays."""
        answer, before, linked, _, wander, spread = (each[step] for each in self._days)
        came, came_before = self._said.came[step], self._said.came_before[step]
        usual, rise, var_usual, covar, var_rise, flared = self._rows
        link, usual_part, rise_part, noise, along, along_rise, modelled = self._scratch[:7]
        surprise, free = self._scratch[7], self._scratch[13]
        np.subtract(_ONE, flared, out=link)
        link *= linked
        np.subtract(_ONE, link, out=usual_part)
        np.multiply(link, came_before, out=rise_part)
        np.subtract(came, rise_part, out=rise_part)
        np.multiply(link, link, out=noise)
        np.subtract(_ONE, noise, out=noise)
        noise *= spread
        var_usual += wander
        _sum_of_products(var_usual, usual_part, covar, rise_part, out=along, free=free)
        _sum_of_products(covar, usual_part, var_rise, rise_part, out=along_rise, free=free)
        _sum_of_products(usual_part, along, rise_part, along_rise, out=modelled, free=free)
        link *= before
        np.subtract(answer, link, out=surprise)
        _sum_of_products(usual_part, usual, rise_part, rise, out=link, free=free)
        surprise -= link
        np.multiply(rise, came, out=free)
        free += usual
        np.greater(answer, free, out=self._above)

    def _weigh(
        self,
        surprise: Array,
        variance: Array,
        flare: Array,
        density: Array,
        *,
        fits: Array,
        trust: Array,
        free: Array,
    ) -> None:
        """Leave the log-likelihood in ``fits``, how likely a flare in ``density``, and ``trust``."""
        constants, double = self._constants, self._double
        np.multiply(surprise, surprise, out=free)
        free /= variance
        double[...] = free
        double /= constants.tail_double
        np.log1p(double, out=double)
        double *= constants.half_tail
        np.subtract(constants.tail_scale, double, out=double)
        np.exp(double, out=double)
        fits[...] = double
        np.sqrt(variance, out=variance)
        fits /= variance
        density *= flare
        np.subtract(_ONE, flare, out=flare)
        flare *= fits
        flare += density
        density /= flare
        np.subtract(_ONE, density, out=trust)
        trust *= constants.tail_and_one
        free += constants.tail
        trust /= free
        np.maximum(trust, _LEAST_TRUST, out=trust)
        np.minimum(trust, _ONE, out=trust)
        double[...] = flare
        np.log(double, out=double)
        fits[...] = double

    def _join(self, likelihood: Array) -> None:
        likelihood *= self._constants.counts
        weights = self._weights[:, 0]
        for of_symptom in likelihood.T:
            weights += of_symptom
        np.maximum(weights, self._constants.least_weight, out=weights)

    def _shorten(self) -> None:
        """Round as ``belief.short`` does, in place."""
        np.bitwise_and(self._series.view(np.uint32), _EXPONENT, out=self._bits)
        scale = self._scale
        np.maximum(scale, _SMALLEST, out=scale)
        scale *= _KEPT_BITS
        self._series += scale
        self._series -= scale


class FilterConstants:
    """The numbers of a test, as arrays."""

    def __init__(
        self,
        counts: Array,
        density: np.float32,
        *,
        tails: tuple[float, float],
        least: tuple[float, float],
    ) -> None:
        """Lay out the numbers of an ``OnsetDetector``."""
        (tail, tail_scale), (tiny, least_weight) = tails, least
        self.tail, self.tail_and_one = _full(tail), _full(float(np.float32(tail) + 1))
        self.tail_double, self.half_tail = _full(tail, np.float64), _full(0.5 * (tail + 1), np.float64)
        self.tail_scale = _full(tail_scale, np.float64)
        self.density, self.tiny = _full(float(density)), _full(tiny)
        self.least_weight = np.full(HYPOTHESES, least_weight, np.float32)
        self.counts = np.tile(counts, (HYPOTHESES, 1))


def _sum_of_products(a: Array, b: Array, c: Array, d: Array, *, out: Array, free: Array) -> None:
    np.multiply(a, b, out=out)
    np.multiply(c, d, out=free)
    out += free


Renew = Callable[[Array, Array, Observations, int], None]
Learn = Callable[[Array, Array, Array, Observations, int], None]


def each_day(
    belief: FilterState, said: Observations, constants: FilterConstants, *, renew: Renew, learn_some: Learn
) -> Iterator[FilterState]:
    """Take in days of one patient, see ``OnsetDetector.each_day``.

    Args:
        belief: What is believed so far; it is not changed.
        said: What the answers of these days say by themselves.
        constants: Of the test.
        renew: Lets the oldest hypotheses go, in place.
        learn_some: Takes in a day on which not everything was answered, in place.
    """
    series, own, weights = belief.series.copy(), belief.own.copy(), belief.weights.copy()
    working = FilterState(series, own, weights, belief.days)
    steps = SinglePatientFilter(working, said, constants)
    for step, all_asked in enumerate(said.all_asked):
        if said.renews[step]:
            renew(series, weights, said, step)
        if all_asked:
            steps.learn(step)
        else:
            learn_some(series, own, weights, said, step)
        own[:FLARE_STARTS] = said.own[step]
        yield FilterState(series, own, weights, said.days[step])
