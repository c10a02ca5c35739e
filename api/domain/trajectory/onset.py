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

from dataclasses import dataclass
from itertools import pairwise
from math import lgamma, log, pi
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from api.domain.policy import Policy
from api.domain.trajectory.belief import (
    ANSWER,
    CALM,
    COVAR,
    ENOUGH,
    EVERY,
    FLARE,
    FLARES,
    HYPOTHESES,
    LAST,
    RAMPS,
    RISE,
    SLOTS,
    SPREAD,
    SPREADS,
    SYMPTOMS,
    USUAL,
    VAR_RISE,
    VAR_USUAL,
    Array,
    Belief,
    Onset,
    accepted,
    begins,
    counted,
    power,
    progress,
)

_NEVER = np.float32(-np.inf)
_TINY = np.float32(1e-30)
_LEAST_WEIGHT = np.float32(-80.0)  # of a log-likelihood: as good as impossible

# All judgement: belonging to the arithmetic, not to the clinic, they are no thresholds.
_VAGUE_MEAN, _VAGUE = 3.0, 9.0  # points, points squared: what may be usual before anything is known
_WILD = 9.0  # times her variance: more is no measure of her day-to-day spread
_FRESH_DAYS = 14.0  # answers further apart say nothing about it
_STILL_DAYS = 60.0  # the longest gap over which the usual level is thought to wander
_EACH = np.arange(len(SYMPTOMS) + 1)


