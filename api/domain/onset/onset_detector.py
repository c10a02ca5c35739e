"""Has a lasting rise begun? A test over when it began, how fast it came and how large it is.

For each symptom one state-space model is kept for "no rise" and one for every way in which a rise may
have begun in the last weeks: a usual level and the size of the rise are estimated together, day by day,
from whatever days are answered. Evidence of all symptoms is joined. Many patients go through the same
arithmetic side by side: one engine for a request and for a population.

Source:
    Change detection by comparing models of an unknown onset: Lai TL, Sequential analysis (Stat Sinica
    2001;11:303-408); first-order autoregressive noise on irregular days: Jones RH, Technometrics
    1980;22:389-395; Student's t for single wild answers: West M, J R Stat Soc B 1981;43:157-166. Why these
    numbers, and what they give: docs/engine.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import lgamma, log, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from api.domain.onset import single_patient
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
    RAMPS,
    RISE,
    SQUARES,
    SYMPTOMS,
    VAR_BASELINE,
    VAR_RISE,
    Array,
    FilterState,
    OnsetEstimate,
    PosteriorInputs,
    absorb_shift,
    round_to_half_precision,
)
from api.domain.onset.observations import NoiseModel, Observations
from api.domain.policy import Policy

_NEVER = np.float32(-np.inf)
_TINY = np.float32(1e-30)
_LEAST_WEIGHT = np.float32(-80.0)  # of a log-likelihood: as good as impossible

# All judgement: belonging to the arithmetic, not to the clinic, they are no thresholds.
_VAGUE_MEAN, _VAGUE = 3.0, 9.0  # points, points squared: what may be usual before anything is known

_ENDS = np.arange(len(SYMPTOMS) + 1)
_ALL = slice(None)
Asked = slice | NDArray[np.intp]
"""Which answers there were, of symptoms x patients."""


@dataclass(frozen=True, slots=True, init=False)
class OnsetDetector:
    """The test under one policy; holds no patient."""

    memory: NoiseModel
    sizes: Array
    size_variances: Array
    counts: Array
    prior: Array
    spread: float
    spread_weight: float
    tail: float
    tail_scale: float
    flares: float
    flare_weight: float
    flare_density: np.float32
    odds_times: float
    odds_power: float
    constants: single_patient.FilterConstants

    def __init__(self, policy: Policy) -> None:
        """Take the numbers out of the policy."""
        put = object.__setattr__
        per_day = policy.onset_per_day.value
        prior = np.full((HYPOTHESES, 1), np.log(per_day * GRID_DAYS / len(RAMPS)), np.float32)
        prior[0] = 0.0
        sizes = [policy.rise_pain.value, policy.rise_stiffness.value, policy.rise_interference.value]
        sds = [policy.rise_pain_sd.value] + 2 * [policy.rise_other_sd.value]
        put(self, "memory", NoiseModel.of_policy(policy))
        put(self, "sizes", round_to_half_precision(np.array(sizes, np.float32)))
        put(self, "size_variances", round_to_half_precision(np.array(sds, np.float32) ** 2))
        counts = (policy.pain_counts, policy.stiffness_counts, policy.interference_counts)
        put(self, "counts", np.array([count.value for count in counts], np.float32))
        put(self, "prior", prior)
        put(self, "spread", policy.onset_noise_sd.value)
        put(self, "spread_weight", policy.onset_noise_weight.value)
        put(self, "tail", nu := policy.noise_tail.value)
        put(self, "tail_scale", lgamma((nu + 1) / 2) - lgamma(nu / 2) - log(nu * pi) / 2)
        put(self, "flares", policy.flare_starts.value)
        put(self, "flare_weight", policy.flare_weight.value)
        put(self, "flare_density", np.float32(policy.flare_density.value))
        put(self, "odds_times", policy.onset_odds_times.value)
        put(self, "odds_power", policy.onset_odds_power.value)
        tails, least = (self.tail, self.tail_scale), (float(_TINY), float(_LEAST_WEIGHT))
        constants = single_patient.FilterConstants(self.counts, self.flare_density, tails=tails, least=least)
        put(self, "constants", constants)

    def begin(self) -> FilterState:
        """Return what is believed of a patient before her first answer."""
        series = np.zeros((6, HYPOTHESES, len(SYMPTOMS)), np.float32)
        series[BASELINE], series[VAR_BASELINE] = _VAGUE_MEAN, _VAGUE
        series[RISE], series[VAR_RISE] = self.sizes, self.size_variances
        own = np.zeros((6, len(SYMPTOMS)), np.float32)
        own[LAST_DAY] = _NEVER
        own[SQUARES], own[PAIRS] = self.spread_weight * self.spread**2, self.spread_weight
        own[FLARE_STARTS], own[CALM_DAYS] = self.flare_weight, self.flare_weight / self.flares
        days = np.array([[0.0], [np.inf], [_NEVER]], np.float32)
        return FilterState(series, own, np.zeros((HYPOTHESES, 1), np.float32), days)

    def each_day(self, belief: FilterState, said: Observations) -> Iterator[FilterState]:
        """Take in some days of each patient, one after another.

        Args:
            belief: What is believed so far; it is not changed.
            said: What the answers of these days say by themselves, in view of ``belief``.

        Yields:
            What is believed after each day. It is worked on further: copy what is to be kept.
        """
        if belief.days.shape[1] == 1:
            yield from single_patient.each_day(
                belief, said, self.constants, renew=self._renew, learn_some=self._learn_some
            )
            return
        series, own, weights = belief.series.copy(), belief.own.copy(), belief.weights.copy()
        for step, all_asked in enumerate(said.all_asked):
            if said.renews[step]:
                self._renew(series, weights, said, step)
            if all_asked:  # the usual day, worked on in place: nothing to pick out and put back
                likelihood = self._learn(series, own[FLARE_STARTS:], said, at=(step, _ALL))
                series[:] = round_to_half_precision(series)
                self._join(weights, likelihood, _ALL)
            else:
                self._learn_some(series, own, weights, said, step)
            own[:FLARE_STARTS] = said.own[step]
            yield FilterState(series, own, weights, said.days[step])

    def read(self, seen: PosteriorInputs, said: Observations) -> OnsetEstimate:
        """Say how likely a lasting rise is, and when it began.

        Args:
            seen: What was believed, on ``T`` days of ``P`` patients.
            said: What the answers of these days say by themselves.

        Returns:
            The answer for each day and patient, (T, P).
        """
        third, begun = said.days[:, 1], said.begun
        weights = seen.weights + self.prior
        weights[:, 1:][begun[:, 1:] <= third[:, None]] = _NEVER  # before three answers, nothing is usual
        most = weights.max(axis=1, keepdims=True)
        share = np.exp((weights - most).astype(np.float64)).astype(np.float32)
        total = np.cumsum(share, axis=1)  # adds in order: the same for one patient as for many
        rising = total[:, -1] - share[:, 0]
        odds = np.minimum(rising / np.maximum(share[:, 0], _TINY), np.float32(1e9))
        p = 1 - 1 / (1 + self.odds_times * odds.astype(np.float64) ** self.odds_power)
        likeliest = 1 + np.argmax(share[:, 1:], axis=1)[:, None]
        given = share[:, 1:] / np.maximum(rising, _TINY)[:, None]
        come = given * seen.rise[:, 1:]
        rise = np.cumsum(come, axis=1)[:, -1]
        by_now = np.cumsum(come * said.came[:, 1:, : third.shape[1]], axis=1)[:, -1]
        begun = np.take_along_axis(begun, likeliest, axis=1)[:, 0]
        usual = np.take_along_axis(seen.usual, likeliest, axis=1)[:, 0]
        return OnsetEstimate(p.astype(np.float32), begun, rise, by_now, usual)

    def _renew(self, series: Array, weights: Array, said: Observations, step: int) -> None:
        """Let the oldest hypotheses go where a new day of onset has come; they start as "no rise"."""
        fresh, begun, third = said.fresh[step], said.begun[step], said.third[step]
        leaving = np.where(fresh, weights + self.prior, _NEVER)
        leaving[1:][begun[1:] - GRID_DAYS * GRID_SIZE <= third] = _NEVER
        winner = np.argmax(leaving, axis=0)
        patients = len(third)
        for patient in np.flatnonzero(leaving.max(axis=0) > 0):  # it has lasted: it is usual now
            seen = np.arange(patient, series.shape[2], patients)
            seen = seen[np.isfinite(said.last[step, seen])]
            series[:, 0, seen] = absorb_shift(series[:, winner[patient], seen])
            weights[:, patient] -= weights[winner[patient], patient]
            weights[0, patient] = 0.0
        rows = np.flatnonzero(fresh.any(axis=1))
        np.copyto(weights, np.float32(0), where=fresh)
        if patients == 1:
            series[:, rows] = series[:, :1]
            series[RISE, rows], series[VAR_RISE, rows], series[COVAR, rows] = (
                self.sizes,
                self.size_variances,
                0,
            )
            return
        every = np.tile(fresh[rows], len(SYMPTOMS))
        renewed = series[:, rows]
        np.copyto(renewed, series[:, :1], where=every)
        np.copyto(renewed[RISE], np.repeat(self.sizes, patients), where=every)
        np.copyto(renewed[VAR_RISE], np.repeat(self.size_variances, patients), where=every)
        np.copyto(renewed[COVAR], np.float32(0), where=every)
        series[:, rows] = renewed

    def _learn_some(self, series: Array, own: Array, weights: Array, said: Observations, step: int) -> None:  # noqa: PLR0917
        """Take in a day on which some were not asked, or did not answer."""
        asked = np.flatnonzero(said.asked[step])
        one, flares = series[:, :, asked], own[FLARE_STARTS:, asked]
        likelihood = self._learn(one, flares, said, at=(step, asked))
        series[:, :, asked], own[FLARE_STARTS:, asked] = round_to_half_precision(one), flares
        self._join(weights, likelihood, asked)

    def _learn(self, one: Array, flares: Array, said: Observations, *, at: tuple[int, Asked]) -> Array:
        """Update every hypothesis by one answer each: a Kalman step that distrusts what looks like a flare.

        ``one`` and ``flares`` are changed: her own flares are counted under the hypothesis of no rise.
        ``at`` is where in ``said`` the answers stand.

        Returns:
            The log-likelihood of the answers under each hypothesis, against no rise.
        """
        step, asked = at
        answer, settled, spread = said.answer[at], said.settled[at], said.noise[at]
        came = said.came[step][:, asked]
        link = said.link[at] * (1 - one[P_FLARE])
        design = np.empty((2, *link.shape), np.float32)
        np.subtract(1, link, out=design[0])
        np.subtract(came, link * said.came_before[step][:, asked], out=design[1])
        noise = spread * (1 - link * link)
        one[VAR_BASELINE] += said.wander[at]
        along = one[VAR_BASELINE:VAR_RISE] * design[0] + one[COVAR:P_FLARE] * design[1]
        modelled, expected = design * along, design * one[:VAR_BASELINE]
        modelled = modelled[0] + modelled[1]
        surprise = answer - link * said.before[at] - (expected[0] + expected[1])
        above = answer > one[BASELINE] + one[RISE] * came
        stays = one[P_FLARE] * said.stays[at]
        starts = flares[0] / flares[1] * settled  # from what, before anything is usual?
        flare = stays + (1 - stays) * starts
        weighed = self._weigh(
            surprise, noise + modelled, flare, np.maximum(above * self.flare_density, _TINY)
        )
        # of the first few answers any may be the odd one
        trust = weighed.trust if said.all_settled[step] else np.where(settled, weighed.trust, np.float32(1))
        gains = along / (noise / trust + modelled)
        one[:VAR_BASELINE] += gains * surprise
        one[VAR_BASELINE:VAR_RISE] -= gains[0] * along
        one[VAR_RISE] -= gains[1] * along[1]
        one[P_FLARE] = weighed.flared
        flares[0] += np.maximum(weighed.flared[0] - stays[0], np.float32(0))
        flares[1] += 1 - stays[0]
        against: Array = weighed.likelihood - weighed.likelihood[0]
        return against

    def _join(self, weights: Array, likelihood: Array, asked: Asked) -> None:
        """Add the evidence of every symptom, one after another, to the weights of each patient."""
        patients = weights.shape[1]
        if isinstance(asked, slice):
            evidence = likelihood.reshape(HYPOTHESES, len(SYMPTOMS), patients) * self.counts[:, None]
            for nth in range(len(SYMPTOMS)):
                weights += evidence[:, nth]
        else:
            ends = np.searchsorted(asked, patients * _ENDS)
            for counts, start, end in zip(self.counts, ends[:-1], ends[1:], strict=True):
                # every patient stands there once
                weights[:, asked[start:end] % patients] += likelihood[:, start:end] * counts
        np.maximum(weights, _LEAST_WEIGHT, out=weights)

    def _weigh(self, surprise: Array, variance: Array, flare: Array, density: Array) -> "_Weighed":
        """Weigh each answer: how likely it is, how likely a flare, and how far to trust it.

        ``flare`` is how likely one is before the answer is known, ``density`` that of the answer in one:
        anywhere above what is expected.
        """
        tail = np.float32(self.tail)
        distance = surprise * surprise / variance
        likely = np.exp(
            self.tail_scale - 0.5 * (self.tail + 1) * np.log1p(distance.astype(np.float64) / self.tail)
        )
        fits = likely.astype(np.float32) / np.sqrt(variance)
        flares = flare * density
        either = (1 - flare) * fits + flares
        flared: Array = (flares / either).astype(np.float32, copy=False)
        trust = (1 - flared) * (tail + 1) / (tail + distance)
        trust = np.minimum(np.maximum(trust, np.float32(1e-3)), np.float32(1))
        return _Weighed(np.log(either.astype(np.float64)).astype(np.float32), flared, trust)


class _Weighed(NamedTuple):
    likelihood: Array
    flared: Array
    trust: Array
