"""Limits the requests and the rescored days of each patient's devices in a web process.

A working phone never reaches these limits; they bound the load of a broken one, or of an attacker
with its token. Each process counts in memory: writing counts to the database would cost as much as
the load that the limits prevent.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from api.domain.errors import TooManyRequests

_TOLERANCE = 1e-6

MAX_PATIENTS = 100_000
"""Patients counted; beyond it, those whose budgets are full again are dropped."""


@dataclass(frozen=True, slots=True)
class PatientBudget:
    """A token bucket: ``size`` at once, refilled evenly in ``per_s`` seconds."""

    size: float
    per_s: float

    @property
    def rate(self) -> float:
        """The refill per second."""
        return self.size / self.per_s


REQUESTS = PatientBudget(size=1200, per_s=600)
"""An app makes ten requests when it is opened; two a second, sustained, are no person's."""

REPLAYED_DAYS = PatientBudget(size=250_000, per_s=86_400)
"""Sixty corrections a day of the first day of a ten-year diary: half a minute of processor time."""


class BudgetCounter:
    """Counts one budget of every patient."""

    def __init__(self, budget: PatientBudget, clock: Callable[[], float], why: str) -> None:
        """Count by ``clock``, in seconds; ``why`` is the message of a refusal."""
        self._budget = budget
        self._why = why
        self._clock = clock
        self._lock = threading.Lock()
        self._left: dict[UUID, tuple[float, float]] = {}

    def charge(self, patient_id: UUID, amount: float) -> None:
        """Take ``amount`` of a patient's budget.

        Raises:
            TooManyRequests: The budget is overdrawn; it holds the seconds to wait.
        """
        now = self._clock()
        with self._lock:
            left = self._present(patient_id, now)
            if left < -_TOLERANCE:
                wait_s = math.ceil(max(1.0, -left / self._budget.rate))
                raise TooManyRequests(self._why, retry_after_s=wait_s)
            if len(self._left) >= MAX_PATIENTS:
                self._forget_full(now)
            self._left[patient_id] = (left - amount, now)

    def _present(self, patient_id: UUID, now: float) -> float:
        left, at = self._left.get(patient_id, (self._budget.size, now))
        return min(self._budget.size, left + (now - at) * self._budget.rate)

    def _forget_full(self, now: float) -> None:
        full = [each for each in self._left if self._present(each, now) >= self._budget.size]
        for each in full:
            del self._left[each]


class PatientBudgets:
    """The budgets of all patients in one process."""

    def __init__(
        self,
        *,
        requests: PatientBudget = REQUESTS,
        replayed_days: PatientBudget = REPLAYED_DAYS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start with every budget full."""
        self._requests = BudgetCounter(requests, clock, "too many requests from this patient's devices")
        self._replayed_days = BudgetCounter(
            replayed_days, clock, "too many changes of earlier days; send them again later"
        )

    def charge_request(self, patient_id: UUID) -> None:
        """Count a request.

        Raises:
            TooManyRequests: There were too many lately.
        """
        self._requests.charge(patient_id, 1)

    def charge_replay(self, patient_id: UUID, days: int) -> None:
        """Count days that are scored again.

        Raises:
            TooManyRequests: There were too many lately.
        """
        self._replayed_days.charge(patient_id, days)
