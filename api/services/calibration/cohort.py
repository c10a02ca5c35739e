"""Women looked at on some days of their diaries, and what happened in the 90 days after each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from api.domain.risk.features import FEATURES, TYPICAL
from api.domain.risk.fit import Flags, Floats, Ints, PersonTime
from api.domain.risk.model import HORIZON, RiskModel, exposure
from api.domain.risk.performance import EvaluationCohort
from api.services.evaluation.ground_truth import GroundTruth
from api.services.replay.diaries import Diary
from api.services.scoring.risk_readings import CovariateRow, readings

MONTH_DAYS = 30
SHORT_OF_BY = 7
"""A diary may begin or end some days late: so many missing days are still called followed."""


@dataclass(frozen=True, slots=True)
class CohortPatient:
    """One patient: her first and last day with an entry, what was read on each day asked for, the truth."""

    first: int
    last: int
    read: tuple[CovariateRow | None, ...]
    truth: GroundTruth


@dataclass(frozen=True, slots=True)
class LandmarkSamples:
    """A row for each woman and day she was looked at on; arrays of one length.

    ``who`` numbers the women, ``at`` the days asked for; ``values`` are counted from the typical ones,
    0 where not known; ``day`` is that of the reading since the start of the tablets; ``days`` how long
    she was seen in the 90 days after, ``stopped`` whether she stopped on the last of them.
    """

    who: Ints
    at: Ints
    values: Floats
    day: Ints
    days: Floats
    stopped: Flags
    unread: int
    unfollowed: int

    def exposed(self, hazard: Floats) -> PersonTime:
        """Return what happened, with the 90 days' cumulative ``hazard`` of each spread over the months."""
        whole = np.array([exposure(day, day + HORIZON) for day in self.day], dtype=np.float64)
        months = np.ceil(self.days / MONTH_DAYS)
        begun = np.where(self.stopped, (months - 1) * MONTH_DAYS, self.days)
        ended = np.where(self.stopped, months * MONTH_DAYS, self.days)
        until_begun = self._until(begun) / whole
        until_ended = self._until(ended) / whole
        return PersonTime(
            hazard * until_begun,
            hazard * (until_ended - until_begun),
            self.stopped,
            np.ones(len(self.who)),
        )

    def average(self, model: RiskModel) -> Floats:
        """Return the average woman's cumulative hazard over the 90 days, for each row."""
        return np.array([model.average_hazard(int(day)) for day in self.day], dtype=np.float64)

    def predictor(self, model: RiskModel) -> Floats:
        """Return the sum of what the features add, for each row."""
        added: Floats = self.values @ np.array(model.effects)
        return added

    def risk(self, model: RiskModel) -> Floats:
        """Return the model's risk for each row, the same as a score would hold."""
        return -np.expm1(-self.average(model) * np.exp(model.centre + self.predictor(model)))

    def seen(self) -> EvaluationCohort:
        """Return what happened, with each one's hazard over the 90 days as the unit."""
        return EvaluationCohort(self.exposed(np.ones(len(self.who))), self.days)

    def only(self, rows: Flags) -> "LandmarkSamples":
        """Return some of the rows."""
        return replace(
            self,
            who=self.who[rows],
            at=self.at[rows],
            values=self.values[rows],
            day=self.day[rows],
            days=self.days[rows],
            stopped=self.stopped[rows],
        )

    def _until(self, days: Floats) -> Floats:
        pairs = zip(self.day.tolist(), days.tolist(), strict=True)
        return np.array([exposure(day, day + more) for day, more in pairs], dtype=np.float64)


def woman_of(diary: Diary, truth: GroundTruth, at: Sequence[int]) -> CohortPatient:
    """Read one diary, of at least one entry, on the days asked for, counted from its first entry, 0."""
    days = [entry.local_date.toordinal() for entry in diary.entries]
    first = min(days)
    facts = diary.known.facts
    return CohortPatient(
        first, max(days), tuple(readings(diary.entries, facts, [first + day for day in at])), truth
    )


def looks(women: Sequence[CohortPatient], at: Sequence[int], followed: int | None = None) -> LandmarkSamples:
    """Look at every woman on every day on which she was on treatment and still followed.

    Args:
        women: Everybody.
        at: The days, counted from her first entry.
        followed: For how many days everybody was followed; None: as long as the longest diary, or up to
            the file's last day for one who began too late for it. Silence is no end of following.

    Returns:
        The rows. ``unread``: those left out because there was not enough to tell a risk from.
        ``unfollowed``: those left out because nothing is known of the days after.
    """
    longest = (
        max((woman.last - woman.first + 1 for woman in women), default=0) if followed is None else followed
    )
    newest = max((woman.last for woman in women), default=0)
    rows: list[tuple[int, int, CovariateRow, int, bool]] = []
    unread = unfollowed = 0
    for who, woman in enumerate(women):
        ends = woman.first + longest - 1
        until = min(ends, newest) if followed is None else ends
        until = until if woman.truth.followed_until is None else min(woman.truth.followed_until, until)
        slack = SHORT_OF_BY if woman.truth.followed_until is None else 0
        for nth, day in enumerate(at):
            days, stopped = _after(woman, woman.first + day, until + slack)
            read = woman.read[nth]
            if days <= 0:
                unfollowed += not _has_stopped(woman, woman.first + day)
            elif read is None:
                unread += 1
            else:
                rows.append((who, day, read, days, stopped))
    return _arrays(rows, unread, unfollowed)


def _has_stopped(woman: CohortPatient, day: int) -> bool:
    return woman.truth.stopped_on is not None and woman.truth.stopped_on <= day


def _after(woman: CohortPatient, day: int, until: int) -> tuple[int, bool]:
    """Return for how many of the 90 days after a day she was seen, and whether she stopped on the last."""
    stopped = woman.truth.stopped_on
    if _has_stopped(woman, day):
        return 0, False
    end = min(until, day + HORIZON)
    if stopped is not None and stopped <= end:
        return stopped - day, True
    return end - day, False


def _arrays(
    rows: Sequence[tuple[int, int, CovariateRow, int, bool]], unread: int, unfollowed: int
) -> LandmarkSamples:
    values = [
        [
            0.0 if value is None else value - typical
            for value, typical in zip(read.values, TYPICAL, strict=True)
        ]
        for _, _, read, _, _ in rows
    ]
    return LandmarkSamples(
        np.array([who for who, *_ in rows], dtype=np.int64),
        np.array([at for _, at, *_ in rows], dtype=np.int64),
        np.array(values, dtype=np.float64).reshape(len(rows), len(FEATURES)),
        np.array([read.day for _, _, read, _, _ in rows], dtype=np.int64),
        np.array([days for *_, days, _ in rows], dtype=np.float64),
        np.array([stopped for *_, stopped in rows], dtype=np.bool_),
        unread,
        unfollowed,
    )
