"""The risk of stopping within 90 days, read on some day of the diary and held against what happened."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from api.domain.alerts.finding import FindingKind
from api.domain.risk.performance import auroc
from api.services.evaluation.outcomes import Floats, Ints, PatientRecord
from api.services.evaluation.prediction import ENOUGH, NAN, Flags, brier, calibration

LANDMARKS = (60, 120)
HORIZON_DAYS = 90
_SHORT_OF_BY = 7
"""A diary may begin or end some days late: so many missing days are still called followed."""

WARNINGS = (
    FindingKind.LIKELY_DISCONTINUATION,
    FindingKind.WISH_TO_STOP,
    FindingKind.ADHERENCE_GAP,
    FindingKind.SILENCE,
)
"""The findings that may announce stopping."""

MEASURES = ("auroc", "brier", "slope", "intercept", "predicted", "observed", "ratio")


@dataclass(frozen=True, slots=True)
class Landmark:
    """Those still on treatment and followed long enough on one day of their diaries.

    ``risk``: the newest the engine gave up to that day, not a number where it gave none.
    ``happened``: she stopped within the next 90 days. Both by patient, among ``who``.
    """

    day: int
    who: Ints
    risk: Floats
    happened: Flags
    unfollowed: int

    @property
    def rated(self) -> Ints:
        """The places within ``who`` of those of whom the engine gave a risk."""
        return np.flatnonzero(~np.isnan(self.risk))

    def measures(self, places: Ints) -> list[float]:
        """Return the figures of ``MEASURES``; not a number where fewer than ten stopped, or did not."""
        risk, happened = self.risk[places], self.happened[places]
        events = int(happened.sum())
        if min(events, len(places) - events) < ENOUGH:
            return [NAN] * len(MEASURES)
        predicted, observed = float(risk.mean()), events / len(places)
        slope, intercept = calibration(risk, happened)
        ranking = auroc(risk, happened)
        return [ranking, brier(risk, happened), slope, intercept, predicted, observed, predicted / observed]


def followed_days(records: Sequence[PatientRecord]) -> list[int]:
    """Return for how many days each patient could be followed, from the diaries alone.

    That is the longest diary of all, or up to the last day of the file for one who began too late
    for it. What a woman does (silence, stopping) has no part in it: leaving her out for that would
    bend every figure.
    """
    longest = max((record.last - record.first + 1 for record in records), default=0)
    newest = max((record.last for record in records), default=0)
    return [min(longest, newest - record.first + 1) for record in records]


def until_lost(record: PatientRecord, followed: int) -> int:
    """Return for how many days a patient was followed, where the truth says that it was for fewer."""
    lost, stopped = record.truth.followed_until, record.truth.stopped_on
    if lost is None or (stopped is not None and stopped <= lost):
        return followed
    return min(followed, max(lost - record.first + 1, 0))


def landmark(records: Sequence[PatientRecord], day: int, followed: Sequence[int]) -> Landmark:
    """Look at everybody on one day of her diary.

    Args:
        records: The patients.
        day: Counted from her first entry, 0.
        followed: For how many days each was, or could have been, followed.
    """
    on_it = [place for place, record in enumerate(records) if _on_treatment(record, day)]
    who = [place for place in on_it if followed[place] >= day + HORIZON_DAYS - _SHORT_OF_BY]
    return Landmark(
        day,
        np.array(who, dtype=np.int64),
        np.array([_newest_risk(records[place], day) for place in who], dtype=np.float64),
        np.array([_stops_within(records[place], day) for place in who], dtype=np.bool_),
        len(on_it) - len(who),
    )


@dataclass(frozen=True, slots=True)
class WarningTimes:
    """By patient who stopped after her first entry: days from the first warning of 90 days to stopping."""

    lead: Floats

    def measures(self, places: Ints) -> list[float]:
        """Return the share warned, and the median days of warning among those."""
        lead = self.lead[places]
        warned = lead[~np.isnan(lead)]
        share = len(warned) / len(lead) if len(lead) else NAN
        return [share, float(np.quantile(warned, 0.5, method="inverted_cdf")) if len(warned) else NAN]


def warned(records: Sequence[PatientRecord], kinds: Sequence[FindingKind]) -> WarningTimes:
    """Return how long before stopping the first finding of these kinds came, at most 90 days before."""
    leads = []
    for record in records:
        stopped = record.truth.stopped_on
        if stopped is not None and stopped > record.first:
            days = [stopped - day for kind, day in record.found if kind in kinds]
            leads.append(max((float(lead) for lead in days if 0 < lead <= HORIZON_DAYS), default=NAN))
    return WarningTimes(np.array(leads, dtype=np.float64))


def followed_by_stopping(record: PatientRecord, kind: FindingKind, followed: int) -> tuple[int, int]:
    """Return of how many findings of a kind stopping came within 90 days, and how many there were.

    Findings after stopping, and those with less than 90 days of following, do not count.
    """
    stopped, ends = record.truth.stopped_on, record.first + followed + _SHORT_OF_BY
    judged = [
        day
        for day in record.found_of(kind)
        if (stopped is None or day < stopped) and day + HORIZON_DAYS <= ends
    ]
    return sum(stopped is not None and stopped - day <= HORIZON_DAYS for day in judged), len(judged)


def _on_treatment(record: PatientRecord, day: int) -> bool:
    return record.truth.stopped_on is None or record.truth.stopped_on > record.first + day


def _stops_within(record: PatientRecord, day: int) -> bool:
    stopped = record.truth.stopped_on
    return stopped is not None and stopped - record.first - day <= HORIZON_DAYS


def _newest_risk(record: PatientRecord, day: int) -> float:
    known = int(np.searchsorted(record.risk.days, record.first + day, side="right"))
    return float(record.risk.values[known - 1]) if known else NAN
