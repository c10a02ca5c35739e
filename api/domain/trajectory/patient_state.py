"""State of one patient's trajectory, and readings of it as of a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from api.domain.alerts.finding import Finding
from api.domain.alerts.urgency import Tiers
from api.domain.diary.daily_summary import DailySummary
from api.domain.diary.patient_factors import PatientFactors
from api.domain.functional_status import FunctionReading
from api.domain.policy import Policy
from api.domain.risk.history import RiskHistory
from api.domain.trajectory.reporting_history import ReportingHistory
from api.domain.trajectory.reporting_pattern import ReportingSummary, estimate_pattern, summarise_reporting
from api.domain.trajectory.rules import silence
from api.domain.trajectory.step import STATE_CODEC, TrajectoryState, reported_function

LAST_ORDINAL = date.max.toordinal()


class LazyState:
    """A state and its stored form, each made from the other on first use."""

    __slots__ = ("_dumped", "_state")

    def __init__(self, dumped: list[Any] | None = None, *, state: TrajectoryState | None = None) -> None:
        """Keep one of the two."""
        self._dumped = dumped
        self._state = state

    @property
    def state(self) -> TrajectoryState:
        """The state."""
        if self._state is None:
            self._state = STATE_CODEC.load(self._dumped)
        return self._state

    @property
    def dumped(self) -> list[Any]:
        """The state as ``STATE_CODEC`` stores it."""
        if self._dumped is None:
            self._dumped = STATE_CODEC.dump(self._state)
        return self._dumped


class PatientState:
    """The state before the last day, that day, which may still be added to, and the state after it.

    The state after it is kept so that the next day need not compute it again.
    """

    __slots__ = ("_after", "_before", "_day", "_factors", "_policy", "_tiers")

    def __init__(
        self, factors: PatientFactors, stored: Sequence[Any], *, policy: Policy, tiers: Tiers
    ) -> None:
        """Take the three parts of the state in their stored form."""
        before, day, after = stored
        self._factors = factors
        self._policy = policy
        self._tiers = tiers
        self._before = LazyState(before)
        self._day = None if day is None else DailySummary.load(day)
        self._after = None if after is None else LazyState(after)

    @property
    def last_day(self) -> date | None:
        """The last scored day; None before the first."""
        return None if self._day is None else self._day.local_date

    @property
    def risk_history(self) -> RiskHistory:
        """Inputs of the discontinuation risk, the last day included."""
        return self._newest.risk_history

    @property
    def silent_from(self) -> date | None:
        """Day from which the patient is silent unless an entry comes; None before the first."""
        return self.silence_due()

    def silence_due(self, last_entry_on: date | None = None) -> date | None:
        """Return the day from which the patient counts as silent unless an entry comes before it.

        Args:
            last_entry_on: Day on which the newest entry was made. It may be about an earlier day: a
                patient who still fills in past days is not silent.
        """
        history = self._newest.reporting
        if not history.days:
            return None
        newest = max(history.last_day, 0 if last_entry_on is None else last_entry_on.toordinal())
        return self._silent_after(history, newest)

    def silence_on(self, today: date, last_entry_on: date | None = None) -> Finding | None:
        """Return the silence that goes on at a day; None when there is none.

        After the next entry, ``PatientTrajectory.add`` returns the same finding with another
        reason.
        """
        due = self.silence_due(last_entry_on)
        if due is None or today < due:
            return None
        found = silence.finding(self._newest.reporting, today.toordinal(), self._factors, self._policy)
        return None if found is None else self._tiers.apply([found])[0]

    def reporting_on(self, today: date) -> ReportingSummary | None:
        """Return the reporting as of a day; None, which is no answer, before the first entry."""
        return summarise_reporting(self._newest.reporting, today.toordinal(), self._factors, self._policy)

    def functional_status_on(self, today: date) -> FunctionReading | None:
        """Return the functional status by the latest questionnaires; None where none counts."""
        return reported_function(self._newest.function, today, self._policy)

    def _silent_after(self, history: ReportingHistory, newest: int) -> date:
        pattern = estimate_pattern(history, self._factors, self._policy)
        return date.fromordinal(min(newest + pattern.limit_days, LAST_ORDINAL))

    @property
    def _newest(self) -> TrajectoryState:
        return (self._before if self._after is None else self._after).state