@dataclass(frozen=True, slots=True, init=False)
class OnsetTest:
    """The test under one policy; holds no patient."""

    memory: float
    sizes: Array
    size_variances: Array
    counts: Array
    prior: Array
    spread: float
    spread_weight: float
    spread_lowest: float
    spread_remembered: float
    drift: float
    tail: float
    tail_scale: float
    flares: float
    flare_weight: float
    flare_stays: float
    flare_density: float
    odds_times: float
    odds_power: float

    def __init__(self, policy: Policy) -> None:
        """Take the numbers out of the policy."""
        put = object.__setattr__
        per_day = policy.onset_per_day.value
        prior = np.full((HYPOTHESES, 1), np.log(per_day * EVERY / len(RAMPS)), np.float32)
        prior[0] = 0.0
        sizes = [policy.rise_pain.value, policy.rise_stiffness.value, policy.rise_interference.value]
        sds = [policy.rise_pain_sd.value] + 2 * [policy.rise_other_sd.value]
        put(self, "memory", policy.noise_autocorrelation.value)
        put(self, "sizes", np.array(sizes, np.float32))
        put(self, "size_variances", np.array(sds, np.float32) ** 2)
        counts = (policy.pain_counts, policy.stiffness_counts, policy.interference_counts)
        put(self, "counts", np.array([count.value for count in counts], np.float32))
        put(self, "prior", prior)
        put(self, "spread", policy.onset_noise_sd.value)
        put(self, "spread_weight", policy.onset_noise_weight.value)
        put(self, "spread_lowest", policy.onset_noise_lowest.value)
        put(self, "spread_remembered", policy.onset_noise_remembered.value)
        put(self, "drift", policy.usual_drift.value)
        put(self, "tail", nu := policy.noise_tail.value)
        put(self, "tail_scale", lgamma((nu + 1) / 2) - lgamma(nu / 2) - log(nu * pi) / 2)
        put(self, "flares", policy.flare_starts.value)
        put(self, "flare_weight", policy.flare_weight.value)
        put(self, "flare_stays", policy.flare_stays.value)
        put(self, "flare_density", policy.flare_density.value)
        put(self, "odds_times", policy.onset_odds_times.value)
        put(self, "odds_power", policy.onset_odds_power.value)

    def begin(self, patients: int = 1) -> Belief:
        """Return what is believed before the first answer."""
        every = len(SYMPTOMS) * patients
        series = np.zeros((6, HYPOTHESES, every), np.float16)
        series[USUAL], series[VAR_USUAL] = _VAGUE_MEAN, _VAGUE
        series[RISE] = np.repeat(self.sizes, patients)
        series[VAR_RISE] = np.repeat(self.size_variances, patients)
        own = np.zeros((6, every), np.float32)
        own[LAST] = _NEVER
        own[SPREAD], own[SPREADS] = self.spread_weight * self.spread**2, self.spread_weight
        own[FLARES], own[CALM] = self.flare_weight, self.flare_weight / self.flares
        days = np.full((3, patients), _NEVER, np.float32)
        days[0], days[1] = 0.0, np.inf
        return Belief(series, own, np.zeros((HYPOTHESES, patients), np.float32), days)

    def take_in(self, belief: Belief, day: Array, answers: Array) -> Belief:
        """Take in one day of each patient.

        Args:
            belief: What is believed so far; it is not changed.
            day: Ordinals, (P,), each later than the patient's last one.
            answers: (symptoms, P), 0 to 10, NaN where not answered; each patient has answered one.

        Returns:
            What is believed after the day.
        """
        begun = begins(day)
        belief = self._renewed(belief, day, begun)
        asked = np.flatnonzero(np.isfinite(answers))
        days = counted(belief.days, day)
        patient = asked % day.size
        before = belief.own[:, asked]
        settled = days[0, patient] > ENOUGH
        told = _Told(day[patient], answers.ravel()[asked], before[LAST], before[ANSWER], settled)
        mine = self._spread(before, told)
        one = belief.series[:, :, asked].astype(np.float32)
        likelihood = self._learn(one, mine, told, begun[:, patient])
        series, own, weights = belief.series.copy(), belief.own.copy(), belief.weights.copy()
        series[:, :, asked], own[:, asked] = one, mine
        likelihood *= self.counts[asked // day.size]
        for start, end in pairwise(np.searchsorted(asked, day.size * _EACH).tolist()):
            if end > start:  # of one symptom, so that every patient stands there once
                weights[:, patient[start:end]] += likelihood[:, start:end]
        return Belief(series, own, np.maximum(weights, _LEAST_WEIGHT), days)

    def read(self, belief: Belief) -> Onset:
        """Say how likely a lasting rise is, and when it began."""
        _, third, day = belief.days
        begun = begins(day)
        weights = belief.weights + self.prior
        weights[1:][begun[1:] <= third] = _NEVER  # before there are three answers, nothing is usual
        share = np.exp((weights - weights.max(axis=0)).astype(np.float64)).astype(np.float32)
        total = np.cumsum(share, axis=0)  # adds in order: the same for one patient as for many
        rising = total[-1] - share[0]
        odds = np.minimum(rising / np.maximum(share[0], _TINY), np.float32(1e9))
        p = 1 - 1 / (1 + self.odds_times * odds.astype(np.float64) ** self.odds_power)
        likeliest = 1 + np.argmax(share[1:], axis=0)
        pain = belief.series[RISE, :, : day.size].astype(np.float32)
        given = share[1:] / np.maximum(rising, _TINY)
        rise = np.cumsum(given * pain[1:], axis=0)[-1]
        by_now = np.cumsum(given * pain[1:] * progress(day, begun)[1:], axis=0)[-1]
        everyone = np.arange(day.size)
        usual = belief.series[USUAL, likeliest, everyone].astype(np.float32)
        return Onset(p.astype(np.float32), begun[likeliest, everyone], rise, by_now, usual)

    def _renewed(self, belief: Belief, day: Array, begun: Array) -> Belief:
        """Let the oldest hypotheses go where a new day of onset has come; they start as "no rise"."""
        fresh = begun > belief.days[2]
        fresh[0] = False
        if not fresh.any():
            return belief
        series, weights = belief.series.copy(), belief.weights.copy()
        leaving = np.where(fresh, weights + self.prior, _NEVER)
        leaving[1:][begun[1:] - EVERY * SLOTS <= belief.days[1]] = _NEVER
        winner = np.argmax(leaving, axis=0)
        for patient in np.flatnonzero(leaving.max(axis=0) > 0):  # it has lasted: it is usual now
            seen = np.flatnonzero(np.isfinite(belief.own[LAST, patient :: day.size])) * day.size + patient
            series[:, 0, seen] = accepted(series[:, winner[patient], seen])
            weights[:, patient] -= weights[winner[patient], patient]
            weights[0, patient] = 0.0
        every = np.tile(fresh, len(SYMPTOMS))
        np.copyto(series, series[:, :1], where=every)
        np.copyto(series[RISE], np.repeat(self.sizes, day.size).astype(np.float16), where=every)
        np.copyto(series[VAR_RISE], np.repeat(self.size_variances, day.size).astype(np.float16), where=every)
        np.copyto(series[COVAR], np.float16(0), where=every)
        np.copyto(weights, np.float32(0), where=fresh)
        return belief._replace(series=series, weights=weights)

    def _spread(self, own: Array, told: "_Told") -> Array:
        """Learn her day-to-day variance from neighbouring answers, which a lasting rise leaves alone."""
        own = own.copy()
        gap = told.day - told.last
        near = gap <= _FRESH_DAYS
        apart = (told.answer - told.answer_before) ** 2 / (2 * (1 - power(self.memory, gap)))
        apart = np.minimum(apart, _WILD * own[SPREAD] / own[SPREADS])
        own[SPREAD] += np.where(near, apart, np.float32(0))
        own[SPREADS] += near
        keep = np.minimum(np.float32(1), np.float32(self.spread_remembered) / own[SPREADS])
        own[SPREAD] *= keep
        own[SPREADS] *= keep
        own[LAST], own[ANSWER] = told.day, told.answer
        return own

    def _learn(self, one: Array, own: Array, told: "_Told", begun: Array) -> Array:
        """Update every hypothesis by one answer each: a Kalman step that distrusts what looks like a flare.

        ``one`` and ``own`` are changed: her own flares are counted under the hypothesis of no rise.

        Returns:
            The log-likelihood of the answers under each hypothesis, against no rise.
        """
        gap = told.day - told.last
        x = progress(told.day, begun)
        link = power(self.memory, gap) * (1 - one[FLARE])
        design = np.empty((2, *link.shape), np.float32)
        design[0], design[1] = 1 - link, x - link * progress(told.last, begun)
        spread = np.maximum(own[SPREAD] / own[SPREADS], np.float32(self.spread_lowest**2))
        noise = spread * (1 - link * link)
        one[VAR_USUAL] += np.float32(self.drift**2) * np.minimum(gap, np.float32(_STILL_DAYS))
        along = one[VAR_USUAL:VAR_RISE] * design[0] + one[COVAR:FLARE] * design[1]
        modelled, expected = design * along, design * one[:VAR_USUAL]
        modelled = modelled[0] + modelled[1]
        surprise = told.answer - link * told.answer_before - (expected[0] + expected[1])
        above = told.answer > one[USUAL] + one[RISE] * x
        stays = one[FLARE] * power(self.flare_stays, gap)
        starts = own[FLARES] / own[CALM] * told.settled  # from what, before anything is usual?
        flare = stays + (1 - stays) * starts
        density = np.where(above, np.float32(self.flare_density), _TINY)
        weighed = self._weigh(surprise, noise + modelled, flare, density)
        # of the first few answers any may be the odd one
        trust = np.where(told.settled, weighed.trust, np.float32(1))
        gains = along / (noise / trust + modelled)
        one[:VAR_USUAL] += gains * surprise
        one[VAR_USUAL:VAR_RISE] -= gains[0] * along
        one[VAR_RISE] -= gains[1] * along[1]
        one[FLARE] = weighed.flared
        own[FLARES] += np.maximum(weighed.flared[0] - stays[0], np.float32(0))
        own[CALM] += 1 - stays[0]
        against: Array = weighed.likelihood - weighed.likelihood[0]
        return against

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


class _Told(NamedTuple):
    day: Array
    answer: Array
    last: Array
    answer_before: Array
    settled: NDArray[np.bool_]
